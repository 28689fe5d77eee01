"""The clean text of a chapter, the same for every writer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kexue_book.model.books import Chapter
from kexue_book.model.formulas import Formula


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading inside a chapter."""

    anchor: str
    level: int
    """2 for the post's top sections, then deeper; 1 is the chapter's own title."""
    text: str
    """Plain text, formulas as readable text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """An image that the book carries."""

    name: str
    """File name in the book, ASCII, unique, from the content: ``img-3f2a9c….png``."""
    path: Path
    """The file to copy."""
    media_type: str
    width: int | None
    """px."""
    height: int | None
    """px."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Footnote:
    """A note, kept out of the text until a writer decides where notes stand."""

    anchor: str
    number: int
    """Counts from 1 in each chapter."""
    body: str
    """XHTML, as in :class:`Manuscript`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What a chapter says, in full."""

    body: str
    """XHTML, see :class:`Manuscript`."""
    formulas: tuple[Formula, ...] = ()
    footnotes: tuple[Footnote, ...] = ()

    def __call__(self) -> Text:
        """Return itself: a text at hand can stand for one that has to be made."""
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Manuscript:
    """A chapter, the same for every writer; its text is made each time it is asked for.

    The text's ``body`` and ``title`` are well-formed XHTML fragments without namespace prefixes:

    - a formula is ``<span class="formula" data-n="3"/>``, a numbered or unnumbered display
      ``<div class="display" data-n="3"/>``, ``data-n`` being its index in ``formulas``;
    - a footnote's call is ``<a class="noteref" id="…" href="#FOOTNOTE-ANCHOR">1</a>``,
      a second one of the same note is of class ``noteref again`` and has no id;
    - an image of the book is ``<img src="asset:NAME" …/>``;
    - a link into the book is ``href="#ANCHOR"``, ids being unique in the whole book.
    """

    chapter: Chapter
    title: str
    """Inline XHTML of the chapter's title."""
    plain_title: str
    text: Callable[[], Text]
    """Makes the text, or has it from a moment ago."""
    headings: tuple[Heading, ...] = ()
    assets: tuple[Asset, ...] = ()
    fingerprint: bytes = b""
    """Hash of all that shapes title, text, headings and assets; empty when it is not known."""
    formula_marks: tuple[str, ...] = ()
    """A short hash of each formula's key."""
    length: int = 0
    """Characters of the body, formulas left out."""
    leads_to: tuple[str, ...] = ()
    """Anchors of the other chapters that its links lead to."""

    @property
    def body(self) -> str:
        """The text, formulas and notes left out."""
        return self.text().body

    @property
    def formulas(self) -> tuple[Formula, ...]:
        """The formulas of title, body and notes."""
        return self.text().formulas

    @property
    def footnotes(self) -> tuple[Footnote, ...]:
        """The notes."""
        return self.text().footnotes
