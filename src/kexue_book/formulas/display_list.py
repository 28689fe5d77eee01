"""The display list of a formula: JSON from the engine → operators a writer can draw.

Lengths are thousandths of an em, y upwards, the origin at the left end of the baseline.
``color`` is a CSS colour, or None for the colour of the text around. A matrix is
``(a, b, c, d, e, f)`` as in SVG and PDF: (x, y) goes to (ax + cy + e, bx + dy + f).

=======  ==================================================
code     then
=======  ==================================================
``G``    glyph id, matrix (1 = full size), color
``R``    x, y, width, height, color: a filled rectangle
``S``    points, line width, color, style: a stroked line
``P``    SVG path, matrix, color, line width (0: filled)
``E``    matrix, rx, ry, line width, color: an ellipse
``T``    text, matrix, size, variant, color: other fonts
``C``    x, y, width, height, operators: clipped
=======  ==================================================

Where a formula may be broken stands beside it, as ``[first, end, y, breaks]`` for each of its rows:
the operators ``first:end`` draw a row with its baseline at ``y``. Each break is a relation, an
operator, a comma or a wide space of the row itself, ``[kind and depth, first, end, x]``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

Matrix = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class GlyphOp:
    """A glyph of the math font."""

    glyph: str
    matrix: Matrix
    color: str | None


@dataclass(frozen=True, slots=True)
class RectOp:
    """A filled rectangle: a fraction's rule, a background."""

    x: float
    y: float
    width: float
    height: float
    color: str | None


@dataclass(frozen=True, slots=True)
class StrokeOp:
    """A line through ``points``: a frame, a rule of an array."""

    points: tuple[tuple[float, float], ...]
    width: float
    color: str | None
    style: str
    """``""``, ``dashed`` or ``dotted``."""


@dataclass(frozen=True, slots=True)
class PathOp:
    """An outline, filled, or stroked when it has a width."""

    path: str
    matrix: Matrix
    color: str | None
    stroke_width: float


@dataclass(frozen=True, slots=True)
class EllipseOp:
    """A stroked ellipse around the matrix's origin."""

    matrix: Matrix
    rx: float
    ry: float
    stroke_width: float
    color: str | None


@dataclass(frozen=True, slots=True)
class TextOp:
    """Text that the math font has no glyphs for: Chinese, mostly."""

    text: str
    matrix: Matrix
    size: float
    """Of the font, thousandths of an em before the matrix."""
    variant: str
    """MathJax's name of the style: ``normal``, ``bold``, ``-explicitFont``."""
    color: str | None


@dataclass(frozen=True, slots=True)
class ClipOp:
    """Operators of which only what lies in a rectangle shows."""

    x: float
    y: float
    width: float
    height: float
    operators: tuple[Operator, ...]


Operator = GlyphOp | RectOp | StrokeOp | PathOp | EllipseOp | TextOp | ClipOp


@dataclass(frozen=True, slots=True)
class Break:
    """A sign at which a row may be broken, before or after it."""

    kind: str
    """``r`` relation, ``b`` sum or other operator, ``m`` product, ``p`` comma, ``s`` wide space."""
    depth: int
    """How many brackets are open there."""
    first: int
    end: int
    """Its operators in the display list are ``first:end``."""
    x: float
    """Its left edge."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a formula."""

    first: int
    end: int
    """Its operators in the display list are ``first:end``."""
    y: float
    """Its baseline."""
    breaks: tuple[Break, ...]


@lru_cache(maxsize=4096)
def parse_rows(text: str) -> tuple[Row, ...]:
    """Read ``Typeset.lines``."""
    return tuple(
        Row(
            first,
            end,
            y,
            tuple(Break(code[0], int(code[1:]), *place) for code, *place in breaks),
        )
        for first, end, y, breaks in (json.loads(text) if text else ())
    )


@lru_cache(maxsize=4096)
def parse_display_list(text: str) -> tuple[Operator, ...]:
    """Read what the engine wrote."""
    return tuple(_operator(entry) for entry in json.loads(text)) if text else ()


def _operator(entry: list[Any]) -> Operator:
    code, *rest = entry
    if code == "G":
        return GlyphOp(rest[0], tuple(rest[1]), rest[2])
    if code == "R":
        return RectOp(*rest)
    if code == "S":
        return StrokeOp(tuple((x, y) for x, y in rest[0]), *rest[1:])
    if code == "P":
        return PathOp(rest[0], tuple(rest[1]), *rest[2:])
    if code == "E":
        return EllipseOp(tuple(rest[0]), *rest[1:])
    if code == "T":
        return TextOp(rest[0], tuple(rest[1]), *rest[2:])
    if code == "C":
        x, y, width, height, inner = rest
        return ClipOp(x, y, width, height, tuple(map(_operator, inner)))
    raise ValueError(f"unknown operator {code!r} in a display list")
