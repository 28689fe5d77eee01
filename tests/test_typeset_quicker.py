"""MathJax is helped along: what comes out must be what MathJax makes when it is left alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kexue_book.formulas import mathjax as engine
from kexue_book.formulas import resolve_formulas, scan_formulas
from kexue_book.model import Formula, FormulaKey, Typeset

POSTS = Path(__file__).parent.parent / "posts"
RARE = (
    r"\require{physics}\dv{f}{x}\qty(\frac12)",
    r"\color{red}a+\bbox[yellow,5px]{x}\enclose{circle}{y}",
    r"\begin{CD}A @>f>> B\\ @VVV @VVV\\ C @>>> D\end{CD}",
    r"\begin{array}{c|c}\hline 1&2\\\hline\end{array}\mathchoice{a}{b}{c}{d}",
    r"\newcommand{\x}[2][1]{#1^{#2}}\x{2}\prime''\overbrace{abc}^{n}\substack{a\\b}",
    r"\ce{2H2 + O2 -> 2H2O}\xrightarrow[a]{b}\phantom{x}\smash{y}\mathop{z}\limits_a",
    r"\frac{1",
    r"\undefined",
)


def sample_formulas() -> list[FormulaKey]:
    keys = [FormulaKey(tex=tex, display=display) for tex in RARE for display in (False, True)]
    for post in sorted(POSTS.glob("*.md")):
        found = resolve_formulas(scan_formulas(post.read_text("utf-8")), anchor="p")
        keys += [item.key for item in found.items if isinstance(item, Formula)]
    return list(dict.fromkeys(keys))


def typeset(keys: list[FormulaKey]) -> dict[FormulaKey, Typeset]:
    mathjax = engine.MathJax()
    try:
        return mathjax.typeset(keys).formulas
    finally:
        mathjax.close()


def test_the_quick_ways_come_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = sample_formulas()
    quick = typeset(keys)
    sources = engine.driver_sources()
    (replaced,) = (source for source in sources if "kexue.quicker =" in source)
    plain = tuple("" if source is replaced else source for source in sources)
    monkeypatch.setattr(engine, "driver_sources", lambda: plain)
    assert len(keys) > 300
    assert typeset(keys) == quick


def test_this_is_the_mathjax_that_is_known() -> None:
    context = engine._start()
    try:
        assert context.eval("kexue.quicker") is True
    finally:
        context.close()


def test_v8_knows_how_it_is_to_work() -> None:
    """It says which flags are unknown to it, and goes on without them."""
    code = "from kexue_book.formulas.mathjax import MathJax; m = MathJax(); m.start(); m.close()"
    started = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert (started.stdout, started.stderr) == (b"", b"")
