"""One chapter: its post's text → a draft, complete but for links and images.

Every formula that was found must find its place: in the text, or as source inside code and
attributes. One that does not is a bug or lies in something HTML throws away, and is reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from lxml import etree

from kexue_book.errors import Diagnostic
from kexue_book.formulas import (
    FIRST_PLACEHOLDER,
    ChapterFormulas,
    Reference,
    ScannedText,
    resolve_formulas,
    scan_formulas,
)
from kexue_book.manuscript.autolinks import link_addresses
from kexue_book.manuscript.code import highlight
from kexue_book.manuscript.draft import Draft, find_addresses, inner_xml, mark, pack_text
from kexue_book.manuscript.figures import make_figures
from kexue_book.manuscript.headings import fingerprint, shift_headings
from kexue_book.manuscript.joins import join_lines
from kexue_book.manuscript.known_notes import KnownNotes
from kexue_book.manuscript.losses import (
    find_losses,
    find_lost_notes,
    find_repeated_notes,
    find_uncalled_notes,
    unreadable,
)
from kexue_book.manuscript.markup import MarkupWriter
from kexue_book.manuscript.nested_notes import mark_nested_calls, unmark
from kexue_book.manuscript.pandoc import Parsed
from kexue_book.manuscript.placing import Placeholders, inline_display, place_items
from kexue_book.manuscript.plain import plain_tex
from kexue_book.manuscript.repairs import Repaired, repair_markdown
from kexue_book.manuscript.repeats import settle_repeats
from kexue_book.manuscript.sanitise import sanitise
from kexue_book.model import Chapter, Formula


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A post's title and body, formulas taken out, ready for pandoc."""

    chapter: Chapter
    title: Repaired
    body: Repaired
    title_places: Placeholders
    body_places: Placeholders
    formulas: tuple[Formula, ...]
    diagnostics: tuple[Diagnostic, ...]


def read_source(chapter: Chapter, prefix: str = "") -> Source:
    """Find and number the formulas of a chapter's post; ``prefix`` stands before each number."""
    post = chapter.post
    body = scan_formulas(post.body, first_line=post.body_line, path=post.path)
    title = scan_formulas(post.title, path=post.path)
    found = resolve_formulas(body, anchor=chapter.anchor, prefix=prefix, path=post.path)
    in_title = resolve_formulas(title, anchor=f"{chapter.anchor}-t", prefix=prefix, path=post.path)
    formulas: list[Formula] = []
    return Source(
        chapter=chapter,
        body=repair_markdown(mark_nested_calls(found.text)),
        title=repair_markdown(" ".join(in_title.text.split())),
        body_places=_places(body, found, chapter.anchor, formulas),
        title_places=_places(title, in_title, chapter.anchor, formulas),
        formulas=tuple(formulas),
        diagnostics=(
            *body.diagnostics,
            *title.diagnostics,
            *found.diagnostics,
            *in_title.diagnostics,
        ),
    )


def _places(
    scanned: ScannedText, found: ChapterFormulas, anchor: str, formulas: list[Formula]
) -> Placeholders:
    """Number the formulas of one text after those already in ``formulas``."""
    indices: dict[int, int] = {}
    for number, item in enumerate(found.items):
        if isinstance(item, Formula):
            indices[number] = len(formulas)
            formulas.append(item)
    sources = [item.raw for item in scanned.items]
    return Placeholders(
        items=found.items,
        indices=indices,
        formulas=formulas,
        sources=sources,
        anchor=anchor,
        placed=set(),
        inlined={},
    )


