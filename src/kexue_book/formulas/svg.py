"""A formula's display list → an SVG that stands alone.

No ids, no references, no fonts, no style sheet: some reading systems take each ``<svg>`` of a
page out of it and draw it by itself. Glyphs of one colour are one path, which is short, quick to
draw, and zips well. What has no colour has that of the text around it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from kexue_book.formulas.colors import hexadecimal
from kexue_book.formulas.display_list import (
    ClipOp,
    EllipseOp,
    GlyphOp,
    Matrix,
    Operator,
    PathOp,
    RectOp,
    StrokeOp,
    TextOp,
    parse_display_list,
)
from kexue_book.formulas.outlines import outline
from kexue_book.model import Glyph, Typeset

_DASHES = {
    "dashed": ' stroke-dasharray="140"',
    "dotted": ' stroke-dasharray="0 140" stroke-linecap="round"',
}
Glyphs = Mapping[str, Glyph]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A part of the drawing; thousandths of an em, y upwards, the origin on the baseline."""

    left: float
    bottom: float
    right: float
    top: float


def formula_box(typeset: Typeset) -> Box:
    """Return the room that a formula takes in its line; a slanted letter may reach out of it."""
    sides = (-typeset.depth, typeset.width, typeset.height)
    bottom, right, top = (round(side * 1000) for side in sides)
    return Box(left=0, bottom=bottom, right=max(right, 1), top=max(top, bottom + 1))


def draw_svg(typeset: Typeset, glyphs: Glyphs, *, label: str, box: Box | None = None) -> str:
    """Return an ``<svg>`` element as large as ``box``, in em, its baseline on the line's.

    Args:
        typeset: one that has no error.
        glyphs: those that it names, at least.
        label: what is read aloud in its place: the LaTeX.
        box: what to show; the formula's own if None.
    """
    box = box or formula_box(typeset)
    width, height = box.right - box.left, box.top - box.bottom
    drawn = "".join(_draw(parse_display_list(typeset.operators), glyphs))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label={quoteattr(label)}'
        f' width="{_n(width / 1000)}em" height="{_n(height / 1000)}em"'
        f' viewBox="{_n(box.left)} {_n(-box.top)} {_n(width)} {_n(height)}"'
        f' style="vertical-align:{_n(box.bottom / 1000)}em" fill="currentColor">{drawn}</svg>'
    )


def _draw(operators: Iterable[Operator], glyphs: Glyphs) -> Iterator[str]:
    for (color, merging), group in groupby(operators, key=_kind):
        if merging:
            yield f'<path{_fill(color)} d="{_merged(group, glyphs)}"/>'
            continue
        for operator in group:
            yield _shape(operator, glyphs)


def _kind(operator: Operator) -> tuple[str | None, bool]:
    """Return the colour, and whether it can share a path with its neighbours of that colour."""
    if isinstance(operator, ClipOp):
        return None, False
    if isinstance(operator, RectOp):
        return hexadecimal(operator.color), operator.width > 0 and operator.height > 0
    # A mirrored outline runs the other way round, and would cut out what it overlaps.
    upright = isinstance(operator, GlyphOp) and _is_upright(operator.matrix)
    return hexadecimal(operator.color), upright


def _is_upright(matrix: Matrix) -> bool:
    a, b, c, d, _, _ = matrix
    return a > 0 and d > 0 and not b and not c


def _merged(group: Iterable[Operator], glyphs: Glyphs) -> str:
    """Return the path data of glyphs and rectangles."""
    return "".join(
        _outline(operator, glyphs) if isinstance(operator, GlyphOp) else _rectangle(operator)
        for operator in group
        if isinstance(operator, GlyphOp | RectOp)
    )


def _outline(operator: GlyphOp, glyphs: Glyphs) -> str:
    a, _, _, d, x, y = operator.matrix
    return outline(glyphs[operator.glyph].path, a, d).at(x, -y)


def _rectangle(operator: RectOp) -> str:
    """Return a rectangle that runs the way MathJax's outlines do: clockwise as shown."""
    width, height = _n(operator.width), _n(operator.height)
    return f"M{_n(operator.x)} {_n(-operator.y - operator.height)}h{width}v{height}h-{width}z"


def _shape(operator: Operator, glyphs: Glyphs) -> str:
    if isinstance(operator, ClipOp):
        return _clipped(operator, glyphs)
    color = hexadecimal(operator.color)
    if isinstance(operator, GlyphOp):
        data = outline(glyphs[operator.glyph].path, 1, 1).at(0, 0)
        return f'<path{_fill(color)} transform="{_matrix(operator.matrix)}" d="{data}"/>'
    if isinstance(operator, RectOp):  # it has no width or no height
        return ""
    if isinstance(operator, TextOp):
        return _text(operator, color)
    if isinstance(operator, StrokeOp):
        points = " ".join(f"{_n(x)},{_n(-y)}" for x, y in operator.points)
        dashes = _DASHES.get(operator.style, "")
        return f'<polyline{_stroke(color, operator.width)}{dashes} points="{points}"/>'
    if isinstance(operator, EllipseOp):
        place = f'transform="{_matrix(operator.matrix)}"'
        radii = f'rx="{_n(operator.rx)}" ry="{_n(operator.ry)}"'
        return f"<ellipse{_stroke(color, operator.stroke_width)} {place} {radii}/>"
    return _path(operator, color)


def _path(operator: PathOp, color: str | None) -> str:
    paint = _stroke(color, operator.stroke_width) if operator.stroke_width else _fill(color)
    matrix = _matrix(operator.matrix, flipped=True)
    return f'<path{paint} transform="{matrix}" d={quoteattr(operator.path)}/>'


def _clipped(operator: ClipOp, glyphs: Glyphs) -> str:
    """Return a drawing in the drawing: what its view box does not hold is not shown."""
    left, top = _n(operator.x), _n(-operator.y - operator.height)
    width, height = _n(operator.width), _n(operator.height)
    inside = "".join(_draw(operator.operators, glyphs))
    return (
        f'<svg x="{left}" y="{top}" width="{width}" height="{height}"'
        f' viewBox="{left} {top} {width} {height}" overflow="hidden">{inside}</svg>'
    )


def _text(operator: TextOp, color: str | None) -> str:
    a, b, c, d, x, y = operator.matrix
    if not b and not c and a == d > 0:
        place = f'x="{_n(x)}" y="{_n(-y)}" font-size="{_n(a * operator.size)}"'
    else:
        place = f'transform="{_matrix(operator.matrix)}" font-size="{_n(operator.size)}"'
    weight = ' font-weight="bold"' if "bold" in operator.variant else ""
    return f'<text{_fill(color)} font-family="serif"{weight} {place}>{escape(operator.text)}</text>'


def _matrix(matrix: Matrix, *, flipped: bool = False) -> str:
    """Return a matrix for what is drawn y downwards; ``flipped``, y upwards."""
    a, b, c, d, x, y = matrix
    up = 1 if flipped else -1
    return f"matrix({_n(a)} {_n(-b)} {_n(up * c)} {_n(-up * d)} {_n(x)} {_n(-y)})"


def _fill(color: str | None) -> str:
    return f' fill="{color}"' if color else ""


def _stroke(color: str | None, width: float) -> str:
    return f' fill="none" stroke="{color or "currentColor"}" stroke-width="{_n(width)}"'


def _n(number: float) -> str:
    """Return a number as short as it can be, to a ten-thousandth."""
    text = f"{number:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
