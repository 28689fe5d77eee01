"""A book → its sheets: what is laid out by itself, wherever in the book it will stand.

A sheet knows neither its page numbers nor those of others, so that it stays valid when the book
around it changes. It is picklable and goes to a worker process as it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING

from markupsafe import Markup

from kexue_book.layout import Layout
from kexue_book.model import (
    Asset,
    Book,
    Chapter,
    FormulaKey,
    Glyph,
    Manuscript,
    Packed,
    Part,
    Text,
    Typesetting,
)
from kexue_book.pdf.cover_figure import figure_content
from kexue_book.pdf.references import References

if TYPE_CHECKING:
    from kexue_book.cover import Cover

COVER = "picture:cover"
"""Address of the cover's image."""
DIGITS = "0123456789"
ROMAN = "ivxlcdm"
_EMPTY = Text(body="")
ENTRIES = 200
"""Chapters in a sheet of the contents, or of the posts in the colophon: about eight pages."""
SIDES = {False: ("center",), True: ("right", "left")}
"""Where on a page its number stands: in a two-sided book on the outside, right pages first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """XHTML of one chapter, or of another part of the book, and what belongs to it."""

    anchor: str
    """Of the chapter or part; empty for others."""
    html: str
    manuscript: Manuscript | None = None
    typesets: Mapping[FormulaKey, Packed] = field(default_factory=dict)
    glyphs: Mapping[str, Glyph] = field(default_factory=dict)
    engraving: bytes = b""
    """Hash of what the math engine made of its formulas."""
    heads: int = 0
    """So many of its first pages are running heads: one for all pages, or one for those on the
    right and one for those on the left."""
    is_stamp: bool = False
    """Whether its pages are drawn on others, and not read."""
    goes_on: bool = False
    """Whether another sheet goes on at the end of its last full page: what is behind that is left
    out, in a two-sided book also of a leaf whose back is not full."""
    references: References | None = None
    """The page references in it, if it has any."""
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    """Images in it that are in no file, by address."""
    drawings: tuple[str, ...] = ()
    """Addresses of images for which it has room; they are drawn when the book is put together."""

    @property
    def is_chapter(self) -> bool:
        """Whether it is a chapter, not a title page or a colophon."""
        return self.manuscript is not None

    @property
    def assets(self) -> tuple[Asset, ...]:
        """The images in it."""
        return self.manuscript.assets if self.manuscript is not None else ()

    def fingerprint(self) -> bytes:
        """Return a hash of all that shapes it but references; images have theirs in their names."""
        digest = hashlib.sha256(self.html.encode())
        if self.manuscript is not None:
            digest.update(repr((self.manuscript.footnotes, self.manuscript.headings)).encode())
            for formula in self.manuscript.formulas:
                numbers = [(number.text, number.anchor, number.bare) for number in formula.numbers]
                digest.update(repr((formula.source, numbers, formula.anchors)).encode())
            for asset in self.manuscript.assets:
                digest.update(asset.name.encode())
        digest.update(self.engraving + bytes((self.goes_on,)))
        for address, data in sorted(self.pictures.items()):
            digest.update(address.encode() + hashlib.sha256(data).digest())
        return digest.digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A running head."""

    part: str
    chapter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TocEntry:
    """A part in the contents."""

    part: Part
    is_begun: bool
    """Whether its own line is there, not on the pages before."""
    chapters: tuple[Chapter, ...]


def _toc(book: Book, first: int, last: int) -> Iterator[TocEntry]:
    """Yield the parts with those of their chapters that have numbers from ``first`` to ``last``."""
    before = 0
    for part in book.parts:
        chapters = part.chapters[max(0, first - before) : max(0, last - before)]
        if chapters:
            yield TocEntry(part=part, is_begun=chapters[0] == part.chapters[0], chapters=chapters)
        before += len(part.chapters)


