"""Lists in the PDF: the numbers the post gives them. And what old HTML says in attributes."""

from __future__ import annotations

import re
import subprocess

import pytest

from conftest import BuildBook, Built
from kexue_book.pdf import page_size

SIZE = page_size("a5")


def build(build_book: BuildBook, body: str) -> Built:
    return build_book({"a.md": f"---\ntitle: 题\n---\n{body}"}, formats=("epub", "pdf"))


def numbered(built: Built) -> list[str]:
    """The lines of the chapter that begin with a number, without spaces."""
    body = built.pdf_text("-layout").partition("第1章")[2].partition("关于本书")[0]
    found = re.findall(r"^ *(\w+\.) *(\S+)$", body, re.MULTILINE)
    return [f"{number}{text}" for number, text in found]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("3. 甲\n4. 乙\n", ["3.甲", "4.乙"]),
        ("1. 甲\n2. 乙\n", ["1.甲", "2.乙"]),
        ("2021. 甲\n2022. 乙\n", ["2021.甲", "2022.乙"]),
        ('<ol start="3" type="A"><li>甲</li><li>乙</li></ol>', ["C.甲", "D.乙"]),
        ('<ol type="i"><li>甲</li><li>乙</li></ol>', ["i.甲", "ii.乙"]),
        ("3. 甲\n\n   - 点\n\n     0. 丙\n     1. 丁\n4. 乙\n", ["3.甲", "0.丙", "1.丁", "4.乙"]),
    ],
)
def test_lists_begin_where_they_say(build_book: BuildBook, body: str, expected: list[str]) -> None:
    assert numbered(build(build_book, body)) == expected


def test_numbers_of_long_lists_stay_on_the_page(build_book: BuildBook) -> None:
    built = build(build_book, "12345. 甲\n12346. 乙\n")
    command = ["pdftotext", "-bbox", built.pdf, "-"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    left = float(re.findall(r'xMin="([\d.]+)"[^>]*>12345', answer)[0])
    assert left > SIZE.inner_margin - 5


@pytest.mark.parametrize("element", ["p", "div"])
def test_alignment_by_attribute_is_kept(build_book: BuildBook, element: str) -> None:
    built = build(build_book, f'<{element} align="right">末尾</{element}>')
    assert 'align="' not in built.chapters()
    command = ["pdftotext", "-bbox", built.pdf, "-"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    right = float(re.findall(r'xMax="([\d.]+)"[^>]*>末尾', answer)[0])
    assert right == pytest.approx(SIZE.width - SIZE.outer_margin, abs=0.5)


def test_cells_are_aligned_by_attribute(build_book: BuildBook) -> None:
    built = build(build_book, '<table><tr><td align="Right">甲</td><td>乙</td></tr></table>')
    assert '<td class="right">甲</td>' in built.chapters()
