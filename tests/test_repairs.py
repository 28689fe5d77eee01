"""Repairs of Markdown, on whatever a post may hold: they end, and they lose nothing."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kexue_book.manuscript.repairs import repair_markdown

PIECES = st.sampled_from(
    [
        *("!!! note", '???+ tip "甲"', '=== "乙"', '!!! ""', "\n", "\n\n", "    ", "\t", "  "),
        *(
            "| 甲 | 乙 |\n|---|---|\n",
            "| `a|b` | ",
            "|",
            "`",
            "```\n",
            "> ",
            "- ",
            "文",
            "**“粗”**",
        ),
        *("##标题", "---", "\\|", "\U000f0000", ":"),
    ]
)
MARKS = re.compile(r'[\s>*|\\#"“”]|[!?=]{3}[+]?')


def letters(text: str) -> str:
    return MARKS.sub("", text).lower()


@given(st.lists(PIECES, max_size=40).map("".join))
def test_no_word_is_lost(text: str) -> None:
    repaired = repair_markdown(text)
    assert letters(repaired.text.replace(repaired.joiner, "")) == letters(text)


@pytest.mark.parametrize(
    "text",
    [
        "!!! note\n" * 20_000,
        "!!! note\n    甲\n" * 20_000,
        "".join(f"{'    ' * n}!!! note\n" for n in range(300)),
        "!!! a" + " a" * 50_000 + "!",
        "!!! a" + " " * 50_000 + "!\n    b",
        " " * 50_000 + "-|x",
        "|-" * 50_000 + "x",
        "| a |\n|---|\n" + "| ``a`b | " * 20_000,
        "".join("`" * n + "a" for n in range(400)) + "|",
    ],
)
def test_hostile_input_takes_linear_time(text: str) -> None:
    start = time.process_time()
    repair_markdown(text)
    assert time.process_time() - start < 5
