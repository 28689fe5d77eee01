"""``kexue-book cache``: what builds keep → how much that is, or nothing any more."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import typer

from kexue_book.boundary import guarded
from kexue_book.console import Terminal, emit, printable, sized, to_json
from kexue_book.kept import clear, measure
from kexue_book.options import JsonOption, VerboseOption

cache_app = typer.Typer(
    help="Look at what builds keep to be quicker, or delete it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@cache_app.command("info")
@guarded
def show_cache(json: JsonOption = False, verbose: VerboseOption = False) -> None:
    """Say where what builds keep is, how many files of each kind, and how much room they take."""
    from kexue_book.formulas import default_cache_path, read_cache_info

    info = read_cache_info(default_cache_path())
    folders = _folders(info.path)
    kept = {name: measure(folder) for name, folder in folders.items()}
    if json:
        known = {field.name: getattr(info, field.name) for field in dataclasses.fields(info)}
        for name, (files, size) in kept.items():
            known |= {f"{name}_path": folders[name], name: files, f"{name}_size": size}
        emit(to_json(known))
        return
    facts = (
        ("path", printable(str(info.path))),
        ("version", info.version),
        ("formulas", f"{info.formulas:,}"),
        ("size", sized(info.size)),
        *((name, f"{files:,}, {sized(size)}") for name, (files, size) in kept.items()),
    )
    emit("\n".join(f"{name:8}  {value}" for name, value in facts))


@cache_app.command("clear")
@guarded
def empty_cache(verbose: VerboseOption = False) -> None:
    """Delete what builds have kept; the next one makes everything anew."""
    from kexue_book.formulas import clear_cache, default_cache_path

    path = default_cache_path()
    freed = clear_cache(path) + sum(map(clear, _folders(path).values()))
    Terminal(verbose=verbose).note(f"{sized(freed)} freed")


def _folders(formulas: Path) -> dict[str, Path]:
    """Return what stands beside the file of formulas, of chapters and of whole builds."""
    from kexue_book.epub import images_folder, pages_folder
    from kexue_book.manuscript import drafts_folder
    from kexue_book.pdf import plans_folder, records_folder
    from kexue_book.stamp import builds_folder

    return {
        "chapters": records_folder(formulas),
        "pages": pages_folder(formulas),
        "plans": plans_folder(formulas),
        "drafts": drafts_folder(formulas),
        "images": images_folder(formulas),
        "builds": builds_folder(formulas),
    }
