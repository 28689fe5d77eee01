"""Posts and a selection → the posts that answer it; none is an error that helps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from kexue_book.errors import SelectionError, UsageError
from kexue_book.model import CategoryPath, Order, Post, Selection
from kexue_book.outline.advice import Advice, no_date, no_name, no_title
from kexue_book.outline.names import fold, fold_path
from kexue_book.outline.ordering import order_posts


def choose(posts: Sequence[Post], selection: Selection, order: Order) -> tuple[Post, ...]:
    """Return the posts of a book: selected, in order, at most ``selection.limit``.

    Raises:
        SelectionError: no post is left.
        UsageError: the limit lets none through.
    """
    if selection.limit is not None and selection.limit < 1:
        raise UsageError(
            f"a limit of {selection.limit} leaves no post", hint="give a limit of 1 or more"
        )
    return order_posts(select_posts(posts, selection), order)[: selection.limit]


def select_posts(posts: Sequence[Post], selection: Selection) -> tuple[Post, ...]:
    """Return the posts for which every condition holds, in the order given.

    Raises:
        SelectionError: there is none; it says which condition left none.
    """
    candidates = tuple(post for post in posts if selection.drafts or not post.draft)
    left = candidates
    for condition in _conditions(selection):
        kept = tuple(post for post in left if condition.holds(post))
        if not kept:
            raise _nothing(condition.advise(left), len(left), posts, selection, candidates)
        left = kept
    if not left:
        raise SelectionError("there are only drafts", hint="add --drafts to take them in")
    return left


def count_categories(posts: Sequence[Post]) -> tuple[tuple[str, int], ...]:
    """Return every category, at any level, with its number of posts, largest first."""
    return _by_count(name for post in posts for name in set(sum(post.categories, ())))


def count_tags(posts: Sequence[Post]) -> tuple[tuple[str, int], ...]:
    """Return every tag with its number of posts, largest first."""
    return _by_count(tag for post in posts for tag in set(post.tags))


def _by_count(names: Iterator[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(names).items(), key=lambda entry: (-entry[1], entry[0])))


@dataclass(frozen=True, slots=True)
class _Condition:
    holds: Callable[[Post], bool]
    advise: Callable[[Sequence[Post]], Advice]
    """What to say when it holds for none of these posts."""


def _conditions(selection: Selection) -> Iterator[_Condition]:
    categories, tags = selection.categories, selection.tags
    if categories:
        paths = [fold_path(name) for name in categories]
        yield _Condition(
            lambda post: any(_is_in(post, path) for path in paths),
            lambda left: no_name("category", categories, count_categories(left)),
        )
    if tags:
        folded = {fold(tag) for tag in tags}
        yield _Condition(
            lambda post: not folded.isdisjoint(map(fold, post.tags)),
            lambda left: no_name("tag", tags, count_tags(left)),
        )
    if selection.since is not None or selection.until is not None:
        yield _Condition(
            lambda post: _is_between(post, selection),
            lambda left: no_date(selection.since, selection.until, left),
        )
    if selection.titles:
        yield _Condition(
            lambda post: _title_holds(post, selection.titles),
            lambda left: no_title(selection.titles, left),
        )
    if selection.excludes:
        yield _Condition(
            lambda post: not _title_holds(post, selection.excludes),
            lambda left: Advice("every title holds a text of --exclude", "exclude less"),
        )


def _is_in(post: Post, wanted: CategoryPath) -> bool:
    """Whether a category of the post, or an ancestor of one, is ``wanted``."""
    for path in post.categories:
        folded = tuple(map(fold, path))
        if wanted == folded[: len(wanted)] or (len(wanted) == 1 and wanted[0] in folded):
            return True
    return False


def _is_between(post: Post, selection: Selection) -> bool:
    if post.date is None:
        return False
    day = post.date.date()
    return (selection.since is None or selection.since <= day) and (
        selection.until is None or day <= selection.until
    )


def _title_holds(post: Post, texts: Sequence[str]) -> bool:
    title = fold(post.title)
    return any(fold(text) in title for text in texts)


def _nothing(
    advice: Advice,
    asked: int,
    posts: Sequence[Post],
    selection: Selection,
    candidates: Sequence[Post],
) -> SelectionError:
    """Say why no post is left: drafts apart, or among those the conditions before let through."""
    if len(candidates) < len(posts):
        try:
            drafts = select_posts(posts, replace(selection, drafts=True))
        except SelectionError:
            pass
        else:
            return SelectionError(
                f"only drafts answer the selection ({len(drafts)})",
                hint="add --drafts to take them in",
            )
    among = f" (of the {asked} the other conditions leave)" if asked < len(candidates) else ""
    return SelectionError(advice.message + among, hint=advice.hint)
