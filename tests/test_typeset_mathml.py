"""The MathML of formulas: a reader that knows only MathML Core and CSS must show them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from kexue_book.formulas.mathjax import MathJax
from kexue_book.model import FormulaKey, Typeset

NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"
HARMFUL = {"class", "id", "href", "title", "onclick", "src", "actiontype"}


@pytest.fixture(scope="module")
def engine() -> Iterator[MathJax]:
    engine = MathJax()
    yield engine
    engine.close()


def typeset(engine: MathJax, source: str, *, display: bool = False) -> Typeset:
    key = FormulaKey(tex=source, display=display)
    return engine.typeset([key]).formulas[key]


def mathml(engine: MathJax, source: str, *, display: bool = False) -> str:
    """The elements inside ``<math>``, without the namespace."""
    formula = typeset(engine, source, display=display)
    assert formula.error is None
    root = etree.fromstring(formula.mathml)
    text = "".join(etree.tostring(child, encoding="unicode") for child in root)
    return text.replace(' xmlns="http://www.w3.org/1998/Math/MathML"', "")


SERIALIZED = {
    "x^2": "<msup><mi>x</mi><mn>2</mn></msup>",
    r"\frac{1}{n}": "<mfrac><mn>1</mn><mi>n</mi></mfrac>",
    r"\sqrt[3]{x}": "<mroot><mi>x</mi><mn>3</mn></mroot>",
    r"a<b": "<mi>a</mi><mo>&lt;</mo><mi>b</mi>",
    r"\boldsymbol{x}": "<mi>𝒙</mi>",
    r"\bm{\theta}": "<mi>𝜽</mi>",
    r"\mathbb{R}\R": "<mi>ℝ</mi><mi>ℝ</mi>",
    r"\mathbb{1}": "<mn>𝟙</mn>",
    r"\mathcal{L}\mathfrak{g}": "<mi>ℒ</mi><mi>𝔤</mi>",
    r"\mathrm{d}": '<mi mathvariant="normal">d</mi>',
    r"\text{损失}": "<mtext>损失</mtext>",
    r"\textbf{粗}": '<mtext style="font-weight:bold">粗</mtext>',
    r"\color{skyblue}{a}b": '<mstyle mathcolor="#87ceeb"><mi>a</mi></mstyle><mi>b</mi>',
    r"\color{nosuchcolour}{a}": "<mstyle><mi>a</mi></mstyle>",
    r"\color{rgb(300,0,0)}{a}": '<mstyle mathcolor="#ff0000"><mi>a</mi></mstyle>',
    r"\style{color:red}{x}": '<mi mathcolor="#ff0000">x</mi>',
    r"\style{font-weight:bold;position:fixed}{x}": '<mi style="font-weight:bold">x</mi>',
    r"\class{a}{x}\cssId{b}{y}": "<mi>x</mi><mi>y</mi>",
    r"\href{javascript:alert(1)}{x}": "<mi>x</mi>",
    r"\htmlClass{a}{x}": "<mi>x</mi>",
    r"\texttip{x}{tip}": "<mi>x</mi>",
    r"\unicode{x1}": "<mtext>\ufffd</mtext>",
    r"\require{cancel}x": "<mi>x</mi>",
    r"X\sube\Complex": "<mi>X</mi><mo>⊆</mo><mi>ℂ</mi>",
}


@pytest.mark.parametrize("source", SERIALIZED)
def test_mathml_is_what_readers_understand(engine: MathJax, source: str) -> None:
    assert mathml(engine, source) == SERIALIZED[source]


def test_only_displays_are_blocks(engine: MathJax) -> None:
    inline = etree.fromstring(typeset(engine, "x").mathml)
    block = etree.fromstring(typeset(engine, "x", display=True).mathml)
    assert inline.tag == block.tag == f"{NAMESPACE}math"
    assert inline.get("display") is None
    assert block.get("display") == "block"


def test_arrays_state_rules_and_alignment_as_css(engine: MathJax) -> None:
    source = r"\begin{array}{l|r}a&b\\\hline c&d\end{array}"
    root = etree.fromstring(typeset(engine, source).mathml)
    first, second, third, _ = (cell.get("style") for cell in root.iter(f"{NAMESPACE}mtd"))
    assert "text-align:left" in first
    assert "border-right:1px solid" in first
    assert "border-bottom:1px solid" in first
    assert "text-align:right" in second
    assert "border-bottom" not in third


@pytest.mark.parametrize(
    ("source", "style"),
    [
        (r"\boxed{x}", "border:1px solid"),
        (r"\cancel{x}", "linear-gradient(to bottom right"),
        (r"\bcancel{x}", "linear-gradient(to top right"),
        (r"\enclose{circle}{x}", "border-radius:50%"),
        (r"\bbox[5px,border:2px dashed red]{x}", "border:2px dashed red"),
    ],
)
def test_frames_and_strikes_are_css(engine: MathJax, source: str, style: str) -> None:
    text = mathml(engine, source)
    assert style in text
    assert "menclose" not in text


@pytest.mark.parametrize("source", [r"\xrightarrow{f}", r"\colorbox{yellow}{f}"])
def test_room_around_something_is_made_of_space(engine: MathJax, source: str) -> None:
    root = etree.fromstring(typeset(engine, source).mathml)
    assert not list(root.iter(f"{NAMESPACE}mpadded"))
    assert len(list(root.iter(f"{NAMESPACE}mspace"))) >= 2


@pytest.mark.parametrize(
    "source",
    [
        r"\begin{equation*}E=mc^2\tag{0}\end{equation*}",
        r"\begin{align*}a&=b\tag{0}\\c&=d\\e&=f\tag{0}\end{align*}",
        r"\begin{gather*}a\tag{0}\\b\tag{0}\end{gather*}",
        r"\begin{multline*}a\\b\tag{0}\end{multline*}",
        r"\left\{\begin{aligned}a&=1\\b&=2\end{aligned}\right.\tag{0}",
    ],
)
def test_numbers_stay_out(engine: MathJax, source: str) -> None:
    formula = typeset(engine, source, display=True)
    bare = typeset(engine, source.replace(r"\tag{0}", ""), display=True)
    text = "".join(map(str, etree.fromstring(formula.mathml).itertext()))
    assert "0" not in text
    assert "mlabeledtr" not in formula.mathml
    assert len(formula.tag_rows) == source.count(r"\tag{0}")
    assert bare.tag_rows == ()
    assert list(formula.tag_rows) == sorted(formula.tag_rows, reverse=True)
    if "multline" not in source:  # its lines go as far apart as there is room
        assert formula.width == pytest.approx(bare.width, abs=0.01)
        assert formula.height + formula.depth == pytest.approx(bare.height + bare.depth, abs=0.2)


WIDTHS = {
    r"\text{中}": 1,
    r"\text{损失函数}": 4,
    r"\quad": 1,
    r"\hspace{3em}": 3,
    "1": 0.5,
    r"\text{（）}": 2,
}


@pytest.mark.parametrize("source", WIDTHS)
def test_widths_are_em(engine: MathJax, source: str) -> None:
    assert typeset(engine, source).width == pytest.approx(WIDTHS[source], abs=0.001)


def test_heights_are_measured_from_the_baseline(engine: MathJax) -> None:
    flat, deep = typeset(engine, "x"), typeset(engine, r"\frac{a}{b}", display=True)
    assert 0.4 < flat.height < 0.5
    assert 0 <= flat.depth < 0.05
    assert deep.height > 1
    assert deep.depth > 0.6


PIECES = [
    *(
        r"\frac",
        r"\sqrt",
        r"\text",
        r"\left(",
        r"\right)",
        r"\style{color:red;x:y}",
        r"\color{red}",
    ),
    *(r"\class{c}", r"\href{javascript:x}", r"\bbox[5px]", r"\cancel", r"\boldsymbol", r"\mathbb"),
    *(r"\begin{matrix}", r"\end{matrix}", r"\tag{0}", r"\unicode{x1}", r"\mmlToken{mi}[class=x]"),
    *(
        "&",
        r"\\",
        "^",
        "_",
        "{",
        "}",
        "{x}",
        "[",
        "]",
        "$",
        "%",
        "#",
        "~",
        "中",
        "<",
        "\u0000",
        "𝛂",
    ),
]


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=12))
def test_whatever_comes_in_well_formed_and_harmless_comes_out(
    engine: MathJax, pieces: list[str]
) -> None:
    formula = typeset(engine, "".join(pieces), display=True)
    if formula.error is not None:
        assert (formula.mathml, formula.operators, formula.width) == ("", "", 0)
        return
    for element in etree.fromstring(formula.mathml).iter():
        assert not HARMFUL & set(element.attrib)
        assert "x:y" not in element.get("style", "")
