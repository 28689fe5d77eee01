"""A folder of posts → its book, composed and typeset as a build does it, for others to lay out.

The cache of formulas is that of the environment (``XDG_CACHE_HOME``), as for a build.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kexue_book.formulas import default_cache_path, typeset_formulas
from kexue_book.layout import Layout
from kexue_book.library import read_library
from kexue_book.manuscript import compose
from kexue_book.model import Book, Grouping, Manuscript, Order, Selection, Typesetting
from kexue_book.outline import choose, make_book

JOBS = 2
TITLE = "科学文集"


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """What the writers of books are given."""

    book: Book
    manuscripts: tuple[Manuscript, ...]
    typesetting: Typesetting
    layout: Layout


def compose_posts(posts: Path) -> Composed:
    """Read, compose and typeset all posts of a folder."""
    chosen = choose(read_library(posts).posts, Selection(), Order.DATE)
    book = make_book(chosen, Selection(), Grouping.NONE, title=TITLE)
    layout = Layout(None)
    made = compose(book, root=posts, missing_image=layout.labels.missing_image)
    keys = {formula.key for manuscript in made.manuscripts for formula in manuscript.formulas}
    ordered = sorted(keys, key=lambda key: (key.tex, key.display, key.preamble))
    typesetting = typeset_formulas(ordered, cache=default_cache_path(), jobs=JOBS)
    return Composed(book=book, manuscripts=made.manuscripts, typesetting=typesetting, layout=layout)
