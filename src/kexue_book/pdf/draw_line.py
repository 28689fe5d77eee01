"""A piece of a line whose text is shaped already → the operators that show it.

WeasyPrint has Pango shape each piece of a line once more when it is drawn, and asks for its glyphs
one by one. Here they are those that were found when the whole text was shaped (``shaping.py``).
What is not plain glyphs (pictures, marks that are shifted, characters no font has) is left to
WeasyPrint. Written for WeasyPrint 70's ``draw.text.draw_first_line``, whose operators these are,
but for gaps of nothing.
"""

from __future__ import annotations

import functools
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from weasyprint.draw import text as drawing
from weasyprint.text.ffi import FROM_UNITS, pango

from kexue_book.pdf.set_line import SetLine, rounded_gap, whole_gaps
from kexue_book.pdf.shaping import GlyphRun, Glyphs

_OLDEST_PANGO = 14802
"""Before it, sizes of fonts are wrong; WeasyPrint says how."""


def draw_lines() -> None:
    """Draw lines here."""
    original = drawing.draw_first_line
    if pango.pango_version() < _OLDEST_PANGO:
        return

    @functools.wraps(original)  # others look whether it is WeasyPrint's
    def draw(stream: Any, box: Any, overflow: Any, ellipsis: Any, matrix: Any) -> Any:
        line = box.pango_layout
        is_ours = isinstance(line, SetLine) and line.origin is not None
        if is_ours and overflow != "ellipsis" and ellipsis == "none" and line.text.strip():
            ruler, cut = line.origin
            glyphs = ruler.glyphs
            if glyphs is not None and line.text == ruler.text[cut.start : cut.end]:
                piece = _Piece(stream, glyphs, cut.start, cut.end)
                if piece.is_plain:
                    stream.set_text_matrix(*matrix.values)
                    piece.show(line.gaps, line.style["font_size"], line.text)
                    return []
        return original(stream, box, overflow, ellipsis, matrix)

    drawing.draw_first_line = draw


class _Piece:
    """Some of the glyphs of a text, to be shown on a page."""

    def __init__(self, stream: Any, glyphs: Glyphs, start: int, end: int) -> None:
        """Take the text's characters from ``start`` to ``end``."""
        self._stream = stream
        self._glyphs = glyphs
        self._start = start
        self._first = bisect_left(glyphs.characters, start)
        self._end = bisect_left(glyphs.characters, end)
        self._runs = [
            (run, *_font(stream, run))
            for run in glyphs.runs
            if run.start < self._end and run.end > self._first
        ]
        self.is_plain = not any(
            font.bitmap or font.svg or font.png or font.colr for _, font, _ in self._runs
        )

    def show(self, gaps: Sequence[float], font_size: float, text: str) -> None:
        """Show the glyphs with ``gaps`` before each character and after the last.

        ``gaps`` are in thousandths of an em, ``font_size`` in px.
        """
        widths, offset = self._widths(gaps, font_size)
        shown, last = "", None
        for run, font, size in self._runs:
            if run.font != last:
                last = run.font
                if shown:
                    self._stream.show_text(shown)
                self._stream.set_font_size(font.hash, size)
                shown = ""
            start, end = max(run.start, self._first), min(run.end, self._end)
            numbers = self._glyphs.numbers[start:end]
            self._explain(font, numbers, start, text)
            logical = _logical_widths(self._stream, run, font, size, numbers)
            units = widths[start - self._first : end - self._first]
            shown += _written(numbers, logical, units, offset / size, size)
            offset = 0
        self._stream.show_text(shown)

    def _widths(self, gaps: Sequence[float], font_size: float) -> tuple[Sequence[int], float]:
        """Return the glyphs' widths with the gaps in them, and by how much the first is moved."""
        widths, offset = self._glyphs.widths[self._first : self._end], 0
        if not any(gaps):
            return widths, offset
        unit = font_size * 1.024  # Pango's units in a thousandth of an em
        characters = self._glyphs.characters
        for index, gap in enumerate(whole_gaps(gaps)):
            if not gap:
                continue
            at = bisect_left(characters, self._start + index, self._first, self._end)
            if at > self._first:
                widths[at - self._first - 1] += rounded_gap(gap, unit)
            else:
                # WeasyPrint takes offsets in 1/1000 px where Pango's are in 1/1024.
                offset = round(gap * font_size)
                widths[0] += round(gap * unit)
        return widths, offset

    def _explain(self, font: Any, numbers: Sequence[int], start: int, text: str) -> None:
        """Let the font know which characters its glyphs show."""
        known = font.to_unicode
        characters = self._glyphs.characters
        for index, number in enumerate(numbers, start):
            if number not in known:
                following = characters[index + 1] if index + 1 < self._end else None
                end = None if following is None else following - self._start
                known[number] = text[characters[index] - self._start : end]


def _font(stream: Any, run: GlyphRun) -> tuple[Any, float]:
    """Return the document's font that a run is set in, and its size (px)."""
    known = run.drawn_with
    if known is None or known[0] is not stream._fonts:
        known = run.drawn_with = (stream._fonts, *stream.add_font(run.font))
    return known[1], known[2]


def _logical_widths(
    stream: Any, run: GlyphRun, font: Any, size: float, numbers: Sequence[int]
) -> list[int]:
    """Return how wide the font says that glyphs are, in thousandths of an em."""
    known = font.widths
    for number in numbers:
        if number not in known:
            pango.pango_font_get_glyph_extents(
                run.font, number, stream.ink_rect, stream.logical_rect
            )
            known[number] = round(stream.logical_rect.width * 1000 * FROM_UNITS / size)
    return [known[number] for number in numbers]


def _written(
    numbers: Sequence[int],
    logical: Sequence[int],
    widths: Sequence[int],
    offset: float,
    size: float,
) -> str:
    """Write glyphs and the gaps between them as they stand in a TJ operator (PDF 32000-1, 9.4.3).

    Gaps are by how much the widths that are wanted differ from those of the font.
    """
    codes = [f"{number:04x}" for number in numbers]
    gaps = [
        int(natural - width * 1000 * FROM_UNITS / size)
        for natural, width in zip((logical[0] + offset, *logical[1:]), widths, strict=True)
    ]
    if any(gaps):
        codes = [f"{code}>{gap}<" if gap else code for code, gap in zip(codes, gaps, strict=True)]
    shown = f"<{''.join(codes)}>".removesuffix("<>")
    return f"{-offset}{shown}" if offset else shown
