r"""Formulas → those that a peer cannot set, found before anything is timed.

XeLaTeX sets all of them in one document, each a paragraph, goes on at errors and says their lines;
that is repeated without those, since one error may bring another. For typst pandoc translates all
of them at once, and typst compiles each alone.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pypandoc
from peers import LATEX_HEADER, TYPST_ALIASES, TYPST_PACKAGES, TYPST_RENAMED

_MARK = re.compile(r"^KX(\d+) (.*?)(?=^KX\d+ |\Z)", re.MULTILINE | re.DOTALL)
_ERROR = re.compile(r"^\S*probe\.tex:(\d+): ", re.MULTILINE)
_ROUNDS = 5


def refused_by(peer: str, formulas: Sequence[str]) -> set[str]:
    """Return those of the formulas, with their delimiters, that ``peer`` refuses."""
    return {"latex": _by_latex, "typst": _by_typst}[peer](formulas)


def _by_latex(formulas: Sequence[str]) -> set[str]:
    # One without its brace would swallow what follows, and the run would end at the end.
    refused = {formula for formula in formulas if not _balanced(formula)}
    head = "\\documentclass[fontset=none]{ctexbook}\\usepackage{amsmath,xcolor,unicode-math}"
    opening = [*f"{head}\n{LATEX_HEADER}".splitlines(), "\\begin{document}"]
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "probe.tex"
        for _ in range(_ROUNDS):
            left = [formula for formula in formulas if formula not in refused]
            body = [line for formula in left for line in (formula, "")]
            text = "\n".join([*opening, *body, "\\end{document}", ""])
            path.write_text(text, "utf-8")
            command = ["xelatex", "-no-pdf", "-interaction=nonstopmode", "-file-line-error"]
            done = subprocess.run([*command, path], cwd=name, capture_output=True, check=False)
            lines = {int(n) - 1 for n in _ERROR.findall(done.stdout.decode(errors="replace"))}
            found = {_owner(left, line - len(opening)) for line in lines} - {None}
            if not found:
                return refused
            refused |= {formula for formula in found if formula is not None}
    return refused


def _balanced(formula: str) -> bool:
    braces = re.findall(r"(?<!\\)[{}]", formula.replace(r"\\", ""))
    return braces.count("{") == braces.count("}")


def _owner(formulas: Sequence[str], line: int) -> str | None:
    return formulas[line // 2] if 0 <= line < 2 * len(formulas) else None


def _by_typst(formulas: Sequence[str]) -> set[str]:
    text = "\n\n".join(f"KX{number} {formula}" for number, formula in enumerate(formulas))
    reader = "markdown-smart+tex_math_single_backslash-tex_math_dollars"
    command = [pypandoc.get_pandoc_path(), "-f", reader, "-t", "typst", "--wrap=none"]
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=True)
    written = re.sub(TYPST_RENAMED, r"\1.o", done.stdout.decode())
    translated = {int(n): it.strip() for n, it in _MARK.findall(written)}
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(translated, file)
        file.flush()
        tried = subprocess.run(
            [sys.executable, __file__, file.name, TYPST_ALIASES],
            env={"PYTHONPATH": str(TYPST_PACKAGES), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            check=True,
        )
    bad = set(json.loads(tried.stdout))
    return {f for n, f in enumerate(formulas) if n not in translated or n in bad}


def _try_typst(path: str, aliases: str) -> None:
    """Print the numbers of what typst does not compile."""
    import typst

    compiler = typst.Compiler(ignore_system_fonts=True)
    bad = []
    for number, text in json.loads(Path(path).read_text("utf-8")).items():
        try:
            if not text.startswith("$"):
                raise ValueError(text)
            compiler.compile(f"{aliases}\n{text}".encode())
        except (typst.TypstError, ValueError):
            bad.append(int(number))
    print(json.dumps(bad))


if __name__ == "__main__":
    _try_typst(*sys.argv[1:])
