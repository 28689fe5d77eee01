"""Stretched braces and brackets (``slabs.py``): bars, and as long as MathJax shows them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from conftest import BuildBook
from kexue_book.pdf.slabs import straight_part

RECTANGLE = "M10 -20V480H60V-20Z"
"""From 10 to 60, and from -20 to 480."""
ROUND_ENDS = "M10 0Q10 -20 35 -20T60 0V480Q60 500 35 500T10 480Z"
TWO = "M10 0V500H30V0ZM50 0V500H80V0Z"
AS_IT_IS = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def test_what_a_box_shows_of_a_bar() -> None:
    shown = straight_part(RECTANGLE, AS_IT_IS, (0, 100, 200, 50))
    assert shown == ((10, 100, 50, 50),)
    assert straight_part(TWO, AS_IT_IS, (0, 100, 200, 50)) == ((10, 100, 20, 50), (50, 100, 30, 50))
    stretched = (2.0, 0.0, 0.0, 8.0, 100.0, -50.0)
    assert straight_part(ROUND_ENDS, stretched, (0, 0, 900, 3000)) == ((120, 0, 100, 3000),)
    across = straight_part(RECTANGLE, (40.0, 0, 0, 1.0, 0, 0), (500, -300, 900, 2000))
    assert across == ((500, -20, 900, 500),)


@pytest.mark.parametrize(
    ("path", "box"),
    [
        (ROUND_ENDS, (0, -100, 200, 400)),  # its round end is seen
        (RECTANGLE, (0, 100, 200, 900)),  # its upper end is
        (RECTANGLE, (300, 100, 200, 50)),  # nothing is
        ("M0 0L100 500H120L20 0Z", (0, 100, 200, 50)),  # it slants
    ],
)
def test_what_is_no_bar_stays_an_outline(path: str, box: tuple[float, ...]) -> None:
    assert straight_part(path, AS_IT_IS, box) is None  # type: ignore[arg-type]


def test_a_turned_outline_stays_one() -> None:
    assert straight_part(RECTANGLE, (0, 1, 1, 0, 0, 0), (0, 0, 200, 50)) is None


SPOKEN = b"ActualText(\xfe\xff\0\\\\"
BODY = (
    "---\ntitle: 题\n---\n"
    "$$\\underbrace{a+b+c+d+e+f}_{\\text{六项之和}}=\\left[\\begin{matrix}"
    "1\\\\2\\\\3\\\\4\\\\5\\end{matrix}\\right]$$\n"
)


def test_words_and_stretched_signs_stand_in_the_line(build_book: BuildBook) -> None:
    built = build_book({"a.md": BODY}, formats=("pdf",))
    assert "\\underbrace{a+b+c+d+e+f}_{\\text{六项之和}}" in built.pdf_text()
    with pikepdf.open(built.pdf) as pdf:
        contents = (page.Contents.read_bytes() for page in pdf.pages)
        span = SPOKEN + "underbrace".encode("utf-16-be")
        (content,) = (content for content in contents if span in content)
    drawn = content.partition(span)[2].partition(b"EMC")[0]
    assert drawn.count(b" Tf") >= 2
    assert not {b"cm", b"W", b"BT", b"q"} & set(drawn.split())


def test_a_bracket_has_no_holes(build_book: BuildBook, tmp_path: Path) -> None:
    built = build_book({"a.md": BODY}, formats=("pdf",))
    command = ["pdftoppm", "-r", "150", "-gray", "-f", "4", "-l", "4", built.pdf, tmp_path / "p"]
    subprocess.run(command, check=True)
    (path,) = tmp_path.glob("p-*.pgm")
    with Image.open(path) as image:
        page = image.point(lambda level: 255 * (level < 160))
        columns = [
            bytes(page.crop((x, 0, x + 1, page.height)).getdata()) for x in range(page.width)
        ]
    runs = sorted(max(map(len, column.split(b"\0"))) for column in columns)
    assert runs[-2] > 150 * 60 / 72  # two brackets, five lines high


def test_rules_of_arrays_are_bars(build_book: BuildBook) -> None:
    body = (
        "---\ntitle: 题\n---\n$$\\begin{array}{c|c}a&b\\\\\\hline c&d\\end{array}$$ $\\boxed{x}$\n"
    )
    built = build_book({"a.md": body}, formats=("pdf",))
    with pikepdf.open(built.pdf) as pdf:
        (content,) = (c for page in pdf.pages if b"hline" in (c := page.Contents.read_bytes()))
    operators = content.split()
    assert b"S" not in operators
    assert operators.count(b"re") == 2 + 4


def test_a_bar_over_words_alone_is_there(build_book: BuildBook) -> None:
    posts = {
        "a.md": "---\ntitle: 题\n---\n$\\overline{\\text{中文}}$",
        "b.md": "---\ntitle: 题\n---\n$\\text{中文}$",
    }
    with pikepdf.open(build_book(posts, formats=("pdf",)).pdf) as pdf:
        with_bar, without = (
            page.Contents.read_bytes() for page in pdf.pages if _words(page.Contents.read_bytes())
        )
    drawn = with_bar.partition(b"BDC")[2].partition(b"EMC")[0]
    assert b" Tm" in drawn or with_bar.count(b" re") > without.count(b" re")


def _words(content: bytes) -> bool:
    return "中文".encode("utf-16-be") in content
