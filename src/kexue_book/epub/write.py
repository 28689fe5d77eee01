"""A book and its manuscripts → an EPUB 3 file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ebooklib import epub

from kexue_book.epub.cover import draw_cover
from kexue_book.epub.fill import PageFiller, anchors_of
from kexue_book.epub.package import Package, Page
from kexue_book.errors import Diagnostic, RenderError
from kexue_book.layout import Layout
from kexue_book.model import Book, Chapter, Formula, Manuscript, Typesetting

STYLES = ("base.css", "epub.css")
NAV_DEPTH = 3
"""Heading levels below the chapter that the nav shows: 2 and 3."""


@dataclass(slots=True)
class NavEntry:
    """A line of the contents with those below it."""

    text: str
    href: str
    children: list[NavEntry] = field(default_factory=list)


def render_epub(
    book: Book,
    manuscripts: Sequence[Manuscript],
    typesetting: Typesetting,
    layout: Layout,
    path: Path,
) -> tuple[Diagnostic, ...]:
    """Write the EPUB to ``path``, which must not matter if this fails.

    Raises:
        RenderError: ebooklib gave up.
        ThemeError: a template is broken.
    """
    pages = list(_pages(book, manuscripts, layout))
    files = _index(pages)
    filler = PageFiller(typesetting, files)
    package = epub.EpubBook()
    _add_metadata(package, book, layout)
    _add_resources(package, book, manuscripts, layout)
    for page in pages:
        _add_page(package, page, filler.fill(page.text, page.chapter, page.formulas))
    _add_contents(package, book, manuscripts, layout, pages)
    try:
        writer = Package(str(path), package, book.meta.modified)
        writer.process()
        writer.write()
    except OSError:
        raise
    except Exception as problem:
        raise RenderError(f"the EPUB could not be made: {problem}") from problem
    return tuple(filler.diagnostics)


@dataclass(frozen=True, slots=True, kw_only=True)
class _PageText:
    """One XHTML file before its formulas and links are filled in."""

    name: str
    title: str
    text: str
    chapter: Chapter | None = None
    formulas: tuple[Formula, ...] = ()


def _pages(book: Book, manuscripts: Sequence[Manuscript], layout: Layout) -> Iterator[_PageText]:
    """Yield all pages but the nav, in reading order."""
    labels = layout.labels
    by_anchor = {manuscript.chapter.anchor: manuscript for manuscript in manuscripts}
    values: dict[str, Any] = {
        "book": book,
        "manuscripts": by_anchor,
        "href": lambda anchor: f"#{anchor}",
    }

    def page(name: str, title: str, template: str, kind: str, **more: Any) -> _PageText:
        content = layout.render(template, **values, **more)
        text = layout.render("epub/page.xhtml", title=title, content=content, kind=kind)
        return _PageText(name=name, title=title, text=text)

    yield page("cover", labels.cover, "epub/cover.html", "cover")
    yield page("title-page", labels.title_page, "title-page.html", "titlepage")
    for part in book.parts:
        if part.title is not None:
            yield page(part.anchor, part.title, "part.html", "part", part=part)
        for chapter in part.chapters:
            yield _chapter_page(by_anchor[chapter.anchor], layout, values)
    yield page("colophon", labels.colophon, "colophon.html", "colophon")


def _chapter_page(manuscript: Manuscript, layout: Layout, values: dict[str, Any]) -> _PageText:
    chapter = manuscript.chapter
    content = layout.render("chapter.html", **values, chapter=chapter, manuscript=manuscript)
    if manuscript.footnotes:
        content += layout.render("epub/notes.html", notes=manuscript.footnotes)
    text = layout.render(
        "epub/page.xhtml", title=manuscript.plain_title, content=content, kind="bodymatter"
    )
    return _PageText(
        name=chapter.anchor,
        title=manuscript.plain_title,
        text=text,
        chapter=chapter,
        formulas=manuscript.formulas,
    )


def _index(pages: Sequence[_PageText]) -> dict[str, str]:
    """Return for every anchor of the book the file it is in."""
    files: dict[str, str] = {}
    for page in pages:
        for anchor in anchors_of(page.text):
            files.setdefault(anchor, f"{page.name}.xhtml")
        for formula in page.formulas:
            for anchor in (*(number.anchor for number in formula.numbers), *formula.anchors):
                files.setdefault(anchor, f"{page.name}.xhtml")
    return files


def _add_page(package: epub.EpubBook, page: _PageText, content: bytes) -> None:
    item = Page(uid=page.name, title=page.title, file_name=f"{page.name}.xhtml")
    item.content = content
    item.properties = ["mathml"] if b"<math" in content else []
    package.add_item(item)
    package.spine.append(item)


def _add_resources(
    package: epub.EpubBook, book: Book, manuscripts: Sequence[Manuscript], layout: Layout
) -> None:
    cover = epub.EpubCover(uid="cover-image", file_name="images/cover.png")
    cover.content = draw_cover(book, layout.labels.period(book.dates))
    cover.media_type = "image/png"
    package.add_item(cover)
    for name in STYLES:
        package.add_item(
            epub.EpubItem(
                uid=name.replace(".", "-"),
                file_name=f"styles/{name}",
                media_type="text/css",
                content=layout.style(name).encode(),
            )
        )
    assets = {asset.name: asset for manuscript in manuscripts for asset in manuscript.assets}
    for name, asset in sorted(assets.items()):
        package.add_item(
            epub.EpubItem(
                uid=name.replace(".", "-"),
                file_name=f"images/{name}",
                media_type=asset.media_type,
                content=asset.path.read_bytes(),
            )
        )


def _add_metadata(package: epub.EpubBook, book: Book, layout: Layout) -> None:
    meta = book.meta
    package.set_identifier(meta.identifier)
    package.set_title(meta.title)
    package.set_language(meta.language)
    for number, author in enumerate(meta.authors, 1):
        package.add_author(author, role="aut", uid=f"author-{number}")
    package.add_metadata("DC", "date", meta.modified.strftime("%Y-%m-%d"))
    for name, value in (("source", meta.source), ("rights", meta.rights)):
        if value:
            package.add_metadata("DC", name, value)
    categories = [chapter.post.categories for chapter in book.chapters]
    for category in dict.fromkeys(paths[0][0] for paths in categories if paths):
        package.add_metadata("DC", "subject", category)
    for prop, values in _ACCESSIBILITY.items():
        for value in values:
            package.add_metadata(None, "meta", value, {"property": f"schema:{prop}"})
    package.add_metadata(
        None, "meta", layout.labels.summary, {"property": "schema:accessibilitySummary"}
    )


_ACCESSIBILITY = {
    "accessMode": ("textual", "visual"),
    "accessModeSufficient": ("textual,visual", "textual"),
    "accessibilityFeature": (
        *("structuralNavigation", "tableOfContents", "readingOrder", "MathML", "latex"),
        *("alternativeText", "displayTransformability"),
    ),
    "accessibilityHazard": ("none",),
}
"""https://www.w3.org/TR/epub-a11y-11/, section 2."""


