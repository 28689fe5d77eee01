from __future__ import annotations

import json
import re

import pytest
from lxml import etree

from kexue_book.formulas import Box, draw_svg, formula_box, typeset_formulas
from kexue_book.formulas.outlines import outline
from kexue_book.model import FormulaKey, Glyph, Typeset, Typesetting

SVG = "{http://www.w3.org/2000/svg}"
UNIT = [1, 0, 0, 1, 0, 0]
SQUARE = Glyph(path="M0 0V500H500V0Z", advance=500)


def typeset(*sources: str) -> tuple[Typesetting, list[Typeset]]:
    keys = [FormulaKey(tex=source, display=True) for source in sources]
    done = typeset_formulas(keys, cache=None)
    return done, [done.formulas[key] for key in keys]


def drawn(*operators: object, label: str = "", box: Box | None = None) -> etree._Element:
    """An SVG of operators as in the display list, with one glyph, a square."""
    formula = Typeset(mathml="", width=2, height=0.75, depth=0.25, operators=json.dumps(operators))
    return etree.fromstring(draw_svg(formula, {"N-0": SQUARE}, label=label, box=box))


def test_it_is_as_large_as_the_formula_and_stands_on_the_line() -> None:
    svg = drawn(["G", "N-0", UNIT, None])
    assert (svg.get("width"), svg.get("height")) == ("2em", "1em")
    assert svg.get("viewBox") == "0 -750 2000 1000"
    assert svg.get("style") == "vertical-align:-0.25em"


def test_a_box_of_ones_own() -> None:
    svg = drawn(["G", "N-0", UNIT, None], box=Box(left=-100, bottom=-300, right=900, top=700))
    assert (svg.get("width"), svg.get("height")) == ("1em", "1em")
    assert svg.get("viewBox") == "-100 -700 1000 1000"
    assert svg.get("style") == "vertical-align:-0.3em"


def test_its_alternative_text_is_the_latex() -> None:
    svg = drawn(label=r'a<b & "c"')
    assert svg.get("aria-label") == r'a<b & "c"'
    assert svg.get("role") == "img"


def test_glyphs_and_rules_of_one_colour_are_one_path() -> None:
    script = [0.5, 0, 0, 0.5, 600, 300]
    svg = drawn(["G", "N-0", UNIT, None], ["R", 0, 250, 500, 40, None], ["G", "N-0", script, None])
    (path,) = svg
    assert path.get("fill") is None
    assert path.get("d") == ("M0 0v-500h500v500zM0 -290h500v40h-500zM600-300v-250h250v250z")
    assert svg.get("fill") == "currentColor"


def test_a_mirrored_glyph_does_not_cut_out_its_neighbour() -> None:
    svg = drawn(["G", "N-0", UNIT, None], ["G", "N-0", [-1, 0, 0, 1, 400, 0], None])
    assert [path.get("transform") for path in svg] == [None, "matrix(-1 0 0 1 400 0)"]


@pytest.mark.parametrize(
    ("color", "fill"),
    [
        ("red", "#ff0000"),
        ("#abc", "#aabbcc"),
        ("rgb(0, 128, 255)", "#0080ff"),
        ("url(http://example.org/)", None),
        ('red" onload="x', None),
        ("currentColor", None),
        ("rgb(300, 0, -5)", "#ff0000"),
        ("rgb(1e999, 0, 0)", None),
        ("lab(50 40 30)", None),
        ("nonsense", None),
    ],
)
def test_only_colours_are_colours(color: str, fill: str | None) -> None:
    (path,) = drawn(["G", "N-0", UNIT, color])
    assert path.get("fill") == fill


def test_each_operator_is_drawn() -> None:
    svg = drawn(
        ["S", [[0, 0], [10, 5]], 70, None, "dashed"],
        ["P", "M0 0L1 1", UNIT, "red", 0],
        ["E", UNIT, 5, 6, 67, None],
        ["T", "损<失", UNIT, 1000, "bold", None],
        ["C", 10, -5, 100, 50, [["G", "N-0", UNIT, None]]],
    )
    line, path, ellipse, text, clip = svg
    assert (line.get("points"), line.get("stroke-dasharray")) == ("0,0 10,-5", "140")
    assert (line.get("fill"), line.get("stroke")) == ("none", "currentColor")
    assert (path.get("fill"), path.get("transform")) == ("#ff0000", "matrix(1 0 0 -1 0 0)")
    assert (ellipse.get("rx"), ellipse.get("ry")) == ("5", "6")
    assert (text.text, text.get("font-family"), text.get("font-weight")) == (
        *("损<失", "serif"),
        "bold",
    )
    assert (clip.tag, clip.get("overflow")) == (f"{SVG}svg", "hidden")
    assert clip.get("viewBox") == "10 -45 100 50"
    assert len(clip) == 1


def test_real_formulas_stand_alone() -> None:
    done, formulas = typeset(
        r"\frac{a}{\sqrt{b}}\text{损失}",
        r"\color{red}{x}+\colorbox{yellow}{z}",
        r"\begin{array}{c:c}a&b\\\hline c&d\end{array}",
        r"\xrightarrow{abc}\overbrace{a+b}\left\{\begin{matrix}a\\b\\c\\d\end{matrix}\right.",
        r"\cancel{x}\boxed{E}\enclose{circle}{x}",
    )
    for formula in formulas:
        svg = etree.fromstring(draw_svg(formula, done.glyphs, label="x"))
        text = etree.tostring(svg, encoding="unicode")
        assert not re.search(r"\b(id|href|class)=|url\(|<(use|style|script)", text)
        assert len(svg) > 0
        assert svg.get("width") == f"{formula_box(formula).right / 1000:.4f}".rstrip("0") + "em"


def test_an_outline_keeps_its_shape_when_it_is_scaled_and_moved() -> None:
    curve = outline("M10 20Q30 40 50 60T70 80H100V0L10 20Z", 2, 0.5)
    assert curve.at(1000, 100) == "M1020 90q40-10 80-20t40-10h60v40l-180-10z"
    two = outline("M0 0L10 10ZM20 20L30 30Z", 1, 1)
    assert two.at(0, 0) == "M0 0l10-10zm20-20l10-10z"
    assert outline("", 1, 1).at(5, 5) == ""


def test_an_outline_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown command 'A'"):
        outline("M0 0A1 1 0 0 0 2 2", 1, 1)
