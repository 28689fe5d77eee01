"""A book and its manuscripts → what its cover draws of each post: length, formulas, time, links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kexue_book.model import Book, Manuscript


@dataclass(frozen=True, slots=True, kw_only=True)
class PostFacts:
    """What the cover shows of a post."""

    length: int
    """Characters of its text."""
    formulas: int
    age: float
    """0 for the book's oldest post, 1 for its newest; half where the date is unknown. By their
    places, where no two posts have different dates."""
    links: tuple[int, ...] = ()
    """The posts that it refers to, by their places in the book."""


def count_posts(book: Book, manuscripts: Sequence[Manuscript]) -> tuple[PostFacts, ...]:
    """Return the facts of the book's posts, in reading order."""
    by_anchor = {manuscript.chapter.anchor: manuscript for manuscript in manuscripts}
    chapters = [by_anchor[chapter.anchor] for chapter in book.chapters]
    places = {manuscript.chapter.anchor: place for place, manuscript in enumerate(chapters)}
    days = [date.toordinal() for date in book.dates]
    if len(set(days)) < 2:
        ages = [place / max(1, len(chapters) - 1) for place in range(len(chapters))]
    else:
        ages = [_age(made, min(days), max(days)) for made in chapters]
    return tuple(
        _facts(place, made, places, age)
        for place, (made, age) in enumerate(zip(chapters, ages, strict=True))
    )


def _facts(place: int, manuscript: Manuscript, places: Mapping[str, int], age: float) -> PostFacts:
    targets = (places.get(anchor, place) for anchor in manuscript.leads_to)
    return PostFacts(
        length=manuscript.length,
        formulas=len(manuscript.formula_marks),
        age=age,
        links=tuple(sorted(set(targets) - {place})),
    )


def _age(manuscript: Manuscript, first: int, last: int) -> float:
    date = manuscript.chapter.post.date
    return 0.5 if date is None else (date.toordinal() - first) / (last - first)
