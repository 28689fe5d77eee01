"""Footnotes, tables and images where they do not fit in."""

from __future__ import annotations

import io
import re
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from conftest import BuildBook, Built
from kexue_book.pdf import page_size

SIZE = page_size("a5")
LEFT, RIGHT = SIZE.inner_margin, SIZE.width - SIZE.outer_margin
FILL = "汉字" * 150


def build(build_book: BuildBook, body: str, files: dict[str, bytes] | None = None) -> Built:
    return build_book({"a.md": f"---\ntitle: 题\n---\n{body}"}, files, formats=("pdf",))


def pages(built: Built) -> list[str]:
    return built.pdf_text().split("\f")[3:-2]


def words(built: Built, page: int) -> list[tuple[float, float, float, str]]:
    """The words of a page of the body: left, right, top, text."""
    command = ["pdftotext", "-bbox", "-f", f"{page + 3}", "-l", f"{page + 3}", built.pdf, "-"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    word = r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)"[^>]*>([^<]*)'
    return [(float(a), float(b), float(y), text) for a, y, b, text in re.findall(word, answer)]


def right_edge(built: Built, page: int) -> float:
    """How far to the right there is anything on a page, the running head left out; pt."""
    command = ["pdftoppm", "-gray", "-r", "144", "-f", f"{page + 3}", "-l", f"{page + 3}"]
    drawn = subprocess.run([*command, built.pdf], capture_output=True, check=True).stdout
    image = Image.open(io.BytesIO(drawn)).point(lambda value: 255 if value < 200 else 0)
    box = image.crop((0, 100, *image.size)).getbbox()
    assert box is not None
    return box[2] / 2


def picture(width: int, height: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "#ccddee").save(file, "PNG")
    return file.getvalue()


# Footnotes