class SheetMaker:
    """Lays the templates of a book out."""

    def __init__(
        self,
        book: Book,
        manuscripts: Sequence[Manuscript],
        typesetting: Typesetting,
        layout: Layout,
        *,
        two_sided: bool = False,
        cover: Cover | None = None,
    ) -> None:
        """A book that is bound gets no ``cover``: that is printed apart, on other paper."""
        self._cover = None if two_sided else cover
        self._heads = 2 if two_sided else 1
        self._book = book
        self._manuscripts = {made.chapter.anchor: made for made in manuscripts}
        self._typesetting = typesetting
        self._layout = layout
        self._outlines: dict[str, bytes] = {}
        # They are asked for ahead, and once more when the page numbers are settled.
        self.contents = cache(self._contents)
        self.colophon = cache(self._colophon)
        self.folios = cache(self._folios)

    def chapters(self) -> list[str]:
        """Return the anchors of the chapters, in the book's order."""
        return [chapter.anchor for chapter in self._book.chapters]

    def parts(self) -> Set[str]:
        """Return the anchors of the parts that have pages."""
        return {part.anchor for part in self._book.parts} if self._book.has_parts else set()

    def body(self) -> Iterator[tuple[str, Callable[[], Sheet]]]:
        """Yield the anchors of parts and chapters, and what makes their sheets."""
        for part, title in self._parts():
            if title:
                yield part.anchor, partial(self._part, part)
            for chapter in part.chapters:
                yield chapter.anchor, partial(self._chapter, part, title, chapter)

    def _parts(self) -> Iterator[tuple[Part, str]]:
        """Yield the parts with what stands on their first pages, if they have any."""
        for part in self._book.parts:
            has_page = self._book.has_parts
            label = self._layout.labels.part(part.number)
            yield part, f"{label} {part.title}" if has_page else ""

    def _part(self, part: Part) -> Sheet:
        return Sheet(anchor=part.anchor, html=self._render("part", part=part, head=None))

    def _on_the_left(self, part_title: str) -> str:
        """Return the running head of left pages, which no page of a two-sided book lacks."""
        if part_title or self._heads == 1:
            return part_title
        return self._book.meta.title

    def _chapter(self, part: Part, part_title: str, chapter: Chapter) -> Sheet:
        manuscript = self._manuscripts[chapter.anchor]
        manuscript = replace(manuscript, text=manuscript.text())  # for another process
        html = self._chapter_html(part, part_title, manuscript)
        packed = self._typesetting.require([f.key for f in manuscript.formulas])
        names = sorted({name for made in packed.values() for name in made.glyphs})
        engraving = hashlib.sha256()
        for made in packed.values():
            sizes = (made.width, made.height, made.depth, made.error)
            engraving.update(made.digest + repr(sizes).encode())
        for name in names:
            engraving.update(self._outline(name))
        return Sheet(
            anchor=chapter.anchor,
            html=html,
            manuscript=manuscript,
            typesets=packed,
            glyphs={name: self._typesetting.glyphs[name] for name in names},
            engraving=engraving.digest(),
            heads=self._heads,
        )

    def shells(self) -> Iterator[tuple[Manuscript, str]]:
        """Yield the chapters with their XHTML, but without their text."""
        for part, title in self._parts():
            for chapter in part.chapters:
                manuscript = self._manuscripts[chapter.anchor]
                yield manuscript, self._chapter_html(part, title, replace(manuscript, text=_EMPTY))

    def _chapter_html(self, part: Part, part_title: str, manuscript: Manuscript) -> str:
        head = Head(part=self._on_the_left(part_title), chapter=manuscript.plain_title)
        values = {"part": part, "chapter": manuscript.chapter, "manuscript": manuscript}
        return self._render("chapter", head=head, **values)

    def _outline(self, name: str) -> bytes:
        """Return all that is known of a glyph, put in words once."""
        known = self._outlines.get(name)
        if known is None:
            words = f"{name} {self._typesetting.glyphs[name]}"
            known = self._outlines[name] = hashlib.sha256(words.encode()).digest()
        return known

    @cached_property
    def front(self) -> Sheet:
        """Return the sheet of cover and title page."""
        cover = self._cover
        html = self._render("front", head=None, cover=cover, cover_image=COVER)
        pictures = {COVER: cover.page_image()} if cover is not None and cover.is_own else {}
        drawings = (COVER,) if cover is not None and not cover.is_own else ()
        return Sheet(anchor="title-page", html=html, pictures=pictures, drawings=drawings)

    @cached_property
    def figure(self) -> bytes:
        """Return the operators that draw the cover's figure; nothing if there is none."""
        cover = self._cover
        return b"" if cover is None or cover.is_own else figure_content(cover.page_image())

    def draw_cover(self) -> None:
        """Make what takes longest of the first pages."""
        _ = self.front, self.figure

    def _contents(self, first: int, figures: int) -> Sheet:
        """Return a sheet of the contents with room for page numbers of so many ``figures``.

        ``first`` is the chapter that it begins with, in the book's order from 0. Of a long book one
        sheet holds more chapters than it has pages for: see :attr:`Sheet.goes_on`.
        """
        toc = list(_toc(self._book, first, first + ENTRIES))
        html = self._render("contents", head=None, toc=toc, is_first=first == 0, room="0" * figures)
        goes_on = first + ENTRIES < len(self._book.chapters)
        return Sheet(anchor="contents", html=html, goes_on=goes_on)

    def _colophon(self, first: int) -> Sheet:
        """Return a sheet of the colophon; ``first`` as in the contents.

        A theme's own template has all posts in one sheet.
        """
        chapters = self._book.chapters
        last = first + ENTRIES if self._layout.is_built_in("colophon.html") else len(chapters)
        anchor = "colophon" if first == 0 else f"colophon-{first}"
        head = Head(part=self._on_the_left(""), chapter=self._layout.labels.colophon)
        listed = {"first": first, "listed": chapters[first:last], "section": anchor}
        html = self._render("colophon", head=head, **listed)
        goes_on = last < len(chapters)
        return Sheet(anchor=anchor, html=html, heads=self._heads, goes_on=goes_on)

    def _folios(self, style: str, side: str) -> Sheet:
        """Return a sheet with a page for each figure.

        ``style`` is ``decimal`` or ``roman``, ``side`` that of the page: see :data:`SIDES`.
        """
        figures = DIGITS if style == "decimal" else ROMAN
        html = self._render("folio", style=style, side=side, figures=figures, head=None)
        return Sheet(anchor="", html=html, is_stamp=True)

    def _render(self, kind: str, **values: object) -> str:
        return self._layout.render(
            "print/sheet.html",
            kind=kind,
            book=self._book,
            two_sided=self._heads > 1,
            manuscripts=self._manuscripts,
            href=lambda anchor: f"#{anchor}",
            markup=Markup,
            **values,
        )
