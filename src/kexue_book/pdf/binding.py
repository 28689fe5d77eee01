"""Pieces of a sheet → objects in the book's file, their gaps filled (see ``pieces.py``)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from kexue_book.pdf.deflating import with_beginning
from kexue_book.pdf.object_file import ObjectFile, reference, string
from kexue_book.pdf.pieces import Piece, Pieces
from kexue_book.pdf.references import NUMBER

_MARK = re.compile(rb"\0([A-Z])(\d*)\0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the book knows and a sheet does not."""

    fonts: bytes
    """Dictionary of the fonts that the sheet uses."""
    figures: bytes
    """Figures of page numbers, as entries of a dictionary of XObjects."""
    pages: int
    """The object of the tree of pages."""
    first_key: int = 0
    """Of the structure's ``ParentTree``, for this sheet."""
    part: int = 0
    """The object of the element in which the sheet stands."""
    names: Collection[str] = ()
    """All places in the book."""
    number_of: Callable[[str], str] = str
    """The page number of a place."""
    fill: Callable[[bytes], bytes] = bytes
    """Puts page numbers into content."""


class Binder:
    """Puts sheets into a file, and what they share only once."""

    def __init__(self, file: ObjectFile) -> None:
        self._file = file
        self._shared: dict[str, int] = {}

    def bind(self, pieces: Pieces, around: Surroundings, stamps: Sequence[bytes] = ()) -> list[int]:
        """Put a sheet's pieces into the file; return the numbers of their objects.

        ``stamps`` are operators that are added to the content of each page: before it, unless it is
        open.
        """
        numbers: list[int] = []
        new: list[tuple[int, Piece, bytes]] = []
        added = dict(zip(pieces.contents, stamps, strict=False))
        for index, piece in enumerate(pieces.objects):
            number = self._shared.get(piece.digest) if piece.digest else None
            if number is None:
                number = self._file.reserve()
                new.append((number, piece, added.get(index, b"")))
                if piece.digest:
                    self._shared[piece.digest] = number
            numbers.append(number)
        gaps = _Gaps(pieces, around, numbers)
        for number, piece, more in new:
            text, data = _MARK.sub(gaps.fill, piece.text), piece.data
            if piece.is_open and data is not None:
                self._file.put_compressed(number, text, around.fill(data) + more)
            elif piece.checksum >= 0 and data is not None:
                stream = with_beginning(more, data, piece.checksum, piece.length)
                self._file.put(number, text, stream)
            else:
                self._file.put(number, text, data)
        return numbers


class _Gaps:
    """Fills the gaps of one sheet."""

    def __init__(self, pieces: Pieces, around: Surroundings, numbers: Sequence[int]) -> None:
        self._pieces = pieces
        self._around = around
        self._numbers = numbers
        self._links: dict[int, list[bytes]] = {}
        """References to the annotations of each page, but to those that lead nowhere."""
        for page, annotation, target in pieces.links:
            if not target or target in around.names:
                self._links.setdefault(page, []).append(reference(numbers[annotation]))
        self._fixed = {
            b"F": around.fonts,
            b"X": around.figures,
            b"P": reference(around.pages),
            b"S": reference(around.part),
        }
        self._ways: Mapping[bytes, Callable[[int], bytes]] = {
            b"C": self._content,
            b"A": lambda page: b"[%b]" % b" ".join(self._links.get(page, ())),
            b"K": lambda key: b"%d" % (around.first_key + key),
            b"O": self._link,
            b"L": self._label,
        }

    def fill(self, found: re.Match[bytes]) -> bytes:
        """Return what belongs into a gap."""
        kind, number = found.groups()
        if kind == b"R":
            return b"%d 0 R" % self._numbers[int(number)]
        return self._fixed[kind] if kind in self._fixed else self._ways[kind](int(number))

    def _content(self, page: int) -> bytes:
        return reference(self._numbers[self._pieces.contents[page]])

    def _link(self, number: int) -> bytes:
        page, annotation, target = self._pieces.links[number]
        if target not in self._around.names:
            return b""
        return b"<</Type/OBJR/Obj %b/Pg %b>>" % (
            reference(self._numbers[annotation]),
            reference(self._numbers[self._pieces.pages[page]]),
        )

    def _label(self, number: int) -> bytes:
        text, target = self._pieces.labels[number]
        return string(text.replace(NUMBER, self._around.number_of(target)))


def put_objects(file: ObjectFile, pieces: Sequence[Piece], roots: Sequence[int]) -> None:
    """Put pieces whose only gaps are references; the first have the numbers ``roots``."""
    numbers = [*roots, *(file.reserve() for _ in pieces[len(roots) :])]

    def fill(found: re.Match[bytes]) -> bytes:
        return reference(numbers[int(found[2])])

    for number, piece in zip(numbers, pieces, strict=True):
        file.put(number, _MARK.sub(fill, piece.text), piece.data)
