"""A display formula → rows, each an image as wide as the measure, broken where it is too wide.

WeasyPrint lays the rows out as blocks, one below the other, so that a long derivation may go on
on the next page. How wide the measure is it says just before it asks for their heights. Lengths
are thousandths of an em, y upwards, unless said otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from kexue_book.formulas import Operator, Row, parse_rows
from kexue_book.model import EquationNumber, Formula, Typeset
from kexue_book.pdf.breaking import ATTEMPTS, SHRINK, Line, break_row
from kexue_book.pdf.extents import stated_extent
from kexue_book.pdf.formula_image import Place, Studio
from kexue_book.pdf.weasy import TextLine

NUMBER_GAP = 1.0
"""em, at least, between a display and its number."""
_LINE_GAP = 450
"""Between the lines of a broken row."""
_ASCENT, _DESCENT = 0.8, 0.25
"""em, of a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRow:
    """A row as it is set."""

    lines: tuple[Line, ...]
    baselines: tuple[float, ...]
    """Of each line, downwards from the row's top."""
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDisplay:
    """A display as it is set in some measure."""

    rows: tuple[SetRow, ...]
    left: float
    """Where the origin of its coordinates stands in the measure; px."""
    scale: float
    """px an em."""


class Display:
    """A display formula, set for the measure in which it is laid out."""

    def __init__(
        self, formula: Formula, typeset: Typeset, operators: Sequence[Operator], studio: Studio
    ) -> None:
        self.formula = formula
        self.operators = operators
        self.studio = studio
        self.rows = display_rows(typeset, operators)
        self._width = max(typeset.width * 1000, 1.0)
        self._extents = [stated_extent(typeset)]
        if len(self.rows) > 1:
            self._extents = [studio.extents.of(operators[row.first : row.end]) for row in self.rows]
        self._edges = self._find_edges(typeset)
        self._heights = [1000 * y for y in typeset.tag_rows] or [0.0]
        self._set: dict[tuple[float, float, bool], SetDisplay] = {}

    def _find_edges(self, typeset: Typeset) -> tuple[float, ...]:
        """Return the upper edge of each row, and the lower one of the last."""
        boxes = self._extents
        between = [(above.bottom + below.top) / 2 for above, below in pairwise(boxes)]
        top = max(typeset.height * 1000, boxes[0].top)
        return (top, *between, min(-typeset.depth * 1000, boxes[-1].bottom))

    def natural_height(self, row: int) -> float:
        """Return how high a row is that is not broken; em."""
        return (self._edges[row] - self._edges[row + 1]) / 1000

    def numbers_of(self, row: int) -> list[tuple[EquationNumber, float]]:
        """Return the numbers that stand in a row, each with its baseline."""
        found = []
        for index, number in enumerate(self.formula.numbers):
            y = self._heights[min(index, len(self._heights) - 1)]
            if row == row_at(y, self._edges):
                found.append((number, y))
        return found

    def fit(self, measure: float, style: Any, *, breaking: bool) -> SetDisplay:
        """Set the display in a measure (px), clear of its numbers."""
        font_size = style["font_size"]
        asked = (measure, font_size, breaking)
        if asked not in self._set:
            numbers = [self.number_line(number, style) for number in self.formula.numbers]
            reserved = max((line.width for line in numbers), default=0.0)
            room = measure - (reserved + NUMBER_GAP * font_size if reserved else 0)
            self._set[asked] = self._fit(measure, max(room, font_size), font_size, breaking)
        return self._set[asked]

    def number_line(self, number: EquationNumber, style: Any) -> TextLine:
        """Return an equation number as text of the book."""
        return TextLine(number.shown, style, self.studio.fonts, style["font_size"], bold=False)

    def _fit(self, measure: float, room: float, font_size: float, breaking: bool) -> SetDisplay:
        scale = min(font_size, 1000 * room / self._width)
        if breaking and scale < SHRINK * font_size:
            for size, depth in ATTEMPTS:
                tried = size * font_size
                if tried <= scale and depth == 0:
                    break  # whole it is as large
                broken = self._broken(1000 * room / tried, depth) if tried > scale else None
                if broken is not None:
                    width = max(line.extent.right for lines in broken for line in lines)
                    return self._placed(broken, width, measure, room, tried)
        whole = [
            (Line(first=row.first, end=row.end, shift=0, extent=extent.moved(0, -row.y)),)
            for row, extent in zip(self.rows, self._extents, strict=True)
        ]
        return self._placed(whole, self._width, measure, room, scale)

    def _broken(self, measure: float, depth: int) -> list[tuple[Line, ...]] | None:
        left = min(extent.left for extent in self._extents)
        found = []
        for row in self.rows:
            lines = break_row(row, self.operators, self.studio.extents, left, measure, depth=depth)
            if lines is None:
                return None
            found.append(lines)
        return found

    def _placed(
        self,
        rows: Sequence[tuple[Line, ...]],
        width: float,
        measure: float,
        room: float,
        scale: float,
    ) -> SetDisplay:
        placed = tuple(self._row(index, lines) for index, lines in enumerate(rows))
        highest = max(row.height for row in placed) / 1000
        scale = min(scale, self.studio.page_height / highest) if highest else scale
        width *= scale / 1000
        left = max(0.0, min((measure - width) / 2, room - width))
        return SetDisplay(rows=placed, left=left, scale=scale)

    def _row(self, index: int, lines: tuple[Line, ...]) -> SetRow:
        extent, upper, lower = self._extents[index], self._edges[index], self._edges[index + 1]
        baselines, y = [], upper - extent.top
        for line in lines:
            baselines.append(y + line.extent.top)
            y = baselines[-1] - line.extent.bottom + _LINE_GAP
        height = y - _LINE_GAP + extent.bottom - lower
        return SetRow(lines=lines, baselines=tuple(baselines), height=height)


