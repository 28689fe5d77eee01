"""Records, in the order of the book → one PDF: numbers, running heads, links, outline, fonts."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import pikepdf
from pikepdf import Array, Dictionary, Name, OutlineItem, Page, Pdf, String
from weasyprint.text.fonts import FontConfiguration

from kexue_book.model import Glyph, PdfVariant
from kexue_book.pdf.conformance import declare
from kexue_book.pdf.folios import Folios, roman
from kexue_book.pdf.math_font import RESOURCE, BookMathFont, true_type
from kexue_book.pdf.page_numbers import fill_page_numbers
from kexue_book.pdf.record import FontUse, Outline, Record
from kexue_book.pdf.shelf import Shelf
from kexue_book.pdf.structure import Structure, as_artifact
from kexue_book.pdf.weasy import fonts_as_pdf, load_font

_HEAD = "/KxHead"
_LEAF = 128
"""Names in each leaf of the tree of destinations."""
FolioKind = tuple[str, str]
"""``decimal`` or ``roman``, and the side of the page on which the number stands."""
_Box = tuple[float, float, float, float]
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A record and its place in the book."""

    record: Record
    is_front: bool = False
    unnumbered: int = 0
    """So many of its first pages show no number."""
    opens_part: bool = False
    """Whether what follows stands below it in the outline, up to what ends it."""
    ends_part: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a PDF says of itself."""

    title: str
    authors: tuple[str, ...]
    language: str
    creator: str
    date: str
    """As XMP writes it: ``2026-01-01T00:00:00Z``."""
    variants: tuple[PdfVariant, ...] = ()


class Assembly:
    """A PDF that grows record by record."""

    def __init__(
        self,
        entries: Sequence[Entry],
        folios: Mapping[FolioKind, Record],
        glyphs: Mapping[str, Glyph],
        fonts: Callable[[], FontConfiguration],
        shelf: Shelf,
        numbers: Mapping[str, int],
        *,
        tagged: bool = False,
    ) -> None:
        """Embed the fonts for all the records.

        ``folios`` are those of each style and side; ``numbers`` the page numbers of all anchors.
        ``fonts`` takes time: it is asked for what is not on the shelf. ``tagged`` says that the
        records have structure trees.
        """
        self._shelf = shelf
        self._numbers = numbers
        self._sides = tuple(dict.fromkeys(side for _, side in folios))
        self._pdf = Pdf.new()
        self._structure = Structure(self._pdf) if tagged else None
        self._pages: list[Page] = []  # asked for one, pikepdf goes through them all
        self._sources: list[Pdf] = []  # qpdf reads their streams when it writes
        records = [*folios.values(), *(entry.record for entry in entries)]
        self._fonts = self._embed(merge_uses(records), fonts)
        names = {name for record in records for name in record.math_glyphs}
        self._math = self._embed_math(names, glyphs) if names else None
        self._save_state = self._pdf.make_stream(b"q")
        self._folios = {kind: self._make_folios(*kind, folios[kind]) for kind in folios}
        self._places: dict[str, tuple[int, float, float]] = {}
        self._links: list[tuple[int, _Box, str]] = []
        self._outline: list[OutlineItem] = []
        self._part: OutlineItem | None = None
        self._labels: list[tuple[int, bool]] = []
        for entry in entries:
            self._add(entry)

    def _embed(
        self, uses: Sequence[FontUse], fonts: Callable[[], FontConfiguration]
    ) -> dict[str, pikepdf.Object]:
        name = hashlib.sha256(repr(uses).encode()).digest()
        data = self._shelf.recall(name)
        if data is None:
            config = fonts()
            data = fonts_as_pdf([_loaded(use, config) for use in uses])
            self._shelf.store(name, data)
        source = Pdf.open(io.BytesIO(data))
        self._sources.append(source)
        embedded = source.pages[0].obj.Resources.Font
        return {
            key: self._pdf.copy_foreign(source.make_indirect(embedded[key]))
            for key in sorted(embedded.keys())
        }

    def _embed_math(self, names: Iterable[str], glyphs: Mapping[str, Glyph]) -> BookMathFont:
        used = {name: glyphs[name] for name in sorted(names)}
        key = hashlib.sha256(repr(used).encode()).digest()
        data = self._shelf.recall(key)
        if data is None:
            data = true_type(used)
            self._shelf.store(key, data)
        return BookMathFont(self._pdf, used, data)

    def _open(self, record: Record) -> Pdf:
        source = Pdf.open(io.BytesIO(record.pdf))
        self._sources.append(source)
        return source

    def _take_forms(self, source: Pdf, count: int) -> list[pikepdf.Object]:
        """Take the first pages of a record away from it, as forms that others can draw."""
        forms = [
            self._pdf.copy_foreign(source.make_indirect(page.as_form_xobject()))
            for page in source.pages[:count]
        ]
        del source.pages[:count]
        return forms

    def _take_pages(self, source: Pdf, record: Record) -> list[Page]:
        """Copy the pages of a record; they come into the book's tree when it is written.

        As plain dictionaries, since qpdf takes three times as long over pages.
        """
        originals = Array([page.obj for page in source.pages])
        for page in originals.as_list():
            del page.Type, page.Parent
        copies = self._pdf.copy_foreign(source.make_indirect(originals)).as_list()
        for page in copies:
            page.Type, page.Parent = Name.Page, self._pdf.Root.Pages
        pages = [Page(page) for page in copies]
        self._pages += pages
        self._give_fonts(pages[0].obj, record)
        return pages

    def _give_fonts(self, page: pikepdf.Object, record: Record) -> None:
        """Fill the record's dictionary of fonts, which all its pages and forms share."""
        shared = page.Resources.Font
        for use in record.fonts:
            shared[f"/{use.key}"] = self._fonts[f"/{use.key}"]
        if self._math is not None and record.math_glyphs:
            shared[f"/{RESOURCE}"] = self._math.dictionary(record.math_glyphs)

    def _make_folios(self, style: str, side: str, record: Record) -> Folios:
        forms = self._take_forms(self._open(record), record.pages)
        self._give_fonts(forms[0], record)
        return Folios(record, forms, f"Kx{style.title()}{side.title()}", side)

    def _add(self, entry: Entry) -> None:
        record, skipped = entry.record, entry.record.heads
        if len(self._sides) > 1 and len(self._pages) % 2:
            self._add_blank_page()
        first = len(self._pages)
        source = self._open(record)
        heads = self._take_forms(source, skipped)
        pages = self._take_pages(source, record)
        if self._structure is not None:
            self._add_structure(self._structure, entry, source, pages)
        self._fill_references(record, pages)
        if not self._labels or self._labels[-1][1] != entry.is_front:
            self._labels.append((first, entry.is_front))
        number = first - self._labels[-1][0]
        for index, page in enumerate(pages):
            number += 1
            shown = "" if index < entry.unnumbered else str(number)
            if shown and entry.is_front:
                shown = roman(number)
            style, side = "roman" if entry.is_front else "decimal", index % len(self._sides)
            # All pages of a record have the same dictionary of resources.
            head = {f"{_HEAD}{side}": heads[side]} if heads else {}
            self._stamp(page, head, shown, self._folios[style, self._sides[side]])
        for name, page_index, x, y in record.anchors:
            self._places.setdefault(name, (first + page_index - skipped, x, y))
        for page_index, box, target in record.links:
            self._links.append((first + page_index - skipped, box, target))
        self._add_outline(entry, first - skipped)

    def _add_structure(
        self, structure: Structure, entry: Entry, source: Pdf, pages: Sequence[Page]
    ) -> None:
        if entry.opens_part:
            structure.open_part()
        elif entry.ends_part:
            structure.close_part()
        structure.add(source, pages)

    def _add_blank_page(self) -> None:
        """Add the back of a leaf on which nothing stands: what comes next opens on the right."""
        before = self._pages[-1].obj
        tree = self._pdf.Root.Pages
        page = Dictionary(Type=Name.Page, Parent=tree, Resources=Dictionary())
        for box in (Name.MediaBox, Name.TrimBox, Name.BleedBox):
            if box in before:
                page[box] = before[box]
        self._pages.append(Page(self._pdf.make_indirect(page)))

    def _fill_references(self, record: Record, pages: Sequence[Page]) -> None:
        widths = {use.key: use.widths for use in record.fonts}
        for index in record.references:
            page = pages[index - record.heads]
            fill_page_numbers(page, widths, lambda name: str(self._numbers[name]))

    def _stamp(
        self, page: Page, head: Mapping[str, pikepdf.Object], number: str, folios: Folios
    ) -> None:
        forms = {**dict(folios.forms_of(number)), **head}
        drawn = " ".join([folios.draw(number), *(f"{name} Do" for name in head)]).strip()
        if not drawn:
            return
        if self._structure is not None:
            drawn = as_artifact(drawn)
        xobjects = page.obj.Resources.get("/XObject")
        if xobjects is None:
            xobjects = page.obj.Resources.XObject = Dictionary()
        for name, form in forms.items():
            xobjects[name] = form
        stamp = self._pdf.make_stream(f"Q q {drawn} Q".encode())
        page.obj.Contents = Array([self._save_state, page.obj.Contents, stamp])

    def _add_outline(self, entry: Entry, offset: int) -> None:
        items = [self._item(outline, offset) for outline in entry.record.outline]
        if entry.ends_part or entry.opens_part:
            self._part = None
        if self._part is not None:
            self._part.children.extend(items)
        else:
            self._outline += items
        if entry.opens_part and items:
            self._part = items[-1]

    def _item(self, outline: Outline, offset: int) -> OutlineItem:
        label, page, x, y, is_open, below = outline
        item = OutlineItem(label, self._place(max(0, page + offset), x, y))
        item.is_closed = not is_open
        item.children.extend(self._item(entry, offset) for entry in below)
        return item

    def write(self, path: Path, facts: Facts) -> int:
        """Write the PDF; return the number of its pages."""
        pdf = self._pdf
        pdf.Root.Pages.Kids = Array([page.obj for page in self._pages])
        pdf.Root.Pages.Count = len(self._pages)
        for page, box, target in self._links:
            if target in self._places:
                self._link(self._pages[page], box, target)
        self._write_names()
        with pdf.open_outline() as outline:
            outline.root.extend(self._outline)
        labels: list[object] = []
        for first, is_front in self._labels:
            labels += [first, Dictionary(S=Name.r if is_front else Name.D)]
        root = pdf.Root
        root.PageLabels = Dictionary(Nums=Array(labels))
        root.Lang = String(facts.language)
        root.PageMode = Name.UseOutlines
        root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        if len(self._sides) > 1:
            root.PageLayout = Name.TwoPageRight
        if self._structure is not None:
            self._structure.write(self._places)
        self._describe(facts)
        declare(pdf, facts.variants)
        pdf.save(
            path,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
        )
        return len(self._pages)

    def _link(self, page: Page, box: _Box, target: str) -> None:
        link = Dictionary(
            Type=Name.Annot,
            Subtype=Name.Link,
            Rect=Array(box),
            BS=Dictionary(W=0),
            Dest=String(target),
        )
        if "/Annots" not in page.obj:
            page.obj.Annots = Array()
        page.obj.Annots.append(self._pdf.make_indirect(link))

    def _write_names(self) -> None:
        """Write the tree of named destinations (PDF 32000-1, 7.9.6)."""
        names = sorted((bytes(String(name)), name) for name in self._places)
        leaves = Array()
        for start in range(0, len(names), _LEAF):
            part = names[start : start + _LEAF]
            listed: list[pikepdf.Object] = []
            for _, name in part:
                page, x, y = self._places[name]
                listed += [String(name), self._place(page, x, y)]
            limits = Array([String(part[0][1]), String(part[-1][1])])
            leaves.append(self._pdf.make_indirect(Dictionary(Limits=limits, Names=Array(listed))))
        if names:
            self._pdf.Root.Names = Dictionary(Dests=Dictionary(Kids=leaves))

    def _place(self, page: int, x: float, y: float) -> Array:
        return Array([self._pages[page].obj, Name.XYZ, x, y, 0])

    def _describe(self, facts: Facts) -> None:
        with self._pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=True) as xmp:
            xmp["dc:title"] = facts.title
            if facts.authors:
                xmp["dc:creator"] = list(facts.authors)
            xmp["dc:language"] = {facts.language}
            xmp["xmp:CreatorTool"] = facts.creator
            xmp["xmp:CreateDate"] = facts.date
            xmp["xmp:ModifyDate"] = facts.date


