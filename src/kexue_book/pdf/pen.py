"""Text objects of a page → few, in which most pieces begin where the pen stands anyway.

WeasyPrint opens a text object for each box, and says there in coordinates of the page where each
piece of a line begins; formulas came with a coordinate system of their own. Half of a page's
content was that. Here a line is written in one go: the pen's place is known from the widths that
the PDF gives of its fonts, so that nothing adds up, and a gap before a piece is a number in its
``TJ`` (PDF 32000-1, 9.4.3), in thousandths of an em and so mostly the same few. Indices and
exponents are raised (``Ts``), and a new line is so far from the last (``Td``). Bars of fractions
and roots, which no text object may hold, come when it ends.

Nothing moves by more than a thousandth of an em. What is not known here is passed on, and what
follows it is placed anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from kexue_book.pdf.math_font import RESOURCE
from kexue_book.pdf.object_file import rounded
from kexue_book.pdf.tidy import rounded_matrix

_SHOWN = re.compile(rb"(?:(-?[\d.]+) Tc )?\[([^(]*)\] TJ(?: 0 Tc)?", re.DOTALL)
_PART = re.compile(rb"<([0-9A-Fa-f]+)>|(-?[\d.]+)")
_DIGITS = 4
"""Hexadecimal digits a glyph."""
_UPRIGHT = b"1 0 0 -1 "
"""Of all text but what is turned: y is downwards on the page, and not in the text."""
_FAR = 200.0
"""px: what is further from the pen is placed anew."""
_SAME_LINE = 0.06
"""px between two baselines that are one."""
_UNSEEN = 2.0
"""Thousandths of an em by which a glyph may stand beside its place: 0.01 mm."""
_NEAR = (-2, -1, 1, 2)
"""So far may two gaps be apart, in whole thousandths of an em, that are written as one."""
_IN_TEXT = (b" RG", b" gs", b" G", b" w")
"""Ends of operators that may stand in a text object and outside, and mean the same."""
_MATH = f"/{RESOURCE}".encode()


Box = tuple[float, ...]
"""x, y of the lower left corner, width, height; em."""


@dataclass(frozen=True, slots=True)
class PlacedGlyph:
    """A glyph of a formula; lengths in em of the formula, y upwards."""

    code: str
    """Hexadecimal."""
    width: float
    """Thousandths of its size."""
    size: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class PlacedWords:
    """Words in a formula; their place in em of the formula, y upwards."""

    x: float
    y: float
    operators: Sequence[bytes]
    """That name fonts and show text, as WeasyPrint writes them."""


@dataclass(frozen=True, slots=True)
class FormulaText:
    """A formula of nothing but text and bars, in the text's colour; stands among operators."""

    x: float
    """Of its origin on the page; px, y downwards."""
    y: float
    scale: float
    """px an em."""
    opening: bytes
    """The operator that begins its span; nothing if it needs none."""
    glyphs: Sequence[PlacedGlyph]
    bars: Sequence[Box]
    words: Sequence[PlacedWords] = ()


def write_lines(
    operators: Iterable[object], widths: Mapping[bytes, Mapping[int, float]]
) -> Iterator[object]:
    """Yield operators that put the same on the page, in fewer text objects.

    Args:
        operators: of a page; text as ``tidy`` leaves it.
        widths: of the glyphs of each font, by its name in the page; thousandths of an em.
    """
    pen = _Pen(widths)
    for operator in operators:
        if isinstance(operator, FormulaText):
            pen.write_formula(operator)
        elif not isinstance(operator, bytes):
            pen.pass_on(operator)
        else:
            pen.take(operator)
        yield from pen.written()
    pen.close()
    yield from pen.written()


