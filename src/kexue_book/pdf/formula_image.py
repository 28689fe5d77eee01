"""A typeset formula in the text → images that WeasyPrint lays out and draws as text.

WeasyPrint asks an image three things: its size, given the font size (so a formula grows with
the text around it), and to draw itself. These images answer with PDF text operators, wrapped
in a span whose ``ActualText`` is the LaTeX, so that copying and searching find it. A long formula
is several images, one after the other, between which a line may end.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tinycss2.color5 import parse_color
from weasyprint.text.fonts import FontConfiguration

from kexue_book.formulas import GlyphOp, Operator, hexadecimal
from kexue_book.pdf.breaking import Piece
from kexue_book.pdf.content import PlainFormula, Words, draw_operators, plain_text
from kexue_book.pdf.extents import Extents
from kexue_book.pdf.math_font import MathFont, character
from kexue_book.pdf.object_file import string
from kexue_book.pdf.pen import FormulaText, PlacedWords
from kexue_book.pdf.weasy import TextLine

_PLAIN = re.compile(r"[A-Za-z0-9()]+")
_NO_SPACE = 0.08
"""em: wider gaps are copied as spaces."""
_LABEL = re.compile(r" ?\\label ?\{[^{}]*\}")
_DISPLAY = re.compile(r"\\begin\{(equation\*?)\}(?P<math>.*)\\end\{\1\}")
_IN_WORDS = frozenset((b"q", b"Q", b"BT", b"ET", b"Tm", b"Tf", b"TJ", b"rg", b"gs"))
"""Operators of text that is nothing but text."""


class Studio:
    """What all the formulas of a book are measured and drawn with."""

    def __init__(
        self,
        font: MathFont,
        extents: Extents,
        fonts: FontConfiguration,
        page_height: float,
        substitutes: Mapping[int, str] | None = None,
        *,
        in_lines: bool = False,
    ) -> None:
        """``page_height`` is that of the type area in px: nothing may be higher.

        ``substitutes`` translate characters of words that no font has. With ``in_lines`` formulas
        may become part of the text they stand in (``pen.py``).
        """
        self.extents = extents
        self.fonts = fonts
        self.page_height = page_height
        self._font = font
        self._substitutes = substitutes or {}
        self._in_lines = in_lines

    def draw(
        self, stream: Any, operators: Sequence[Operator], source: str, place: Place, style: Any
    ) -> None:
        """Draw operators into a page's stream, as text that copies as ``source``."""
        stream.set_color(style["color"])
        if self._in_lines and self._draw_in_line(stream, operators, source, place, style):
            return
        drawing, scale = draw_operators(operators, self._font), place.scale
        if drawing.strokes:
            stream.set_color(style["color"], stroke=True)
        # Poppler reads the text's place in the coordinates that hold when the span ends, so
        # all of it has to be drawn in the same ones.
        matrix = f"{scale / 1000:.5g} 0 0 {-scale / 1000:.5g} {place.x:.2f} {place.y:.2f} cm"
        opening = b"%b\n%b" % (matrix.encode("ascii"), _opening(source))
        if not drawing.words:
            # What comes after finds colour and font as they were, so WeasyPrint, which writes
            # them anew after a `Q` of its own, need not know of this one.
            stream.stream.append(b"q %b\n%b\nEMC Q" % (opening, drawing.content))
            return
        with stream.stacked():
            stream.stream += [opening, drawing.content]
            for words in drawing.words:
                self._draw_words(stream, words, scale, style)
            stream.stream.append(b"EMC")

    def _draw_in_line(
        self, stream: Any, operators: Sequence[Operator], source: str, place: Place, style: Any
    ) -> bool:
        """Draw operators as part of the text they stand in; return whether that is possible."""
        plain = plain_text(operators, self._font)
        if plain is None:
            return False
        words = [self._set_words(stream, word, place.scale, style) for word in plain.words]
        set_words = [word for word in words if word is not None]
        if len(set_words) < len(words):
            return False
        glyphs = (item.glyph for item in operators if isinstance(item, GlyphOp))
        needs_none = _says(plain, "".join(map(character, glyphs)), source)
        stream.stream.append(
            FormulaText(
                *(place.x, place.y, place.scale, b"" if needs_none else _opening(source)),
                glyphs=plain.glyphs,
                bars=plain.bars,
                words=set_words,
            )
        )
        return True

    def _line_of(self, words: Words, scale: float, style: Any) -> TextLine:
        text, size = words.text.translate(self._substitutes), words.size / 1000 * scale
        return TextLine(text, style, self.fonts, size, bold=words.bold)

    def _set_words(self, stream: Any, words: Words, scale: float, style: Any) -> PlacedWords | None:
        """Return words as text in the fonts of the book; None if there is more to it."""
        line, start = self._line_of(words, scale, style), len(stream.stream)
        line.draw(stream, 0, 0, style["color"])
        drawn = stream.stream[start:]
        del stream.stream[start:]
        shown = [operator for operator in drawn if operator.endswith((b" Tf", b" TJ"))]
        others = {operator.split()[-1] for operator in drawn} - _IN_WORDS
        return None if others else PlacedWords(words.x / 1000, words.y / 1000, shown)

    def _draw_words(self, stream: Any, words: Words, scale: float, style: Any) -> None:
        line = self._line_of(words, scale, style)
        color = hexadecimal(words.color)
        paint = parse_color(color) if color else style["color"]
        line.draw(stream, words.x, words.y, paint, scale=1000 / scale)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the origin of a formula's coordinates lies, px, y downwards."""

    x: float
    y: float
    scale: float
    """px an em."""


