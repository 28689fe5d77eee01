from __future__ import annotations

import pytest

from kexue_book.formulas import ChapterFormulas, Reference, resolve_formulas, scan_formulas
from kexue_book.model import Formula


def resolve(body: str, **options: str) -> ChapterFormulas:
    return resolve_formulas(scan_formulas(body), anchor="p-a", **options)


def formulas(body: str) -> list[Formula]:
    return [item for item in resolve(body).items if isinstance(item, Formula)]


def numbers(body: str) -> list[str]:
    return [number.text for formula in formulas(body) for number in formula.numbers]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (r"\begin{equation}a\end{equation}", ["1"]),
        (r"\begin{equation*}a\end{equation*}$$b$$", []),
        (r"\begin{align}a\\b\\c\end{align}", ["1", "2", "3"]),
        (r"\begin{align}a\\b\notag\\c\end{align}\begin{gather}d\end{gather}", ["1", "2", "3"]),
        (r"\begin{align}a\\b\\\end{align}", ["1", "2"]),
        (r"\begin{equation}\begin{aligned}a\\b\end{aligned}\end{equation}", ["1"]),
        (r"\begin{align}\begin{pmatrix}a\\b\end{pmatrix}\\c\end{align}", ["1", "2"]),
        (r"\begin{multline}a\\b\end{multline}", ["1"]),
        (r"$$a\tag{*}$$\begin{equation}b\end{equation}", ["*", "1"]),
        (r"\begin{equation}a\tag{$*$}\end{equation}", ["*"]),
        (r"\begin{align*}a\tag{A}\\b\end{align*}", ["A"]),
        (r"\begin{equation}\setCounter{24}a\end{equation}", ["25"]),
        (r"\begin{align}a\\ [2pt] b % \\ c" + "\n" + r"\end{align}", ["1", "2"]),
    ],
)
def test_numbers_are_those_of_the_site(body: str, expected: list[str]) -> None:
    assert numbers(body) == expected


def test_what_reaches_the_engine_does_not_depend_on_the_number() -> None:
    first, second = formulas(
        "\\begin{equation}a\\label{x}\\end{equation}\n\n\\begin{equation}a\\label{y}\\end{equation}"
    )
    assert first.key == second.key
    assert first.key.tex == r"\begin{equation*}a\tag{0}\end{equation*}"
    assert [n.anchor for f in (first, second) for n in f.numbers] == ["p-a-eq-1", "p-a-eq-2"]


def test_rows_without_a_number_get_no_tag() -> None:
    (formula,) = formulas(r"\begin{align}a&=b\label{x}\\&=c\notag\end{align}")
    assert formula.key.tex == r"\begin{align*}a&=b\tag{0}\\&=c\end{align*}"


def test_references_forward_and_backward() -> None:
    body = (
        r"由\eqref{b}，\begin{equation}a\label{a}\end{equation}与\begin{equation}b\label{b}"
        r"\end{equation}，$\eqref{a}$即\ref{a}"
    )
    references = [item for item in resolve(body).items if isinstance(item, Reference)]
    assert [(r.text, r.target) for r in references] == [
        ("(2)", "p-a-eq-2"),
        ("(1)", "p-a-eq-1"),
        ("1", "p-a-eq-1"),
    ]


def test_a_reference_inside_a_formula_becomes_its_number() -> None:
    last = formulas(r"\begin{equation}a\label{a}\end{equation} $$b=\eqref{a}$$")[-1]
    assert last.key.tex == r"b=\text{(1)}"
    assert last.source == r"b=\eqref{a}"


def test_unknown_and_double_labels_are_reported() -> None:
    body = (
        "\\begin{equation}a\\label{eq:a}\\end{equation}\n\n"
        "\\begin{equation}b\\label{eq:a}\\end{equation}\n\n见\\eqref{eq:b}"
    )
    found = resolve(body)
    assert [(d.code, d.line) for d in found.diagnostics] == [
        ("duplicate-label", 3),
        ("unknown-label", 5),
    ]
    assert "eq:a" in str(found.diagnostics[1].hint)
    assert [i.text for i in found.items if isinstance(i, Reference)] == [r"\eqref{eq:b}"]


def test_the_prefix_stands_before_every_number() -> None:
    found = resolve(r"\begin{equation}a\label{a}\end{equation}\eqref{a}", prefix="3.")
    assert [i.text for i in found.items if isinstance(i, Reference)] == ["(3.1)"]


def test_macros_reach_to_the_end_of_the_post_and_not_before_their_use() -> None:
    first, second, third = formulas(r"$\newcommand{tr}{\mathop{\text{tr}}}\tr A$，$\tr B$，$C$")
    assert first.key.preamble == ""
    assert second.key.preamble == r"\newcommand{\tr}{\mathop{\text{tr}}}"
    assert third.key.preamble == ""


def test_macros_that_use_macros_come_along() -> None:
    body = "\\newcommand{\\a}{x}\\newcommand{\\b}[1]{\\a#1}\n\n$\\b{1}$"
    (formula,) = formulas(body)
    assert formula.key.preamble == r"\newcommand{\a}{x}\newcommand{\b}[1]{\a#1}"


def test_a_formula_of_definitions_shows_nothing() -> None:
    assert formulas(r"$\newcommand{\a}{x}\def\b#1{y}$") == []
