"""What a screen reader needs: names of a table's columns."""

from __future__ import annotations

import re

import pytest

from conftest import BuildBook, Built
from kexue_book.epub.legible import legible
from kexue_book.model import EpubMath

TABLES = """---
title: 表
---
|  | $\\alpha$ | 高 $h$ | ![图](p.svg) |
|---|---|---|---|
| 甲 | 1 | 2 | 3 |
"""
PICTURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>'
)


def head_cells(built: Built) -> list[str]:
    head = built.chapters().partition("</thead>")[0].partition("<thead>")[2]
    return re.findall(r"<t[hd]\b.*?</t[hd]>", head, re.DOTALL)


def test_a_formula_alone_names_its_column(build_book: BuildBook) -> None:
    built = build_book({"a.md": TABLES}, {"p.svg": PICTURE})
    corner, formula, words, picture = head_cells(built)
    assert re.fullmatch(r"<td[^>]*></td>", corner)
    assert "scope" not in corner
    assert 'title="\\alpha"' in formula
    assert "title=" not in words
    assert picture.startswith("<th")


def test_a_drawn_formula_alone_is_a_header(build_book: BuildBook) -> None:
    built = build_book({"a.md": TABLES}, {"p.svg": PICTURE}, epub_math=EpubMath.SVG)
    corner, formula, _, picture = head_cells(built)
    assert corner.startswith("<td")
    assert formula.startswith("<th")
    assert "aria-label" in formula
    assert picture.startswith("<th")


@pytest.mark.parametrize(
    "color", ["#ff0000", "#87ceeb", "#0000ff", "#00ffff", "#ffff00", "#800080"]
)
def test_colours_can_be_read_on_white_and_on_black(color: str) -> None:
    lightness = luminance(legible(color))
    assert 1.05 / (lightness + 0.05) >= 4.5
    assert (lightness + 0.05) / 0.05 >= 4.5


def luminance(color: str) -> float:
    """As WCAG defines it."""
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    light = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]


def test_hues_stay_and_black_is_the_colour_of_the_text(build_book: BuildBook) -> None:
    post = "---\ntitle: 色\n---\n$\\color{red}{a}$ 与 $\\color{black}{b}$。\n"
    chapter = build_book({"a.md": post}).chapters()
    (red,) = re.findall(r'mathcolor="#([0-9a-f]{6})"', chapter)
    assert int(red[:2], 16) > 200
    assert red[2:] == "0000"
