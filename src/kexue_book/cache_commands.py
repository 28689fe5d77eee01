"""``kexue-book cache``: the file of typeset formulas → what is in it, or an empty one."""

from __future__ import annotations

import typer

from kexue_book.boundary import guarded
from kexue_book.console import Terminal, emit, printable, sized, to_json
from kexue_book.options import JsonOption, VerboseOption

cache_app = typer.Typer(
    help="Look at the cache of typeset formulas, or empty it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@cache_app.command("info")
@guarded
def show_cache(json: JsonOption = False, verbose: VerboseOption = False) -> None:
    """Say where typeset formulas are kept, how many, and how much room they take."""
    from kexue_book.formulas import default_cache_path, read_cache_info

    info = read_cache_info(default_cache_path())
    if json:
        emit(to_json(info))
        return
    facts = (
        ("path", printable(str(info.path))),
        ("version", info.version),
        ("formulas", f"{info.formulas:,}"),
        ("size", sized(info.size)),
    )
    emit("\n".join(f"{name:8}  {value}" for name, value in facts))


@cache_app.command("clear")
@guarded
def empty_cache(verbose: VerboseOption = False) -> None:
    """Empty the cache of typeset formulas; the next build sets them anew."""
    from kexue_book.formulas import clear_cache, default_cache_path

    freed = clear_cache(default_cache_path())
    Terminal(verbose=verbose).note(f"{sized(freed)} freed")