class RowImage:
    """One row of a display. Implements WeasyPrint's image protocol."""

    def __init__(self, display: Display, row: int) -> None:
        self.id = id(self)  # WeasyPrint counts a document's images by it
        self._display = display
        self._row = row
        self._fitted: SetDisplay | None = None

    def fit(self, measure: float, style: Any) -> None:
        """Take note of the measure (px) before the size is asked for."""
        self._fitted = self._display.fit(measure, style, breaking=True)

    def get_intrinsic_size(
        self, _resolution: float, font_size: float
    ) -> tuple[float | None, float, float | None]:
        """Return no width: the style sheet says 100 %."""
        if self._fitted is None:
            height = self._display.natural_height(self._row) * font_size
        else:
            height = self._fitted.rows[self._row].height / 1000 * self._fitted.scale
        return None, max(height, 0.01), None

    def draw(self, stream: Any, width: float, height: float, style: Any) -> None:
        """Draw the row with its top left corner at the origin, y downwards, px."""
        self.draw_at(stream, 0, 0, width, height, style)

    def draw_at(
        self, stream: Any, x: float, y: float, width: float, _height: float, style: Any
    ) -> None:
        """Draw the row with its top left corner there, and its numbers, which stand flush right."""
        display = self._display
        fitted = display.fit(width, style, breaking=self._fitted is not None)
        row, set_row = display.rows[self._row], fitted.rows[self._row]
        unit = fitted.scale / 1000
        baseline = 0.0
        for index, line in enumerate(set_row.lines):
            # The whole formula's source stands at its first line.
            source = "" if index or self._row else display.formula.source
            baseline = set_row.baselines[index] * unit
            place = Place(
                x=x + fitted.left + line.shift * unit,
                y=y + baseline + row.y * unit,
                scale=fitted.scale,
            )
            operators = display.operators[line.first : line.end]
            display.studio.draw(stream, operators, source, place, style)
        for number, at in display.numbers_of(self._row):
            text = display.number_line(number, style)
            down = baseline + ((row.y - at) * unit if len(set_row.lines) == 1 else 0.0)
            # WeasyPrint shows nothing of an image beyond its edges.
            lowest = set_row.height * unit - _DESCENT * style["font_size"]
            down = max(min(down, lowest), _ASCENT * style["font_size"])
            text.draw(stream, x + width - text.width, y + down, style["color"])


def display_rows(typeset: Typeset, operators: Sequence[Operator]) -> tuple[Row, ...]:
    """Return the rows of a display; one, of everything, when it has none of its own."""
    rows = parse_rows(typeset.lines)
    edges = [0, *(row.end for row in rows)]
    follow = all(row.first == end for row, end in zip(rows, edges, strict=False))
    if rows and follow and edges[-1] == len(operators) and all(r.end > r.first for r in rows):
        return rows
    return (Row(0, len(operators), 0, ()),)


def row_at(y: float, edges: Sequence[float]) -> int:
    """Return the index of the row in which a height lies."""
    below = (index for index, lower in enumerate(edges[1:]) if y >= lower)
    return next(below, len(edges) - 2)
