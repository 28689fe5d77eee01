"""Glyphs of formulas have the same codes in all sheets, so that a book needs one math font."""

from __future__ import annotations

import re

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import BuildBook
from kexue_book.pdf import glyph_codes as module
from kexue_book.pdf.glyph_codes import glyph_codes

FREQUENT = ["N-31", "I-1D465", "N-3D"]
NAMES = st.from_regex(r"[A-Z]{1,3}-[0-9A-F]{2,5}", fullmatch=True)


@given(st.lists(NAMES, unique=True, max_size=300))
def test_no_two_glyphs_of_a_sheet_have_the_same_code(names: list[str]) -> None:
    codes = glyph_codes(names)
    assert list(codes) == names
    assert len(set(codes.values())) == len(names)
    assert all(0 < code <= 0xFFFF for code in codes.values())


@given(st.lists(NAMES, unique=True, max_size=20))
def test_the_code_of_a_frequent_glyph_depends_on_its_name_alone(names: list[str]) -> None:
    others = [name for name in names if name not in FREQUENT]
    codes = glyph_codes([*others, *FREQUENT])
    assert {name: codes[name] for name in FREQUENT} == glyph_codes(FREQUENT)
    assert all(codes[name] <= 600 for name in FREQUENT)


POSTS = {
    "a.md": "---\ntitle: 甲\n---\n$x+1$ 与 $\\alpha$。",
    "b.md": "---\ntitle: 乙\n---\n$\\beta=x$ 与 $\\beth$。",
}


def fonts(book: pikepdf.Pdf) -> list[pikepdf.Object]:
    """The math fonts of the pages of chapters, as often as there are chapters."""
    found = [page.obj.Resources.Font.get("/K") for page in book.pages]
    return [font for font in found if font is not None]


def test_all_chapters_share_one_math_font(build_book: BuildBook) -> None:
    built = build_book(POSTS, formats=("pdf",))
    with pikepdf.open(built.pdf) as book:
        first, second = fonts(book)
        assert first.objgen == second.objgen
        said = first.ToUnicode.read_bytes().decode()
    for character in "x1αβ":
        assert re.search(rf"> <{character.encode('utf-16-be').hex()}>", said)


def test_chapters_whose_glyphs_claim_one_code_have_fonts_of_their_own(
    build_book: BuildBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_frequent", dict)
    monkeypatch.setattr(module, "_CODES", 1)  # all begin at the same code
    built = build_book(POSTS, formats=("pdf",))
    with pikepdf.open(built.pdf) as book:
        first, second = fonts(book)
        assert first.objgen != second.objgen
        files = {font.DescendantFonts[0].FontDescriptor.objgen for font in (first, second)}
        assert len(files) == 1
    text = built.pdf_text()
    assert "x+1" in text
    assert r"\beth" in text
