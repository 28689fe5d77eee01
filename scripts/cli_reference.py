"""The command line's own help → docs/cli.md, or to standard output with ``--print``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

COMMANDS = (
    (),
    ("build",),
    ("check",),
    ("list",),
    ("list", "posts"),
    ("list", "categories"),
    ("list", "tags"),
)


def reference() -> str:
    """Return the page: each command's help as it is shown 100 columns wide."""
    parts = ["# Command line\n\nMade by `scripts/cli_reference.py`; do not edit.\n"]
    for command in COMMANDS:
        shown = subprocess.run(
            [sys.executable, "-m", "kexue_book", *command, "--help"],
            capture_output=True,
            text=True,
            check=True,
            env={"COLUMNS": "100", "TERM": "dumb", "PATH": "", "PYTHONIOENCODING": "utf-8"},
        ).stdout
        help_text = shown.replace("python -m kexue_book", "kexue-book").strip()
        help_text = "\n".join(line.rstrip() for line in help_text.splitlines())
        parts.append(f"## `{' '.join(('kexue-book', *command))}`\n\n```\n{help_text}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    if "--print" in sys.argv:
        print(reference(), end="")
    else:
        (Path(__file__).parent.parent / "docs" / "cli.md").write_text(reference(), "utf-8")
