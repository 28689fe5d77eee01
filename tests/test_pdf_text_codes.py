"""Codes of characters (``text_codes.py``): the most frequent first, and the same in all sheets."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pikepdf
from fontTools.cffLib import CFFFontSet
from fontTools.ttLib import TTFont

from conftest import BuildBook
from kexue_book.cover.text import CoverFont
from kexue_book.pdf.subset import bare_cff
from kexue_book.pdf.text_codes import _frequent

FREQUENT = "，的是一个我们"
RARE = "龘靐齉"
POSTS = {
    "a.md": f"---\ntitle: 甲\n---\n{FREQUENT}{RARE} **{FREQUENT}{RARE}** abc\n\n> {FREQUENT}",
    "b.md": f"---\ntitle: 乙\n---\n{RARE}{FREQUENT}",
}


def texts(font: pikepdf.Object) -> dict[str, int]:
    """Return the codes of an embedded font's characters."""
    written = font.ToUnicode.read_bytes().decode()
    return {
        bytes.fromhex(text).decode("utf-16-be"): int(code, 16)
        for code, text in re.findall(r"^<([0-9a-f]{4})> <([0-9a-f]+)>$", written, re.M)
    }


def chinese(pdf: pikepdf.Pdf) -> dict[str, pikepdf.Object]:
    """Return the fonts of a book that have Chinese, by name."""
    fonts = {font.objgen: font for page in pdf.pages for font in page.Resources.Font.values()}
    return {
        str(font.BaseFont).partition("+")[2]: font
        for font in fonts.values()
        if "的" in texts(font) or "龘" in texts(font)
    }


def test_frequent_characters_have_low_codes(build_book: BuildBook) -> None:
    built = build_book(POSTS, formats=("pdf",))
    text = "".join(built.pdf_text().split())
    assert text.count(FREQUENT + RARE) == 2
    assert RARE + FREQUENT in text
    with pikepdf.open(built.pdf) as pdf:
        fonts = chinese(pdf)
        assert len(fonts) >= 2
        for font in fonts.values():
            codes = texts(font)
            assert [codes[character] for character in FREQUENT if codes[character] > 0x3FF] == []
        (serif,) = (font for name, font in fonts.items() if name == "Noto-Serif-CJK-SC")
        assert all(texts(serif)[character] > 0x3FF for character in RARE)


def test_a_font_finds_its_glyphs_by_these_codes(build_book: BuildBook) -> None:
    with pikepdf.open(build_book(POSTS, formats=("pdf",)).pdf) as pdf:
        fonts = chinese(pdf)
        assert "LXGW-WenKai" in fonts  # the one that is TrueType
        for name, font in fonts.items():
            below = font.DescendantFonts[0]
            descriptor = below.FontDescriptor
            if "/FontFile3" in descriptor:
                outlines = CFFFontSet()
                outlines.decompile(io.BytesIO(descriptor.FontFile3.read_bytes()), None)
                known = {int(cid[3:]) for cid in outlines[0].charset[1:]}
                assert known >= set(texts(font).values()) - {0}, name
            else:
                table = below.CIDToGIDMap.read_bytes()
                outlines = TTFont(io.BytesIO(descriptor.FontFile2.read_bytes()))
                glyphs = outlines["glyf"]
                for character in FREQUENT:
                    code = texts(font)[character]
                    glyph = int.from_bytes(table[2 * code : 2 * code + 2], "big")
                    assert glyphs[outlines.getGlyphName(glyph)].numberOfContours


def test_codes_in_strings_need_no_escape() -> None:
    codes = [code for code, _ in _frequent()]
    assert len(codes) > 1000
    assert not any(set(code.to_bytes(2, "big")) & set(b"()\\\r") for code in codes)
    characters = [character for _, character in _frequent()]
    assert len(set(characters)) == len(characters)


def test_a_charset_of_ranges_is_replaced_by_a_longer_one() -> None:
    font = CoverFont.find(bold=False)
    data = Path(font.path).read_bytes()
    codes = {glyph: 9 * glyph for glyph in range(1000, 1200)}  # HarfBuzz writes one range
    cff = bare_cff(data, font.index, codes)
    assert cff is not None
    outlines = CFFFontSet()
    outlines.decompile(io.BytesIO(cff), None)
    assert outlines[0].charset[1:] == [f"cid{code:05d}" for code in codes.values()]
    assert len(list(outlines[0].CharStrings.keys())) == 201
