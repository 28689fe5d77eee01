"""Posts and a selection → the posts that answer it; none is an error that helps."""

from __future__ import annotations

import difflib
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence

from kexue_book.errors import SelectionError
from kexue_book.model import CategoryPath, Order, Post, Selection
from kexue_book.outline.ordering import order_posts

_SHOWN = 8
"""Names in a hint, at most."""


def choose(posts: Sequence[Post], selection: Selection, order: Order) -> tuple[Post, ...]:
    """Return the posts of a book: selected, in order, at most ``selection.limit``.

    Raises:
        SelectionError: no post is left.
    """
    ordered = order_posts(select_posts(posts, selection), order)
    return ordered[: selection.limit] if selection.limit is not None else ordered


def select_posts(posts: Sequence[Post], selection: Selection) -> tuple[Post, ...]:
    """Return the posts for which every condition holds, in the order given.

    Raises:
        SelectionError: there is none; it says which condition left none.
    """
    left = [post for post in posts if selection.drafts or not post.draft]
    for fails, holds in _conditions(selection):
        kept = [post for post in left if holds(post)]
        if not kept:
            raise fails(left)
        left = kept
    if not left:
        raise SelectionError("there are only drafts", hint="add --drafts to build them")
    return tuple(left)


_Condition = tuple[Callable[[Sequence[Post]], SelectionError], Callable[[Post], bool]]


def _conditions(selection: Selection) -> list[_Condition]:
    conditions: list[_Condition] = []
    if selection.categories:
        wanted = [_path(name) for name in selection.categories]
        conditions.append(
            (
                lambda left: _no_name("category", selection.categories, count_categories(left)),
                lambda post: any(_is_in(post, path) for path in wanted),
            )
        )
    if selection.tags:
        tags = {_fold(tag) for tag in selection.tags}
        conditions.append(
            (
                lambda left: _no_name("tag", selection.tags, count_tags(left)),
                lambda post: any(_fold(tag) in tags for tag in post.tags),
            )
        )
    if selection.since is not None or selection.until is not None:
        conditions.append(
            (lambda left: _no_date(selection, left), lambda p: _in_time(p, selection))
        )
    if selection.titles:
        texts = [_fold(text) for text in selection.titles]
        conditions.append(
            (
                lambda left: _no_title(selection.titles, left),
                lambda post: any(text in _fold(post.title) for text in texts),
            )
        )
    if selection.excludes:
        excluded = [_fold(text) for text in selection.excludes]
        conditions.append(
            (
                lambda left: SelectionError(
                    f"--exclude leaves out all {len(left)} posts", hint="exclude less"
                ),
                lambda post: not any(text in _fold(post.title) for text in excluded),
            )
        )
    return conditions


def count_categories(posts: Sequence[Post]) -> tuple[tuple[str, int], ...]:
    """Return every category, at any level, with its number of posts, largest first."""
    counts = Counter(
        name for post in posts for name in {name for path in post.categories for name in path}
    )
    return tuple(sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])))


def count_tags(posts: Sequence[Post]) -> tuple[tuple[str, int], ...]:
    """Return every tag with its number of posts, largest first."""
    counts = Counter(tag for post in posts for tag in set(post.tags))
    return tuple(sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])))


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _path(name: str) -> CategoryPath:
    return tuple(_fold(part) for part in name.split(">"))


def _is_in(post: Post, wanted: CategoryPath) -> bool:
    """Whether a category of the post, or an ancestor of one, is ``wanted``."""
    for path in post.categories:
        folded = tuple(map(_fold, path))
        if len(wanted) == 1 and wanted[0] in folded:
            return True
        if folded[: len(wanted)] == wanted:
            return True
    return False


def _in_time(post: Post, selection: Selection) -> bool:
    if post.date is None:
        return False
    day = post.date.date()
    return (selection.since is None or selection.since <= day) and (
        selection.until is None or day <= selection.until
    )


def _no_name(kind: str, wanted: Sequence[str], counts: Sequence[tuple[str, int]]) -> SelectionError:
    known = dict(counts)
    near = [
        name
        for text in wanted
        for name in difflib.get_close_matches(text, known, n=_SHOWN, cutoff=0.4)
    ]
    near += [name for name in known if any(text in name or name in text for text in wanted)]
    names = list(dict.fromkeys(near)) or list(known)
    listed = "、".join(f"{name} ({known[name]})" for name in names[:_SHOWN])
    plural = "categories" if kind == "category" else "tags"
    asked = "、".join(f"“{text}”" for text in wanted)
    return SelectionError(
        f"no post has the {kind} {asked}",
        hint=f"nearest {plural}: {listed}" if listed else f"no post here has a {kind}",
    )


def _no_date(selection: Selection, posts: Sequence[Post]) -> SelectionError:
    days = sorted(post.date.date() for post in posts if post.date is not None)
    asked = f"{selection.since or '…'} to {selection.until or '…'}"
    hint = f"these posts are of {days[0]} to {days[-1]}" if days else "no post here has a date"
    return SelectionError(f"no post is dated {asked}", hint=hint)


def _no_title(texts: Sequence[str], posts: Sequence[Post]) -> SelectionError:
    titles = [post.title for post in posts]
    near = [t for text in texts for t in difflib.get_close_matches(text, titles, n=3, cutoff=0.2)]
    asked = "、".join(f"“{text}”" for text in texts)
    return SelectionError(
        f"no title holds {asked}",
        hint=f"nearest titles: {'、'.join(near or titles[:3])}",
    )
