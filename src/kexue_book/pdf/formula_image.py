"""A typeset formula → an image that WeasyPrint lays out and draws as text.

WeasyPrint asks an image three things: its size, given the font size (so a formula grows with
the text around it), and to draw itself. These images answer with PDF text operators, wrapped
in a span whose ``ActualText`` is the LaTeX, so that copying and searching find it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tinycss2.color5 import parse_color
from weasyprint.text.fonts import FontConfiguration

from kexue_book.model import EquationNumber, Formula, Typeset
from kexue_book.pdf.content import Drawing, Words
from kexue_book.pdf.weasy import TextLine

NUMBER_GAP = 1.0
"""em, at least, between a display and its number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a display stands in the measure; px."""

    left: float
    scale: float
    """px an em."""


class FormulaImage:
    """An inline formula: as wide as its glyphs. Implements WeasyPrint's image protocol."""

    def __init__(
        self, formula: Formula, typeset: Typeset, drawing: Drawing, fonts: FontConfiguration
    ) -> None:
        """``id`` is asked for by WeasyPrint when it counts a document's images."""
        self.id = id(self)
        self._formula = formula
        self._typeset = typeset
        self._drawing = drawing
        self._fonts = fonts

    def get_intrinsic_size(
        self, _resolution: float, font_size: float
    ) -> tuple[float | None, float, float | None]:
        """Return width, height (px) and their ratio."""
        height = max(self._typeset.height + self._typeset.depth, 0.01) * font_size
        width = self._typeset.width * font_size
        return width, height, width / height

    def draw(self, stream: Any, width: float, _height: float, style: Any) -> None:
        """Draw the formula with its top left corner at the origin, y downwards, px."""
        scale = width / self._typeset.width if self._typeset.width else style["font_size"]
        self._draw_formula(stream, 0, scale, style)

    def _draw_formula(self, stream: Any, left: float, scale: float, style: Any) -> None:
        color = style["color"]
        baseline = self._typeset.height * scale
        stream.set_color(color)
        stream.set_color(color, stroke=True)
        # Poppler reads the text's place in the coordinates that hold when the span ends, so
        # all of it has to be drawn in the same ones.
        with stream.stacked():
            stream.transform(scale / 1000, 0, 0, -scale / 1000, left, baseline)
            stream.stream.append(_opening(self._formula.source))
            if self._drawing.content:
                stream.stream.append(self._drawing.content)
            for words in self._drawing.words:
                self._draw_words(stream, words, scale, style)
            stream.stream.append(b"EMC")

    def _draw_words(self, stream: Any, words: Words, scale: float, style: Any) -> None:
        size = words.size / 1000 * scale
        line = TextLine(words.text, style, self._fonts, size, bold=words.bold)
        color = parse_color(words.color) if words.color else style["color"]
        line.draw(stream, words.x, words.y, color, scale=1000 / scale)


class DisplayImage(FormulaImage):
    """A display: as wide as the measure, centred, with its numbers flush right."""

    def get_intrinsic_size(
        self, _resolution: float, font_size: float
    ) -> tuple[float | None, float, float | None]:
        """Return no width: the style sheet says 100 %."""
        return None, max(self._typeset.height + self._typeset.depth, 0.01) * font_size, None

    def draw(self, stream: Any, width: float, _height: float, style: Any) -> None:
        """Draw formula and numbers; what is too wide for the measure is made smaller."""
        numbers = [
            TextLine(number_text(number), style, self._fonts, style["font_size"], bold=False)
            for number in self._formula.numbers
        ]
        reserved = max((line.width for line in numbers), default=0.0)
        place = place_display(self._typeset.width, style["font_size"], width, reserved)
        self._draw_formula(stream, place.left, place.scale, style)
        rows = self._typeset.tag_rows or (0.0,)
        for index, line in enumerate(numbers):
            row = rows[min(index, len(rows) - 1)]
            baseline = (self._typeset.height - row) * place.scale
            line.draw(stream, width - line.width, baseline, style["color"])


def place_display(width: float, font_size: float, measure: float, reserved: float) -> Placement:
    """Centre a display in the measure, keeping clear of its number.

    Args:
        width: of the formula, em.
        font_size: px.
        measure: px.
        reserved: width of the widest number, px; 0 without one.
    """
    room = measure - (reserved + NUMBER_GAP * font_size if reserved else 0)
    scale = min(font_size, room / width) if width > 0 else font_size
    centred = (measure - width * scale) / 2
    return Placement(left=max(0.0, min(centred, room - width * scale)), scale=scale)


def number_text(number: EquationNumber) -> str:
    """Return the number as shown: ``(3)``."""
    return number.text if number.bare else f"({number.text})"


def _opening(tex: str) -> bytes:
    """Begin a marked span whose text is ``tex`` (PDF 32000-1, 14.9.4)."""
    tex = " ".join(tex.split())
    try:
        written = b"(" + re.sub(rb"([\\()])", rb"\\\1", tex.encode("ascii")) + b")"
    except UnicodeEncodeError:
        written = b"<feff" + tex.encode("utf-16-be").hex().encode() + b">"
    return b"/Span<</ActualText" + written + b">>BDC"
