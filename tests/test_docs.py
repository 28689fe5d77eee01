"""The pages that must say what the program does: codes, exit codes, options."""

from __future__ import annotations

import ast
import fnmatch
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kexue_book import boundary, errors
from kexue_book.errors import KexueBookError
from kexue_book.pdf import PAGE_SIZES

REPOSITORY = Path(__file__).parent.parent
DOCS = REPOSITORY / "docs"
SOURCES = sorted((REPOSITORY / "src").rglob("*.py"))


def codes_in(source: str) -> Iterator[str]:
    """The codes of diagnostics that a source spells: as ``code=…``, or for a parameter ``code``.

    What is put together at run time is returned with a ``*``: ``unreadable-*``.
    """
    tree = ast.parse(source)
    takers = {
        node.name: [argument.arg for argument in node.args.args if argument.arg != "self"]
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and any(argument.arg == "code" for argument in node.args.args)
    }
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        given = [keyword.value for keyword in call.keywords if keyword.arg == "code"]
        parameters = takers.get(ast.unparse(call.func).rpartition(".")[2], [])
        given += [
            value for name, value in zip(parameters, call.args, strict=False) if name == "code"
        ]
        for value in given:
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value
            elif isinstance(value, ast.JoinedStr):
                yield "".join(
                    str(part.value) if isinstance(part, ast.Constant) else "*"
                    for part in value.values
                )


def column(page: Path, heading: str) -> dict[str, str]:
    """The table under a heading: its first column without backquotes, with the second."""
    text = page.read_text("utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `?([^|`]+?)`? \| (.*?) \|", text, re.MULTILINE)
    return {first: second for first, second in rows if not first.startswith("-")}


def subclasses(kind: type[KexueBookError]) -> Iterator[type[KexueBookError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from subclasses(child)


def test_codes_are_found_however_they_are_passed() -> None:
    source = (
        "Diagnostic(code='one-two', line=1)\n"
        "Diagnostic(code=f'three-{what}')\n"
        "def report(self, line, code): Diagnostic(code=code)\n"
        "self.report(3, 'four-five')\n"
        "other(3, 'six')\n"
    )
    assert sorted(codes_in(source)) == ["four-five", "one-two", "three-*"]


def test_every_code_is_explained_and_no_other() -> None:
    used = {code for path in SOURCES for code in codes_in(path.read_text("utf-8"))}
    explained = set(column(DOCS / "errors.md", "Diagnostics")) - {"code"}
    assert len(used) > 10
    for code in used:
        assert fnmatch.filter(explained, code), f"{code} is not in docs/errors.md"
    for code in explained:
        patterns = [pattern for pattern in used if fnmatch.fnmatch(code, pattern)]
        assert patterns, f"docs/errors.md explains {code}, which nothing reports"


def test_codes_stand_in_order() -> None:
    codes = list(column(DOCS / "errors.md", "Diagnostics"))[1:]
    assert codes == sorted(codes)


def test_exit_codes_are_those_of_the_classes() -> None:
    table = column(DOCS / "errors.md", "Exit codes")
    classes = set(subclasses(KexueBookError))
    shown = {kind.__name__: kind.exit_code for kind in classes if kind.__module__.startswith("kex")}
    for name, code in shown.items():
        assert f"`{name}`" in table[str(code)]
    extra = {"exit", "0", str(boundary.INTERRUPTED)}
    assert set(table) - extra == {str(code) for code in shown.values()}


def test_the_tree_of_errors_is_the_classes() -> None:
    assert errors.__doc__ is not None
    drawn = dict(re.findall(r"(\w+Error) +exit (\d+)", errors.__doc__))
    assert drawn == {
        kind.__name__: str(kind.exit_code)
        for kind in subclasses(KexueBookError)
        if kind.__module__ == "kexue_book.errors"
    }


def test_the_command_line_reference_is_current() -> None:
    command = [sys.executable, str(REPOSITORY / "scripts" / "cli_reference.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_page_sizes_are_named() -> None:
    text = (DOCS / "cli.md").read_text("utf-8")
    line = next(line for line in text.splitlines() if line.startswith("| `--page SIZE`"))
    assert set(re.findall(r"\b\w+\b", line.split("|")[2])) - {"or", "PDF"} == set(PAGE_SIZES)


@pytest.mark.parametrize("page", sorted(REPOSITORY.glob("*.md")) + sorted(DOCS.rglob("*.md")))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8")):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_dependency_is_accounted_for() -> None:
    import tomllib

    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    required = {re.split(r"[<>=\[]", entry)[0] for entry in project["dependencies"]}
    reasons = set(column(DOCS / "decisions" / "0005-dependencies.md", "Decision")) - {"package"}
    assert reasons == required
