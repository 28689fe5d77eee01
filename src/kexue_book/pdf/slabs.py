"""The straight part of a glyph that is stretched and clipped → rectangles.

Braces and tall brackets are ends with a straight piece between them: a glyph, stretched, of which
MathJax shows what lies in a box. There it is one bar or two; said as such it takes a tenth of the
operators, and stands in the text like the bar of a fraction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from fontTools.pens.recordingPen import RecordingPen
from fontTools.svgLib.path import parse_path

Rectangle = tuple[float, float, float, float]
"""Left, bottom, width, height."""
_Point = tuple[float, float]
_NEAR = 0.5
"""Units (thousandths of an em) that make no difference."""


@lru_cache(maxsize=1024)
def straight_part(
    path: str, matrix: tuple[float, ...], box: Rectangle
) -> tuple[Rectangle, ...] | None:
    """Return what of an outline lies in a box, if that is bars that cross it; else None.

    Args:
        path: the outline, as SVG has it.
        matrix: from its coordinates to those of the box; not turned.
        box: what is to be seen.
    """
    left, bottom, width, height = box
    a, b, c, d, e, f = matrix
    if b or c:
        return None
    upright: list[tuple[float, int]] = []
    level: list[tuple[float, int]] = []
    for points in _segments(path):
        xs = [a * x + e - left for x, _ in points]
        ys = [d * y + f - bottom for _, y in points]
        if max(xs) <= _NEAR or min(xs) >= width - _NEAR:
            continue
        if max(ys) <= _NEAR or min(ys) >= height - _NEAR:
            continue
        if len(points) > 2:
            return None
        if max(xs) - min(xs) <= _NEAR and min(ys) <= _NEAR and max(ys) >= height - _NEAR:
            upright.append((xs[0], 1 if ys[1] > ys[0] else -1))
        elif max(ys) - min(ys) <= _NEAR and min(xs) <= _NEAR and max(xs) >= width - _NEAR:
            level.append((ys[0], 1 if xs[1] > xs[0] else -1))
        else:
            return None
    if upright and not level:
        return tuple((left + x, bottom, size, height) for x, size in _filled(upright))
    if level and not upright:
        return tuple((left, bottom + y, width, size) for y, size in _filled(level))
    return None


def _filled(edges: Sequence[tuple[float, int]]) -> Iterator[tuple[float, float]]:
    """Yield where what is filled begins, and how far it goes (PDF 32000-1, 8.5.3.3.2)."""
    winding, start = 0, 0.0
    for place, direction in sorted(edges):
        if not winding:
            start = place
        winding += direction
        if not winding:
            yield start, place - start


def _segments(path: str) -> Iterator[tuple[_Point, ...]]:
    """Yield the straight lines and curves of an outline, by their points."""
    pen = RecordingPen()
    parse_path(path, pen)
    start = here = (0.0, 0.0)
    for name, points in pen.value:
        if name == "moveTo":
            start = here = points[0]
        elif name in ("closePath", "endPath"):
            yield here, start
            here = start
        else:
            yield here, *points
            here = points[-1]
