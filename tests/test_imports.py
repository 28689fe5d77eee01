"""The arrows of ARCHITECTURE.md: who may import whom, and what."""

from __future__ import annotations

import ast
import functools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "src" / "kexue_book"
ORDER = (
    *(
        "errors",
        "model",
        "files",
        "progress",
        "screens",
        "kept",
        "lookups",
        "surroundings",
        "library",
        "outline",
        "formulas",
        "manuscript",
        "layout",
        "cover",
    ),
    *(
        "epub",
        "pdf",
        "stamp",
        "typesetting",
        "build_options",
        "build",
        "console",
        "boundary",
        "options",
        "cache_commands",
        "list_commands",
        "cli",
        "__main__",
    ),
)
"""From left to right; a room imports what stands before it."""
STRANGERS = ({"epub", "pdf"}, {"library", "formulas"}, {"outline", "formulas"})
"""Rooms that do not know each other, though one stands before the other."""
KEEPERS = {
    "ebooklib": {"epub"},
    "fontTools": {"cover", "epub", "pdf"},
    "jinja2": {"layout"},
    "mathjax": {"formulas"},
    "nh3": {"manuscript"},
    "PIL": {"cover", "epub", "manuscript", "pdf", "screens"},
    "py_mini_racer": {"formulas"},
    "pydyf": {"pdf"},
    "pygments": {"manuscript"},
    "pypandoc": {"manuscript"},
    "resvg_py": {"epub"},
    "rich": {"console"},
    "typer": {"cache_commands", "cli", "list_commands", "options"},
    "weasyprint": {"pdf"},
    "yaml": {"library"},
}
"""Libraries, and the rooms that alone may import them."""


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(source: str) -> Iterator[tuple[str, str | None]]:
    """All modules a source imports, each with the name taken from it, if one is."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            if module == "kexue_book":
                yield from ((f"{module}.{alias.name}", None) for alias in node.names)
            else:
                yield from ((module, alias.name) for alias in node.names)


@functools.cache
def exports(room: str) -> frozenset[str] | None:
    """What a room offers: its ``__all__``; None for a room of one module, which offers all."""
    path = PACKAGE / room / "__init__.py"
    if not path.exists():
        return None
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return frozenset(ast.literal_eval(node.value))
    return frozenset()


def violations(room: str, source: str) -> list[str]:
    found = []
    for module, name in imports(source):
        if module.startswith("."):
            found.append(f"{room} imports {module}: write the whole name")
        elif not module.startswith("kexue_book."):
            library = module.split(".")[0]
            if room not in KEEPERS.get(library, {room}):
                found.append(f"{room} imports {library}, which belongs to {KEEPERS[library]}")
        elif module.split(".")[1] != room:
            found += arrow_violations(room, module, name)
    return found


def arrow_violations(room: str, module: str, name: str | None) -> list[str]:
    other = module.split(".")[1]
    found = []
    if other not in ORDER or ORDER.index(other) >= ORDER.index(room):
        found.append(f"{room} imports {module}, which does not stand to its left")
    if {room, other} in STRANGERS:
        found.append(f"{room} imports {module}, but the two do not know each other")
    if module.count(".") > 1:
        found.append(f"{room} imports {module}, a module of another room")
    elif name is not None and name not in (exports(other) or {name}):
        found.append(f"{room} imports {name} from {module}, which does not offer it")
    return found


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_arrows(path: Path) -> None:
    if path != PACKAGE / "__init__.py":
        assert violations(room_of(path), path.read_text("utf-8")) == []


def test_every_room_has_its_place() -> None:
    rooms = {room_of(path) for path in PACKAGE.rglob("*.py")} - {"__init__"}
    assert rooms == set(ORDER)


def test_every_package_says_what_it_offers() -> None:
    for path in PACKAGE.glob("*/__init__.py"):
        assert exports(path.parent.name), path


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("library", "from kexue_book.outline import choose"),
        ("library", "def f():\n    import kexue_book.outline"),
        ("library", "from kexue_book import outline"),
        ("library", "from ..outline import choose"),
        ("epub", "from kexue_book.pdf import write_pdf"),
        ("pdf", "from kexue_book.epub import write_epub"),
        ("formulas", "from kexue_book.library import read_library"),
        ("manuscript", "from kexue_book.formulas.scan import scan_formulas"),
        ("manuscript", "from kexue_book.formulas import code_regions"),
        ("model", "from kexue_book.cli import main"),
        ("build", "from kexue_book.basement import coal"),
        ("layout", "import weasyprint.css"),
        ("epub", "from py_mini_racer import MiniRacer"),
        ("build", "import ebooklib"),
    ],
)
def test_a_wrong_arrow_is_seen(room: str, source: str) -> None:
    assert violations(room, source)


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("outline", "from kexue_book.model import Post"),
        ("outline", "from kexue_book.outline.names import fold"),
        ("build", "from kexue_book.library import read_library"),
        ("cli", "import kexue_book\nfrom kexue_book.options import selecting"),
        ("pdf", "import weasyprint, re"),
    ],
)
def test_a_right_arrow_is_no_fault(room: str, source: str) -> None:
    assert violations(room, source) == []


def loaded_after(statement: str, modules: list[str]) -> str:
    code = f"import sys; {statement}; print([m for m in {modules!r} if m in sys.modules])"
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_the_command_line_starts_without_the_heavy_libraries() -> None:
    heavy = ["weasyprint", "ebooklib", "py_mini_racer", "lxml", "nh3", "PIL", "fontTools", "jinja2"]
    assert loaded_after("import kexue_book.cli", heavy) == "[]"


def test_worker_processes_do_not_load_the_command_line() -> None:
    """They import the module that the main process was started with."""
    assert loaded_after("import kexue_book.__main__", ["kexue_book.cli", "typer"]) == "[]"


def test_processes_that_lay_out_are_forked_from_one_that_has_loaded_what_they_need() -> None:
    needed = ["weasyprint", "kexue_book.pdf.render"]
    assert loaded_after("import kexue_book.pdf.preloaded", needed) == repr(needed)


def test_a_build_loads_a_writer_only_to_write() -> None:
    late = ["weasyprint", "ebooklib", "py_mini_racer", "lxml", "nh3", "PIL", "jinja2", "pygments"]
    assert loaded_after("import kexue_book.build", late) == "[]"