@pytest.mark.parametrize(
    "body",
    [
        "## 标题[^n]\n\n正文。",
        "- 列表[^n]\n\n正文。",
        "- 外\n  - 内层[^n]\n\n正文。",
        "> 引文[^n]\n\n正文。",
        "| 表头[^n] | 乙 |\n|---|---|\n| 一 | 二 |\n\n正文。",
        "| 甲 | 乙 |\n|---|---|\n| 单元格[^n] | 二 |\n\n正文。",
        "![图题在此[^n]](fig.png)\n\n正文。",
        "**粗体[^n]**与正文。",
    ],
)
def test_a_note_stands_at_the_foot_in_its_own_font(build_book: BuildBook, body: str) -> None:
    built = build(build_book, f"{body}\n\n[^n]: 注文在下。", {"fig.png": picture(300, 100)})
    found = words(built, 1)
    note = next(word for word in found if "注文在下" in word[3])
    number = next(word for word in found if word[3] == "1" and abs(word[2] - note[2]) < 3)
    assert number[0] == pytest.approx(LEFT, abs=1)
    assert note[2] > SIZE.height - SIZE.bottom_margin - 25
    assert built.pdf_text().count("注文在下") == 1
    # Not bold, not Kai: as wide and as high as any note.
    command = ["pdftotext", "-bbox-layout", "-f", "4", "-l", "4", built.pdf, "-"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    lines = re.findall(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">注文在下', listed)
    ((top, bottom),) = lines
    assert float(bottom) - float(top) == pytest.approx(8.5 * 1.3, abs=1.6)


def test_notes_are_numbered_anew_in_each_chapter(build_book: BuildBook) -> None:
    body = "甲[^1]乙[^2]。\n\n[^1]: 注甲{n}。\n[^2]: 注乙{n}。"
    post = f"---\ntitle: 题{{n}}\ndate: 2020-01-0{{n}}\n---\n{body}"
    posts = {f"{n}.md": post.replace("{n}", str(n)) for n in (1, 2)}
    text = " ".join(build_book(posts, formats=("pdf",)).pdf_text().split())
    for n in (1, 2):
        assert f"1 注甲{n}。 2 注乙{n}。" in text


@pytest.mark.parametrize("filling", range(10, 24, 2))
def test_notes_stand_on_the_page_of_their_calls(build_book: BuildBook, filling: int) -> None:
    # Several in one line, near the foot of the page.
    lines = "\n\n".join(["一行正文。"] * filling)
    notes = "".join(f"[^{n}]: 末行注{n}，{'略长的注文' * 9}。\n" for n in (1, 2, 3))
    built = build(build_book, f"{lines}\n\n末行多注[^1]、[^2]、[^3]完。\n\n{FILL}\n\n{notes}")
    page = next(page for page in pages(built) if "末行多注" in page)
    for n in (1, 2, 3):
        assert f"末行注{n}" in page


def test_a_note_longer_than_a_page_goes_on_overleaf(build_book: BuildBook) -> None:
    sentences = [f"第{n}句，很长的注文很长的注文很长的注文很长的注文。" for n in range(120)]
    notes = f"[^1]: {''.join(sentences)}\n[^2]: 短注。\n"
    built = build(build_book, f"{FILL}长注[^1]，后有短注[^2]。\n\n{FILL * 8}\n\n{notes}")
    text = "".join(built.pdf_text().split())
    places = [text.index(f"第{n}句") for n in range(120)]
    assert places == sorted(places)
    assert text.index("短注。", text.index("第119句")) > 0
    call = next(i for i, page in enumerate(pages(built)) if "后有短注" in page)
    first = next(i for i, page in enumerate(pages(built)) if "第0句" in page)
    assert call == first
    for number, page in enumerate(pages(built), 1):
        found = [word for word in words(built, number) if word[2] > 60]
        notes = [word[2] for word in found if "注文" in word[3]]
        main = [word[2] for word in found if "汉字" in word[3]]
        assert not notes or max(main, default=0) < min(notes), page
        assert max(word[2] for word in found) < SIZE.height


def test_code_and_formulas_stand_in_notes(build_book: BuildBook) -> None:
    note = "[^1]: 带代码：\n\n    ```\n    x = 1\n    ```\n\n    与公式 $a^2$，\n\n    $$b^2=c$$"
    text = build(build_book, f"正文[^1]。\n\n{note}\n").pdf_text()
    for part in ("x = 1", "a^2", "b^2=c"):
        assert part in text


# Tables

MANY = "| 编号 | 说明 |\n|---|---|\n" + "\n".join(f"| 第{n}行 | 说明{n} |" for n in range(70))


def test_a_long_table_repeats_its_head_and_begins_where_it_is(build_book: BuildBook) -> None:
    built = build(build_book, f"表前的话。\n\n{MANY}")
    found = pages(built)
    assert len(found) == 4
    assert "表前的话" in found[0]
    assert "第0行" in found[0]
    for page in found:
        assert "编号" in page
    rows = [int(n) for page in found for n in re.findall(r"第(\d+)行", page)]
    assert rows == list(range(70))
    assert "第68行" in found[-1]  # no row stands alone


def test_a_short_table_stays_on_one_page(build_book: BuildBook) -> None:
    table = "| 编号 | 说明 |\n|---|---|\n" + "\n".join(f"| 第{n}行 | 说明 |" for n in range(8))
    built = build(build_book, "\n\n".join(["一行正文。"] * 22) + f"\n\n{table}")
    page = next(page for page in pages(built) if "第0行" in page)
    assert "编号" in page
    assert "第7行" in page


def row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


FORMULA = "$" + "+".join(f"x_{{{n}}}" for n in range(40)) + "$"
FRACTION = r"$\frac{" + "a" * 60 + "}{b}$"
WIDE = {
    "a little": [f"Column{n}" for n in range(8)],
    "much": [f"value_{n}_abc" for n in range(16)],
    "a word": ["a" * 150, "短"],
    "code": [f"`{'code_' * 30}`", "短"],
    "a formula": [FORMULA, FORMULA],
    "what cannot be broken": [FRACTION, FRACTION, FRACTION],
}


@pytest.mark.parametrize("case", WIDE)
def test_no_table_is_wider_than_the_measure(build_book: BuildBook, case: str) -> None:
    cells = WIDE[case]
    table = row(*cells) + "|" + "---|" * len(cells) + "\n" + row(*cells)
    nested = "- 列表\n\n" + "".join(f"  {line}\n" for line in table.splitlines())
    built = build(build_book, f"{table}\n{nested}")
    for page in range(1, len(pages(built)) + 1):
        assert right_edge(built, page) <= RIGHT + 1


def test_a_table_that_fits_keeps_its_size(build_book: BuildBook) -> None:
    cells = ["甲", "乙"]
    small = row(*cells) + "|---|---|\n" + row(*cells)
    wide = row(*WIDE["much"]) + "|" + "---|" * 16 + "\n" + row(*WIDE["much"])

    def height(built: Built) -> float:
        command = ["pdftotext", "-bbox", "-f", "4", "-l", "4", built.pdf, "-"]
        listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        found = re.findall(r'yMin="([\d.]+)"[^>]*yMax="([\d.]+)">甲<', listed)
        return float(found[-1][1]) - float(found[-1][0])

    alone = height(build(build_book, small))
    assert height(build(build_book, f"{small}\n\n另一表\n\n{wide}")) == pytest.approx(alone)


# Images


@pytest.mark.parametrize("shape", [(3000, 900), (400, 4000), (3000, 3000)])
@pytest.mark.parametrize("filling", [1, 9, 17])
def test_images_fit_and_keep_their_captions(
    build_book: BuildBook, shape: tuple[int, int], filling: int
) -> None:
    lines = "\n\n".join(["一行正文。"] * filling)
    files = {"fig.png": picture(*shape)}
    built = build(build_book, f"{lines}\n\n![此图的图题](fig.png)\n\n后文。", files)
    captioned = next(n for n, page in enumerate(pages(built), 1) if "此图的图题" in page)
    command = ["pdfimages", "-list", str(built.pdf)]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    (image,) = [line.split() for line in listed.splitlines()[2:]]
    assert int(image[0]) == captioned + 3
    dots = float(image[12])
    assert shape[0] / dots * 72 <= RIGHT - LEFT + 1
    assert shape[1] / dots * 72 <= SIZE.lines * SIZE.leading
    caption = next(word for word in words(built, captioned) if "此图的图题" in word[3])
    assert caption[2] < SIZE.height - SIZE.bottom_margin


def deep(kind: str) -> bytes:
    """A picture that WeasyPrint cannot put into a PDF as it is: 20,000 of 65,535, about."""
    file = io.BytesIO()
    if kind == "print":
        Image.new("CMYK", (40, 30), (0, 0, 0, 177)).save(file, "TIFF")
    elif kind == "long":
        Image.new("I", (40, 30), 20_000).save(file, "TIFF")
    else:
        image = Image.new("I;16", (40, 30), 20_000)
        image.putpixel((0, 0), 20_001)
        image.save(file, "PNG", **({"transparency": 20_001} if kind == "clear" else {}))
    return file.getvalue()


@pytest.mark.parametrize("kind", ["grey", "clear", "long", "print"])
def test_images_of_many_bits_are_shown_as_they_are(
    build_book: BuildBook, tmp_path: Path, kind: str
) -> None:
    name = "fig.png" if kind in ("grey", "clear") else "fig.tif"
    built = build(build_book, f"前文。\n\n![图]({name})\n\n后文。", {name: deep(kind)})
    assert built.told.codes == []
    subprocess.run(["pdfimages", "-f", "4", "-png", built.pdf, tmp_path / "shown"], check=True)
    shown, *masks = [Image.open(file).convert("L") for file in sorted(tmp_path.glob("shown*"))]
    assert shown.size == (40, 30)
    assert {shown.getpixel((x, y)) for x in (5, 35) for y in (5, 25)} == {78}
    assert [(m.getpixel((0, 0)), m.getpixel((5, 5))) for m in masks] == (
        [(0, 255)] if kind == "clear" else []
    )
