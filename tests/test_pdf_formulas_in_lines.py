"""Formulas with words, rules and stretched signs: in their lines, and whole."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pikepdf
from PIL import Image

from conftest import BuildBook

SPOKEN = b"ActualText(\xfe\xff"
BODY = (
    "---\ntitle: 题\n---\n"
    "$$\\underbrace{a+b+c+d+e+f}_{\\text{六项之和}}=\\left[\\begin{matrix}"
    "1\\\\2\\\\3\\\\4\\\\5\\end{matrix}\\right]$$\n"
)


def test_words_stand_in_the_line(build_book: BuildBook) -> None:
    body = "---\ntitle: 题\n---\n设 $S_{\\text{六项之和}}=a+b$ 为"
    built = build_book({"a.md": body}, formats=("pdf",))
    assert "S_{\\text{六项之和}}=a+b" in built.pdf_text()
    with pikepdf.open(built.pdf) as pdf:
        contents = (page.Contents.read_bytes() for page in pdf.pages)
        span = SPOKEN + "S_{".encode("utf-16-be")
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
