"""Titles: stated, written as a heading, or made of the file's name."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kexue_book.library.titles import find_title


@pytest.mark.parametrize(
    ("stated", "body", "title", "rest"),
    [
        ("题", "# 题\n\n文", "题", "\n\n文"),
        ("题 目", "\n# **题目**\n文", "题 目", "\n\n文"),
        ("题", "# 别的\n文", "题", "# 别的\n文"),
        ("题", "文\n# 题\n", "题", "文\n# 题\n"),
        (None, "# 学习 C#\n文", "学习 C#", "\n文"),
        (None, "# 题 ##\n文", "题", "\n文"),
        (None, "# 题 {#id .class}\n文", "题", "\n文"),
        (None, "题\n===\n文", "题", "\n\n文"),
        (None, "```sh\n# 注释\n```\n\n# 题\n文", "题", "```sh\n# 注释\n```\n\n\n文"),
        (None, "引言\n\n# 一\n\n# 二\n", "名", "引言\n\n# 一\n\n# 二\n"),
        (None, "## 引言\n\n# 题\n", "名", "## 引言\n\n# 题\n"),
        (None, "    # 代码\n", "名", "    # 代码\n"),
        (None, "#没有空格\n", "名", "#没有空格\n"),
        (None, "# 一\n\n# 二\n", "一", "\n\n# 二\n"),
        (None, "- 项\n===\n", "名", "- 项\n===\n"),
        (None, "", "名", ""),
    ],
)
def test_title_and_rest(stated: str | None, body: str, title: str, rest: str) -> None:
    assert find_title(stated, body, Path("名.md")) == (title, rest)


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("2021-03-05-my_first-post.md", "my first post"),
        ("2021-03-05.md", "2021-03-05"),
        ("深度学习.md", "深度学习"),
        ("notes/波动/index.md", "波动"),
        ("index.md", "index"),
        ("a/_index.markdown", "a"),
        ("-_-.md", "-_-"),
    ],
)
def test_names_as_titles(path: str, title: str) -> None:
    assert find_title(None, "文", Path(path))[0] == title


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "line",
    [
        "# a" + " " * 200_000 + "b",
        "# " + "# " * 100_000 + "b",
        "# " + "{#" * 100_000,
        "#" * 200_000,
        "a" + " " * 200_000 + "b\n===",
        "`" * 200_000,
    ],
    ids=lambda line: line[:4],
)
def test_long_lines_cost_no_time(line: str) -> None:
    assert find_title(None, line + "\n文", Path("名.md"))[1].endswith("文")


BODY_LINES = ["# 题", "## 节", "题", "===", "文", "", "```", "~~~", "    # x", "# 题 #"]
BODY = st.lists(st.sampled_from(BODY_LINES), max_size=10)


@given(st.sampled_from([None, "题"]), BODY)
def test_a_title_takes_its_own_heading_and_no_other_line(
    stated: str | None, lines: list[str]
) -> None:
    title, rest = find_title(stated, "\n".join(lines), Path("名.md"))
    after = rest.split("\n")
    changed = [(old, new) for old, new in zip(lines, after, strict=False) if old != new]
    assert len(after) == max(len(lines), 1)
    assert title in ("题", "名", "文", "===")
    assert len(changed) <= 2
    assert all(new == "" for _, new in changed)
    assert not changed or changed[0][0].strip("# ") == title
