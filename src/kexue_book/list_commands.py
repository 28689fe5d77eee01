"""``kexue-book list``: posts → their titles, or their categories and tags with their numbers."""

from __future__ import annotations

from pathlib import Path

import typer

from kexue_book.boundary import guarded
from kexue_book.console import Terminal, emit, printable, rows, to_json
from kexue_book.errors import Severity
from kexue_book.model import Order, Post, Selection
from kexue_book.options import JsonOption, OrderOption, PostsOption, VerboseOption, selecting

Counts = tuple[tuple[str, int], ...]

list_app = typer.Typer(
    help="List posts, categories or tags.", no_args_is_help=True, rich_markup_mode=None
)


@list_app.command("posts")
@guarded
@selecting
def list_posts(
    *,
    posts: PostsOption = Path("posts"),
    selection: Selection,
    order: OrderOption = Order.DATE,
    json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """List the posts selected: date, title, file."""
    from kexue_book.outline import choose

    chosen = choose(_read(posts, verbose=verbose), selection, order)
    if json:
        emit(to_json([_described(post) for post in chosen]))
        return
    emit("\n".join(_line(post) for post in chosen))


def _line(post: Post) -> str:
    date = f"{post.date:%Y-%m-%d}" if post.date else " " * 10
    return f"{date}  {printable(post.title)}  {printable(str(post.path))}"


def _described(post: Post) -> dict[str, object]:
    return {
        "title": post.title,
        "date": post.date.isoformat() if post.date else None,
        "categories": [">".join(path) for path in post.categories],
        "tags": post.tags,
        "author": post.author,
        "url": post.url,
        "slug": post.slug,
        "path": post.path,
        "draft": post.draft,
    }


@list_app.command("categories")
@guarded
def list_categories(
    posts: PostsOption = Path("posts"), json: JsonOption = False, verbose: VerboseOption = False
) -> None:
    """List the categories with their numbers of posts."""
    from kexue_book.outline import count_categories

    _list_counts(count_categories(_published(posts, verbose=verbose)), json=json)


@list_app.command("tags")
@guarded
def list_tags(
    posts: PostsOption = Path("posts"), json: JsonOption = False, verbose: VerboseOption = False
) -> None:
    """List the tags with their numbers of posts."""
    from kexue_book.outline import count_tags

    _list_counts(count_tags(_published(posts, verbose=verbose)), json=json)


def _list_counts(counts: Counts, *, json: bool) -> None:
    if json:
        emit(to_json(dict(counts)))
    elif counts:
        emit(rows(counts))


def _published(root: Path, *, verbose: bool) -> tuple[Post, ...]:
    """Return the posts that a selection without --drafts would find."""
    return tuple(post for post in _read(root, verbose=verbose) if not post.draft)


def _read(root: Path, *, verbose: bool) -> tuple[Post, ...]:
    """Read the posts; say on stderr which were lost, the rest is for ``check``."""
    from kexue_book.library import read_library

    library = read_library(root)
    with Terminal(verbose=verbose, quiet=True) as terminal:
        for diagnostic in library.diagnostics:
            if verbose or diagnostic.severity is Severity.ERROR:
                terminal.diagnose(diagnostic)
    return library.posts
