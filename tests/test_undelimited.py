r"""Posts that lost their dollars get their formulas back; all others are left alone."""

from __future__ import annotations

import pytest

from kexue_book.formulas import FoundFormula, scan_formulas

ENOUGH = r"\n\n其中\\alpha、\\beta和\\gamma都是常数。".replace(r"\n", "\n")


def found(body: str) -> list[str]:
    """Formulas as ``tex`` or, displayed, ``[tex]``."""
    return [
        f"[{item.tex}]" if item.display else item.tex
        for item in scan_formulas(body).items
        if isinstance(item, FoundFormula)
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (r"由于\\eta\_t\\ll 1，所以", [r"\eta_t\ll 1"]),
        (r"\\frac{1}{2}x^2\\tag{3}", [r"[\frac{1}{2}x^2\tag{3}]"]),
        (r"极限(\\lim\_{n\\to\\infty} x\_n=a)存在", [r"(\lim_{n\to\infty} x_n=a)"]),
        (r"比如\\text{当 }x>0，", [r"\text{当 }x>0"]),
        (r"比如10^{-2}的学习率", ["10^{-2}"]),
        (r"大致是1\\%。", [r"1\%"]),
        (r"**粗体**的\\theta，", [r"\theta"]),
        (r"[链接](http://a.b/c\_d)和\\theta，", [r"\theta"]),
    ],
)
def test_a_post_without_dollars_gets_its_formulas_back(body: str, expected: list[str]) -> None:
    assert found(body + ENOUGH) == [*expected, r"\alpha", r"\beta", r"\gamma"]


@pytest.mark.parametrize(
    "body",
    [
        r"只有一个\\alpha而已。",
        r"有美元$x$的\\alpha、\\beta、\\gamma。",
        r"代码`\\alpha \\beta \\gamma`。",
        "```\n\\\\alpha \\\\beta \\\\gamma\n```\n",
        r"路径 C:\\Users\\name\\docs。",
        r"snake\_case 和 some\_name 和 other\_name。",
    ],
)
def test_any_other_post_keeps_its_text(body: str) -> None:
    assert not [tex for tex in found(body) if tex != "x"]


def test_the_guess_is_reported_once_with_its_line() -> None:
    diagnostics = scan_formulas("一行。\n" + ENOUGH).diagnostics
    assert [(one.code, one.line) for one in diagnostics] == [("undelimited-formula", 4)]
