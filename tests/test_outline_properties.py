"""What holds for any posts: selection, order, parts and the book's own data."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import make_post
from kexue_book.errors import SelectionError, UsageError
from kexue_book.model import Grouping, Order, Post, Selection
from kexue_book.outline import (
    arrange,
    choose,
    count_categories,
    count_tags,
    make_book,
    order_posts,
    parse_first_day,
    parse_last_day,
    select_posts,
)

NAMES = st.sampled_from(
    ["数学", "概率论", "信息时代", "信息 时代", "生活/情感", "GAN", "gan", "ＧＡＮ"]
)
TITLES = st.one_of(
    st.sampled_from(["漫谈（二）", "漫谈(十)", "第10篇", "第2篇", "第02篇", "$x$", "9" * 5000]),
    st.text(alphabet="甲乙 aA1９(二)十第百章", min_size=1, max_size=8),
)
DATES = st.none() | st.datetimes(dt.datetime(2019, 12, 31), dt.datetime(2021, 1, 2)).map(str)
FILES = st.builds(
    lambda folder, stem: Path("posts", folder, f"{stem}.md"),
    st.sampled_from(["", "a", "A"]),
    st.sampled_from(["a", "A", "1", "01", "2", "10", "甲", "é", "e\u0301"]),
)


@st.composite
def libraries(draw: st.DrawFn) -> list[Post]:
    """Draw posts of different files, as a library holds them."""
    return [
        make_post(
            f"post-{number}",
            title=draw(TITLES),
            date=draw(DATES),
            categories=tuple(map(tuple, draw(st.lists(st.lists(NAMES, min_size=1), max_size=2)))),
            tags=tuple(draw(st.lists(NAMES, max_size=2, unique=True))),
            draft=draw(st.booleans()),
            path=path,
        )
        for number, path in enumerate(draw(st.lists(FILES, unique=True, max_size=12)))
    ]


SELECTIONS = st.builds(
    Selection,
    categories=st.lists(NAMES | st.just("数学>概率论"), max_size=2).map(tuple),
    tags=st.lists(NAMES, max_size=1).map(tuple),
    since=st.none() | st.just(dt.date(2020, 1, 1)),
    until=st.none() | st.just(dt.date(2020, 12, 31)),
    titles=st.just(()) | st.just(("甲", "篇")),
    excludes=st.just(()) | st.just(("乙",)),
    limit=st.none() | st.integers(1, 5),
    drafts=st.booleans(),
)


@given(libraries(), SELECTIONS, st.sampled_from(list(Order)))
def test_a_selection_is_a_subset_and_selecting_again_changes_nothing(
    posts: list[Post], selection: Selection, order: Order
) -> None:
    try:
        chosen = choose(posts, selection, order)
    except SelectionError:
        return
    assert chosen
    assert set(chosen) <= set(posts)
    assert len(set(chosen)) == len(chosen) <= (selection.limit or len(posts))
    assert choose(chosen, selection, order) == chosen
    assert selection.drafts or not any(post.draft for post in chosen)
    if selection.since is not None:
        assert all(post.date and post.date.date() >= selection.since for post in chosen)
    if selection.until is not None:
        assert all(post.date and post.date.date() <= selection.until for post in chosen)


@given(libraries(), SELECTIONS)
def test_every_condition_is_asked_of_every_post(posts: list[Post], selection: Selection) -> None:
    """A post is chosen from a library just when it is chosen from a library of its own."""

    def chosen(candidates: list[Post]) -> list[Post]:
        try:
            return list(select_posts(candidates, selection))
        except SelectionError:
            return []

    assert chosen(posts) == [post for post in posts if chosen([post])]


@given(libraries(), st.randoms(use_true_random=False), st.sampled_from(list(Order)))
def test_order_is_total(posts: list[Post], rng: random.Random, order: Order) -> None:
    shuffled = list(posts)
    rng.shuffle(shuffled)
    ordered = order_posts(posts, order)
    assert order_posts(shuffled, order) == ordered
    assert Counter(ordered) == Counter(posts)
    dates = [post.date for post in ordered]
    dated = [date for date in dates if date is not None]
    if order in (Order.DATE, Order.DATE_DESC):
        assert dated == sorted(dated, reverse=order is Order.DATE_DESC)
        assert dates[len(dated) :] == [None] * (len(dates) - len(dated))


@given(libraries(), st.sampled_from(list(Grouping)))
def test_every_post_is_one_chapter_and_every_number_and_anchor_one_post(
    posts: list[Post], grouping: Grouping
) -> None:
    parts = arrange(posts, grouping)
    chapters = [chapter for part in parts for chapter in part.chapters]
    assert [chapter.number for chapter in chapters] == list(range(1, len(posts) + 1))
    assert {chapter.anchor for chapter in chapters} == {f"p-{post.slug}" for post in posts}
    assert [part.number for part in parts] == list(range(1, len(parts) + 1))
    assert len({part.anchor for part in parts}) == len(parts)
    assert len({part.title for part in parts}) == len(parts)
    for part in parts:
        places = [posts.index(chapter.post) for chapter in part.chapters]
        assert places == sorted(places)


@given(libraries())
def test_counts(posts: list[Post]) -> None:
    for counts, select in (
        (count_categories(posts), lambda name: Selection(categories=(name,), drafts=True)),
        (count_tags(posts), lambda name: Selection(tags=(name,), drafts=True)),
    ):
        assert [number for _, number in counts] == sorted((n for _, n in counts), reverse=True)
        for name, number in counts:
            assert number <= len(select_posts(posts, select(name)))


@given(st.dates(dt.date(1, 1, 1)), st.sampled_from("-/."))
def test_days_are_read_as_written(day: dt.date, mark: str) -> None:
    text = f"{day.year:04}{mark}{day.month}{mark}{day.day}"
    assert parse_first_day(text) == parse_last_day(text) == day
    month = text.rpartition(mark)[0]
    assert parse_first_day(month) <= day <= parse_last_day(month)
    assert (parse_last_day(month) - parse_first_day(month)).days in (27, 28, 29, 30)


@given(st.text(max_size=12))
def test_any_text_is_a_time_or_a_usage_error(text: str) -> None:
    try:
        first = parse_first_day(text)
    except UsageError:
        with pytest.raises(UsageError):
            parse_last_day(text)
    else:
        assert first <= parse_last_day(text)


@pytest.mark.parametrize("text", ["2021-00", "2021-03-00", "2021-13", "2021-02-30", "0000-01"])
def test_there_is_no_month_and_no_day_zero(text: str) -> None:
    for parse in (parse_first_day, parse_last_day):
        with pytest.raises(UsageError, match="is no date"):
            parse(text)


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_that_leaves_nothing_is_a_usage_error(limit: int) -> None:
    with pytest.raises(UsageError):
        choose([make_post()], Selection(limit=limit), Order.DATE)


def refused(posts: list[Post], selection: Selection) -> tuple[str, str]:
    with pytest.raises(SelectionError) as caught:
        select_posts(posts, selection)
    return caught.value.message, str(caught.value.hint)


MANY = [
    *(make_post(f"i{n}", categories=(("信息时代",),), tags=("模型",)) for n in range(3)),
    *(make_post(f"m{n}", categories=(("数学", "概率论"),), tags=("概率",)) for n in range(2)),
    make_post("d", categories=(("随笔",),), draft=True, title="草稿", date="2020-01-01"),
]


def test_an_unknown_name_gets_the_nearest_ones_with_their_counts() -> None:
    message, hint = refused(MANY, Selection(categories=("信息时代2",)))
    assert message == "no post in category “信息时代2”"
    assert hint == "nearest categories here: 信息时代 (3)"
    assert refused(MANY, Selection(tags=("概率统计",)))[1] == "nearest tags here: 概率 (2)"
    _, hint = refused(MANY, Selection(categories=("物理>概率论",)))
    assert "概率论 (2)" in hint


def test_the_likest_name_comes_first() -> None:
    posts = [make_post(str(n), tags=("概率图",)) for n in range(3)]
    posts.append(make_post("x", tags=("概率论",)))
    assert refused(posts, Selection(tags=("概率论初步",)))[1] == (
        "nearest tags here: 概率论 (1), 概率图 (3)"
    )


def test_a_name_like_no_other_gets_the_largest_ones() -> None:
    hint = "largest categories here: 信息时代 (3), 数学 (2), 概率论 (2)"
    assert refused(MANY, Selection(categories=("xyz",)))[1] in (
        hint,
        hint.replace("数学 (2), 概率论 (2)", "概率论 (2), 数学 (2)"),
    )
    posts = [make_post(str(n), categories=((f"类{n:02}",),)) for n in range(20)]
    assert refused(posts, Selection(categories=("xyz",)))[1].endswith("类07 (1) …")
    assert refused([make_post()], Selection(tags=("x",)))[1] == "no post here has a tag"


def test_a_condition_that_fails_after_others_says_among_how_many() -> None:
    message, hint = refused(MANY, Selection(categories=("信息时代",), tags=("概率",)))
    assert message == "no post with tag “概率” (of the 3 the other conditions leave)"
    assert "模型 (3)" in hint


def test_drafts_that_would_answer_are_pointed_out() -> None:
    message, hint = refused(MANY, Selection(categories=("随笔",)))
    assert "only drafts" in message
    assert "--drafts" in hint
    assert "--drafts" in refused(MANY[-1:], Selection())[1]


def test_dates_and_titles_that_nothing_has() -> None:
    message, hint = refused(MANY, Selection(since=dt.date(2025, 1, 1)))
    assert message == "no post is dated from 2025-01-01"
    assert hint == "the posts here are of 2021-03-05 to 2021-03-05"
    undated = [make_post(date=None)]
    assert refused(undated, Selection(until=dt.date(2025, 1, 1)))[1] == "no post here has a date"
    assert "题目" in refused(MANY, Selection(titles=("题 号",)))[1]
    assert (
        refused(MANY[:1], Selection(excludes=("题",)))[0] == "every title holds a text of --exclude"
    )


def test_titles_sort_by_the_numbers_of_a_series() -> None:
    titles = ["谈（一）", "谈（九）", "谈（二十）", "谈（二十一）", "谈（一百零三）"]
    chapters = ["第二章", "第十章", "第十一章"]
    for expected in (titles, chapters, ["a2", "a10", "a１１"]):
        posts = [make_post(str(n), title=title) for n, title in enumerate(reversed(expected))]
        assert [post.title for post in order_posts(posts, Order.TITLE)] == expected


def test_files_sort_by_their_numbers() -> None:
    paths = ["posts/2.md", "posts/10.md", "posts/A/1.md", "posts/a/2.md"]
    posts = [make_post(str(n), path=Path(path)) for n, path in enumerate(reversed(paths))]
    assert [post.path.as_posix() for post in order_posts(posts, Order.FILE)] == paths


def test_the_book_is_named_after_what_was_asked_for_as_the_posts_spell_it() -> None:
    def title(**conditions: object) -> str:
        selection = Selection(**conditions)  # type: ignore[arg-type]
        return make_book(MANY, selection, Grouping.NONE).meta.title

    assert title(categories=(" 信息 时代", "数学>概率论")) == "信息时代、概率论"
    assert title(tags=("概率",)) == "概率"
    assert title(since=dt.date(2021, 1, 1)) == "2020–2021 年文集"
    assert title() == "文集"


def test_the_identifier_is_that_of_the_request_not_of_the_posts() -> None:
    def identifier(posts: list[Post], title: str | None = None, **conditions: object) -> str:
        selection = Selection(**conditions)  # type: ignore[arg-type]
        return make_book(posts, selection, Grouping.NONE, title=title).meta.identifier

    since = dt.date(2021, 1, 1)
    assert identifier(MANY, since=since) == identifier(MANY[:2], since=since)
    different = {
        identifier(MANY),
        identifier(MANY, title="书"),
        identifier(MANY, categories=("数学",)),
        identifier(MANY, tags=("数学",)),
        identifier(MANY, since=since),
    }
    assert len(different) == 5
    # Pinned: a reader's notes hang on it from one version of the program to the next.
    pinned = "urn:uuid:46763ab5-144b-5bd1-8ca5-fb02dd045113"
    assert identifier([], categories=("信息时代",)) == pinned


def test_people_rights_and_source() -> None:
    posts = [
        make_post("a", author="甲", rights="CC BY 4.0", url="https://a.org/archives/1"),
        make_post("b", author="乙、甲", rights="CC0", url="https://a.org/archives/2"),
        make_post("c", rights="CC BY 4.0", date="1969-01-01"),
    ]
    meta = make_book(posts, Selection(), Grouping.NONE).meta
    assert meta.authors == ("甲", "乙")
    assert meta.rights == "CC BY 4.0；CC0"
    assert meta.source == "https://a.org/"
    assert make_book(posts[2:], Selection(), Grouping.NONE).meta.modified == dt.datetime(
        1980, 1, 1, tzinfo=dt.UTC
    )
    elsewhere = [*posts, make_post("d", url="http://b.org/x")]
    assert make_book(elsewhere, Selection(), Grouping.NONE).meta.source is None
