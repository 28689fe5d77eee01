from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from kexue_book.formulas import GlyphOp, TextOp, parse_display_list, typeset_formulas
from kexue_book.model import FormulaKey, Typeset


def typeset(*sources: str, display: bool = True, cache: Path | None = None) -> list[Typeset]:
    keys = [FormulaKey(tex=source, display=display) for source in sources]
    done = typeset_formulas(keys, cache=cache)
    return [done.formulas[key] for key in keys]


def test_mathml_is_unicode_and_without_numbers() -> None:
    numbered, fraktur = typeset(
        r"\begin{align*}\boldsymbol{x}&=1\tag{0}\\&=\text{损失}\tag{0}\end{align*}", r"\mathfrak{g}"
    )
    root = etree.fromstring(numbered.mathml)
    assert root.tag == "{http://www.w3.org/1998/Math/MathML}math"
    text = "".join(map(str, root.itertext()))
    assert "𝒙" in text
    assert "损失" in text
    assert "(0)" not in text
    assert "𝔤" in fraktur.mathml
    assert "mlabeledtr" not in numbered.mathml


def test_rows_of_numbers_stand_on_their_rows() -> None:
    (formula,) = typeset(r"\begin{align*}a\tag{0}\\b\\c\tag{0}\end{align*}")
    glyphs = [op for op in parse_display_list(formula.operators) if isinstance(op, GlyphOp)]
    heights = [op.matrix[5] / 1000 for op in glyphs]
    assert formula.tag_rows == pytest.approx((heights[0], heights[2]), abs=0.01)


def test_a_number_does_not_change_the_width() -> None:
    plain, numbered = typeset("E=mc^2", r"\begin{equation*}E=mc^2\tag{0}\end{equation*}")
    assert numbered.width == pytest.approx(plain.width, abs=0.01)


def test_chinese_is_text_for_the_books_font() -> None:
    (formula,) = typeset(r"\text{损失}", display=False)
    words = [op for op in parse_display_list(formula.operators) if isinstance(op, TextOp)]
    assert "".join(op.text for op in words) == "损失"
    assert formula.width == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (r"\foo", "Undefined control sequence"),
        (r"\frac{1", "Missing close brace"),
        (r"\def\x{\x\x}\x", "recursive"),
        (r"\begin{nowhere}a\end{nowhere}", "Unknown environment"),
    ],
)
def test_what_cannot_be_set_says_why(source: str, message: str) -> None:
    (formula,) = typeset(source)
    assert message in str(formula.error)
    assert formula.mathml == ""


def test_definitions_end_with_their_formula() -> None:
    first, second = typeset(r"\newcommand{\foo}{1}\foo", r"\foo + 1")
    assert first.error is None
    assert second.error is not None


def test_what_html_could_do_harm_with_does_not_come_through() -> None:
    (formula,) = typeset(
        r"\href{javascript:alert(1)}{a}\class{x}{b}\style{background:url(//x)}{c}\cssId{i}{d}"
    )
    assert formula.error is None
    assert not any(word in formula.mathml for word in ("javascript", "class=", "url(", "id="))


def test_the_cache_gives_back_what_it_got(tmp_path: Path) -> None:
    path = tmp_path / "formulas.sqlite"
    keys = [FormulaKey(tex=tex, display=True) for tex in ("a^2", r"\foo", r"\text{中}")]
    made = typeset_formulas(keys, cache=path)
    steps: list[int] = []
    kept = typeset_formulas(keys, cache=path, advance=lambda done, _: steps.append(done))
    assert kept == made
    assert steps == [3]


@pytest.mark.parametrize("content", [b"", b"no database" * 100])
def test_a_damaged_cache_is_done_without(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "formulas.sqlite"
    path.write_bytes(content)
    (formula,) = typeset("a", cache=path)
    assert formula.error is None


def test_a_cache_that_cannot_be_made_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (formula,) = typeset("b", cache=tmp_path / "file" / "formulas.sqlite")
    assert formula.error is None


def test_several_processes_set_the_same(tmp_path: Path) -> None:
    keys = [FormulaKey(tex=f"x_{{{n}}}^{{{n}}}", display=False) for n in range(700)]
    alone = typeset_formulas(keys, cache=None)
    together = typeset_formulas(keys, cache=None, jobs=2)
    assert together.formulas == alone.formulas
    assert together.glyphs == alone.glyphs
