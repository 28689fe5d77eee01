"""Chosen posts and the selection → what the book says of itself.

Nothing comes from the clock: the same posts give the same book, byte for byte.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import fields
from urllib.parse import urlsplit

from kexue_book.model import Book, BookMeta, Grouping, Post, Selection
from kexue_book.outline.arrangement import arrange
from kexue_book.outline.names import fold

_NAMESPACE = uuid.UUID("6d1f1cfe-5b0e-5a4c-9e0d-0b7f1c1d2a53")
_NEVER = dt.datetime(1980, 1, 1)
"""For books without a single date: the oldest date a zip file can hold."""


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
    meta = BookMeta(
        title=name,
        subtitle=subtitle,
        authors=_authors(posts),
        language=language,
        identifier=_identifier(title or _title((), selection), selection, language),
        modified=_modified(posts),
        rights="；".join(dict.fromkeys(post.rights for post in posts if post.rights)) or None,
        source=_source(posts),
    )
    return Book(meta=meta, parts=arrange(posts, grouping))


def _title(posts: Sequence[Post], selection: Selection) -> str:
    """Name the book after what was asked for, as the posts spell it."""
    if selection.categories:
        names = [name for post in posts for path in post.categories for name in path]
        asked = [name.split(">")[-1].strip() for name in selection.categories]
    else:
        names = [tag for post in posts for tag in post.tags]
        asked = list(selection.tags)
    if asked:
        # The commonest spelling comes last, and so is kept.
        common = {fold(name): name for name, _ in reversed(Counter(names).most_common())}
        return "、".join(dict.fromkeys(common.get(fold(name), name) for name in asked))
    years = sorted({post.date.year for post in posts if post.date})
    if (selection.since or selection.until) and years:
        return f"{years[0]} 年文集" if len(years) == 1 else f"{years[0]}–{years[-1]} 年文集"
    return "文集"


def _authors(posts: Sequence[Post]) -> tuple[str, ...]:
    """Return everyone who wrote, those of most posts first."""
    names = (name.strip() for post in posts for name in (post.author or "").split("、"))
    return tuple(name for name, _ in Counter(filter(None, names)).most_common())


def _identifier(title: str, selection: Selection, language: str) -> str:
    """Return a name made of what the user asked for; what was left alone counts for nothing.

    So a condition that a later version adds does not rename the books made before it.
    """
    nothing = Selection()
    asked = [
        (field.name, str(value) if isinstance(value, dt.date) else value)
        for field in fields(Selection)
        if (value := getattr(selection, field.name)) != getattr(nothing, field.name)
    ]
    return f"urn:uuid:{uuid.uuid5(_NAMESPACE, repr((title, asked, language)))}"


def _modified(posts: Sequence[Post]) -> dt.datetime:
    """Return the newest date of any post."""
    dates = [date for post in posts for date in (post.date, post.updated) if date is not None]
    return max([_NEVER, *dates]).replace(tzinfo=dt.UTC)


def _source(posts: Sequence[Post]) -> str | None:
    """Return the site's address when all addresses are of one site."""
    sites = {
        f"{parts.scheme}://{parts.netloc}/"
        for post in posts
        if post.url and (parts := urlsplit(post.url))
    }
    return sites.pop() if len(sites) == 1 else None
