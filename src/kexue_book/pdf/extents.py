"""Operators of a display list → how far they reach; thousandths of an em, y upwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from fontTools.pens.boundsPen import ControlBoundsPen
from fontTools.svgLib.path import parse_path

from kexue_book.formulas import (
    ClipOp,
    EllipseOp,
    GlyphOp,
    Operator,
    PathOp,
    RectOp,
    StrokeOp,
    TextOp,
)
from kexue_book.model import Glyph, Typeset

_Matrix = tuple[float, float, float, float, float, float]
_ASCENT, _DESCENT = 0.88, 0.12
"""em, of a Chinese character's box."""


@dataclass(frozen=True, slots=True)
class Extent:
    """A rectangle that holds something."""

    left: float
    bottom: float
    right: float
    top: float

    def joined(self, other: Extent) -> Extent:
        """Return the smallest that holds both."""
        return Extent(
            min(self.left, other.left),
            min(self.bottom, other.bottom),
            max(self.right, other.right),
            max(self.top, other.top),
        )

    def moved(self, right: float, up: float) -> Extent:
        """Return the same rectangle elsewhere."""
        return Extent(self.left + right, self.bottom + up, self.right + right, self.top + up)


NOTHING = Extent(0, 0, 0, 0)


def stated_extent(typeset: Typeset) -> Extent:
    """Return what a formula takes of the line by the engine's word: quicker than measuring."""
    height, depth = typeset.height * 1000, typeset.depth * 1000
    return Extent(0, -depth, typeset.width * 1000, height)


class Extents:
    """Measures operators; the outlines of a book's glyphs are measured once."""

    def __init__(self, glyphs: Mapping[str, Glyph]) -> None:
        self._glyphs = glyphs
        self._boxes: dict[str, Extent] = {}

    def of(self, operators: Iterable[Operator]) -> Extent:
        """Return how far some operators reach together."""
        found = [self._sides(operator) for operator in operators]
        if not found:
            return NOTHING
        lefts, bottoms, rights, tops = zip(*found, strict=True)
        return Extent(min(lefts), min(bottoms), max(rights), max(tops))

    def _sides(self, operator: Operator) -> tuple[float, float, float, float]:
        """Return left, bottom, right and top; for glyphs, of which there are most, at once."""
        if isinstance(operator, GlyphOp):
            a, b, c, d, e, f = operator.matrix
            if not b and not c and a > 0 and d > 0:
                box = self._glyph(operator.glyph)
                return a * box.left + e, d * box.bottom + f, a * box.right + e, d * box.top + f
        box = self.of_one(operator)
        return box.left, box.bottom, box.right, box.top

    def of_one(self, operator: Operator) -> Extent:
        """Return how far one operator reaches; a glyph at least as far as its width."""
        if isinstance(operator, GlyphOp):
            return _moved(self._glyph(operator.glyph), operator.matrix)
        if isinstance(operator, TextOp):
            size = operator.size
            width = sum(size if ord(sign) > 0x2E80 else size / 2 for sign in operator.text)
            box = Extent(0, -_DESCENT * size, width, _ASCENT * size)
            return _moved(box, operator.matrix)
        if isinstance(operator, RectOp | ClipOp):
            right, top = operator.x + operator.width, operator.y + operator.height
            return Extent(operator.x, operator.y, right, top)
        if isinstance(operator, StrokeOp):
            xs, ys = zip(*operator.points, strict=True)
            return Extent(min(xs), min(ys), max(xs), max(ys))
        if isinstance(operator, EllipseOp):
            box = Extent(-operator.rx, -operator.ry, operator.rx, operator.ry)
            return _moved(box, operator.matrix)
        return self._path(operator)

    def _glyph(self, name: str) -> Extent:
        box = self._boxes.get(name)
        if box is None:
            glyph = self._glyphs[name]
            box = _outline(glyph.path).joined(Extent(0, 0, glyph.advance, 0))
            self._boxes[name] = box
        return box

    def _path(self, operator: PathOp) -> Extent:
        return _moved(_outline(operator.path), operator.matrix)


@cache
def _outline(path: str) -> Extent:
    pen = ControlBoundsPen(None)
    parse_path(path, pen)
    return Extent(*pen.bounds) if pen.bounds else NOTHING


def _moved(box: Extent, matrix: _Matrix) -> Extent:
    a, b, c, d, e, f = matrix
    if not b and not c and a > 0 and d > 0:  # as nearly all are
        return Extent(a * box.left + e, d * box.bottom + f, a * box.right + e, d * box.top + f)
    corners = [(x, y) for x in (box.left, box.right) for y in (box.bottom, box.top)]
    xs = [a * x + c * y + e for x, y in corners]
    ys = [b * x + d * y + f for x, y in corners]
    return Extent(min(xs), min(ys), max(xs), max(ys))
