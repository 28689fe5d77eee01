"""The command line's own help texts → docs/cli.md, between its two marks.

usage: python scripts/cli_reference.py [--check]

``--check`` writes nothing, and exits with 1 when docs/cli.md is not what it would write.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import typer.main

from kexue_book.cli import app

PAGE = Path(__file__).parent.parent / "docs" / "cli.md"
BEGIN = "<!-- made by scripts/cli_reference.py: edit the help texts, not this -->"
END = "<!-- end of what is made -->"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    old = PAGE.read_text("utf-8")
    new = with_reference(old)
    if parser.parse_args().check:
        sys.exit(old != new and f"{PAGE} is not current: run `make docs`")
    PAGE.write_text(new, "utf-8")


def with_reference(page: str) -> str:
    """Put the reference where the marks of the page are."""
    before, _, rest = page.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise SystemExit(f"{PAGE} lacks the marks {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{reference()}\n{END}{after}"


def reference() -> str:
    """Return one section a command: what it does, its options."""
    return "\n".join(line for name, command in commands() for line in section(name, command))


def commands() -> Iterator[tuple[str, Any]]:
    """Return every command that does something, by its full name."""
    pending = [("kexue-book", typer.main.get_command(app))]
    while pending:
        name, command = pending.pop(0)
        children = getattr(command, "commands", None)
        if children is None or len(command.params) > 0:
            yield name, command
        pending += [(f"{name} {child}", found) for child, found in (children or {}).items()]


def section(name: str, command: Any) -> Iterator[str]:
    yield f"### `{name}`"
    yield ""
    yield command.help.strip()
    yield ""
    yield "| option | meaning | default |"
    yield "|---|---|---|"
    for option in command.params:
        yield f"| {spelled(option)} | {meaning(option)} | {default(option)} |"
    yield ""


def spelled(option: Any) -> str:
    value = "" if option.is_flag else f" {metavar(option)}"
    names = sorted(option.opts, key=len, reverse=True)
    return ", ".join(f"`{name}{value}`" for name in names).replace("|", "\\|")


def metavar(option: Any) -> str:
    return option.metavar or "|".join(choice.value for choice in type(option.default))


def meaning(option: Any) -> str:
    return option.help + (" May be given several times." if option.multiple else "")


def default(option: Any) -> str:
    value = option.default
    if value is None or value is False:
        return ""
    return f"`{value.value if isinstance(value, Enum) else value}`"


if __name__ == "__main__":
    main()
