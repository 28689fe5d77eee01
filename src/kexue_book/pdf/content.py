"""A formula's display list → operators of a PDF content stream.

Lengths are thousandths of an em, y upwards, the origin at the left end of the baseline. The
current colour is the text's; a part with a colour of its own is drawn between ``q`` and ``Q``.
Text in other fonts (Chinese) is not drawn here: it comes back as :class:`Words`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from fontTools.pens.basePen import BasePen
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
    channels,
)
from kexue_book.pdf.glyph_runs import GlyphRuns
from kexue_book.pdf.glyph_runs import brief as _n
from kexue_book.pdf.math_font import MathFont
from kexue_book.pdf.pen import Box, PlacedGlyph

_KAPPA = 0.5523
"""Of the radius: the handle of a Bézier curve that draws a quarter of a circle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Text for the book's own font."""

    text: str
    x: float
    y: float
    size: float
    """Thousandths of an em."""
    bold: bool
    color: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What a formula puts on the page."""

    content: bytes
    strokes: bool
    """Whether it has lines, which have a colour of their own."""
    words: tuple[Words, ...]


def draw_operators(operators: Iterable[Operator], font: MathFont) -> Drawing:
    """Translate a display list; the glyphs it uses are noted in ``font``."""
    words: list[Words] = []
    lines: list[str] = []
    _draw(operators, font, words, lines)
    strokes = any(line.endswith(" S Q") for line in lines)
    content = "\n".join(lines).encode("ascii")
    return Drawing(content=content, strokes=strokes, words=tuple(words))


@dataclass(frozen=True, slots=True)
class PlainFormula:
    """A formula of nothing but glyphs, bars and words, all in the text's colour."""

    glyphs: Sequence[PlacedGlyph]
    bars: Sequence[Box]
    words: Sequence[Words]


def plain_text(operators: Iterable[Operator], font: MathFont) -> PlainFormula | None:
    """Return the parts of a formula that has no others."""
    glyphs: list[PlacedGlyph] = []
    bars: list[Box] = []
    words: list[Words] = []
    for operator in operators:
        if isinstance(operator, GlyphOp) and operator.color is None:
            a, b, c, d, x, y = operator.matrix
            if a != d or b or c or a <= 0:
                return None
            code, width = font.shown(operator.glyph)
            glyphs.append(PlacedGlyph(code, round(width), a, x / 1000, y / 1000))
        elif isinstance(operator, RectOp) and operator.color is None:
            bars.append(_in_em((operator.x, operator.y, operator.width, operator.height)))
        elif isinstance(operator, StrokeOp) and (rules := _as_bars(operator)) is not None:
            bars += map(_in_em, rules)
        elif isinstance(operator, TextOp) and operator.color is None:
            words.append(_words(operator))
        else:
            return None
    return PlainFormula(glyphs, bars, words) if glyphs or words else None


def _as_bars(operator: StrokeOp) -> Sequence[Box] | None:
    """Return a rule, or a frame, as bars; None if it is another line."""
    points, half = operator.points, operator.width / 2
    is_frame = len(points) > 2 and points[0] == points[-1]
    if operator.style or operator.color is not None or not (is_frame or len(points) == 2):
        return None
    corner = half if is_frame else 0.0
    bars = []
    for (ax, ay), (bx, by) in pairwise(points):
        if ax != bx and ay != by:
            return None
        across, along = (half, corner) if ax == bx else (corner, half)
        left, bottom = min(ax, bx) - across, min(ay, by) - along
        bars.append((left, bottom, abs(bx - ax) + 2 * across, abs(by - ay) + 2 * along))
    return bars


def _in_em(box: Box) -> Box:
    return tuple(length / 1000 for length in box)


def _draw(
    operators: Iterable[Operator], font: MathFont, words: list[Words], lines: list[str]
) -> None:
    """Append lines of operators, and what is to be drawn in the book's font."""
    drawn = []
    for operator in operators:
        if isinstance(operator, TextOp):
            words.append(_words(operator))
        else:
            drawn.append(operator)
    for color, group in groupby(drawn, key=_color):
        wrapped = _rgb(color)
        lines += [f"q {wrapped} rg {wrapped} RG"] if wrapped else []
        _draw_in_one_color(group, font, words, lines)
        lines += ["Q"] if wrapped else []


