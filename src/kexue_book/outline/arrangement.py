"""Chosen posts → a book: parts, chapters, numbers, anchors and the book's own data."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from kexue_book.model import Book, BookMeta, Chapter, Grouping, Part, Post, Selection

_NAMESPACE = uuid.UUID("6d1f1cfe-5b0e-5a4c-9e0d-0b7f1c1d2a53")
_UNDATED = "未注明日期"
_UNSORTED = "未分类"
_NEVER = dt.datetime(1980, 1, 1)
"""For books without a single date: the oldest date a zip file can hold."""


def arrange(posts: Sequence[Post], grouping: Grouping) -> tuple[Part, ...]:
    """Group ordered posts into parts; a post stands once, in its first category or tag.

    Parts by year and month stand in the order of their first post, parts by category and tag
    with the largest first.
    """
    name = _NAMES[grouping]
    if name is None:
        groups: list[tuple[str | None, list[Post]]] = [(None, list(posts))]
    else:
        found: dict[str, list[Post]] = {}
        for post in posts:
            found.setdefault(name(post), []).append(post)
        groups = [(title, members) for title, members in found.items()]
        if grouping in (Grouping.CATEGORY, Grouping.TAG):
            groups.sort(key=lambda group: (group[0] == _UNSORTED, -len(group[1])))
    parts = []
    number = 1
    for index, (title, members) in enumerate(groups, 1):
        chapters = tuple(
            Chapter(number=number + offset, anchor=f"p-{post.slug}", post=post)
            for offset, post in enumerate(members)
        )
        number += len(members)
        parts.append(Part(title=title, number=index, anchor=f"part-{index}", chapters=chapters))
    return tuple(parts)


def _year(post: Post) -> str:
    return f"{post.date.year} 年" if post.date else _UNDATED


def _month(post: Post) -> str:
    return f"{post.date.year} 年 {post.date.month} 月" if post.date else _UNDATED


def _category(post: Post) -> str:
    return post.categories[0][0] if post.categories else _UNSORTED


def _tag(post: Post) -> str:
    return post.tags[0] if post.tags else _UNSORTED


_NAMES: dict[Grouping, Callable[[Post], str] | None] = {
    Grouping.NONE: None,
    Grouping.YEAR: _year,
    Grouping.MONTH: _month,
    Grouping.CATEGORY: _category,
    Grouping.TAG: _tag,
}


def make_book(
    posts: Sequence[Post],
    selection: Selection,
    grouping: Grouping,
    *,
    title: str | None = None,
    subtitle: str | None = None,
    language: str = "zh-CN",
) -> Book:
    """Make a book of posts already chosen and ordered.

    Its identifier depends on title, selection and language only, so a new edition of the same
    book keeps it, and with it the reader's notes.
    """
    name = title or _title(posts, selection)
    dates = [date for post in posts for date in (post.date, post.updated) if date is not None]
    authors = Counter(post.author for post in posts if post.author)
    rights = dict.fromkeys(post.rights for post in posts if post.rights)
    meta = BookMeta(
        title=name,
        subtitle=subtitle,
        authors=tuple(author for author, _ in authors.most_common()),
        language=language,
        identifier=f"urn:uuid:{uuid.uuid5(_NAMESPACE, repr((name, selection, language)))}",
        modified=max(dates, default=_NEVER).replace(tzinfo=dt.UTC),
        rights="；".join(rights) or None,
        source=_source(posts),
    )
    return Book(meta=meta, parts=arrange(posts, grouping))


def _title(posts: Sequence[Post], selection: Selection) -> str:
    """Name the book after what was asked for."""
    if selection.categories:
        return "、".join(selection.categories)
    if selection.tags:
        return "、".join(selection.tags)
    years = sorted({post.date.year for post in posts if post.date})
    if (selection.since or selection.until) and years:
        return f"{years[0]} 年文集" if len(years) == 1 else f"{years[0]}–{years[-1]} 年文集"
    return "文集"


def _source(posts: Sequence[Post]) -> str | None:
    """Return the site's address when all addresses are of one site."""
    sites = {
        f"{parts.scheme}://{parts.netloc}/"
        for post in posts
        if post.url and (parts := urlsplit(post.url))
    }
    return sites.pop() if len(sites) == 1 else None
