"""What the scanner finds in a post, and what the numbering makes of it."""

from __future__ import annotations

from dataclasses import dataclass

from kexue_book.errors import Diagnostic
from kexue_book.model import Formula

FIRST_PLACEHOLDER = 0xF0000
"""Item ``n`` of a text stands in it as ``chr(FIRST_PLACEHOLDER + n)``."""
MAX_ITEMS = 0x1F000
"""Characters from here on in the private planes belong to the manuscript room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFormula:
    """A formula as it stands in the post."""

    raw: str
    """The exact slice of the text, delimiters included."""
    tex: str
    """LaTeX between the delimiters, or the whole environment; quote marks and Markdown escapes
    undone."""
    display: bool
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundReference:
    r"""``\ref{…}`` or ``\eqref{…}`` in prose."""

    raw: str
    command: str
    """``ref`` or ``eqref``."""
    label: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    """Text that has to pass pandoc untouched, or (empty) a mark-up tag that is taken out."""

    raw: str
    text: str
    line: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    r"""Macro definitions in prose (``\newcommand…``): they show nothing."""

    raw: str
    line: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A reference with the number it stands for."""

    raw: str
    text: str
    """As shown: ``(3)``; the source when the label is not there."""
    target: str | None
    """Id of the equation."""
    line: int = 1


Found = FoundFormula | FoundReference | Literal | Definition
Item = Formula | Reference | Literal | Definition


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedText:
    """A text with one character in place of everything found."""

    text: str
    items: tuple[Found, ...]
    lines: tuple[int, ...]
    """For each line of ``text`` the line of the file it begins on."""
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterFormulas:
    """The same text with its formulas numbered; ``items`` go with the placeholders."""

    text: str
    items: tuple[Item, ...]
    diagnostics: tuple[Diagnostic, ...]
