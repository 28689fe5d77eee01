"""The arrows of ARCHITECTURE.md: who may import whom."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "src" / "kexue_book"
ORDER = (
    *("errors", "model", "files", "library", "outline", "formulas", "manuscript", "layout"),
    *("epub", "pdf", "build", "console", "cli", "__main__"),
)
"""From left to right; a room imports what stands before it."""
KEEPERS = {
    "weasyprint": "pdf",
    "pydyf": "pdf",
    "ebooklib": "epub",
    "py_mini_racer": "formulas",
    "pypandoc": "manuscript",
    "nh3": "manuscript",
    "jinja2": "layout",
    "yaml": "library",
    "typer": "cli",
}
"""Libraries that one room only may import."""


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(source: str) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.append(node.module)
    return names


def violations(room: str, source: str) -> list[str]:
    found = []
    for name in imported(source):
        parts = name.split(".")
        if parts[0] == "kexue_book" and len(parts) > 1 and parts[1] != room:
            if ORDER.index(parts[1]) >= ORDER.index(room):
                found.append(f"{room} imports {name}, which stands to its right")
            if {room, parts[1]} == {"epub", "pdf"}:
                found.append(f"{room} imports {name}: the writers do not know each other")
            if len(parts) > 2:
                found.append(f"{room} imports {name}, not the room itself")
        elif KEEPERS.get(parts[0], room) != room:
            found.append(f"{room} imports {name}, which is {KEEPERS[parts[0]]}'s")
    return found


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=str)
def test_arrows(path: Path) -> None:
    room = room_of(path)
    if room != "__init__":
        assert violations(room, path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("library", "from kexue_book.outline import choose"),
        ("epub", "from kexue_book.pdf import write_pdf"),
        ("manuscript", "from kexue_book.formulas.scan import scan_formulas"),
        ("layout", "import weasyprint.css"),
    ],
)
def test_a_wrong_arrow_is_seen(room: str, source: str) -> None:
    assert violations(room, source)


def test_the_command_line_starts_without_the_heavy_libraries() -> None:
    heavy = ["weasyprint", "ebooklib", "py_mini_racer", "lxml", "nh3", "PIL", "fontTools"]
    code = f"import sys, kexue_book.cli; print([m for m in {heavy!r} if m in sys.modules])"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"
