"""A book and its manuscripts → the EPUB's pages in reading order, before they are filled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from kexue_book.epub.xhtml import parse_page
from kexue_book.errors import RenderError, ThemeError
from kexue_book.layout import Layout
from kexue_book.model import Book, Chapter, Formula, Manuscript


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One XHTML file. Its tree is changed in place when it is filled."""

    name: str
    """Stem of the file."""
    title: str
    root: etree._Element
    chapter: Chapter | None = None
    formulas: tuple[Formula, ...] = ()

    @property
    def file(self) -> str:
        """Name of the file."""
        return f"{self.name}.xhtml"


class PageMaker:
    """Makes the pages of one book from the templates."""

    def __init__(
        self, book: Book, manuscripts: Sequence[Manuscript], layout: Layout, cover: str
    ) -> None:
        """``manuscripts`` are in any order, ``cover`` is the cover's image."""
        self._cover = cover
        self._book = book
        self._layout = layout
        self._manuscripts: Mapping[str, Manuscript] = {m.chapter.anchor: m for m in manuscripts}

    def front(self) -> Iterator[Page]:
        """Yield what stands before the contents."""
        labels = self._layout.labels
        yield self.page("cover", labels.cover, "epub/cover.html", cover_image=self._cover)
        yield self.page("title-page", labels.title_page, "title-page.html")

    def body(self) -> Iterator[Page]:
        """Yield the parts, the chapters and the colophon."""
        for part in self._book.parts:
            if part.title is not None:
                yield self.page(part.anchor, part.title, "part.html", part=part)
            for chapter in part.chapters:
                yield self._chapter(self._manuscripts[chapter.anchor])
        yield self.page("colophon", self._layout.labels.colophon, "colophon.html")

    def page(self, name: str, title: str, template: str, **values: Any) -> Page:
        """Return the page that ``template`` makes.

        Raises:
            ThemeError: a template is broken.
        """
        return Page(name=name, title=title, root=self._root(name, title, template, **values))

    def _chapter(self, manuscript: Manuscript) -> Page:
        chapter = manuscript.chapter
        title = manuscript.plain_title
        return Page(
            name=chapter.anchor,
            title=title,
            root=self._root(
                *(chapter.anchor, title, "epub/chapter.html"),
                chapter=chapter,
                manuscript=manuscript,
            ),
            chapter=chapter,
            formulas=manuscript.formulas,
        )

    def _root(self, name: str, title: str, template: str, **values: Any) -> etree._Element:
        content = self._layout.render(
            template,
            book=self._book,
            manuscripts=self._manuscripts,
            href=lambda anchor: f"#{anchor}",
            **values,
        )
        text = self._layout.render("epub/page.xhtml", stem=name, title=title, content=content)
        try:
            return parse_page(text)
        except etree.XMLSyntaxError as problem:
            kind = RenderError if self._layout.theme is None else ThemeError
            raise kind(
                f"the page {name}.xhtml is not well-formed: {problem.msg}",
                hint="XHTML wants every element closed and no entities but &amp; &lt; &gt; &quot;",
            ) from problem


def index_anchors(pages: Sequence[Page]) -> dict[str, str]:
    """Return for every anchor of the book, formulas' included, the file it is in."""
    files: dict[str, str] = {}
    for page in pages:
        for element in page.root.iter(etree.Element):
            anchor = element.get("id")
            if anchor:
                files.setdefault(anchor, page.file)
        for formula in page.formulas:
            for anchor in (*(number.anchor for number in formula.numbers), *formula.anchors):
                files.setdefault(anchor, page.file)
    return files