def _loaded(use: FontUse, config: FontConfiguration) -> Any:
    font = load_font(use.description, use.size, config)
    font.name = f"/{use.key}+".encode() + font.name.split(b"+", 1)[1]
    font.hash = use.key
    font.widths, font.to_unicode = dict(use.widths), dict(use.to_unicode)
    font.missing = dict(use.missing)
    return font


def merge_uses(records: Iterable[Record]) -> list[FontUse]:
    """Return what all the records together use of each font, in a lasting order."""
    uses: dict[str, list[FontUse]] = {}
    for record in records:
        for use in record.fonts:
            uses.setdefault(use.key, []).append(use)
    return [_merged(uses[key]) for key in sorted(uses)]


def _merged(uses: Sequence[FontUse]) -> FontUse:
    return replace(
        uses[0],
        widths=_united([use.widths for use in uses]),
        to_unicode=_united([use.to_unicode for use in uses]),
        missing=_united([use.missing for use in uses]),
    )


def _united(mappings: Sequence[Mapping[int, _Value]]) -> dict[int, _Value]:
    """Return all that is in the mappings, sorted; where they differ, the first is right."""
    united: dict[int, _Value] = {}
    for mapping in reversed(mappings):
        united.update(mapping)
    return dict(sorted(united.items()))
