"""The command line: options → :class:`BuildOptions`, errors → one line and an exit code.

Heavy rooms are imported by the commands that need them, so that ``--help`` is instant.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

import kexue_book
from kexue_book.console import Terminal, rows, to_json
from kexue_book.errors import KexueBookError, UsageError
from kexue_book.model import Grouping, Order, Post, Selection

INTERNAL_ERROR = 70
"""Exit code of a fault of ours (EX_SOFTWARE of sysexits.h)."""
INTERRUPTED = 130

app = typer.Typer(
    name="kexue-book",
    help="Turn a science blog, Chinese and dense with formulas, into an EPUB and a PDF.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
list_app = typer.Typer(help="List posts, categories or tags.", no_args_is_help=True)
app.add_typer(list_app, name="list")

PostsOption = Annotated[Path, typer.Option("--posts", metavar="DIR", help="Folder of posts.")]
CategoryOption = Annotated[
    list[str] | None,
    typer.Option(
        "--category", "-c", metavar="NAME", help="Posts of this category, or of any of several."
    ),
]
TagOption = Annotated[
    list[str] | None, typer.Option("--tag", "-t", metavar="NAME", help="Posts with this tag.")
]
SinceOption = Annotated[
    str | None,
    typer.Option("--since", metavar="DATE", help="From 2021, 2021-03 or 2021-03-05 on."),
]
UntilOption = Annotated[
    str | None,
    typer.Option("--until", metavar="DATE", help="Up to and including 2021, 2021-03, 2021-03-05."),
]
YearOption = Annotated[
    str | None, typer.Option("--year", metavar="YEAR", help="Posts of one year.")
]
TitleOption = Annotated[
    list[str] | None,
    typer.Option("--title", metavar="TEXT", help="Posts whose title holds this."),
]
ExcludeOption = Annotated[
    list[str] | None,
    typer.Option("--exclude", metavar="TEXT", help="But not those whose title holds this."),
]
LimitOption = Annotated[
    int | None, typer.Option("--limit", metavar="N", min=1, help="At most so many posts.")
]
DraftsOption = Annotated[bool, typer.Option("--drafts", help="Drafts too.")]
OrderOption = Annotated[Order, typer.Option("--order", help="Order of the chapters.")]
PartsOption = Annotated[Grouping, typer.Option("--parts", help="What the parts are.")]
JobsOption = Annotated[
    int, typer.Option("--jobs", "-j", metavar="N", min=0, help="Processes; 0 for one a core.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON to standard output.")]
VerboseOption = Annotated[
    bool, typer.Option("--verbose", "-v", help="Every diagnostic, and tracebacks.")
]


def _selection(
    category: list[str] | None,
    tag: list[str] | None,
    since: str | None,
    until: str | None,
    year: str | None,
    title: list[str] | None,
    exclude: list[str] | None,
    limit: int | None,
    drafts: bool,
) -> Selection:
    from kexue_book.outline import parse_first_day, parse_last_day

    if year is not None:
        if since is not None or until is not None:
            raise UsageError("--year excludes --since and --until", hint="give one or the other")
        if not (year.isdecimal() and len(year) == 4):
            raise UsageError(f"“{year}” is no year", hint="write it as 2021")
        since = until = year
    selection = Selection(
        categories=tuple(category or ()),
        tags=tuple(tag or ()),
        since=parse_first_day(since) if since is not None else None,
        until=parse_last_day(until) if until is not None else None,
        titles=tuple(title or ()),
        excludes=tuple(exclude or ()),
        limit=limit,
        drafts=drafts,
    )
    if selection.since and selection.until and selection.since > selection.until:
        raise UsageError(f"--since {since} is later than --until {until}", hint="change them round")
    return selection


@app.command()
def build(
    posts: PostsOption = Path("posts"),
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Folder for the books.")
    ] = Path("dist"),
    name: Annotated[
        str | None, typer.Option("--name", metavar="STEM", help="File name without ending.")
    ] = None,
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", "-f", metavar="epub|pdf", help="What to make; both if not given."),
    ] = None,
    category: CategoryOption = None,
    tag: TagOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    year: YearOption = None,
    title: TitleOption = None,
    exclude: ExcludeOption = None,
    limit: LimitOption = None,
    drafts: DraftsOption = False,
    order: OrderOption = Order.DATE,
    parts: PartsOption = Grouping.NONE,
    book_title: Annotated[
        str | None, typer.Option("--book-title", metavar="TEXT", help="The book's title.")
    ] = None,
    theme: Annotated[
        Path | None,
        typer.Option("--theme", metavar="DIR", help="Folder with templates/ and styles/."),
    ] = None,
    page: Annotated[
        str,
        typer.Option("--page", metavar="SIZE", help="a4, a5, b5, 16k, 32k or letter (PDF)."),
    ] = "a5",
    jobs: JobsOption = 0,
    strict: Annotated[
        bool, typer.Option("--strict", help="Write nothing if there is any warning.")
    ] = False,
    json: JsonOption = False,
    verbose: VerboseOption = False,
    dump: Annotated[
        Path | None,
        typer.Option("--dump", metavar="DIR", help="Write the cleaned chapters here as well."),
    ] = None,
) -> None:
    """Build an EPUB and a PDF of the posts selected."""

    def run(terminal: Terminal) -> None:
        from kexue_book.build import BuildOptions, build_books

        options = BuildOptions(
            posts=posts,
            output=output,
            name=name,
            formats=tuple(dict.fromkeys(formats or ("epub", "pdf"))),
            selection=_selection(category, tag, since, until, year, title, exclude, limit, drafts),
            order=order,
            grouping=parts,
            title=book_title,
            theme=theme,
            page=page,
            jobs=jobs,
            strict=strict,
            dump=dump,
        )
        with terminal:
            summary = build_books(options, terminal)
        if json:
            typer.echo(to_json(summary))
        else:
            terminal.summarise(summary)

    _guarded(run, verbose=verbose, quiet=json)


@app.command()
def check(
    posts: PostsOption = Path("posts"),
    category: CategoryOption = None,
    tag: TagOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    year: YearOption = None,
    title: TitleOption = None,
    exclude: ExcludeOption = None,
    limit: LimitOption = None,
    drafts: DraftsOption = False,
    jobs: JobsOption = 0,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 9 on any warning.")] = False,
    verbose: VerboseOption = False,
) -> None:
    """Say what is wrong with the posts selected; write nothing."""

    def run(terminal: Terminal) -> None:
        from kexue_book.build import BuildOptions, check_posts
        from kexue_book.errors import StrictError

        selection = _selection(category, tag, since, until, year, title, exclude, limit, drafts)
        options = BuildOptions(posts=posts, selection=selection, jobs=jobs)
        with terminal:
            found = check_posts(options, terminal)
        terminal.console.print(f"{found} warnings")
        if strict and found:
            raise StrictError(f"{found} warnings, and --strict was given", hint="mend the posts")

    _guarded(run, verbose=verbose)


@list_app.command("posts")
def list_posts(
    posts: PostsOption = Path("posts"),
    category: CategoryOption = None,
    tag: TagOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    year: YearOption = None,
    title: TitleOption = None,
    exclude: ExcludeOption = None,
    limit: LimitOption = None,
    drafts: DraftsOption = False,
    order: OrderOption = Order.DATE,
    json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """List the posts selected: date, title, file."""

    def run(terminal: Terminal) -> None:
        from kexue_book.library import read_library
        from kexue_book.outline import choose

        selection = _selection(category, tag, since, until, year, title, exclude, limit, drafts)
        chosen = choose(read_library(posts).posts, selection, order)
        if json:
            typer.echo(to_json([_described(post) for post in chosen]))
            return
        for post in chosen:
            date = f"{post.date:%Y-%m-%d}" if post.date else "          "
            typer.echo(f"{date}  {post.title}  {post.path}")

    _guarded(run, verbose=verbose, quiet=True)


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
    }


@list_app.command("categories")
def list_categories(
    posts: PostsOption = Path("posts"), json: JsonOption = False, verbose: VerboseOption = False
) -> None:
    """List the categories with their numbers of posts."""
    from kexue_book.outline import count_categories

    _list_counts(count_categories, posts, json, verbose)


@list_app.command("tags")
def list_tags(
    posts: PostsOption = Path("posts"), json: JsonOption = False, verbose: VerboseOption = False
) -> None:
    """List the tags with their numbers of posts."""
    from kexue_book.outline import count_tags

    _list_counts(count_tags, posts, json, verbose)


def _list_counts(
    count: Callable[[tuple[Post, ...]], tuple[tuple[str, int], ...]],
    posts: Path,
    json: bool,
    verbose: bool,
) -> None:
    def run(_: Terminal) -> None:
        from kexue_book.library import read_library

        counts = count(read_library(posts).posts)
        typer.echo(to_json(dict(counts)) if json else rows(counts))

    _guarded(run, verbose=verbose, quiet=True)


def _guarded(
    run: Callable[[Terminal], None], *, verbose: bool = False, quiet: bool = False
) -> None:
    """Run a command; turn what goes wrong into a line for people and an exit code."""
    terminal = Terminal(verbose=verbose, quiet=quiet)
    try:
        run(terminal)
    except KexueBookError as error:
        terminal.fail(error)
        if verbose:
            terminal.console.print_exception()
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None
    except Exception as problem:
        message = f"internal error: {type(problem).__name__}: {problem}"
        terminal.fail(KexueBookError(message, hint="run again with --verbose, and report it"))
        if verbose:
            terminal.console.print_exception()
        raise typer.Exit(INTERNAL_ERROR) from None


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"kexue-book {kexue_book.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    """Turn a science blog, Chinese and dense with formulas, into an EPUB and a PDF."""


def main() -> None:
    """Run the command line."""
    app()
