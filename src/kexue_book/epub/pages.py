"""A book and its manuscripts → the EPUB's pages in reading order, before they are filled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from kexue_book.epub.xhtml import parse_page
from kexue_book.errors import RenderError, ThemeError
from kexue_book.layout import Layout
from kexue_book.model import Book, Formula, Manuscript


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The XHTML of a chapter, or of another part of the book, as the templates make it."""

    name: str
    """Stem of its file."""
    title: str
    text: str
    manuscript: Manuscript | None = None
    is_themed: bool = False
    """Whether a theme may have made it."""

    @property
    def formulas(self) -> tuple[Formula, ...]:
        """Return the formulas that it has places for."""
        return self.manuscript.formulas if self.manuscript is not None else ()

    def parse(self) -> etree._Element:
        """Return a new tree of it.

        Raises:
            RenderError: it is not well-formed; ThemeError if that may be the theme's fault.
        """
        try:
            return parse_page(self.text)
        except etree.XMLSyntaxError as problem:
            kind = ThemeError if self.is_themed else RenderError
            raise kind(
                f"the page {self.name}.xhtml is not well-formed: {problem.msg}",
                hint="XHTML wants every element closed and no entities but &amp; &lt; &gt; &quot;",
            ) from problem


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
        return self._page(name, title, template, None, **values)

    def _chapter(self, manuscript: Manuscript) -> Page:
        return self._page(
            *(manuscript.chapter.anchor, manuscript.plain_title, "epub/chapter.html", manuscript),
            chapter=manuscript.chapter,
            manuscript=manuscript,
        )

    def _page(
        self, name: str, title: str, template: str, made_of: Manuscript | None, **values: Any
    ) -> Page:
        content = self._layout.render(
            template,
            book=self._book,
            manuscripts=self._manuscripts,
            href=lambda anchor: f"#{anchor}",
            **values,
        )
        return Page(
            name=name,
            title=title,
            text=self._layout.render("epub/page.xhtml", stem=name, title=title, content=content),
            manuscript=made_of,
            is_themed=self._layout.theme is not None,
        )
