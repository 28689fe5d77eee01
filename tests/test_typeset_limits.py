"""TeX is a programming language: what a formula can do to the engine, and to its neighbours."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from lxml import etree

from kexue_book.formulas.mathjax import MathJax
from kexue_book.model import FormulaKey, Typeset


@pytest.fixture(scope="module")
def engine() -> Iterator[MathJax]:
    engine = MathJax()
    yield engine
    engine.close()


def typeset(engine: MathJax, *sources: str) -> list[Typeset]:
    keys = [FormulaKey(tex=source, display=True) for source in sources]
    formulas = engine.typeset(keys).formulas
    return [formulas[key] for key in keys]


DOUBLING = "".join(
    rf"\def\{name}q{{\{after}q\{after}q}}"
    for name, after in zip("abcdefghijklmnop", "bcdefghijklmnopq", strict=True)
)
HOSTILE = {
    r"\def\x{\x}\x": "recursive",
    r"\def\x{\x\x}\x": "recursive",
    r"\def\x{\y\y}\def\y{\x\x}\x": "recursive",
    r"\renewcommand{\frac}[2]{\frac{#1}{#2}}\frac12": "recursive",
    DOUBLING + r"\def\qq{x}\aq": "recursive",
    r"\newenvironment{q}{\begin{q}}{\end{q}}\begin{q}\end{q}": "recursive",
    "{" * 9000 + "}" * 9000: "nested too deeply",
    r"\sqrt{" * 300 + "x" + "}" * 300: "nested too deeply",
    r"\left(" * 1000 + r"\right)" * 1000: "nested too deeply",
    r"\rule{100000em}{1em}": "larger than",
    r"\left(\rule{1px}{100000em}\right)": "larger than",
    "x+" * 30_000: "characters long",
    "\b" + r"oldsymbol{x}": "U+0008",
    "x\ud800": "U+D800",
    "a\0b": "U+0000",
}


@pytest.mark.parametrize("source", HOSTILE, ids=lambda source: ascii(source[:24]))
def test_hostile_formulas_are_stopped_and_named(engine: MathJax, source: str) -> None:
    start = time.monotonic()
    before, hostile, after = typeset(engine, "a", source, "b")
    assert HOSTILE[source] in str(hostile.error)
    assert hostile.mathml == ""
    assert before.error is after.error is None
    assert time.monotonic() - start < 20


def test_a_formula_that_takes_too_long_is_stopped_and_its_neighbours_are_not() -> None:
    engine = MathJax(seconds=0.3)
    slow = r"\begin{matrix}" + r"x&x\\" * 9_000 + r"\end{matrix}"
    keys = [FormulaKey(tex=tex, display=True) for tex in ("a", slow, "b")]
    batch = engine.typeset(keys)
    engine.close()
    assert [batch.formulas[key].error for key in keys] == [None, "it took longer than 0.3 s", None]
    assert batch.stopped == {keys[1]}


def test_a_formula_that_wants_too_much_memory_is_stopped_and_its_neighbours_are_not() -> None:
    engine = MathJax(memory=40 * 2**20)
    greedy = r"\begin{matrix}" + r"x&x\\" * 9_000 + r"\end{matrix}"
    keys = [FormulaKey(tex=tex, display=True) for tex in ("a", greedy, "b")]
    batch = engine.typeset(keys)
    engine.close()
    errors = [batch.formulas[key].error for key in keys]
    assert errors == [None, "it needed more than 40 MB of memory", None]
    assert batch.stopped == {keys[1]}


def test_what_was_done_when_the_limit_came_is_kept() -> None:
    class OneTooLate(MathJax):
        def _call(self, script: str) -> list[Typeset]:
            done = super()._call(script)
            if script.startswith("kexue.batch"):
                raise RuntimeError("the limit was passed at the very end")
            return done

    engine = OneTooLate()
    keys = [FormulaKey(tex=tex, display=True) for tex in ("a", "b")]
    batch = engine.typeset(keys)
    engine.close()
    assert [batch.formulas[key].error for key in keys] == [None, None]
    assert batch.stopped == set()


LEAKS = [
    (r"\newcommand{\foo}{1}\foo", r"\foo", "Undefined control sequence"),
    (r"\newcommand{foo}{1}\foo", r"\foo", "Undefined control sequence"),
    (r"\let\foo=\alpha \foo", r"\foo", "Undefined control sequence"),
    (r"\gdef\foo{1}\foo", r"\foo", "Undefined control sequence"),
    (r"\DeclareMathOperator*{\foo}{f}\foo", r"\foo", "Undefined control sequence"),
    (r"\DeclarePairedDelimiter{\foo}{(}{)}\foo{x}", r"\foo{x}", "Undefined control sequence"),
    (r"\Newextarrow{\foo}{1,1}{8672}\foo{a}", r"\foo{a}", "Undefined control sequence"),
    (r"\newenvironment{foo}{1}{2}x", r"\begin{foo}\end{foo}", "Unknown environment"),
    (r"\require{physics}\dv{x}", r"\dv{x}", "Undefined control sequence"),
    (r"\newcommand{\x}{1}\undefined", r"\x", "Undefined control sequence"),
]


@pytest.mark.parametrize(("definition", "use", "message"), LEAKS)
def test_definitions_end_with_their_formula(
    engine: MathJax, definition: str, use: str, message: str
) -> None:
    _, later = typeset(engine, definition, use)
    assert message in str(later.error)


@pytest.mark.parametrize(
    ("source", "again"),
    [
        (r"\renewcommand{\frac}[2]{Q}\frac12", r"\frac12"),
        (
            r"\renewenvironment{matrix}{Q}{}\begin{matrix}\end{matrix}",
            r"\begin{matrix}a\end{matrix}",
        ),
        (r"\definecolor{red}{RGB}{0,0,255}\color{red}x", r"\color{red}x"),
        (r"\label{a}x", r"\label{a}x+1"),
        (r"\mathtoolsset{smallmatrix-align=r}x", r"\begin{smallmatrix*}a\\bb\end{smallmatrix*}"),
    ],
)
def test_redefinitions_end_with_their_formula(engine: MathJax, source: str, again: str) -> None:
    (alone,) = typeset(engine, again)
    _, later = typeset(engine, source, again)
    assert later.error is None
    assert later == alone


def test_the_preamble_is_read_before_the_formula(engine: MathJax) -> None:
    key = FormulaKey(tex=r"\tr A", display=False, preamble=r"\newcommand{\tr}{\text{迹}}")
    mathml = engine.typeset([key]).formulas[key].mathml
    assert "".join(map(str, etree.fromstring(mathml).itertext())) == "迹A"
