"""``--equation-numbers``: what readers of both books see beside equations and in references."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from conftest import BuildBook, Built, Run, build_in
from kexue_book.model import EquationNumbers

POST = r"""---
title: 题 \begin{equation}m\label{t}\end{equation} 即 \eqref{t}
date: DATE
---

由\eqref{a}与\ref{b}、\eqref{s}。

\begin{equation}a=1\label{a}\end{equation}

\begin{align}b&=2\label{b}\\c&=3\setCounter{7}\\d&=4\end{align}

$$s\tag{*}\label{s}$$

$$x\overset{\eqref{b}}{=}y$$
"""
POSTS = {"a.md": POST.replace("DATE", "2021-01-02"), "b.md": POST.replace("DATE", "2022-01-02")}


@pytest.fixture(scope="module")
def chapter_numbers(tmp_path_factory: pytest.TempPathFactory) -> Built:
    options = {"formats": ("epub", "pdf"), "equation_numbers": EquationNumbers.CHAPTER}
    return build_in(tmp_path_factory.mktemp("numbers"), POSTS, **options, name="书")


def shown(built: Built, name: str) -> str:
    """The text of a chapter in the EPUB."""
    return re.sub(r"<[^>]+>", "", built.member(name).partition("<body")[2])


def numbers(text: str) -> list[str]:
    return re.findall(r"\((\*|[\d.]+)\)", text)


def test_numbers_begin_with_the_chapters_in_the_epub(chapter_numbers: Built) -> None:
    for number, name in ((1, "p-a.xhtml"), (2, "p-b.xhtml")):
        found = numbers(shown(chapter_numbers, name).partition("由")[2])
        n = f"{number}."
        assert found == [f"{n}1", "*", f"{n}1", f"{n}2", f"{n}8", f"{n}9", "*", f"{n}2"]
        assert f"与{n}2、" in shown(chapter_numbers, name)


def test_numbers_begin_with_the_chapters_in_the_pdf(chapter_numbers: Built) -> None:
    # In a formula the PDF's text is its LaTeX, so the last reference reads \\eqref{b} there.
    text = chapter_numbers.pdf_text("-layout")
    body = text[text.index("由(1.1)") :]
    expected = {f"{chapter}.{row}" for chapter in (1, 2) for row in (1, 2, 8, 9)}
    assert set(numbers(body)) == expected | {"*"}
    assert "由(2.1)与2.2、(*)。" in body.replace(" ", "")


def test_equations_of_titles_carry_the_number_too(chapter_numbers: Built) -> None:
    for name, number in (("p-a.xhtml", "(1.1)"), ("p-b.xhtml", "(2.1)")):
        title = re.search(r"<h1.*?</h1>", chapter_numbers.member(name))
        assert title is not None
        assert re.sub(r"<[^>]+>", "", title[0]).endswith(f"{number} 即{number}")
    assert "题m(2.1)即(2.1)" in chapter_numbers.pdf_text().replace(" ", "")


def test_without_the_option_every_chapter_begins_with_one(build_book: BuildBook) -> None:
    built = build_book(POSTS)
    for name in ("p-a.xhtml", "p-b.xhtml"):
        found = numbers(shown(built, name).partition("由")[2])
        assert found == ["1", "*", "1", "2", "8", "9", "*", "2"]


def test_formulas_are_set_once_for_both_ways(build_book: BuildBook) -> None:
    """What stands beside a formula is no part of it: only references inside formulas differ."""
    plain, chapter = build_book(POSTS), build_book(POSTS, equation_numbers=EquationNumbers.CHAPTER)
    assert plain.summary.distinct_formulas == 5
    assert chapter.summary.distinct_formulas == 6


def test_there_are_two_ways(run_cli: Callable[..., Run]) -> None:
    done = run_cli("build", "--equation-numbers", "roman")
    assert done.code == 2
    assert "plain" in done.stderr
    assert "chapter" in done.stderr
