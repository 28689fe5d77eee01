"""What is kept of a sheet that has been laid out: its pages, and what the book must know of them.

A record can stand anywhere in a book: its pages have no numbers, its links to other sheets are
names, and its fonts are lists of what it used of them, so that a book embeds each face once.
Lengths are pt, from the lower left corner of a page.
"""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kexue_book.pdf.pieces import Pieces, read_pieces

Matter = tuple[Sequence["FontUse"], Pieces]
"""The fonts of a sheet, and what its pages are made of."""
Outline = tuple[str, int, float, float, bool, tuple[Any, ...]]
"""Label, page, x, y, whether it is open, and the entries below."""
_MAGIC = b"kexue-book record 7\n"
_GLYPH, _WIDTH = "H", "i"
"""Types of rows of numbers."""
_SEPARATOR = "\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class FontUse:
    """What a sheet used of a font."""

    description: str
    """Pango's, from which the font is found again."""
    size: float
    key: str
    """Name of the font in the book."""
    name: str
    """Name of the font in the pages' resources."""
    widths: dict[int, int]
    """Of glyphs by their codes (``text_codes.py``), in thousandths of an em."""
    to_unicode: dict[int, str]
    missing: dict[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What must be known of a sheet before the book is put together."""

    pages: int
    """With the running heads."""
    heads: int
    """So many of its first pages are running heads: see :class:`~kexue_book.pdf.sheet.Sheet`."""
    starts: tuple[int, ...]
    """For each page that is no running head, the first of the chapter's blocks to begin on it, -1
    if none does: see page_starts.py."""
    math_glyphs: tuple[str, ...]
    """Of the math font, in the order they were met."""
    anchors: tuple[tuple[str, int, float, float], ...]
    """Name, page, x, y."""
    outline: tuple[Outline, ...]
    messages: tuple[str, ...]
    """What WeasyPrint said."""
    refused: tuple[str, ...]
    """Addresses that were asked for and not given."""

    def to_bytes(self, fonts: Sequence[FontUse], pieces: Pieces) -> bytes:
        """Return it as it is kept on disk, with all that its pages are made of."""
        facts = _json([getattr(self, name) for name in self.__slots__])
        used, rest = _packed(fonts), pieces.to_bytes()
        return b"%b%d %d\n%b%b%b" % (_MAGIC, len(facts), len(used), facts, used, rest)


def read_record(data: bytes) -> Record:
    """Read what :meth:`Record.to_bytes` wrote, but neither fonts nor pieces.

    Raises:
        ValueError: it is something else, or damaged.
    """
    start, middle, _ = _bounds(data)
    pages, heads, starts, *lists = json.loads(data[start:middle])
    glyphs, anchors, outline, messages, refused = lists
    return Record(
        pages=pages,
        heads=heads,
        starts=tuple(starts),
        math_glyphs=tuple(map(sys.intern, glyphs)),
        anchors=tuple(map(tuple, anchors)),
        outline=tuple(map(_entry, outline)),
        messages=tuple(messages),
        refused=tuple(refused),
    )


def read_matter(data: bytes) -> Matter:
    """Read what :func:`read_record` left out: the fonts of a sheet, and what its pages are made of.

    Raises:
        ValueError: it is something else, or damaged.
    """
    _, middle, end = _bounds(data)
    return tuple(_unpacked(data[middle:end])), read_pieces(data[end:])


def _bounds(data: bytes) -> tuple[int, int, int]:
    """Return where facts, fonts and pieces begin."""
    if not data.startswith(_MAGIC):
        raise ValueError("it is no record")
    lengths, _, _ = data[len(_MAGIC) : len(_MAGIC) + 40].partition(b"\n")
    facts, fonts = map(int, lengths.split())
    start = len(_MAGIC) + len(lengths) + 1
    return start, start + facts, start + facts + fonts


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _packed(fonts: Sequence[FontUse]) -> bytes:
    """Return fonts as they are kept, their many glyphs as rows of numbers: JSON takes long."""
    heads, rows = [], list[bytes]()
    for use in fonts:
        row = (
            *(_row(_GLYPH, use.widths), _row(_WIDTH, use.widths.values())),
            *(_row(_GLYPH, use.to_unicode), _SEPARATOR.join(use.to_unicode.values()).encode()),
        )
        lengths = [len(part) for part in row]
        missing = list(use.missing.items())
        heads.append((use.description, use.size, use.key, use.name, missing, lengths))
        rows += row
    head = _json(heads)
    return b"%d\n%b%b" % (len(head), head, b"".join(rows))


def _unpacked(data: bytes) -> Iterator[FontUse]:
    length, _, _ = data[:20].partition(b"\n")
    start = len(length) + 1
    end = start + int(length)
    for description, size, key, name, missing, lengths in json.loads(data[start:end]):
        row = []
        for length in lengths:
            row.append(data[end : end + length])
            end += length
        texts = row[3].decode().split(_SEPARATOR) if row[2] else []
        yield FontUse(
            description=description,
            size=size,
            key=key,
            name=name,
            widths=dict(zip(array(_GLYPH, row[0]), array(_WIDTH, row[1]), strict=True)),
            to_unicode=dict(zip(array(_GLYPH, row[2]), texts, strict=True)),
            missing=dict(missing),
        )


def _row(kind: str, numbers: Iterable[float]) -> bytes:
    return array(kind, numbers).tobytes()


def _entry(fields: list[Any]) -> Outline:
    label, page, x, y, is_open, below = fields
    return label, page, x, y, is_open, tuple(map(_entry, below))
