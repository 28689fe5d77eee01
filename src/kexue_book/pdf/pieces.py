"""The PDF of one sheet → pieces: its objects, with gaps for what only the book knows.

As a compiler leaves addresses to a linker, so a sheet leaves it to the book to fill in the numbers
of objects, the fonts, page numbers and keys of the structure tree. A gap stands in an object's text
between two null characters, which are nowhere else in it:

====== ==============================================
``R5`` a reference to the sheet's object 5
``F``  the dictionary of fonts
``X``  the figures of page numbers, entries of a dictionary of XObjects
``P``  a reference to the tree of pages
``C2`` the content of the sheet's page 2
``A2`` the annotations of page 2
``K7`` the key 7 of the structure's ``ParentTree``
``S``  the element of the structure in which the sheet stands
``O3`` a reference to the link 3 for the structure; nothing if that leads nowhere
``L1`` the text 1 with a page number in it
====== ==============================================
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

_FIELDS = 6


@dataclass(frozen=True, slots=True)
class Piece:
    """An object."""

    text: bytes
    """The object, or the dictionary of a stream without ``Length``; with gaps."""
    data: bytes | None = None
    """What is in a stream, as the dictionary says."""
    digest: str = ""
    """If it may be one object with all that have the same; a hash of it."""
    is_open: bool = False
    """Whether page numbers have yet to come into the stream, or behind it; it is not compressed."""
    checksum: int = -1
    """Of what is in the stream (Adler-32), if something may come before it; else -1."""
    length: int = 0
    """Likewise: how many bytes that is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """All that the book needs of a sheet's PDF; numbers are places in ``objects``."""

    objects: tuple[Piece, ...]
    pages: tuple[int, ...]
    contents: tuple[int, ...]
    """Of each page."""
    stamps: tuple[int, ...]
    """Pages that are drawn on others, as forms: running heads and figures."""
    links: tuple[tuple[int, int, str], ...]
    """Page (a place in ``pages``), annotation, and the name it leads to; empty if outwards."""
    labels: tuple[tuple[str, str], ...]
    """Texts with a page number in them, and the names of the places whose numbers these are."""
    kids: tuple[int, ...]
    """Of the structure: what stands outermost."""
    parents: tuple[int, ...]
    """Likewise: what each key leads to."""
    identifiers: tuple[tuple[str, int], ...]
    """Likewise: elements by their ids, in hexadecimal."""

    def to_bytes(self) -> bytes:
        """Return them as they are kept on disk."""
        facts: dict[str, Any] = {
            name: getattr(self, name) for name in self.__slots__ if name != "objects"
        }
        facts["objects"] = [
            field
            for piece in self.objects
            for field in (
                len(piece.text),
                -1 if piece.data is None else len(piece.data),
                piece.digest,
                piece.is_open,
                piece.checksum,
                piece.length,
            )
        ]
        header = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
        parts = [part for piece in self.objects for part in (piece.text, piece.data or b"")]
        return b"".join((b"%d\n" % len(header), header, *parts))


def read_pieces(data: bytes) -> Pieces:
    """Read what :meth:`Pieces.to_bytes` wrote.

    Raises:
        ValueError: it is something else.
    """
    length, _, _ = data[:20].partition(b"\n")
    start = len(length) + 1
    position = start + int(length)
    facts = json.loads(data[start:position])
    fields = facts.pop("objects")
    objects = []
    for n in range(0, len(fields), _FIELDS):
        text_length, data_length, *rest_of_piece = fields[n : n + _FIELDS]
        text = data[position : position + text_length]
        position += text_length
        content = None
        if data_length >= 0:
            content = data[position : position + data_length]
            position += data_length
        objects.append(Piece(text, content, *rest_of_piece))
    rest = {name: tuple(_row(value) for value in values) for name, values in facts.items()}
    return Pieces(objects=tuple(objects), **rest)


def _row(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