def draft_chapter(source: Source, title: Parsed, body: Parsed) -> Draft:
    """Turn pandoc's reading of a post into clean trees, headings and notes."""
    chapter, places = source.chapter, source.body_places
    known = KnownNotes(body.blocks)
    writer = MarkupWriter(lambda text: unmark(places.restore(text)), known)
    diagnostics = list(source.diagnostics)
    if body.error is None:
        html = writer.blocks(known.blocks)
    else:
        html = highlight(places.restore(chapter.post.body))
        diagnostics.append(unreadable(chapter, body.error))
        places.placed.update(range(len(places.items)))
    root = _clean(html, source.body.joiner)
    uncalled = {places.restore(name): note for name, note in writer.uncalled_notes().items()}
    _add_notes(root, [_clean(note, source.body.joiner) for note in uncalled.values()])
    notes = [_clean(note, source.body.joiner) for note in writer.notes]
    ids = _own_ids([root, *notes], chapter.anchor)
    headings = shift_headings(root, chapter.anchor, lambda element: _readable(element, places))
    make_figures(root)
    for tree in (root, *notes):
        place_items(tree, places)
        link_addresses(tree)
        _strip_indents(tree)
    diagnostics += find_losses(chapter, writer, places)
    diagnostics += find_lost_notes(chapter, known.left, writer.lost_notes)
    diagnostics += find_uncalled_notes(chapter, set(uncalled).difference(known.left))
    diagnostics += find_repeated_notes(chapter, known.labels, writer.raw_html)
    heading = _draft_title(source, title)
    formulas = settle_repeats((root, *notes), _as_placed(source))
    return Draft(
        chapter=chapter,
        title=inner_xml(heading).strip(),
        plain_title=_text_with_formulas(heading, source.formulas).strip() or chapter.post.title,
        headings=headings,
        ids=ids,
        addresses=tuple(map(find_addresses, (root, *notes))),
        formula_marks=tuple(map(mark, formulas)),
        length=sum(len(str(text)) for text in root.itertext()),
        diagnostics=tuple(diagnostics),
        packed=pack_text(root, notes, formulas),
    )


def _as_placed(source: Source) -> tuple[Formula, ...]:
    inlined = source.body_places.inlined | source.title_places.inlined
    return tuple(inlined.get(index, formula) for index, formula in enumerate(source.formulas))


def _clean(html: str, joiner: str) -> etree._Element:
    return sanitise(join_lines(unmark(html.replace(joiner, "") if joiner else html)))


def _add_notes(root: etree._Element, notes: Sequence[etree._Element]) -> None:
    """Put footnotes that nothing calls behind the text."""
    if notes:
        place = etree.SubElement(root, "ul", {"class": "uncalled-notes"})
        for note in notes:
            note.tag = "li"
            place.append(note)


def _draft_title(source: Source, parsed: Parsed) -> etree._Element:
    """Return the title as inline elements; Markdown that is no line of text stays as written."""
    places = source.title_places
    blocks = parsed.blocks
    if len(blocks) == 1 and blocks[0]["t"] in ("Para", "Plain"):
        html = MarkupWriter(places.restore).inlines(blocks[0]["c"])
    else:
        html = escape(source.title.text, quote=False)
    root = _clean(html, source.title.joiner)
    place_items(root, places)
    for element in root.iter("a", "img", "div"):
        element.tag = "span"
        if element.get("class") == "display":
            inline_display(element, places)
        for name in ("href", "src", "alt", "id"):
            element.attrib.pop(name, "")
    return root


def _text_with_formulas(element: etree._Element, formulas: tuple[Formula, ...]) -> str:
    number = element.get("data-n")
    parts = [plain_tex(formulas[int(str(number))].source) if number is not None else ""]
    parts.append(element.text or "")
    for child in element:
        parts += (_text_with_formulas(child, formulas), child.tail or "")
    return "".join(parts)


def _readable(element: etree._Element, places: Placeholders) -> str:
    """Return the text of an element whose formulas are still placeholders."""
    parts: list[str] = []
    for character in "".join(map(str, element.itertext())):
        number = ord(character) - FIRST_PLACEHOLDER
        if number < 0:
            parts.append(character)
        elif number < len(places.items):
            item = places.items[number]
            if isinstance(item, Formula):
                parts.append(plain_tex(item.source))
            elif isinstance(item, Reference):
                parts.append(item.text)
    return " ".join("".join(parts).split())


def _own_ids(trees: Iterable[etree._Element], anchor: str) -> dict[str, str]:
    """Give the post's own ids the chapter's prefix; return them as written → in the book."""
    ids: dict[str, str] = {}
    for tree in trees:
        for element in tree.iter():
            name = element.attrib.pop("name", "") if element.tag == "a" else ""
            written = str(element.attrib.pop("id", name))
            if not written or written in ids:
                continue
            ids[written] = f"{anchor}-u-{fingerprint(written)}"
            element.set("id", ids[written])
    return ids


def _strip_indents(root: etree._Element) -> None:
    """Take out the ideographic spaces with which authors indent paragraphs by hand."""
    for paragraph in root.iter("p"):
        if paragraph.text:
            paragraph.text = paragraph.text.lstrip("\u3000\u00a0 \n\t")
