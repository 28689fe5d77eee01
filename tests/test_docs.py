"""The documents say what the program does."""

from __future__ import annotations

import ast
import re
import subprocess
import sys

from conftest import REPOSITORY
from kexue_book import errors

SOURCE = REPOSITORY / "src" / "kexue_book"
DIAGNOSTICS = (REPOSITORY / "docs" / "errors.md").read_text("utf-8")


def codes_in_source() -> set[str]:
    """Every kebab-case string that is given as a diagnostic's code."""
    codes: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                given = [k.value for k in node.keywords if k.arg == "code"]
                if name in ("_warn", "_report", "_refuse"):
                    given += node.args[:1]
                codes |= {v.value for v in given if isinstance(v, ast.Constant)}
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple | ast.Constant):
                text = ast.unparse(node)
                if text.startswith(("code =", "code, ", "(code")):
                    codes |= set(re.findall(r"'([a-z0-9]+(?:-[a-z0-9]+)+)'", text))
    return {code for code in codes if re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", str(code))}


def test_every_diagnostic_is_documented() -> None:
    documented = set(re.findall(r"^\| `([a-z0-9-]+)` \|", DIAGNOSTICS, re.MULTILINE))
    assert documented == codes_in_source()


def test_every_exit_code_is_documented() -> None:
    for name, kind in vars(errors).items():
        if isinstance(kind, type) and issubclass(kind, errors.KexueBookError):
            assert f"| {kind.exit_code} | `{name}` |" in DIAGNOSTICS


def test_the_command_line_reference_is_current() -> None:
    script = REPOSITORY / "scripts" / "cli_reference.py"
    shown = subprocess.run(
        [sys.executable, str(script), "--print"], capture_output=True, text=True, check=True
    ).stdout
    assert shown == (REPOSITORY / "docs" / "cli.md").read_text("utf-8")


def test_pictures_and_documents_that_are_linked_exist() -> None:
    for page in [*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)", page.read_text("utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_dependency_is_accounted_for() -> None:
    project = (REPOSITORY / "pyproject.toml").read_text("utf-8")
    listed = re.search(r"^dependencies = \[\n(.*?)^\]", project, re.MULTILINE | re.DOTALL)
    assert listed is not None
    decision = (REPOSITORY / "docs" / "decisions" / "0005-dependencies.md").read_text("utf-8")
    for name in re.findall(r'^\s+"([A-Za-z0-9_-]+)', listed[1], re.MULTILINE):
        assert f"`{name}`" in decision
