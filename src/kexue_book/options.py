"""Options that several commands share, and what they add up to: a :class:`Selection`.

The help texts here are the ones of ``--help`` and, through ``scripts/cli_reference.py``, of
docs/cli.md.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from kexue_book.errors import UsageError
from kexue_book.model import Order, Selection

PostsOption = Annotated[Path, typer.Option("--posts", metavar="DIR", help="Folder of posts.")]
CategoryOption = Annotated[
    list[str] | None,
    typer.Option(
        *("--category", "-c"),
        metavar="NAME",
        help="Posts in this category, at any level; “数学>概率论” names a path.",
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
    int | None,
    typer.Option("--limit", metavar="N", min=1, help="At most so many, the first in order."),
]
DraftsOption = Annotated[bool, typer.Option("--drafts", help="Drafts too.")]
OrderOption = Annotated[Order, typer.Option("--order", help="Order of the chapters.")]
JobsOption = Annotated[
    int, typer.Option("--jobs", "-j", metavar="N", min=0, help="Processes; 0 for one a core.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON to standard output.")]
VerboseOption = Annotated[
    bool, typer.Option("--verbose", "-v", help="Every diagnostic, and tracebacks.")
]


def selecting(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that takes a ``selection`` the options that make one.

    Typer reads a command's options from its signature. This puts those of
    :func:`make_selection` where the signature of ``command`` says ``selection``, so that every
    command selects in the same way.
    """
    own = inspect.signature(command, eval_str=True)
    options = inspect.signature(make_selection, eval_str=True).parameters
    merged: list[inspect.Parameter] = []
    for parameter in own.parameters.values():
        merged += options.values() if parameter.name == "selection" else [parameter]

    @functools.wraps(command)
    def run(**values: Any) -> None:
        chosen = {name: values.pop(name) for name in options}
        command(**values, selection=make_selection(**chosen))

    del run.__dict__["__wrapped__"]
    run.__dict__["__signature__"] = inspect.Signature(
        [parameter.replace(kind=parameter.KEYWORD_ONLY) for parameter in merged]
    )
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in merged}
    return run


def make_selection(
    *,
    category: CategoryOption = None,
    tag: TagOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    year: YearOption = None,
    title: TitleOption = None,
    exclude: ExcludeOption = None,
    limit: LimitOption = None,
    drafts: DraftsOption = False,
) -> Selection:
    """Return the selection that the options of the same names ask for.

    Raises:
        UsageError: a date is none, or two options contradict each other.
    """
    from kexue_book.outline import parse_first_day, parse_last_day

    if year is not None:
        since = until = _only_year(year, since, until)
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
    _refuse_blanks(selection)
    return selection


def _only_year(year: str, since: str | None, until: str | None) -> str:
    if since is not None or until is not None:
        raise UsageError("--year excludes --since and --until", hint="give one or the other")
    if not (year.isdecimal() and len(year) == 4):
        raise UsageError(f"“{year}” is no year", hint="write it as 2021")
    return year


def _refuse_blanks(selection: Selection) -> None:
    """An unset variable in a script, ``--title "$T"``, would select everything or nothing."""
    for option, values in (
        ("category", selection.categories),
        ("tag", selection.tags),
        ("title", selection.titles),
        ("exclude", selection.excludes),
    ):
        if any(not value.strip() for value in values):
            raise UsageError(f"--{option} is given an empty text", hint="write one, or leave it")
