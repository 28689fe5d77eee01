from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kexue_book.errors import LibraryError
from kexue_book.library import Library, read_library
from kexue_book.library.dates import parse_date
from kexue_book.library.front_matter import split_front_matter
from kexue_book.library.slugs import slug_of


def library(tmp_path: Path, **posts: str | bytes) -> Library:
    for name, text in posts.items():
        path = tmp_path / (name.replace("__", "/") + ".md")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_library(tmp_path)


def test_front_matter_gives_the_fields(tmp_path: Path) -> None:
    text = """---
title: 题目
date: 2021/3/5 20:46:25
updated: 2022-10-9
categories: [数学, [物理, 力学], 生活/情感]
tags: 概率, 统计
author: [甲, 乙]
source: https://example.org/archives/42
license: CC BY 4.0
---
正文
"""
    (post,) = library(tmp_path, a=text).posts
    assert post.title == "题目"
    assert post.date == dt.datetime(2021, 3, 5, 20, 46, 25)
    assert post.updated == dt.datetime(2022, 10, 9)
    assert post.categories == (("数学",), ("物理", "力学"), ("生活/情感",))
    assert post.tags == ("概率", "统计")
    assert post.author == "甲、乙"
    assert (post.url, post.site_id) == ("https://example.org/archives/42", "42")
    assert post.rights == "CC BY 4.0"
    assert (post.body, post.body_line) == ("正文\n", 11)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("categories: 信息时代", (("信息时代",),)),
        ("categories: 数学>概率论", (("数学", "概率论"),)),
        ("category: 生活/情感", (("生活/情感",),)),
        ("categories:\n  - 甲\n  - 乙", (("甲",), ("乙",))),
        ("categories:", ()),
    ],
)
def test_categories(tmp_path: Path, written: str, expected: object) -> None:
    (post,) = library(tmp_path, a=f"---\n{written}\n---\nx").posts
    assert post.categories == expected


def test_scalars_stay_as_written(tmp_path: Path) -> None:
    (post,) = library(tmp_path, a="---\ntitle: 0001\ntags: [no, 12:30:45]\n---\nx").posts
    assert post.title == "0001"
    assert post.tags == ("no", "12:30:45")


def test_title_falls_back_to_the_heading_then_to_the_name(tmp_path: Path) -> None:
    read = library(tmp_path, **{"2021-03-05-my_post": "正文", "b": "# 标题\n\n正文"})
    named, headed = read.posts
    assert (named.title, named.date) == ("my post", dt.datetime(2021, 3, 5))
    assert headed.title == "标题"
    assert "标题" not in headed.body
    assert headed.body_line + headed.body.count("\n", 0, headed.body.index("正文")) == 3


def test_bom_and_windows_line_ends(tmp_path: Path) -> None:
    (post,) = library(tmp_path, a=b"\xef\xbb\xbf---\r\ntitle: T\r\n---\r\na\r\nb").posts
    assert (post.title, post.body) == ("T", "a\nb")


def test_broken_front_matter_is_reported_and_salvaged(tmp_path: Path) -> None:
    text = "---\ntitle: 苏剑林: 就是这样\ndate: 2021-03-05\ncategories:\n- 甲\n---\n正文"
    read = library(tmp_path, a=text)
    (post,) = read.posts
    assert (post.title, post.categories) == ("苏剑林: 就是这样", (("甲",),))
    assert post.date == dt.datetime(2021, 3, 5)
    (finding,) = read.diagnostics
    assert (finding.code, finding.line) == ("broken-front-matter", 2)


def test_alias_bombs_are_not_read(tmp_path: Path) -> None:
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\ntitle: T"
    read = library(tmp_path, a=f"---\n{bomb}\n---\nx")
    assert read.posts[0].title == "T"
    assert [finding.code for finding in read.diagnostics] == ["broken-front-matter"]


def test_a_post_that_is_not_utf8_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    read = library(tmp_path, a="中文".encode("gb18030"), b="好")
    assert [post.slug for post in read.posts] == ["b"]
    (finding,) = read.diagnostics
    assert finding.code == "not-utf8"
    assert "iconv" in str(finding.hint)


def test_control_characters_leave(tmp_path: Path) -> None:
    read = library(tmp_path, a="一\n二\x08三\ufffe")
    assert read.posts[0].body == "一\n二三"
    assert [(f.code, f.line) for f in read.diagnostics] == [("control-character", 2)]


def test_no_folder_and_no_posts(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="no posts folder"):
        read_library(tmp_path / "nowhere")
    with pytest.raises(LibraryError, match="no posts in"):
        read_library(tmp_path)
    with pytest.raises(LibraryError, match="can be read"):
        library(tmp_path, a=b"\xff\xfe")


@pytest.mark.parametrize(
    "text",
    ["2013/7/13 20:46:25", "2013-7-13", "2013-07-13T20:46:25+08:00", "2013年7月13日"],
)
def test_dates_as_blogs_write_them(text: str) -> None:
    date = parse_date(text)
    assert date is not None
    assert date.date() == dt.date(2013, 7, 13)


@pytest.mark.parametrize("text", ["2018-13-45", "gestern", "", "2021"])
def test_what_is_no_date(text: str) -> None:
    assert parse_date(text) is None


def test_slugs_are_ascii_and_do_not_collide() -> None:
    paths = ["a.md", "深度.md", "学习.md", "b/index.md", "b/c.md", "B/c.md", "x y.md", "x-y.md"]
    slugs = [slug_of(Path(path)) for path in paths]
    assert slugs[0] == "a"
    assert slugs[3] == "b"
    assert all(slug.isascii() and slug for slug in slugs)
    assert len(set(slugs[:-1])) == len(slugs) - 1


@given(st.text(max_size=200))
def test_front_matter_never_raises_and_keeps_the_body(text: str) -> None:
    front = split_front_matter(text)
    assert text.endswith(front.body)


@given(st.text(alphabet="ab: -[]{}'\"&*#\n中", max_size=80), st.text(max_size=40))
def test_front_matter_of_any_shape(fields: str, body: str) -> None:
    if "\n---" in f"\n{fields}" or "\n..." in f"\n{fields}":
        return
    text = f"---\n{fields}\n---\n{body}"
    front = split_front_matter(text)
    # What holds no field is no front matter and is not lost either.
    assert front.body == (body if front.fields or front.problem is None else text)