class _Pen:
    def __init__(self, widths: Mapping[bytes, Mapping[int, float]]) -> None:
        self._out: list[object] = []
        self._shown = b""
        """What is shown next, as it stands in the array of ``TJ``."""
        self._fill: object = None
        """The operator that set the colour, if it is known."""
        self._next_fill: object = None
        """The colour of what comes next, if it is another."""
        self._widths = widths
        self._by_code: dict[bytes, dict[bytes, float]] = {}
        self._is_open = False
        self._in_text = False
        """Whether what is read stands in a text object."""
        self._is_placed = False
        """Whether that has said where it begins."""
        self._line: tuple[int, int] | None = None
        """Where the line began that was placed last; hundredths of a px."""
        self._at: float | None = None
        """Where on that line the pen stands; px."""
        self._behind = 0.0
        """So far (px) the pen stands before the place where text would go on."""
        self._target: tuple[float, float] | None = None
        """Where the next piece begins, if that was said."""
        self._font = self._wanted = (b"", 0.0)
        """Name and size."""
        self._font_operator = b""
        self._spacing = 0.0
        self._bars: list[bytes] = []
        self._kerns: set[int] = set()

    def written(self) -> Iterator[object]:
        """Yield what has been written since the last time."""
        yield from self._out
        self._out.clear()

    def _emit(self, operator: object) -> None:
        if self._shown:
            self._out.append(b"[%b] TJ" % self._shown.replace(b"><", b""))
            self._shown = b""
        self._out.append(operator)

    def _colour(self) -> None:
        """Take the colour of what comes next: it is often changed again before anything does."""
        wanted, self._next_fill = self._next_fill, None
        if wanted is not None and wanted != self._fill:
            if self._bars:  # they have the colour that was
                self._pause()
            self._fill = wanted
            self._emit(wanted)

    def pass_on(self, operator: object) -> None:
        """Write what stands outside of text objects, and may be anything."""
        self.close()
        if operator == b"Q":  # the colour is what it was
            self._next_fill = None
        self._other_state(operator)

    def take(self, operator: bytes) -> None:
        """Take the next operator."""
        if operator == b"BT":
            self._in_text, self._target, self._is_placed = True, None, False
        elif operator == b"ET":
            self._in_text = False
        elif operator.endswith((b" rg", b" g")):
            self._next_fill = operator
        elif operator.endswith(_IN_TEXT):
            if self._bars:  # they have the state that was
                self._pause()
            self._other_state(operator)
        elif self._in_text:
            if not self._is_placed and operator.endswith((b" Tm", b" TJ", b" Tc")):
                self._begin(operator)
            self._take_text(operator)
        else:
            self.pass_on(operator)

    def _other_state(self, operator: object) -> None:
        """Write what may change the colour, or what has it."""
        self._colour()
        self._fill = None
        self._emit(operator)

    def _begin(self, operator: bytes) -> None:
        """Note how a text object begins; what is not placed in it stands at the origin."""
        self._is_placed = True
        if not operator.endswith(b" Tm"):
            self.close()

    def _take_text(self, operator: bytes) -> None:
        if operator.endswith(b" Tm"):
            if operator.startswith(_UPRIGHT):
                x, y = operator[len(_UPRIGHT) : -3].split()
                self._target = float(x), float(y)
            else:
                if self._bars:
                    self.close()
                self._open()
                self._emit(rounded_matrix(operator))
                self._line = self._at = self._target = None
                self._behind = 0.0
        elif operator.endswith(b" Tf"):
            name, size, _ = operator.split()
            self._wanted, self._font_operator = (name, float(size)), operator
        elif operator.endswith((b" TJ", b" Tc")) and b"<<" not in operator:
            self._show(operator)
        elif operator.endswith((b"BDC", b"BMC", b"EMC")):
            self._colour()
            self._open()
            self._emit(operator)
        else:
            self._write_unknown(operator)

    def close(self) -> None:
        """End the text object, if one is open."""
        if self._is_open:
            self._space(0.0)
            self._emit(b"ET")
            self._is_open = False
            # What follows may change the state that fonts belong to.
            self._font = (b"", 0.0)
            self._line = self._at = None
        if self._bars:
            self._emit(b"%b f" % b" ".join(self._bars))
            self._bars.clear()

    def _pause(self) -> None:
        """End the text object in the midst of one that is read."""
        if self._target is None and self._at is not None and self._line is not None:
            self._target = self._at + self._behind, self._line[1] / 100
        self.close()

    def _open(self) -> None:
        if not self._is_open:
            self._emit(b"BT")
            self._is_open = True
            self._line = self._at = None

    def _place(self) -> float:
        """Go to where the next piece begins; return by how much (px) that is ahead of the pen."""
        self._open()
        target, self._target = self._target, None
        if target is None:
            return self._behind
        x, y = target
        if self._line is not None and self._at is not None:
            ahead = x - self._at
            if abs(y - self._line[1] / 100) <= _SAME_LINE and abs(ahead) < _FAR:
                return ahead
        place = round(100 * x), 10 * round(10 * y)
        if self._line is None:
            self._emit(_UPRIGHT + b"%b %b Tm" % (rounded(place[0] / 100), rounded(place[1] / 100)))
        else:
            right, up = place[0] - self._line[0], self._line[1] - place[1]
            self._emit(b"%b %b Td" % (rounded(right / 100), rounded(up / 100)))
        self._line, self._at = place, place[0] / 100
        return x - self._at

    def _kern(self, exact: float) -> int:
        """Return a gap as it is written: if it can be, as one has been before."""
        whole = round(exact)
        if whole not in self._kerns:
            near = (other for other in _NEAR if whole + other in self._kerns)
            nearest = min(near, key=lambda other: abs(whole + other - exact), default=0)
            if abs(whole + nearest - exact) <= _UNSEEN:
                whole += nearest
            self._kerns.add(whole)
        return whole

    def _name_font(self) -> None:
        if self._font != self._wanted:
            self._font = self._wanted
            self._emit(self._font_operator)

    def _space(self, spacing: float) -> None:
        """Let so much (px) be between the characters of what follows."""
        if spacing != self._spacing:
            self._spacing = spacing
            self._emit(b"%b Tc" % rounded(spacing, 3))

    def _write(self, shown: bytes) -> None:
        """Show more in the same font; of two numbers that meet here, none is lost."""
        if self._shown and not self._shown.endswith(b">") and not shown.startswith(b"<"):
            self._shown += b" "
        self._shown += shown

    def _codes(self, name: bytes) -> dict[bytes, float] | None:
        """Return the widths of a font's glyphs by their codes in hexadecimal."""
        known = self._by_code.get(name)
        if known is None:
            widths = self._widths.get(name)
            if widths is None:
                return None
            known = _by_hexadecimal(widths)
            self._by_code[name] = known
        return known

    def _show(self, operator: bytes) -> None:
        name, size = self._wanted
        found, codes = _SHOWN.fullmatch(operator), self._codes(name)
        if found is None or codes is None or not size:
            self._write_unknown(operator)
            return
        self._colour()
        ahead = self._place()
        self._name_font()
        spacing, shown = float(found[1] or 0), found[2]
        first = _PART.match(shown)
        if first is not None and first[2]:
            ahead -= float(first[2]) * size / 1000
            shown = shown[first.end() :]
        kern = -ahead * 1000 / size
        whole = self._kern(kern) if abs(kern) > _UNSEEN else 0
        count, width = _measure(shown, codes)
        if count > 1 or spacing:  # behind a single character the next piece makes up for it
            self._space(spacing)
        self._write(b"%d%b" % (whole, shown) if whole else shown)
        self._behind = ahead + whole * size / 1000 + count * (spacing - self._spacing)
        if self._at is not None:
            self._at += (width - whole) * size / 1000 + count * self._spacing

    def _write_unknown(self, operator: bytes) -> None:
        """Write what leads nobody knows where; what comes next is placed, or goes on from there."""
        if self._bars:  # while the pen's place is known
            self._pause()
        self._colour()
        if self._target is not None:
            self._at = None
            self._place()
        self._name_font()
        self._space(0.0)
        self._fill = None
        self._emit(operator)
        self._at, self._behind = None, 0.0

    def write_formula(self, formula: FormulaText) -> None:
        """Write a formula where it stands."""
        self._colour()
        unit = formula.scale
        self._target = formula.x, formula.y
        self._place()
        if formula.opening:
            self._emit(formula.opening)
        raised = 0.0
        for (size, rise), glyphs in groupby(formula.glyphs, partial(_size_and_rise, unit)):
            self._wanted = _MATH, size
            self._font_operator = b"%b %b Tf" % (_MATH, rounded(size, 3))
            self._name_font()
            raised = self._raise(rise, raised)
            self._space(0.0)
            self._write_glyphs(glyphs, formula.x, unit, size)
        for words in formula.words:
            raised = self._raise(round(words.y * unit, 2), raised)
            self._target = formula.x + words.x * unit, formula.y
            for operator in words.operators:
                self._take_text(operator)
        if raised:
            self._emit(b"0 Ts")
        if formula.opening:
            self._emit(b"EMC")
        assert self._line is not None
        baseline = self._line[1] / 100
        for x, y, width, height in formula.bars:
            corner = formula.x + x * unit, baseline - (y + height) * unit
            box = (*corner, width * unit, height * unit)
            self._bars.append(b"%b re" % b" ".join(map(rounded, box)))

    def _raise(self, wanted: float, raised: float) -> float:
        """Let what follows stand so far (px) above its line; return that."""
        if wanted != raised:
            self._emit(b"%b Ts" % rounded(wanted))
        return wanted

    def _write_glyphs(
        self, glyphs: Iterable[PlacedGlyph], left: float, unit: float, size: float
    ) -> None:
        """Write glyphs of one size on one line; ``unit`` is px an em, ``size`` px."""
        at = self._at
        assert at is not None  # a formula is placed when it begins
        parts: list[str] = []
        for glyph in glyphs:
            exact = (at - left - glyph.x * unit) * 1000 / size
            if abs(exact) > _UNSEEN:
                kern = self._kern(exact)
                parts.append(f">{kern}<")
                at -= kern * size / 1000
            parts.append(glyph.code)
            at += glyph.width * size / 1000
        self._at, self._behind = at, 0.0
        self._write(f"<{''.join(parts)}>".removeprefix("<>").encode())


def _size_and_rise(unit: float, glyph: PlacedGlyph) -> tuple[float, float]:
    """Return the size of a glyph and how far it stands above the line; px, as they are written."""
    return round(glyph.size * unit, 3), round(glyph.y * unit, 2)


def text_width(operator: bytes, widths: Mapping[int, float]) -> float:
    """Return how far a ``TJ`` as WeasyPrint writes it takes the pen; thousandths of an em."""
    _, width = _measure(operator[1 : operator.rindex(b"]")], _by_hexadecimal(widths))
    return width


def _by_hexadecimal(widths: Mapping[int, float]) -> dict[bytes, float]:
    return {b"%04x" % glyph: width for glyph, width in widths.items()}


def _measure(shown: bytes, widths: Mapping[bytes, float]) -> tuple[int, float]:
    """Return how many glyphs are shown, and how far they take the pen; thousandths of an em."""
    count, width = 0, 0.0
    for glyphs, number in _PART.findall(shown):
        if number:
            width -= float(number)
            continue
        count += len(glyphs) // _DIGITS
        for at in range(0, len(glyphs), _DIGITS):
            width += widths.get(glyphs[at : at + _DIGITS], 0.0)
    return count, width
