"""Operators of a page → the same page, in which no gap is copied as a space or a new line.

Programs that read PDF take white of a tenth of an em for a space. Between Chinese and Latin there
is more, and beside punctuation in a loose line. So a character next to such a gap is wrapped
together with it in a span whose ``ActualText`` is the character alone: in the gap stands a space's
glyph, which the span does not speak of, and the character seems to be so much wider. Likewise a
mark whose white half is gone seems narrower: else Poppler sees the next one lie upon it, and copies
them on two lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from weasyprint.pdf.fonts import Font
from weasyprint.text.ffi import ffi, harfbuzz

from kexue_book.pdf.object_file import string
from kexue_book.pdf.text_codes import glyph_of

ffi.cdef("""
    int32_t hb_font_get_glyph_h_advance (hb_font_t *font, hb_codepoint_t glyph);
    void hb_font_get_scale (hb_font_t *font, int *x_scale, int *y_scale);
""")

_WIDE = 97
"""Thousandths of an em: Poppler sees a space from 100 on."""
_CHINESE = "\u2014"
"""From here on there are dashes, quotation marks and Chinese."""
_SHOWN = re.compile(rb"\[(.*)\] TJ\Z", re.DOTALL)
_PART = re.compile(rb"<([0-9A-Fa-f]*)>|(-?\d+(?:\.\d+)?)")
_NEAR = 12
"""So many operators ahead is looked for what is shown next."""
_DIGITS = 4
"""Hexadecimal digits a glyph."""
_WORD = 10
"""Characters of a word that is told whole, at most."""
_HAS_WIDE = re.compile(rb"-\d\d\d|-9[789]|>\d\d\d")


@dataclass(frozen=True, slots=True)
class Blank:
    """What is known of a font: a glyph without ink, and what its glyphs say."""

    glyph: int
    width: int
    """Thousandths of an em."""
    texts: Mapping[int, str]


class Blanks:
    """The blank glyphs of a document's fonts."""

    def __init__(self, fonts: Mapping[bytes, Font]) -> None:
        """``fonts`` by the names that pages call them by."""
        self._fonts = fonts
        self._found: dict[bytes, Blank | None] = {}

    def find(self, name: bytes) -> Blank | None:
        """Return the blank glyph of the font that a page calls so, and note that it is used."""
        if name not in self._found:
            font = self._fonts.get(name)
            self._found[name] = None if font is None or font.bitmap else _blank(font)
        return self._found[name]


def _blank(font: Font) -> Blank | None:
    glyph = glyph_of(font, " ")
    if glyph is None:
        return None
    scale, advance = ffi.new("int[2]"), harfbuzz.hb_font_get_glyph_h_advance(font.hb_font, glyph)
    harfbuzz.hb_font_get_scale(font.hb_font, scale, scale + 1)
    width = font.widths.setdefault(glyph, round(1000 * advance / scale[0]))
    font.to_unicode.setdefault(glyph, " ")
    return Blank(glyph, width, font.to_unicode)


def hide_gaps(operators: Sequence[Any], blank_of: Callable[[bytes], Blank | None]) -> Iterator[Any]:
    """Yield the operators, those that show text with its wide gaps hidden.

    Args:
        operators: Of a page.
        blank_of: What is known of the font of this name.
    """
    name = place = b""
    speaking: list[bool] = []  # of each marked content that is open: whether it has ActualText
    for index, operator in enumerate(operators):
        if not isinstance(operator, bytes):
            pass
        elif operator.endswith(b" Tf"):
            name = operator.split()[0]
        elif operator.endswith(b" Tm"):
            place = operator
        elif operator.endswith((b"BDC", b"BMC")):
            speaking.append(b"/ActualText" in operator)
        elif operator == b"EMC" and speaking:
            speaking.pop()
        elif operator.endswith(b" TJ") and not any(speaking) and _HAS_WIDE.search(operator):
            blank = blank_of(name)
            if blank is not None:
                goes_on = _goes_on(place, operators[index + 1 : index + 1 + _NEAR])
                yield from _without_gaps(operator, blank, goes_on=goes_on)
                continue
        yield operator


def _goes_on(place: bytes, operators: Sequence[Any]) -> bool:
    """Whether what is shown next stands on the line that begins at ``place``."""
    for operator in operators:
        if isinstance(operator, bytes) and operator.endswith(b" Tm"):
            return operator.split()[5] == place.split()[5]
        if isinstance(operator, bytes) and operator.endswith(b" TJ"):
            return True
    return False