class FormulaImage:
    """A piece of a formula in the text. Implements WeasyPrint's image protocol."""

    def __init__(
        self,
        piece: Piece,
        operators: Sequence[Operator],
        source: str,
        width: float,
        studio: Studio,
    ) -> None:
        """Operators are those of the piece; ``width`` in em, up to where the next one begins."""
        self.id = id(self)  # WeasyPrint counts a document's images by it
        self._operators = operators
        self._source = source
        self._left = piece.left / 1000
        self._width = width
        self._height = piece.extent.top / 1000
        self.depth = -piece.extent.bottom / 1000
        """em below the line's baseline."""
        self._studio = studio
        self.trailing_space = max(0.0, width - (piece.extent.right - piece.left) / 1000)
        """em: what is white at its right edge, and may hang over the end of a line."""

    def get_intrinsic_size(
        self, _resolution: float, font_size: float
    ) -> tuple[float | None, float, float | None]:
        """Return width, height (px) and their ratio."""
        height = max(self._height + self.depth, 0.01) * font_size
        width = self._width * font_size
        return width, height, width / height

    def draw(self, stream: Any, width: float, height: float, style: Any) -> None:
        """Draw the formula with its top left corner at the origin, y downwards, px."""
        self.draw_at(stream, 0, 0, width, height, style)

    def draw_at(
        self, stream: Any, x: float, y: float, width: float, _height: float, style: Any
    ) -> None:
        """Draw the formula with its top left corner there."""
        scale = width / self._width if self._width else style["font_size"]
        place = Place(x=x - self._left * scale, y=y + self._height * scale, scale=scale)
        self._studio.draw(stream, self._operators, self._source, place, style)


def _says(plain: PlainFormula, glyphs: str, tex: str) -> bool:
    """Whether ``glyphs`` copy as a formula's LaTeX anyway: letters and figures side by side."""
    if glyphs != tex or not _PLAIN.fullmatch(tex) or plain.bars or plain.words:
        return False
    ends = [(glyph.x + glyph.width * glyph.size / 1000, glyph) for glyph in plain.glyphs]
    return not any(glyph.y for glyph in plain.glyphs) and all(
        abs(after.x - end) < _NO_SPACE and after.size == glyph.size
        for (end, glyph), (_, after) in pairwise(ends)
    )


def _opening(tex: str) -> bytes:
    """Begin a marked span whose text is ``tex`` (PDF 32000-1, 14.9.4), as it can be used elsewhere.

    What says only that it is a display, and what it is called in the post, is left out.
    """
    bare = _LABEL.sub("", " ".join(tex.split()))
    display = _DISPLAY.fullmatch(bare)
    text = display["math"] if display else bare
    return b"/Span<</ActualText%b>>BDC" % string(text.strip())
