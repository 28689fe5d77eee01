"""Where the PDF's pages begin → marks in the EPUB's files, and the list of pages.

A page is said to begin at the first block that begins on it, which may be some lines late. A mark
stands at the end of the block before, where that can be: what stands in front of it keeps its
count among its siblings, and a reading system that counts finds its highlights again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kexue_book.epub.filled import File, Filled
from kexue_book.epub.pages import Page
from kexue_book.model import PagePlace

_FIRST_WORDS = re.compile(rb"<body[^>]*>(?:\s*<[^>]*>)*[^<]*")
_ENDS = frozenset((b"p", b"h2", b"h3", b"h4", b"h5", b"h6", b"pre"))
"""Blocks that hold no others of their kind, so that their end is the next that comes."""
_INSIDE = _ENDS | {b"li", b"dd", b"dt"}
"""Blocks that may begin with a mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageEntry:
    """A line in the list of pages."""

    number: int
    address: str


class PageBreaks:
    """Knows where the pages begin in the files of a book."""

    def __init__(self, places: Sequence[PagePlace], pages: Iterable[tuple[Page, Filled]]) -> None:
        """``pages`` are those of the body."""
        filled = {page.name: made for page, made in pages}
        self.entries: list[PageEntry] = []
        self._marks: dict[str, list[tuple[str, str, list[int]]]] = {}
        """By file: a block, the one before it, and the pages that begin there."""
        by_sheet: dict[str, list[PagePlace]] = {}
        for place in places:
            by_sheet.setdefault(place.sheet, []).append(place)
        for name, own in by_sheet.items():
            if name in filled:
                self._place(filled[name].files, own)

    def _place(self, files: Sequence[File], places: Sequence[PagePlace]) -> None:
        """Find the blocks of a chapter at which its pages begin; the first is the chapter's own."""
        blocks = [(file, index) for file in files for index in range(len(file.blocks))]
        self._add(files[0], -1, places[0].number)
        later = len(blocks) - 1
        found: list[tuple[int, int]] = []
        for place in reversed(places[1:]):
            # A page on which nothing begins is reached where the next thing does.
            later = min(place.block, later) if place.block >= 0 else later
            found.append((place.number, later))
        for number, block in reversed(found):
            file, index = blocks[block] if blocks else (files[0], -1)
            self._add(file, index, number)

    def _add(self, file: File, index: int, number: int) -> None:
        block = file.blocks[index] if index >= 0 else ""
        before = file.blocks[index - 1] if index >= 1 else ""
        marks = self._marks.setdefault(file.name, [])
        if not marks or marks[-1][0] != block:
            marks.append((block, before, []))
        marks[-1][2].append(number)
        self.entries.append(PageEntry(number=number, address=f"{file.address}#page-{number}"))

    def mark(self, file: File, content: bytes) -> bytes:
        """Return a file with a mark for each page that begins in it."""
        marked: list[bytes] = []
        done = 0
        for block, before, numbers in self._marks.get(file.name, ()):
            at = max(_position(content, block.encode(), before.encode()), done)
            marked += (content[done:at], b"".join(map(_mark, numbers)))
            done = at
        return b"".join((*marked, content[done:]))


def _position(content: bytes, block: bytes, before: bytes) -> int:
    """Return where a mark stands for what begins at a block; of none, for the file."""
    if not block:
        words = _FIRST_WORDS.search(content)
        return words.end() if words is not None else 0
    if before:
        name, _, end = _opening(content, before)
        if name in _ENDS:
            return content.index(b"</%b>" % name, end)
    name, start, end = _opening(content, block)
    return end if name in _INSIDE else start


def _opening(content: bytes, block: bytes) -> tuple[bytes, int, int]:
    """Return the name of the element with an id, and where its tag starts and ends."""
    sought = b' id="%b"' % block
    place = content.index(sought)
    while True:
        start = content.rindex(b"<", 0, place)
        if content.find(b">", start, place) < 0:
            break
        place = content.index(sought, place + 1)  # that was text
    name = re.compile(rb"\w+").match(content, start + 1)
    assert name is not None
    return name[0], start, content.index(b">", place) + 1


def _mark(number: int) -> bytes:
    return (
        b'<span epub:type="pagebreak" role="doc-pagebreak" id="page-%d" aria-label="%d"></span>'
        % (number, number)
    )
