from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kexue_book.formulas import (
    FIRST_PLACEHOLDER,
    Definition,
    FoundFormula,
    FoundReference,
    scan_formulas,
)
from kexue_book.formulas.items import ScannedText


def found(body: str) -> list[str]:
    """Formulas as ``tex`` or, displayed, ``[tex]``."""
    return [
        f"[{item.tex}]" if item.display else item.tex
        for item in scan_formulas(body).items
        if isinstance(item, FoundFormula)
    ]


def restored(scanned: ScannedText) -> str:
    raws = [item.raw for item in scanned.items]
    places = re.compile("[\U000f0000-\U0010ffff]")
    return places.sub(lambda place: raws[ord(place[0]) - FIRST_PLACEHOLDER], scanned.text)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("取$n$2次，$x$1", ["n", "x"]),
        ("价格$100，变量$x$", ["x"]),
        ("只要$5 和 $10 的", []),
        ("$ x+1 $", ["x+1"]),
        ("$$a\n\nb^2$$", ["[a\n\nb^2]"]),
        (r"\(a\)与\[b=1\]", ["a", "[b=1]"]),
        (r"\(a^2\)与\\(b_1\\)与\\[c=1\\]", ["a^2", "b_1", "[c=1]"]),
        (r"见\[1\]与\(注\)", []),
        (r"前\begin{equation}a\end{equation}后", [r"[\begin{equation}a\end{equation}]"]),
        (r"$$\begin{align}a\end{align}$$", [r"[\begin{align}a\end{align}]"]),
        ("`$a$` $b$", ["b"]),
        ("```\n$a$\n```\n$b$", ["b"]),
        ("~~~ tex\n$a$\n~~~", []),
        ("段落\n\n    $a$\n\n$b$", ["b"]),
        ("- 列表\n\n    $a$", ["a"]),
        ("<!-- $a$ --> $b$", ["b"]),
        ("<pre>$a$</pre><script>$b$</script>$c$", ["c"]),
        ('<a title="$a$">$b$</a>', ["b"]),
        ("[链接](http://a.b/$c$) $d$", ["d"]),
        ("[$x$](a.md)", ["x"]),
        (r"\$5 与 $x$", ["x"]),
        (r"$\text{价格，}x$", [r"\text{价格，}x"]),
        (r"$\text{当$x>0$时}$", [r"\text{当$x>0$时}"]),
        ("> $$\n> a\n> b\n> $$", ["[a\nb]"]),
        ("| $a|b$ | $c$ |\n|---|---|", ["a|b", "c"]),
        ("{% raw %}$a${% endraw %}", ["a"]),
        ("{% raw %}\n$$\na\n$$\n{% endraw %}", ["[a]"]),
        ("{%- raw -%}甲{%- endraw -%}$a$", ["a"]),
        ("{% katex %}a^2{% endkatex %}是{% math %}b{% endmath %}", ["a^2", "b"]),
        ("{% math %}$a$ 与 $b${% endmath %}", ["a", "b"]),
        (r"$x\_1+a\_{ij}+\lambda\_i$", [r"x_1+a_{ij}+\lambda_i"]),
        (r"$\text{stop\_gradient}(x\_1)$", [r"\text{stop\_gradient}(x_1)"]),
        (r"$x^\*$", ["x^*"]),
        (r"$\\{x\\}$", [r"\{x\}"]),
        ("{% math %}a^2{% endmath %}", ["[a^2]"]),
        ("$a &lt; b$", ["a < b"]),
        ("$$x_1\\\\\\\\y$$", ["[x_1\\\\y]"]),
        ("$损失$", ["损失"]),
        (r"$E\[Q\(S\)\|S=s\]$", [r"E[Q(S)\|S=s]"]),
        (r"$\text{当\(x\)时}\(y\)$", [r"\text{当\(x\)时}(y)"]),
        (r"$$a\\[2pt]b\\*c$$", [r"[a\\[2pt]b\\*c]"]),
        ("$a\n\nb$", []),
        ("$$$$", []),
    ],
)
def test_what_is_a_formula(body: str, expected: list[str]) -> None:
    assert found(body) == expected


def test_every_formula_knows_its_line() -> None:
    scanned = scan_formulas("一$a$\n$$\nb\n$$\n三 $c$", first_line=10)
    assert [item.line for item in scanned.items if isinstance(item, FoundFormula)] == [10, 11, 14]
    assert scanned.lines == (10, 11, 14)


def test_references_and_definitions_in_prose() -> None:
    scanned = scan_formulas("\\newcommand{\\E}{\\mathbb{E}}\n由\\eqref{eq:a}和\\ref{b}得")
    definition, first, second = scanned.items
    assert isinstance(definition, Definition)
    assert isinstance(first, FoundReference)
    assert isinstance(second, FoundReference)
    assert (first.command, first.label, second.label) == ("eqref", "eq:a", "b")


def test_a_formula_without_an_end_is_reported() -> None:
    (finding,) = scan_formulas("好\n\n$\\frac{1}{2\n\n下一段").diagnostics
    assert (finding.code, finding.line) == ("unclosed-formula", 3)


def test_private_characters_of_the_post_survive() -> None:
    scanned = scan_formulas("a\U000f0000b$x$")
    assert restored(scanned) == "a\U000f0000b$x$"
    assert len(scanned.items) == 2


PIECES = st.sampled_from(
    [
        *(
            "$",
            "$$",
            "`",
            "```\n",
            "\n",
            "\n\n",
            "> ",
            "- ",
            "    ",
            "中文，",
            "x^2",
            "\\",
            "{",
            "}",
        ),
        *("\\begin{align}", "\\end{align}", "\\[", "\\]", "<!--", "-->", "<pre>", "](", ")"),
        *("\\$", "\\eqref{a}", "\U000f0000", "100", " "),
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_text_in_is_text_out(body: str) -> None:
    assert restored(scan_formulas(body)) == body


@pytest.mark.parametrize(
    "unit", ["$", "$$", "`", "$a", "\\[", "\\begin{align}", "> ", "<a ", "<!--", "{%raw%}", "]("]
)
def test_hostile_input_takes_linear_time(unit: str) -> None:
    start = time.perf_counter()
    scan_formulas(unit * 20_000)
    assert time.perf_counter() - start < 15
