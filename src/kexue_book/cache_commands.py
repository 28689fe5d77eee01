"""``kexue-book cache``: what builds keep → how much that is, or nothing any more."""

from __future__ import annotations

import dataclasses

import typer

from kexue_book.boundary import guarded
from kexue_book.console import Terminal, emit, printable, sized, to_json
from kexue_book.options import JsonOption, VerboseOption

cache_app = typer.Typer(
    help="Look at what builds keep to be quicker, or delete it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@cache_app.command("info")
@guarded
def show_cache(json: JsonOption = False, verbose: VerboseOption = False) -> None:
    """Say where formulas and chapters are kept, how many, and how much room they take."""
    from kexue_book.formulas import default_cache_path, read_cache_info
    from kexue_book.pdf import measure_records, records_folder

    info = read_cache_info(default_cache_path())
    folder = records_folder(info.path)
    records, size = measure_records(folder)
    if json:
        known = {field.name: getattr(info, field.name) for field in dataclasses.fields(info)}
        emit(
            to_json({**known, "chapters_path": folder, "chapters": records, "chapters_size": size})
        )
        return
    facts = (
        ("path", printable(str(info.path))),
        ("version", info.version),
        ("formulas", f"{info.formulas:,}"),
        ("size", sized(info.size)),
        ("chapters", f"{records:,}, {sized(size)}"),
    )
    emit("\n".join(f"{name:8}  {value}" for name, value in facts))


@cache_app.command("clear")
@guarded
def empty_cache(verbose: VerboseOption = False) -> None:
    """Delete what builds have kept; the next one makes everything anew."""
    from kexue_book.formulas import clear_cache, default_cache_path
    from kexue_book.pdf import clear_records, records_folder

    path = default_cache_path()
    freed = clear_cache(path) + clear_records(records_folder(path))
    Terminal(verbose=verbose).note(f"{sized(freed)} freed")
