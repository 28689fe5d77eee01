"""The order of the chapters: total, and the same whatever order the files came in."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from kexue_book.model import Order, Post

_NUMERALS = {digit: value for value, digit in enumerate("零一二三四五六七八九十")}
_NUMBER = re.compile(r"(\d+|[(（][一二三四五六七八九十]+[)）])")


def order_posts(posts: Sequence[Post], order: Order) -> tuple[Post, ...]:
    """Return ``posts`` in the order asked for; ties go by path, undated posts to the end."""
    by_path = sorted(posts, key=lambda post: natural_key(post.path.as_posix()))
    if order is Order.DATE:
        by_path.sort(key=lambda post: post.date or dt.datetime.max)
    elif order is Order.DATE_DESC:
        dated = [post for post in by_path if post.date is not None]
        undated = [post for post in by_path if post.date is None]
        dated.sort(key=lambda post: post.date or dt.datetime.min, reverse=True)
        by_path = [*dated, *undated]
    elif order is Order.TITLE:
        by_path.sort(key=lambda post: natural_key(post.title))
    return tuple(by_path)


def natural_key(text: str) -> tuple[tuple[int, int, bytes], ...]:
    """Return a key by which 第2篇 stands before 第10篇 and (二) before (十).

    Characters compare as in GB18030, where the common Han characters stand by their pinyin.
    """
    return tuple(
        (0, _value(piece), b"") if _NUMBER.fullmatch(piece) else (1, 0, _encoded(piece))
        for piece in _NUMBER.split(text.casefold())
        if piece
    )


def _encoded(text: str) -> bytes:
    return text.encode("gb18030", "replace")


def _value(piece: str) -> int:
    if piece.isdecimal():
        return int(piece)
    total = 0
    for digit in piece[1:-1]:
        value = _NUMERALS[digit]
        total = (total or 1) * 10 if value == 10 else total + value
    return total
