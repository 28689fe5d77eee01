"""A book's data → what its cover says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kexue_book.layout import Labels
from kexue_book.model import Book

_MANY = 4
"""Authors of whom no cover names more."""
_BETWEEN = " · "


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverWords:
    """Lines of text; empty where there is nothing to say."""

    title: str
    subtitle: str
    authors: str
    extent: str
    """Category, years and number of posts."""


def cover_words(book: Book, labels: Labels) -> CoverWords:
    """Return what the cover of a book says."""
    title = _line(book.meta.title)
    category = _common_category(book)
    facts = (
        "" if category in title else category,
        labels.period(book.dates),
        labels.post_count.format(count=len(book.chapters)),
    )
    return CoverWords(
        title=title,
        subtitle=_line(book.meta.subtitle or ""),
        authors=_line(named(book.meta.authors, labels.separator)),
        extent=_BETWEEN.join(filter(None, facts)),
    )


def named(names: Sequence[str], separator: str) -> str:
    """Return the first names in one line; ``…`` stands for more than four."""
    return separator.join(names[:_MANY]) + ("…" if len(names) > _MANY else "")


def _common_category(book: Book) -> str:
    """Return the innermost category that all posts are in."""
    found = [
        {name: depth for path in chapter.post.categories for depth, name in enumerate(path)}
        for chapter in book.chapters
    ]
    common = set.intersection(*map(set, found))
    return _line(max(sorted(common), key=lambda name: found[0][name], default=""))


def _line(text: str) -> str:
    """Return ``text`` on one line, without characters that nothing can show."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
