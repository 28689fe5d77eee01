from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kexue_book.formulas import (
    ClipOp,
    EllipseOp,
    GlyphOp,
    Operator,
    PathOp,
    RectOp,
    StrokeOp,
    TextOp,
    parse_display_list,
    typeset_formulas,
)
from kexue_book.model import FormulaKey


def drawn(*sources: str) -> list[tuple[Operator, ...]]:
    keys = [FormulaKey(tex=source, display=True) for source in sources]
    done = typeset_formulas(keys, cache=None).formulas
    assert [done[key].error for key in keys] == [None] * len(keys)
    return [parse_display_list(done[key].operators) for key in keys]


def flat(operators: tuple[Operator, ...]) -> Iterator[Operator]:
    for operator in operators:
        yield operator
        if isinstance(operator, ClipOp):
            yield from flat(operator.operators)


def test_each_code_becomes_its_operator() -> None:
    unit = [1, 0, 0, 1, 0, 0]
    text = json.dumps(
        [
            ["G", "I-1D465", unit, None],
            ["R", 0, -5, 10, 20, "yellow"],
            ["S", [[0, 0], [10, 0]], 70, None, "dashed"],
            ["P", "M0 0L1 1", unit, "red", 0],
            ["E", unit, 5, 6, 67, None],
            ["T", "损失", unit, 1000, "normal", None],
            ["C", 0, 0, 10, 10, [["G", "N-31", unit, None]]],
        ]
    )
    matrix = (1, 0, 0, 1, 0, 0)
    assert parse_display_list(text) == (
        GlyphOp("I-1D465", matrix, None),
        RectOp(0, -5, 10, 20, "yellow"),
        StrokeOp(((0, 0), (10, 0)), 70, None, "dashed"),
        PathOp("M0 0L1 1", matrix, "red", 0),
        EllipseOp(matrix, 5, 6, 67, None),
        TextOp("损失", matrix, 1000, "normal", None),
        ClipOp(0, 0, 10, 10, (GlyphOp("N-31", matrix, None),)),
    )


def test_a_failed_formula_draws_nothing() -> None:
    assert parse_display_list("") == ()


@given(st.text(min_size=1).filter(lambda code: code not in "GRSPETC"))
def test_an_unknown_code_is_an_error(code: str) -> None:
    with pytest.raises(ValueError, match="unknown operator"):
        parse_display_list(json.dumps([[code, 1, 2]]))


def test_a_fraction_is_two_glyphs_and_a_rule_between() -> None:
    (operators,) = drawn(r"\frac{a}{b}")
    top, bottom = (op for op in operators if isinstance(op, GlyphOp))
    (rule,) = (op for op in operators if isinstance(op, RectOp))
    assert top.matrix[5] > rule.y > rule.y - rule.height > bottom.matrix[5]


def test_a_script_is_smaller_and_raised() -> None:
    (operators,) = drawn("x^2")
    base, script = (op.matrix for op in operators if isinstance(op, GlyphOp))
    assert (base[0], base[5]) == (1, 0)
    assert script[0] == pytest.approx(0.707)
    assert script[5] > 300


def test_a_background_comes_before_what_it_holds() -> None:
    for operators in drawn(
        r"\colorbox{yellow}{a}", r"\bbox[yellow,5px]{a}", r"\style{background:yellow}{a}"
    ):
        box, *_, glyph = operators
        assert isinstance(box, RectOp)
        assert box.color == "yellow"
        assert isinstance(glyph, GlyphOp)


def test_colour_reaches_what_it_colours_only() -> None:
    as_on_the_web, as_in_latex = drawn(r"\color{red}{a}b", r"{\color{red} a b}c")
    assert [op.color for op in flat(as_on_the_web)] == ["red", None]  # type: ignore[union-attr]
    assert [op.color for op in flat(as_in_latex)] == ["red", "red", None]  # type: ignore[union-attr]


def test_chinese_is_drawn_by_the_word_and_one_em_a_character() -> None:
    plain, small, mixed = drawn(r"\text{损失函数}x", r"x_{\text{损失}}", r"\text{第k步}")
    word, glyph = plain
    assert isinstance(word, TextOp)
    assert word.text == "损失函数"
    assert isinstance(glyph, GlyphOp)
    assert glyph.matrix[4] == pytest.approx(4000)
    (script,) = (op for op in small if isinstance(op, TextOp))
    assert script.size * script.matrix[0] == pytest.approx(707)
    assert [op.text for op in mixed if isinstance(op, TextOp)] == ["第", "步"]


def test_lines_keep_their_style() -> None:
    dashed, boxed, struck = drawn(
        r"\begin{array}{c:c}a&b\end{array}", r"\bbox[border:1px dotted]{a}", r"\cancel{a}"
    )
    for operators, style in ((dashed, "dashed"), (boxed, "dotted"), (struck, "")):
        lines = [op for op in operators if isinstance(op, StrokeOp)]
        assert {line.style for line in lines} == {style}


def test_letters_that_the_font_lacks_are_drawn_bold() -> None:
    (operators,) = drawn(r"\mathbb{1}\mathbb{R}")
    assert [op.glyph for op in operators if isinstance(op, GlyphOp)] == ["B-1D7CF", "D-211D"]
