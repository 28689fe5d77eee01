"""The outline of a book, and what a build made of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

from kexue_book.model.posts import Post


@dataclass(frozen=True, slots=True, kw_only=True)
class BookMeta:
    """What the cover, the colophon and the files' metadata say; never the clock."""

    title: str
    subtitle: str | None
    authors: tuple[str, ...]
    language: str
    """BCP 47, ``zh-CN``."""
    identifier: str
    """``urn:uuid:…``, the same for the same selection."""
    modified: dt.datetime
    """Newest date of any post, in UTC."""
    rights: str | None
    source: str | None
    """The site's address, when all posts come from one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A post with its place in the book."""

    number: int
    """1-based, through the whole book."""
    anchor: str
    """Id of the chapter and stem of its file: an XML name in ASCII, ``p-2023-03-07-9512``."""
    post: Post


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some chapters under a common title; a book without parts has one part with no title."""

    title: str | None
    number: int
    """1-based."""
    anchor: str
    """``part-3f2a9c1d``, from the title."""
    chapters: tuple[Chapter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The outline: metadata and chapters in order."""

    meta: BookMeta
    parts: tuple[Part, ...]

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """All chapters in reading order."""
        return tuple(chapter for part in self.parts for chapter in part.chapters)

    @property
    def dates(self) -> tuple[dt.datetime, ...]:
        """When its posts were published, in reading order."""
        return tuple(c.post.date for c in self.chapters if c.post.date is not None)

    @property
    def has_parts(self) -> bool:
        """Whether the parts have titles, and so pages of their own."""
        return any(part.title is not None for part in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePlace:
    """Where a page of the PDF begins."""

    number: int
    """That of the page."""
    sheet: str
    """Anchor of the chapter or part; ``colophon``."""
    block: int
    """Which of the chapter's blocks is the first to begin on the page, from 0; -1 if none does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildSummary:
    """What a build made, for the summary on the screen and for ``--json``."""

    files: tuple[Path, ...]
    chapters: int
    pages: int | None
    """Of the PDF, when one was made."""
    formulas: int
    distinct_formulas: int
    warnings: int
    seconds: float
    sizes: tuple[int, ...] = field(default=())
    """Bytes of each file."""
    up_to_date: bool = False
    """Whether the files were as this build would have made them, and were left alone."""
