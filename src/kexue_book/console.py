"""What the command line shows: progress, diagnostics, the summary.

Data goes to stdout, all else to stderr.
"""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from kexue_book.errors import Diagnostic, KexueBookError, Severity
from kexue_book.model import BuildSummary

REPEATS = 8
"""Diagnostics of one code that are shown without --verbose."""
_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}


class Terminal:
    """Shows a build's progress: bars on a terminal, a line a stage elsewhere."""

    def __init__(self, *, verbose: bool = False, quiet: bool = False) -> None:
        """``quiet``: no progress."""
        self.console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._verbose = verbose
        self._quiet = quiet
        self._counts: Counter[str] = Counter()
        self._bars: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Terminal:
        """Start the bars, if there are any."""
        if self.console.is_terminal and not self._quiet:
            self._bars = Progress(
                SpinnerColumn(),
                TextColumn("{task.description:24}"),
                BarColumn(bar_width=30),
                TextColumn("{task.completed}/{task.total}"),
                TimeElapsedColumn(),
                console=self.console,
                transient=True,
            )
            self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take the bars away and say what was not shown."""
        if self._bars is not None:
            self._bars.stop()
        for code, count in self._counts.items():
            if count > REPEATS and not self._verbose:
                self.console.print(
                    f"… and {count - REPEATS} more {code} (all with --verbose)", style="dim"
                )

    def stage(self, name: str, total: int | None) -> None:
        """Begin a stage."""
        if self._bars is not None:
            if self._task is not None:
                self._bars.remove_task(self._task)
            self._task = self._bars.add_task(name, total=total)
        elif not self._quiet:
            steps = f" ({total})" if total is not None else ""
            self.console.print(f"{name}{steps} …")

    def advance(self, done: int) -> None:
        """Move the bar."""
        if self._bars is not None and self._task is not None:
            self._bars.update(self._task, completed=done)

    def diagnose(self, diagnostic: Diagnostic) -> None:
        """Show ``file:line: code: message`` and the hint."""
        self._counts[diagnostic.code] += 1
        if self._counts[diagnostic.code] > REPEATS and not self._verbose:
            return
        line = Text(str(diagnostic))
        line.stylize(_COLORS[diagnostic.severity], 0, len(line) - len(diagnostic.message))
        self.console.print(line)
        if diagnostic.hint:
            self.console.print(Text(f"  hint: {diagnostic.hint}", style="dim"))

    def fail(self, error: KexueBookError) -> None:
        """Show an error that ends the program."""
        self.console.print(Text.assemble(("error: ", "bold red"), str(error)))
        if error.hint:
            self.console.print(Text(f"hint: {error.hint}"))

    def summarise(self, summary: BuildSummary) -> None:
        """Show what was made."""
        for file, size in zip(summary.files, summary.sizes, strict=True):
            self.console.print(Text.assemble((str(file), "bold"), f"  {size / 1e6:.2f} MB"))
        facts = [f"{summary.chapters} chapters"]
        if summary.pages is not None:
            facts.append(f"{summary.pages} pages")
        facts.append(f"{summary.formulas} formulas ({summary.distinct_formulas} distinct)")
        facts.append(f"{summary.warnings} warnings")
        facts.append(f"{summary.seconds:.1f} s")
        self.console.print(", ".join(facts))


def to_json(value: object) -> str:
    """Return a dataclass, or a list of them, as JSON."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return str(value)


def rows(table: Sequence[tuple[str, int]]) -> str:
    """Return names with counts, one a line, the counts in front."""
    width = max((len(str(count)) for _, count in table), default=0)
    return "\n".join(f"{count:>{width}}  {name}" for name, count in table)
