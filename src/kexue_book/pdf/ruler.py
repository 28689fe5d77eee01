"""A piece of text in one style → how wide any stretch of it is, and where a line may end in it.

WeasyPrint shapes the text that is left of a paragraph for each line anew, four lines of it, and
the line once more. Here a piece is shaped once; lines are cut from a list of places.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from operator import add
from typing import Any

from kexue_book.pdf import spacing
from kexue_book.pdf.set_line import SetLine
from kexue_book.pdf.shaping import shape

_SAFE = 0.001
"""px by which a squeezed line is narrower than it may be: WeasyPrint adds widths up its own way."""


@dataclass(frozen=True, slots=True)
class Around:
    """What a piece of text stands in; characters are empty where there is none."""

    before: str = ""
    after: str = ""
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """A stretch of the text that makes a piece of a line."""

    start: int
    end: int
    first: float
    """Thousandths of an em before it."""
    last: float
    """And after it."""
    width: float
    """px."""
    shrunk: Sequence[float] = ()
    """By how much its places shrink; thousandths of an em."""


class Ruler:
    """Measures stretches of a text."""

    def __init__(self, text: str, style: Any, around: Around) -> None:
        self.text = text
        self._size = style["font_size"] / 1000
        self._classes = spacing.classes(text)
        shaped = shape(text, self._classes, style)
        self.offsets = shaped.offsets
        self.starts_at = {offset: index for index, offset in enumerate(shaped.offsets)}
        self._layout = shaped.layout
        self.glyphs = shaped.glyphs
        """Of the whole text; None if there is more to know than :class:`Glyphs` does."""
        self._heights = shaped.heights
        self._starts = [height.start for height in shaped.heights]
        self._trims = frozenset() if around.is_code else shaped.trims
        self._breaks = [*shaped.breaks, *([] if around.after else [len(text)])]
        self._space(around)
        spaces = [0, *accumulate(self._own.get(index, 0) for index in range(1, len(text)))]
        spaces = [self._size * space for space in spaces]
        ends = [0.0, *accumulate(shaped.advances)]
        self._lefts = [x + space for x, space in zip(ends, spaces, strict=False)]
        self._rights = [0.0, *(x + space for x, space in zip(ends[1:], spaces, strict=True))]

    def _space(self, around: Around) -> None:
        """Note what comes between characters: within the text, before and after it."""
        self.before = self.after = self.gaps = 0
        """Thousandths of an em before and after the text, and all the gaps in it."""
        if around.is_code:
            self._own: dict[int, int] = {}
            self.places = spacing.spaces_only(self._classes)
            return
        found = spacing.own_spaces(self._classes)
        self._own = {
            index: space for index, space in found.items() if space > 0 or self._may_close_up(index)
        }
        self.places = spacing.kinds(self._classes)
        self._meet_neighbours(around)
        added = (*self._own.values(), self.before, self.after)
        self.gaps = sum(space for space in added if space > 0)

    def _may_close_up(self, index: int) -> bool:
        """Whether two marks both have the white of full-width ones, where it would be lost."""
        before, after = self._classes[index - 1], self._classes[index]
        if before == spacing.OPENING:
            return index in self._trims
        return index - 1 in self._trims and (after == spacing.CLOSING or index in self._trims)

    def _meet_neighbours(self, around: Around) -> None:
        """Note what comes between this text and its neighbours: it belongs to the Chinese side."""
        first, last = self._classes[0], self._classes[-1]
        before, after = spacing.classes(around.before), spacing.classes(around.after)
        if before:
            space = spacing.own_space(before, first)
            if (space > 0 and first == spacing.HAN) or (
                space < 0 and before == spacing.OPENING and 0 in self._trims
            ):
                self.before = space
        if after:
            space = spacing.own_space(last, after)
            end = len(self.text) - 1
            if (space > 0 and last == spacing.HAN) or (
                space < 0 and last == spacing.CLOSING and end in self._trims
            ):
                self.after = space

    def rest(self, start: int) -> Cut:
        """Return all the text from ``start`` on; a line goes on after it."""
        return self._cut(start, len(self.text), self._first(start), self.after)

    def fit(self, start: int, width: float) -> tuple[Cut, int | None] | None:
        """Return what goes into ``width`` (px) and where the text goes on; None if nothing does."""
        end = len(self.text)
        first = self._first(start)
        whole = self._cut(start, end, first, self.after)
        if whole.width <= width or (
            self.text[-1] == " " and self._line(start, end, first).width <= width
        ):
            return whole, None
        if self._loses_end(end) and self.after >= 0:
            trimmed = self._cut(start, end, first, -spacing.HALF)
            if trimmed.width <= width:
                return trimmed, None
        return self._fit_part(start, width, first)

    def _fit_part(self, start: int, width: float, first: float) -> tuple[Cut, int | None] | None:
        limit = self._lefts[start] + width + self._size * 2 * spacing.HALF
        index = bisect_right(self._breaks, bisect_right(self._rights, limit)) - 1
        following: tuple[Cut, int | None] | None = None
        while index >= 0 and self._breaks[index] > start:
            place = self._breaks[index]
            cut = self._line(start, place, first)
            if cut.width <= width:
                return self._squeeze(following, width, cut.width) or (cut, place)
            following = cut, place if place < len(self.text) else None
            index -= 1
        return None

    def first_word(self, start: int) -> tuple[Cut, int | None]:
        """Return the least that can stand on a line, and where the text goes on."""
        following = bisect_right(self._breaks, start)
        if following == len(self._breaks):
            return self.rest(start), None
        place = self._breaks[following]
        rest = place if place < len(self.text) else None
        return self._line(start, place, self._first(start)), rest

    def _squeeze(
        self, wide: tuple[Cut, int | None] | None, width: float, without: float
    ) -> tuple[Cut, int | None] | None:
        """Return a stretch made as wide as ``width``, if that is better than the one before it."""
        if wide is None or wide[0].width - width > width - without:
            return None
        cut, place = wide
        width -= _SAFE
        missing = (cut.width - width) / self._size
        shrunk = spacing.squeeze(self.places[cut.start : cut.end - 1], missing)
        if shrunk is None:
            return None
        return replace(cut, width=width, shrunk=shrunk), place

    def _line(self, start: int, end: int, first: float) -> Cut:
        """Return a stretch after which a line ends."""
        while end > start + 1 and self.text[end - 1] == " ":
            end -= 1
        return self._cut(start, end, first, -spacing.HALF if self._loses_end(end) else 0)

    def _first(self, start: int) -> float:
        if start == 0:
            return self.before
        return -spacing.HALF if self._loses_start(start) else 0

    def _loses_start(self, start: int) -> bool:
        return start in self._trims and self._classes[start] == spacing.OPENING

    def _loses_end(self, end: int) -> bool:
        return end - 1 in self._trims and self._classes[end - 1] == spacing.CLOSING

    def _cut(self, start: int, end: int, first: float, last: float) -> Cut:
        width = self._rights[end] - self._lefts[start] + self._size * (first + last)
        return Cut(start, end, first, last, width)

    def lay(self, cut: Cut, max_width: Any) -> SetLine:
        """Return the layout of a stretch."""
        start, end, own = cut.start, cut.end, self._own
        inner: Iterable[float] = [own.get(index, 0) for index in range(start + 1, end)]
        if cut.shrunk:
            inner = map(add, inner, cut.shrunk)
        gaps = [cut.first, *inner, cut.last]
        places = self.places[start : end - 1]
        line = SetLine(self.text[start:end], gaps, places, self._layout, max_width)
        line.origin = self, cut
        line.trims_start = self._loses_start(start)
        line.trims_end = self._loses_end(end)
        return line

    def without_spaces(self, cut: Cut, length: int) -> Cut:
        """Return a stretch without the spaces at its end: ``length`` characters are left."""
        end = cut.start + length
        shorter = self._cut(cut.start, end, cut.first, 0)
        shrunk = cut.shrunk[: length - 1]
        width = shorter.width + self._size * sum(shrunk)
        return replace(shorter, width=width, shrunk=shrunk)

    def heights(self, start: int, end: int) -> tuple[float, float]:
        """Return how far a stretch reaches above and below its baseline; px."""
        first = bisect_right(self._starts, start) - 1
        last = bisect_left(self._starts, end)
        above = max(height.above for height in self._heights[first:last])
        below = max(height.below for height in self._heights[first:last])
        return above, below
