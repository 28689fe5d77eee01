"""Glyphs of text → their codes in the pages of all sheets.

A page's text is half of what it takes, two bytes a character. Chinese fonts number their glyphs by
radicals, so that either byte may be anything; here the most frequent characters have the lowest
codes, and the first byte is mostly one of four: a seventeenth less when compressed. Codes are CIDs
still (PDF 32000-1, 9.7.4), and only the embedded font knows what glyphs they are.

``text_codes.txt`` has the characters of 300 posts, the most frequent first; before them comes the
space. All sheets have to agree without knowing of one another: so a glyph's code depends on the
font alone, and one that is not in the list keeps its number, unless a frequent one took it: then
they have changed places.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from weasyprint.text.ffi import ffi, harfbuzz

ffi.cdef("""
    hb_bool_t hb_font_get_nominal_glyph (
        hb_font_t *font, hb_codepoint_t unicode, hb_codepoint_t *glyph);
""")

_CODES = 0x10000
_ESCAPED = frozenset(b"()\\\r")
"""Bytes that take two in a string (PDF 32000-1, 7.3.4.2)."""
_CHINESE = 500
"""Characters of the list that a font must have for its glyphs to be numbered anew."""
_KEYED = b"\x0c\x1e"
"""Operator ROS: a CFF font finds its glyphs by CID (Adobe's note 5176, 18)."""
_CHANGES_LATER = frozenset(("fvar", "CBDT", "sbix", "SVG ", "COLR", "EBDT"))
"""Tables for whose sake WeasyPrint takes a font to pieces after it has been subset."""


class TextCodes:
    """Codes of one font's glyphs, and the other way round."""

    _known: ClassVar[dict[str, TextCodes]] = {}

    def __init__(self, font: Any) -> None:
        """``font`` is WeasyPrint's."""
        self.codes = array("H", range(_CODES))
        self.glyphs = array("H", range(_CODES))
        self._shown: dict[bytes, bytes] = {}
        found = [(code, glyph_of(font, character)) for code, character in _frequent()]
        self.is_own = sum(glyph is not None for _, glyph in found) >= _CHINESE and _is_plain(font)
        """Whether codes are others than the font's own numbers."""
        if self.is_own:
            for code, glyph in found:
                if glyph is not None:
                    self._swap(glyph, code)

    @classmethod
    def of(cls, font: Any) -> TextCodes:
        """Return the codes of a font; for the same face they are made once a process."""
        if font.hash not in cls._known:
            cls._known[font.hash] = cls(font)
        return cls._known[font.hash]

    def _swap(self, glyph: int, code: int) -> None:
        """Give a glyph a code; the glyph that had it takes the old one."""
        other, old = self.glyphs[code], self.codes[glyph]
        self.codes[glyph], self.codes[other] = code, old
        self.glyphs[code], self.glyphs[old] = glyph, other

    def shown(self, glyphs: bytes) -> bytes:
        """Return glyphs, four hexadecimal digits each, as the bytes of a string that shows them."""
        known = self._shown
        try:
            return b"".join([known[glyphs[at : at + 4]] for at in range(0, len(glyphs), 4)])
        except KeyError:
            for at in range(0, len(glyphs), 4):
                glyph = glyphs[at : at + 4]
                known[glyph] = self.codes[int(glyph, 16)].to_bytes(2, "big")
            return self.shown(glyphs)


def glyph_of(font: Any, character: str) -> int | None:
    """Return the number of a character's glyph in WeasyPrint's ``font``, if it has one."""
    glyph = ffi.new("hb_codepoint_t *")
    if not harfbuzz.hb_font_get_nominal_glyph(font.hb_font, ord(character), glyph):
        return None
    return int(glyph[0])


@cache
def _frequent() -> tuple[tuple[int, str], ...]:
    """Return the codes of frequent characters."""
    characters = "".join(Path(__file__).with_suffix(".txt").read_text("utf-8").split())
    return tuple(zip(_plain_codes(), " " + characters, strict=False))


def _plain_codes() -> Iterator[int]:
    for code in range(1, _CODES):
        if _ESCAPED.isdisjoint(code.to_bytes(2, "big")):
            yield code


def _is_plain(font: Any) -> bool:
    """Whether a font file can be embedded with other codes than its own numbers."""
    if _CHANGES_LATER.intersection(font.tables) or font.bitmap or font.index < 0:
        return False
    return "glyf" in font.tables or ("CFF " in font.tables and _is_keyed(font))


def _is_keyed(font: Any) -> bool:
    """Whether a CFF font has the operator ROS, which is the first of its dictionary."""
    tag = harfbuzz.hb_tag_from_string(b"CFF ", -1)
    table = harfbuzz.hb_face_reference_table(font.hb_face, tag)
    try:
        length = ffi.new("unsigned int *")
        data = harfbuzz.hb_blob_get_data(table, length)
        return _KEYED in bytes(ffi.buffer(data, min(300, int(length[0]))))
    finally:
        harfbuzz.hb_blob_destroy(table)