def _add_contents(
    package: epub.EpubBook,
    book: Book,
    manuscripts: Sequence[Manuscript],
    layout: Layout,
    pages: Sequence[_PageText],
) -> None:
    """Add nav and NCX; the nav stands after the title page, for all to see."""
    tree = _tree(book, manuscripts, layout)
    first = next(page.name for page in pages[2:])
    content = layout.render("epub/nav.html", tree=tree, first=f"{first}.xhtml")
    text = layout.render(
        "epub/page.xhtml", title=layout.labels.contents, content=content, kind="frontmatter"
    )
    nav = Page(uid="nav", title=layout.labels.contents, file_name="nav.xhtml")
    nav.content = text.encode()
    nav.properties = ["nav"]
    package.add_item(nav)
    package.spine.insert(2, nav)
    package.toc = _ncx(tree)
    package.add_item(epub.EpubNcx())


def _tree(book: Book, manuscripts: Sequence[Manuscript], layout: Layout) -> list[NavEntry]:
    labels = layout.labels
    by_anchor = {manuscript.chapter.anchor: manuscript for manuscript in manuscripts}
    tree: list[NavEntry] = []
    for part in book.parts:
        chapters = [_chapter_entry(by_anchor[c.anchor], layout) for c in part.chapters]
        if part.title is None:
            tree += chapters
        else:
            text = f"{labels.part(part.number)} {part.title}"
            tree.append(NavEntry(text, f"{part.anchor}.xhtml", chapters))
    tree.append(NavEntry(labels.colophon, "colophon.xhtml"))
    return tree


def _chapter_entry(manuscript: Manuscript, layout: Layout) -> NavEntry:
    chapter = manuscript.chapter
    file = f"{chapter.anchor}.xhtml"
    text = f"{layout.labels.chapter(chapter.number)} {manuscript.plain_title}"
    entry = NavEntry(text, file)
    open_entries = [(1, entry)]
    for heading in manuscript.headings:
        if heading.level > NAV_DEPTH:
            continue
        while open_entries[-1][0] >= heading.level:
            open_entries.pop()
        section = NavEntry(heading.text, f"{file}#{heading.anchor}")
        open_entries[-1][1].children.append(section)
        open_entries.append((heading.level, section))
    return entry


def _ncx(tree: Sequence[NavEntry], prefix: str = "ncx") -> list[Any]:
    """Return ebooklib's form of the tree: links, and pairs of section and children."""
    entries: list[Any] = []
    for number, entry in enumerate(tree, 1):
        uid = f"{prefix}-{number}"
        if entry.children:
            section = epub.Section(entry.text, href=entry.href)
            entries.append((section, _ncx(entry.children, uid)))
        else:
            entries.append(epub.Link(entry.href, entry.text, uid))
    return entries
