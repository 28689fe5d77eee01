"""Ordered posts → parts and chapters with their numbers and anchors."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from kexue_book.model import Chapter, Grouping, Part, Post

_UNDATED = "未注明日期"
_UNSORTED = "未分类"


def arrange(posts: Sequence[Post], grouping: Grouping) -> tuple[Part, ...]:
    """Group ordered posts into parts; a post stands once, in its first category or tag.

    Parts by year and month stand in the order of their first post, parts by category and tag
    with the largest first.
    """
    parts = []
    number = 1
    for index, (title, members) in enumerate(_groups(posts, grouping), 1):
        chapters = tuple(
            Chapter(number=number + offset, anchor=f"p-{post.slug}", post=post)
            for offset, post in enumerate(members)
        )
        number += len(members)
        parts.append(Part(title=title, number=index, anchor=_anchor(title), chapters=chapters))
    return tuple(parts)


def _anchor(title: str | None) -> str:
    """Return an id made of the title: a year that a new post opens must not rename the others."""
    return f"part-{hashlib.sha256((title or '').encode()).hexdigest()[:8]}"


def _groups(posts: Sequence[Post], grouping: Grouping) -> list[tuple[str | None, list[Post]]]:
    name = _NAMES[grouping]
    if name is None:
        return [(None, list(posts))]
    found: dict[str | None, list[Post]] = {}
    for post in posts:
        found.setdefault(name(post), []).append(post)
    groups = list(found.items())
    if grouping in (Grouping.CATEGORY, Grouping.TAG):
        groups.sort(key=lambda group: (group[0] == _UNSORTED, -len(group[1])))
    return groups


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
