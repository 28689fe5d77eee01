"""Sheets and their records → page numbers, before all records are made and after.

A sheet with page references has room for so many figures as each number has. How many those are
is guessed from the length of the text; when the guess was wrong for a chapter, that chapter is
laid out again. The guess never looks at what is on the shelf, so that it is the same every time,
and the book with it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from kexue_book.pdf.pages import PageSize
from kexue_book.pdf.record import Record
from kexue_book.pdf.sheet import Sheet

_ID = re.compile(r'\bid="([^"]+)"')
_LINK = re.compile(r'\bhref="#([^"]+)"')
_TAG = re.compile(r"<[^>]*>")
_SPACE = re.compile(r"\s+")


def first_pages(lengths: Iterable[int], *, two_sided: bool) -> list[int]:
    """Return the number of the first page of each sheet; right pages have odd numbers."""
    firsts = []
    number = 1
    for length in lengths:
        number += two_sided and number % 2 == 0
        firsts.append(number)
        number += length
    return firsts


def page_numbers(records: Sequence[Record], *, two_sided: bool) -> dict[str, int]:
    """Return the page number of every anchor in the body of a book."""
    numbers: dict[str, int] = {}
    firsts = first_pages((record.pages - record.heads for record in records), two_sided=two_sided)
    for first, record in zip(firsts, records, strict=True):
        for name, page, _, _ in record.anchors:
            numbers.setdefault(name, first + page - record.heads)
    return numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is known of a sheet without holding its text."""

    make: Callable[[], Sheet]
    anchor: str
    is_chapter: bool
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


def plan(make: Callable[[], Sheet], page: PageSize) -> Plan:
    """Make a sheet, look at it and let it go."""
    sheet = make()
    pages = estimated_pages(sheet, page)
    links = _LINK.findall(sheet.manuscript.body) if sheet.manuscript is not None else ()
    return Plan(
        make=make,
        anchor=sheet.anchor,
        is_chapter=sheet.is_chapter,
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
        firsts = first_pages((sheet.pages for sheet in plans), two_sided=two_sided)
        for sheet, first in zip(plans, firsts, strict=True):
            for name, before in sheet.places:
                self.numbers.setdefault(name, first + before)
                self._homes.setdefault(name, sheet.anchor)

    def targets(self, sheet: Plan) -> tuple[str, ...]:
        """Return the places in other sheets that the text of a sheet leads to."""
        homes = self._homes
        return tuple(name for name in sheet.links if homes.get(name, sheet.anchor) != sheet.anchor)

    def completed(self, numbers: Mapping[str, int]) -> dict[str, int]:
        """Return numbers for all anchors: a place that was not laid out has its sheet's."""
        homes = self._homes.items()
        missing = {name: numbers[home] for name, home in homes if name not in numbers}
        return {**numbers, **missing}


def estimated_pages(sheet: Sheet, page: PageSize) -> int:
    """Return about how many pages a sheet has; one in five is one more or less."""
    text = _SPACE.sub("", _TAG.sub("", sheet.html))
    ems = float(len(text))
    lines = 10 + 0.7 * sheet.html.count("<p") + 0.3 * sheet.html.count("<li")
    lines += 1.5 * sheet.html.count("<h2") + 5 * sheet.html.count("<img") + sheet.html.count("<tr")
    for formula in sheet.manuscript.formulas if sheet.manuscript is not None else ():
        typeset = sheet.typesets[formula.key]
        if formula.display:
            ratio = page.font_size / page.leading
            lines += 1.1 * (typeset.height + typeset.depth + 1.2) * ratio
        else:
            ems += typeset.width
    lines += ems / page.characters
    return max(1, math.ceil(lines / page.lines - 0.2))
