"""The order of the chapters: total, and the same whatever order the files came in."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence

from kexue_book.model import Order, Post

_DIGITS = {"〇": 0, "两": 2} | {digit: n for n, digit in enumerate("零一二三四五六七八九")}
_UNITS = {"十": 10, "百": 100}
_HAN = "[〇零一二两三四五六七八九十百]+"
_NUMBER = re.compile(rf"([0-9]+|\({_HAN}\)|(?<=第){_HAN}(?=[章节篇讲回部期课]))")

NaturalKey = tuple[tuple[int, int, bytes], ...]


def order_posts(posts: Sequence[Post], order: Order) -> tuple[Post, ...]:
    """Return ``posts`` in the order asked for; ties go by path, undated posts to the end."""
    ordered = sorted(posts, key=lambda post: _path_key(post.path.as_posix()))
    if order is Order.TITLE:
        ordered.sort(key=lambda post: natural_key(post.title))
    elif order is not Order.FILE:
        newest_first = order is Order.DATE_DESC
        undated = dt.datetime.min if newest_first else dt.datetime.max
        # A stable sort, reversed or not, keeps the order of the paths.
        ordered.sort(key=lambda post: post.date or undated, reverse=newest_first)
    return tuple(ordered)


def natural_key(text: str) -> NaturalKey:
    """Return a key by which 第2篇 stands before 第10篇 and (二) before (十).

    Characters compare as in GB18030, where the common Han characters stand by their pinyin.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    # Between the pieces of text, at the odd places, stand the numbers.
    pieces = enumerate(_NUMBER.split(folded))
    return tuple(
        _number_key(piece) if place % 2 else (1, 0, piece.encode("gb18030", "replace"))
        for place, piece in pieces
        if piece
    )


def _path_key(path: str) -> tuple[NaturalKey, str]:
    """Return a key for one path alone: ``a.md`` and ``A.md`` are alike, and two files."""
    return natural_key(path), path


def _number_key(numeral: str) -> tuple[int, int, bytes]:
    """Numbers stand before text; of two numbers the one with fewer digits comes first.

    As digits, since a title may hold more of them than Python turns into a number.
    """
    numeral = numeral.strip("()")
    if not numeral.isascii():
        numeral = _decimal(numeral)
    digits = numeral.lstrip("0")
    return 0, len(digits), digits.encode()


def _decimal(numeral: str) -> str:
    """Return 十二, 二十, 一百零三 and 二〇 in Arabic digits."""
    if not set(numeral) & set(_UNITS):
        return "".join(str(_DIGITS[digit]) for digit in numeral)
    total = digit = 0
    for character in numeral:
        if character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            digit = _DIGITS[character]
    return str(total + digit)
