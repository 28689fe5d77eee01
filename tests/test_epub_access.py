"""What a screen reader needs: names of a table's columns."""

from __future__ import annotations

import re

from conftest import BuildBook, Built
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