def _without_gaps(operator: bytes, blank: Blank, *, goes_on: bool) -> Iterator[bytes]:
    found = _SHOWN.match(operator)
    if found is None or _PART.sub(b"", found[1]).strip():
        yield operator
        return
    glyphs, gaps = _parts(found[1])
    lost = gaps if goes_on else gaps[:-1]
    wide = [(index, gap) for index, gap in enumerate(gaps) if gap >= _WIDE]
    wide += [(index, gap) for index, gap in enumerate(lost) if index and gap <= -_WIDE]
    texts = [blank.texts.get(int(glyph, 16), "") for glyph in glyphs]
    before, after = _hosts(wide, texts)
    shown: list[bytes] = []
    index = 0
    while index < len(glyphs):
        gap, end = gaps[index], index + 1
        if index in before or index in after:
            end = _end_of_word(index, gaps, texts, before, after)
            if gap and index not in before and index - 1 not in after:
                shown.append(b"%d" % -gap)
            yield from _show(shown)
            shown = []
            inner = gaps[index + 1 : end]
            around = before.get(index, 0), after.get(end - 1, 0)
            yield from _span(glyphs[index:end], inner, around, blank)
        else:
            if gap and index - 1 not in after:
                shown.append(b"%d" % -gap)
            shown.append(b"<%b>" % glyphs[index])
        index = end
    if gaps[-1] and len(glyphs) - 1 not in after:
        shown.append(b"%d" % -gaps[-1])  # text in another font may follow at once
    yield from _show(shown)


def _parts(shown: bytes) -> tuple[list[bytes], list[int]]:
    """Return the glyphs as hexadecimal numbers, and the gap before each and after the last."""
    glyphs: list[bytes] = []
    gaps = [0]
    for part in _PART.finditer(shown):
        if part[2]:
            gaps[-1] -= round(float(part[2]))
            continue
        for start in range(0, len(part[1]), _DIGITS):
            glyphs.append(part[1][start : start + _DIGITS])
            gaps.append(0)
    return glyphs, gaps


def _hosts(
    wide: Sequence[tuple[int, int]], texts: Sequence[str]
) -> tuple[dict[int, int], dict[int, int]]:
    """Return which glyphs take in the gap before, and which that after them."""
    before: dict[int, int] = {}
    after: dict[int, int] = {}
    for index, gap in wide:
        last = texts[index - 1] if index else ""
        following = texts[index] if index < len(texts) else ""
        if last.isspace() or following.isspace():
            continue
        if max(last, following) < _CHINESE:
            continue
        to_last = last >= _CHINESE
        if gap > 0 and last and following and last.isascii() != following.isascii():
            # A Latin character may have a gap on both sides, and takes less room to speak of.
            to_last = last.isascii()
        if to_last:
            after[index - 1] = gap
        else:
            before[index] = gap
    return before, after


def _show(shown: list[bytes]) -> Iterator[bytes]:
    if shown:
        yield b"[%b] TJ" % b"".join(shown).replace(b"><", b"")


def _end_of_word(
    start: int,
    gaps: Sequence[int],
    texts: Sequence[str],
    before: Mapping[int, int],
    after: Mapping[int, int],
) -> int:
    """Return where a short Latin word ends that begins and ends with a gap; or a character."""
    if start in before and start not in after:
        for index in range(start + 1, min(start + _WORD, len(texts))):
            if abs(gaps[index]) >= _WIDE or index in before or not texts[index].isalnum():
                break
            if index in after and all(text.isascii() for text in texts[start : index + 1]):
                return index + 1
    return start + 1


def _span(
    glyphs: Sequence[bytes], gaps: Sequence[int], around: tuple[int, int], blank: Blank
) -> Iterator[bytes]:
    """Yield operators that show glyphs and the gaps around them as one piece of text.

    ``gaps`` are between the glyphs, ``around`` before the first and after the last.
    """
    text = "".join(blank.texts[int(glyph, 16)] for glyph in glyphs)
    yield b"/Span<</ActualText%b>>BDC" % string(text)
    white = b"<%04x>" % blank.glyph
    before, after = around
    first, *rest = glyphs
    shown = [b"<%b>" % first]
    for gap, glyph in zip(gaps, rest, strict=True):
        shown += [_move(gap), b"<%b>" % glyph]
    if before:
        shown[:0] = [white, _move(before - blank.width)]
    if after:
        shown += [_move(after - blank.width), white]
    yield from _show(shown)
    yield b"EMC"


def _move(by: int) -> bytes:
    return b"%d" % -by if by else b""
