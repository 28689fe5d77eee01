"""Wide formulas are broken, and nothing of them leaves the page."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from weasyprint.text.fonts import FontConfiguration

from conftest import BuildBook, Built
from kexue_book.formulas import parse_display_list, parse_rows, typeset_formulas
from kexue_book.model import EquationNumber, Formula, FormulaKey
from kexue_book.pdf.breaking import break_in_text
from kexue_book.pdf.display import Display, SetDisplay
from kexue_book.pdf.extents import Extents, stated_extent
from kexue_book.pdf.formula_image import Studio
from kexue_book.pdf.layout_hooks import join_leaders, keep_punctuation, tell_measure
from kexue_book.pdf.math_font import MathFont
from kexue_book.pdf.own_images import allow_own_images, own_images_possible

STYLE = {"font_size": 10, "font_family": ["serif"], "lang": "zh", "font_weight": 400, "color": None}
SUM = "+".join(rf"\frac{{a_{{{n}}}}}{{b_{{{n}}}}}x^{{{n}}}" for n in range(12))
WIDE = [
    rf"f(x)={SUM}={SUM}",
    rf"\begin{{align*}}f(x)&={SUM}\\&\le {SUM}+{SUM}\\&=0\end{{align*}}",
    rf"\begin{{equation*}}\begin{{aligned}}f&={SUM}\\g&=1\end{{aligned}}\end{{equation*}}",
    rf"\Big[{SUM}+{SUM}\Big]^2",
    r"x_1=1,\quad " * 15 + "x=0",
]


def display(tex: str, *, numbers: tuple[str, ...] = ()) -> Display:
    key = FormulaKey(tex=tex, display=True)
    done = typeset_formulas([key], cache=None)
    typeset = done.formulas[key]
    assert typeset.error is None
    studio = Studio(
        MathFont(done.glyphs), Extents(done.glyphs), FontConfiguration(), page_height=600
    )
    formula = Formula(
        key=key,
        source=tex,
        line=1,
        numbers=tuple(EquationNumber(text=text, anchor=f"e{text}", bare=False) for text in numbers),
        anchors=(),
    )
    return Display(formula, typeset, parse_display_list(typeset.operators), studio)


def reach(made: SetDisplay) -> tuple[float, float]:
    """Left and right edge of all lines in the measure; px."""
    extents = [line.extent for row in made.rows for line in row.lines]
    unit = made.scale / 1000
    left = min(extent.left for extent in extents) * unit + made.left
    return left, max(extent.right for extent in extents) * unit + made.left


@pytest.mark.parametrize("tex", WIDE)
@pytest.mark.parametrize("measure", [200, 330, 420])
def test_a_broken_display_keeps_within_its_measure(tex: str, measure: float) -> None:
    shown = display(tex)
    made = shown.fit(measure, STYLE, breaking=True)
    left, right = reach(made)
    assert left > -1
    assert right < measure + 1
    assert any(len(row.lines) > 1 for row in made.rows)
    # Every operator is drawn once, in order.
    drawn = [i for row in made.rows for line in row.lines for i in range(line.first, line.end)]
    assert drawn == list(range(len(shown.operators)))


@pytest.mark.parametrize("tex", WIDE)
def test_lines_do_not_touch(tex: str) -> None:
    for row in display(tex).fit(330, STYLE, breaking=True).rows:
        edge = 0.0
        for line, baseline in zip(row.lines, row.baselines, strict=True):
            assert baseline - line.extent.top >= edge - 0.1
            edge = baseline - line.extent.bottom
        assert edge <= row.height + 0.1


def test_lines_go_on_under_the_first_relation() -> None:
    (row,) = display(WIDE[0]).fit(330, STYLE, breaking=True).rows
    first, *others = row.lines
    assert first.extent.left == pytest.approx(0, abs=100)
    starts = sorted(round(line.extent.left / 100) for line in others)
    assert starts[0] < starts[-1]  # "=" under "=", and "+" under what follows it
    assert starts[-1] - starts[0] < 20


def test_what_nearly_fits_is_made_a_little_smaller_instead() -> None:
    shown = display("a=b+c+d")
    width = shown.rows[0].end and reach(shown.fit(1000, STYLE, breaking=True))
    made = shown.fit((width[1] - width[0]) * 0.96, STYLE, breaking=True)
    assert len(made.rows[0].lines) == 1
    assert 9 < made.scale < 10


def test_what_has_no_place_to_break_is_made_smaller() -> None:
    made = display(r"\frac{" + SUM * 3 + "}{2}").fit(330, STYLE, breaking=True)
    assert len(made.rows[0].lines) == 1
    assert reach(made)[1] <= 331


def test_a_display_keeps_clear_of_its_number() -> None:
    shown = display("a=b", numbers=("12.34",))
    narrow = reach(shown.fit(80, STYLE, breaking=True))
    number = shown.number_line(shown.formula.numbers[0], STYLE)
    assert narrow[1] <= 80 - number.width - 9
    assert narrow[0] >= 0
    centred = reach(shown.fit(600, STYLE, breaking=True))
    assert sum(centred) / 2 == pytest.approx(300, abs=2)


def test_a_formula_in_the_text_breaks_after_relations() -> None:
    key = FormulaKey(tex=r"f(x)=a+b+c+d\le e+f+g+h=\frac{i=j}{k}", display=False)
    done = typeset_formulas([key], cache=None)
    typeset = done.formulas[key]
    operators = parse_display_list(typeset.operators)
    pieces = break_in_text(
        parse_rows(typeset.lines), operators, Extents(done.glyphs), stated_extent(typeset)
    )
    assert len(pieces) == 4
    assert [piece.first for piece in pieces[1:]] == [piece.end for piece in pieces[:-1]]
    assert pieces[-1].end == len(operators)


def test_a_line_may_end_between_pieces_but_not_before_punctuation() -> None:
    from weasyprint.layout import inline

    assert keep_punctuation(), (
        "WeasyPrint's line layout is not what pdf/layout_hooks.py was made for"
    )
    can_break_text = inline.can_break_text
    assert can_break_text("\ufffc\ufffc", "zh")
    for mark in "，。、；：？！）》”…—·":
        assert not can_break_text(f"\ufffc{mark}", "zh")


def test_dots_of_the_contents_are_one_text(build_book: BuildBook) -> None:
    assert join_leaders(), "WeasyPrint's leaders are not what pdf/layout_hooks.py was made for"
    built = build_book({"a.md": "---\ntitle: 甲\n---\n文"}, formats=("pdf",))
    (contents,) = (n for n, text in enumerate(built.pdf_text().split("\f")) if "目录" in text)
    assert re.search(r"甲 ?[. ]{60,}1\n", built.pdf_text("-layout"))
    with pikepdf.open(built.pdf) as pdf:
        content = pikepdf.parse_content_stream(pdf.pages[contents])
    shown = [operator for _, operator in content if str(operator) in ("TJ", "Tj")]
    assert len(shown) < 12


def test_weasyprint_says_how_wide_the_measure_is() -> None:
    assert tell_measure(), "WeasyPrint's block layout is not what pdf/layout_hooks.py was made for"


def test_weasyprint_lets_images_stand_and_draw_themselves_as_they_will() -> None:
    changed = "WeasyPrint's images are not what pdf/own_images.py was written for"
    assert own_images_possible(), changed
    allow_own_images()
    assert own_images_possible(), changed


def ink(built: Built, folder: Path) -> list[tuple[float, float]]:
    """For each page with text the left and right edge of what is printed, of the page's width."""
    subprocess.run(["pdftoppm", "-r", "60", "-gray", "-png", built.pdf, folder / "p"], check=True)
    edges = []
    for file in sorted(folder.glob("p*.png")):
        page = Image.open(file)
        body = page.crop((0, page.height // 10, page.width, page.height * 9 // 10))
        box = body.point(lambda value: 255 if value < 200 else 0).getbbox()
        if box:
            edges.append((box[0] / page.width, box[2] / page.width))
    return edges


def test_nothing_is_printed_beyond_the_margins(build_book: BuildBook, tmp_path: Path) -> None:
    inline = r"$f(x)=a_1+a_2+a_3+a_4\le b_1+b_2+b_3+b_4=c_1+c_2+c_3$"
    body = "\n\n".join(f"$${tex}$$" for tex in WIDE) + "\n\n"
    body += "\n\n".join(f"{'汉' * n}{inline}，下文。" for n in range(3, 33, 3))
    body += f"\n\n> $${WIDE[0]}$$\n\n1. 一\n\n   $${WIDE[1]}$$\n"
    built = build_book({"a.md": f"---\ntitle: T\n---\n{body}"}, formats=("pdf",))
    for left, right in ink(built, tmp_path)[3:]:
        assert left > 45 / 420 - 0.01
        assert right < 1 - 45 / 420 + 0.01


def test_a_long_derivation_goes_on_on_the_next_page(build_book: BuildBook) -> None:
    rows = r"\\".join(rf"a_{{{n}}}&=\frac{{{n}}}{{2}}" for n in range(40))
    body = rf"前文。\begin{{align}}{rows}\end{{align}}后文。"
    pages = build_book({"a.md": f"---\ntitle: T\n---\n{body}"}, formats=("pdf",)).pdf_text()
    numbered = [[n for n in range(1, 41) if f"({n})" in page] for page in pages.split("\f")]
    assert next(numbers for numbers in numbered if len(numbers) > 5)[0] == 1
    assert sum(len(numbers) > 5 for numbers in numbered) >= 2
    assert {n for numbers in numbered for n in numbers} == set(range(1, 41))
    assert pages.count(r"a_{0}&=") == 1


def test_a_matrix_higher_than_a_page_is_made_smaller(build_book: BuildBook, tmp_path: Path) -> None:
    rows = r"\\".join(rf"\frac{{{n}}}{{2}} & 1" for n in range(60))
    body = rf"$$\left(\begin{{matrix}}{rows}\end{{matrix}}\right)$$"
    built = build_book({"a.md": f"---\ntitle: T\n---\n前文。\n\n{body}"}, formats=("pdf",))
    assert built.summary.pages is not None
    assert built.summary.pages < 12
    command = ["pdftoppm", "-r", "40", "-gray", "-png", built.pdf, tmp_path / "m"]
    subprocess.run(command, check=True)
    for file in tmp_path.glob("m*.png"):
        page = Image.open(file)
        foot = page.crop((0, page.height * 97 // 100, page.width, page.height))
        assert foot.convert("L").getextrema()[0] > 200
