from __future__ import annotations

import datetime as dt
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import make_post
from kexue_book.errors import SelectionError, UsageError
from kexue_book.model import Grouping, Order, Selection
from kexue_book.outline import (
    arrange,
    choose,
    make_book,
    order_posts,
    parse_first_day,
    parse_last_day,
    select_posts,
)

POSTS = (
    make_post("a", title="甲", date="2020-12-31", categories=(("信息时代",),), tags=("概率",)),
    make_post("b", title="乙", date="2021-03-05", categories=(("数学", "概率论"),)),
    make_post("c", title="丙", date="2021-03-31", categories=(("信息时代",), ("生活/情感",))),
    make_post("d", title="丁", date=None, categories=(("信息 时代",),), tags=("概率",)),
    make_post("e", title="草稿", date="2021-01-01", draft=True),
)


def slugs(selection: Selection) -> str:
    return "".join(post.slug for post in select_posts(POSTS, selection))


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(), "abcd"),
        (Selection(drafts=True), "abcde"),
        (Selection(categories=("信息时代",)), "acd"),
        (Selection(categories=("概率论", "生活/情感")), "bc"),
        (Selection(categories=("数学",)), "b"),
        (Selection(categories=("数学>概率论",)), "b"),
        (Selection(tags=("概率",)), "ad"),
        (Selection(since=dt.date(2021, 1, 1)), "bc"),
        (Selection(until=dt.date(2021, 3, 5)), "ab"),
        (Selection(titles=("乙", "丙")), "bc"),
        (Selection(excludes=("乙",)), "acd"),
    ],
)
def test_selection(selection: Selection, expected: str) -> None:
    assert slugs(selection) == expected


def test_an_empty_selection_names_the_nearest_categories() -> None:
    with pytest.raises(SelectionError) as caught:
        slugs(Selection(categories=("信息时",)))
    assert "信息时" in caught.value.message
    assert "信息时代 (2)" in str(caught.value.hint)


def test_an_empty_selection_by_date_says_what_there_is() -> None:
    with pytest.raises(SelectionError) as caught:
        slugs(Selection(since=dt.date(2030, 1, 1)))
    assert "2020-12-31 to 2021-03-31" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2021", "2021-01-01", "2021-12-31"),
        ("2020-02", "2020-02-01", "2020-02-29"),
        ("2021-3-5", "2021-03-05", "2021-03-05"),
        ("2021/03", "2021-03-01", "2021-03-31"),
    ],
)
def test_days(text: str, first: str, last: str) -> None:
    assert str(parse_first_day(text)) == first
    assert str(parse_last_day(text)) == last


@pytest.mark.parametrize("text", ["21", "2021-13", "2021-02-30", "yesterday", "0000"])
def test_no_days(text: str) -> None:
    with pytest.raises(UsageError):
        parse_last_day(text)


def test_limit_counts_in_the_books_order() -> None:
    chosen = choose(POSTS, Selection(limit=2), Order.DATE_DESC)
    assert [post.slug for post in chosen] == ["c", "b"]


@given(st.randoms(use_true_random=False), st.sampled_from(list(Order)))
def test_order_does_not_depend_on_the_order_of_files(rng: random.Random, order: Order) -> None:
    shuffled = list(POSTS)
    rng.shuffle(shuffled)
    assert order_posts(shuffled, order) == order_posts(POSTS, order)


def test_titles_sort_by_number_and_by_pinyin() -> None:
    titles = ["漫谈（十）", "漫谈（二）", "漫谈（十二）", "第10篇", "第2篇", "阿", "张"]
    posts = [make_post(str(n), title=title) for n, title in enumerate(titles)]
    ordered = [post.title for post in order_posts(posts, Order.TITLE)]
    assert ordered == ["阿", "第2篇", "第10篇", "漫谈（二）", "漫谈（十）", "漫谈（十二）", "张"]


@pytest.mark.parametrize(
    ("grouping", "titles"),
    [
        (Grouping.NONE, [None]),
        (Grouping.YEAR, ["2020 年", "2021 年", "未注明日期"]),
        (Grouping.MONTH, ["2020 年 12 月", "2021 年 3 月", "未注明日期"]),
        (Grouping.CATEGORY, ["信息时代", "数学", "信息 时代"]),
        (Grouping.TAG, ["概率", "未分类"]),
    ],
)
def test_parts(grouping: Grouping, titles: list[str | None]) -> None:
    parts = arrange(POSTS[:4], grouping)
    assert [part.title for part in parts] == titles
    numbers = [chapter.number for part in parts for chapter in part.chapters]
    assert numbers == [1, 2, 3, 4]
    assert len({chapter.anchor for part in parts for chapter in part.chapters}) == 4


def test_the_books_data_come_from_the_posts_never_from_the_clock() -> None:
    selection = Selection(categories=("信息时代",))
    book = make_book(select_posts(POSTS, selection), selection, Grouping.NONE)
    again = make_book(select_posts(POSTS, selection), selection, Grouping.NONE)
    assert book == again
    assert book.meta.title == "信息时代"
    assert book.meta.modified == dt.datetime(2021, 3, 31, tzinfo=dt.UTC)
    assert book.meta.identifier.startswith("urn:uuid:")
    other = make_book(POSTS[:1], Selection(), Grouping.NONE)
    assert other.meta.identifier != book.meta.identifier
