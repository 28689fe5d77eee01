"""What is kept of a sheet that has been laid out: its pages, and what the book must know of them.

A record can stand anywhere in a book: its pages have no numbers, its links to other sheets are
names, and its fonts are lists of what it used of them, so that a book embeds each face once.
Lengths are pt, from the lower left corner of a page.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Outline = tuple[str, int, float, float, bool, tuple[Any, ...]]
"""Label, page, x, y, whether it is open, and the entries below."""
_MAGIC = b"kexue-book record 2\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class FontUse:
    """What a sheet used of a font."""

    description: str
    """Pango's, from which the font is found again."""
    size: float
    key: str
    """Name of the font in the pages' resources."""
    widths: Mapping[int, float]
    to_unicode: Mapping[int, str]
    missing: Mapping[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A sheet that has been laid out."""

    pdf: bytes
    pages: int
    """With the running heads."""
    heads: int
    """So many of its first pages are running heads: see :class:`~kexue_book.pdf.sheet.Sheet`."""
    fonts: tuple[FontUse, ...]
    math_glyphs: tuple[str, ...]
    """Of the math font, by their codes in these pages, from 1."""
    anchors: tuple[tuple[str, int, float, float], ...]
    """Name, page, x, y."""
    outline: tuple[Outline, ...]
    links: tuple[tuple[int, tuple[float, float, float, float], str], ...]
    """Page, rectangle and name of what is in no page of this sheet."""
    references: tuple[int, ...]
    """Pages that have room for page numbers."""
    messages: tuple[str, ...]
    """What WeasyPrint said."""
    refused: tuple[str, ...]
    """Addresses that were asked for and not given."""

    def to_bytes(self) -> bytes:
        """Return it as it is kept on disk."""
        facts = {name: getattr(self, name) for name in self.__slots__ if name != "pdf"}
        facts["fonts"] = [
            [use.description, use.size, use.key]
            + [_flat(used) for used in (use.widths, use.to_unicode, use.missing)]
            for use in self.fonts
        ]
        header = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
        return b"%b%d\n%b%b" % (_MAGIC, len(header), header, self.pdf)


def read_record(data: bytes) -> Record:
    """Read what :meth:`Record.to_bytes` wrote.

    Raises:
        ValueError: it is something else, or damaged.
    """
    if not data.startswith(_MAGIC):
        raise ValueError("it is no record")
    length, _, rest = data[len(_MAGIC) :].partition(b"\n")
    header = int(length)
    facts = json.loads(rest[:header])
    fonts = tuple(map(_use, facts.pop("fonts")))
    frozen = {name: _frozen(value) for name, value in facts.items()}
    return Record(pdf=rest[header:], fonts=fonts, **frozen)


def _use(fields: list[Any]) -> FontUse:
    description, size, key, widths, to_unicode, missing = fields
    return FontUse(
        description=description,
        size=size,
        key=key,
        widths=_mapping(widths),
        to_unicode=_mapping(to_unicode),
        missing=_mapping(missing),
    )


def _flat(mapping: Mapping[int, Any]) -> list[Any]:
    """Return keys and values in turn: JSON has no keys but strings, which take time to read."""
    return [item for entry in mapping.items() for item in entry]


def _mapping(flat: list[Any]) -> dict[int, Any]:
    return dict(zip(flat[::2], flat[1::2], strict=True))


def _frozen(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    if not any(isinstance(item, list) for item in value):
        return tuple(value)
    return tuple(map(_frozen, value))