def _draw_in_one_color(
    operators: Iterable[Operator], font: MathFont, words: list[Words], lines: list[str]
) -> None:
    glyphs: GlyphRuns | None = None
    for operator in operators:
        if isinstance(operator, GlyphOp):
            glyphs = glyphs or GlyphRuns(font, lines)
            glyphs.add(operator)
            continue
        if glyphs is not None:
            glyphs.end()
            glyphs = None
        lines += _shape(operator, font, words)
    if glyphs is not None:
        glyphs.end()


def _color(operator: Operator) -> str | None:
    return None if isinstance(operator, ClipOp) else operator.color


def _words(operator: TextOp) -> Words:
    a, _, _, _, x, y = operator.matrix
    return Words(
        text=operator.text,
        x=x,
        y=y,
        size=abs(a) * operator.size,
        bold="bold" in operator.variant,
        color=operator.color,
    )


def _shape(operator: Operator, font: MathFont, words: list[Words]) -> Iterator[str]:
    if isinstance(operator, RectOp):
        yield f"{_box(operator)} re f"
    elif isinstance(operator, StrokeOp):
        yield from _stroke(operator)
    elif isinstance(operator, ClipOp):
        yield f"q {_box(operator)} re W n"
        inner: list[str] = []
        _draw(operator.operators, font, words, inner)
        yield from inner
        yield "Q"
    elif isinstance(operator, PathOp):
        yield f"q {_matrix(operator.matrix)} cm"
        pen = _StreamPen()
        parse_path(operator.path, pen)
        yield from pen.lines
        yield f"{_n(operator.stroke_width)} w S Q" if operator.stroke_width else "f Q"
    elif isinstance(operator, EllipseOp):
        yield from _ellipse(operator)


def _stroke(operator: StrokeOp) -> Iterator[str]:
    dashes = {"dashed": "[140] 0 d ", "dotted": "[0 140] 0 d 1 J "}.get(operator.style, "")
    (x, y), *rest = operator.points
    lines = " ".join(f"{_n(a)} {_n(b)} l" for a, b in rest)
    yield f"q {dashes}{_n(operator.width)} w {_n(x)} {_n(y)} m {lines} S Q"


def _ellipse(operator: EllipseOp) -> Iterator[str]:
    rx, ry = operator.rx, operator.ry
    hx, hy = rx * _KAPPA, ry * _KAPPA
    yield f"q {_matrix(operator.matrix)} cm {_n(operator.stroke_width)} w {_n(rx)} 0 m"
    yield f"{_n(rx)} {_n(hy)} {_n(hx)} {_n(ry)} 0 {_n(ry)} c"
    yield f"{_n(-hx)} {_n(ry)} {_n(-rx)} {_n(hy)} {_n(-rx)} 0 c"
    yield f"{_n(-rx)} {_n(-hy)} {_n(-hx)} {_n(-ry)} 0 {_n(-ry)} c"
    yield f"{_n(hx)} {_n(-ry)} {_n(rx)} {_n(-hy)} {_n(rx)} 0 c S Q"


class _StreamPen(BasePen):  # type: ignore[misc]
    """Writes an outline as path operators."""

    def __init__(self) -> None:
        super().__init__(None)
        self.lines: list[str] = []

    def _moveTo(self, point: tuple[float, float]) -> None:
        self.lines.append(f"{_n(point[0])} {_n(point[1])} m")

    def _lineTo(self, point: tuple[float, float]) -> None:
        self.lines.append(f"{_n(point[0])} {_n(point[1])} l")

    def _curveToOne(self, *points: tuple[float, float]) -> None:
        self.lines.append(" ".join(f"{_n(x)} {_n(y)}" for x, y in points) + " c")

    def _closePath(self) -> None:
        self.lines.append("h")


def _box(operator: RectOp | ClipOp) -> str:
    x, y, width, height = operator.x, operator.y, operator.width, operator.height
    return f"{round(x)} {round(y)} {round(width)} {round(height)}"


def _matrix(matrix: tuple[float, ...]) -> str:
    a, b, c, d, x, y = matrix
    return f"{a:.4g} {b:.4g} {c:.4g} {d:.4g} {_n(x)} {_n(y)}"


def _rgb(color: str | None) -> str:
    """Return a CSS colour as three numbers; empty for the text's colour and for nonsense."""
    return " ".join(f"{channel:.3g}" for channel in channels(color) or ())
