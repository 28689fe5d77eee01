"""What a screen reader needs: names of a table's columns."""

from __future__ import annotations

import re

from conftest import BuildBook

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


def test_a_formula_alone_names_its_column(build_book: BuildBook) -> None:
    head = build_book({"a.md": TABLES}, {"p.svg": PICTURE}).chapters().partition("</thead>")[0]
    cells = re.findall(r"<t[hd]\b.*?</t[hd]>", head.partition("<thead>")[2], re.DOTALL)
    corner, formula, words, picture = cells
    assert re.fullmatch(r"<td[^>]*></td>", corner)
    assert "scope" not in corner
    assert 'title="\\alpha"' in formula
    assert "title=" not in words
    assert picture.startswith("<th")
