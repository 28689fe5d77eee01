"""Sheets and their records → page numbers, before all records are made and after.

A sheet with page references has room for so many figures as each number has. How many those are
is guessed from the length of the text; when the guess was wrong for a chapter, that chapter is
laid out again. The guess never looks at what is on the shelf, so that it is the same every time,
and the book with it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kexue_book.model import PagePlace
from kexue_book.pdf.pages import PageSize
from kexue_book.pdf.record import Record
from kexue_book.pdf.sheet import Sheet

_ID = re.compile(r'\bid="([^"]+)"')
_LINK = re.compile(r'\bhref="#([^"]+)"')
_TAG = re.compile(r"<[^>]*>")
_SPACE = re.compile(r"\s+")
_LISTING = re.compile(r"<pre.*?</pre>", re.DOTALL)


def first_pages(lengths: Iterable[int], *, two_sided: bool) -> list[int]:
    """Return the number of the first page of each sheet; right pages have odd numbers."""
    firsts = []
    number = 1
    for length in lengths:
        number += two_sided and number % 2 == 0
        firsts.append(number)
        number += length
    return firsts


def page_places(
    sheets: Sequence[str], records: Sequence[Record], *, two_sided: bool
) -> Iterator[PagePlace]:
    """Yield where the pages of a book's body begin; ``sheets`` are the anchors of the records."""
    firsts = first_pages((record.pages - record.heads for record in records), two_sided=two_sided)
    for first, sheet, record in zip(firsts, sheets, records, strict=True):
        for page, block in enumerate(record.starts):
            yield PagePlace(number=first + page, sheet=sheet, block=block)


def page_numbers(records: Sequence[Record], *, two_sided: bool) -> dict[str, int]:
    """Return the page number of every anchor in the body of a book."""
    numbers: dict[str, int] = {}
    firsts = first_pages((record.pages - record.heads for record in records), two_sided=two_sided)
    for first, record in zip(firsts, records, strict=True):
        for name, page, _, _ in record.anchors:
            numbers.setdefault(name, first + page - record.heads)
    return numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What is known of a sheet without holding its text."""

    fingerprint: bytes
    """Of the sheet, without page references."""
    length: int
    """Characters of its XHTML."""
    pages: int
    """About so many."""
    places: tuple[tuple[str, int], ...]
    """Names, and about how many pages stand before each."""
    links: tuple[str, ...]
    """Names that its text leads to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A sheet that can be made, and what is known of it before it is."""

    anchor: str
    is_chapter: bool
    make: Callable[[], Sheet]
    sketch: Sketch


def sketch(sheet: Sheet, page: PageSize) -> Sketch:
    """Look at a sheet."""
    pages = estimated_pages(sheet, page)
    links = _LINK.findall(sheet.manuscript.body) if sheet.manuscript is not None else ()
    return Sketch(
        fingerprint=sheet.fingerprint(),
        length=len(sheet.html),
        pages=pages,
        places=tuple(
            (found[1], found.start() * pages // len(sheet.html))
            for found in _ID.finditer(sheet.html)
        ),
        links=tuple(dict.fromkeys(links)),
    )


class Guess:
    """What is known of the places in a book before its pages are."""

    def __init__(self, plans: Sequence[Plan], *, two_sided: bool) -> None:
        """Guess from the sheets' text."""
        self.numbers: dict[str, int] = {}
        """Of the page of every anchor."""
        self._homes: dict[str, str] = {}
        firsts = first_pages((sheet.sketch.pages for sheet in plans), two_sided=two_sided)
        for sheet, first in zip(plans, firsts, strict=True):
            for name, before in sheet.sketch.places:
                self.numbers.setdefault(name, first + before)
                self._homes.setdefault(name, sheet.anchor)

    def targets(self, sheet: Plan) -> tuple[str, ...]:
        """Return the places in other sheets that the text of a sheet leads to."""
        homes, links = self._homes, sheet.sketch.links
        return tuple(name for name in links if homes.get(name, sheet.anchor) != sheet.anchor)

    def completed(self, numbers: Mapping[str, int]) -> dict[str, int]:
        """Return numbers for all anchors: a place that was not laid out has its sheet's."""
        homes = self._homes.items()
        missing = {name: numbers[home] for name, home in homes if name not in numbers}
        return {**numbers, **missing}


_LINES: tuple[tuple[str, float], ...] = (
    ("<p", 0.63),
    ("<li", 1.1),
    ("<h2", 1.4),
    ("<img", 9.6),
    ("<tr", 0.8),
    ("<blockq", 0.7),
)
"""Elements, and how many lines one takes beside those of its text."""
_HEAD = 4.8
"""Lines of a chapter's head."""
_DISPLAY = 0.8
_CODE_LINE = 0.9
_NOTE = 5.5
_LATIN, _HAN = 0.62, 1.13
"""Ems of a character, with what is lost at the ends of lines."""


def estimated_pages(sheet: Sheet, page: PageSize) -> int:
    """Return about how many pages a sheet has; one in five is one more or less.

    The numbers are those that fit 130 posts of a science blog and 500 made-up ones best, which they
    miss by less than five pages in 800, and eleven in 2,200.
    """
    listings = _LISTING.findall(sheet.html)
    text = _SPACE.sub("", _TAG.sub("", _LISTING.sub("", sheet.html)))
    latin = len(text.encode("ascii", "ignore"))
    ems: float = _LATIN * latin + _HAN * (len(text) - latin)
    lines: float = _HEAD + _CODE_LINE * sum(code.count("\n") for code in listings)
    lines += sum(each * sheet.html.count(element) for element, each in _LINES)
    manuscript = sheet.manuscript
    for formula in manuscript.formulas if manuscript is not None else ():
        typeset = sheet.typesets[formula.key]
        if formula.display:
            high = (typeset.height + typeset.depth) * page.font_size / page.leading
            lines += _DISPLAY + 1.16 * high
        else:
            ems += _HAN * typeset.width
    lines += _NOTE * len(manuscript.footnotes) if manuscript is not None else 0
    lines += ems / page.characters
    return max(1, math.ceil(lines / page.lines))
