"""Glyphs of a formula, each in its place → text operators of a PDF content stream.

Places are in whole thousandths of an em: what is rounded off is a hundredth of a point at most.
"""

from __future__ import annotations

from kexue_book.formulas import GlyphOp
from kexue_book.pdf.math_font import RESOURCE, MathFont

_SAME_LINE = 4000
"""Thousandths of an em between two glyphs of one text operator, at most."""
_UNSEEN = 1
"""Thousandths of its size by which a glyph may stand beside its place."""


class GlyphRuns:
    """A text object of glyphs that follow one another; those of one size on one line in a run."""

    def __init__(self, font: MathFont, lines: list[str]) -> None:
        self._font = font
        self._lines = lines
        self._parts: list[str] = []
        self._scale = self._end = self._owed = 0.0
        self._start = self._line = (0, 0)
        self._size: float | None = None
        lines.append("BT")

    def add(self, operator: GlyphOp) -> None:
        """Append a glyph, with the kern that brings it to its place."""
        a, b, c, d, x, y = operator.matrix
        if a != d or b or c or a <= 0:
            self._add_distorted(operator)
            return
        code, advance = self._font.shown(operator.glyph)
        gap, base = self._end - x, round(y)
        if not self._parts or a != self._scale or base != self._start[1] or abs(gap) >= _SAME_LINE:
            self._flush()
            self._scale, self._start = a, (round(x), base)
            self._owed = 0.0
        elif gap:
            gap /= a
            kern = round(gap)
            # Most gaps are alike, and so are the numbers if small errors may add up a little.
            self._owed += gap - kern
            if abs(self._owed) > _UNSEEN:
                kern += round(self._owed)
                self._owed -= round(self._owed)
            if kern:
                self._parts.append(f">{kern}<")
        self._parts.append(code)
        self._end = x + advance * a

    def _add_distorted(self, operator: GlyphOp) -> None:
        self._flush()
        a, b, c, d, x, y = operator.matrix
        code, _ = self._font.shown(operator.glyph)
        self._lines += [
            f"/{RESOURCE} 1000 Tf {a:.4g} {b:.4g} {c:.4g} {d:.4g} {brief(x)} {brief(y)} Tm",
            f"<{code}>Tj 1 0 0 1 0 0 Tm",
        ]
        self._line, self._size = (0, 0), None

    def _flush(self) -> None:
        """Write the operators of a run."""
        if not self._parts:
            return
        if self._scale != self._size:
            self._size = self._scale
            self._lines.append(f"/{RESOURCE} {round(self._scale * 1000)} Tf")
        (x, y), (left, base) = self._start, self._line
        self._lines.append(f"{x - left} {y - base} Td [<{''.join(self._parts)}>]TJ")
        self._line = self._start
        self._parts = []

    def end(self) -> None:
        """End the text object."""
        self._flush()
        self._lines.append("ET")


def brief(number: float) -> str:
    """Return a number with at most one decimal."""
    text = f"{number:.1f}"
    return text.removesuffix(".0") if text != "-0.0" else "0"
