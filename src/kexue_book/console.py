"""What the command line shows: progress, diagnostics, errors, the summary.

Data goes to stdout, all else to stderr. Texts from posts may hold anything: what would steer
the terminal is shown as an escape.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import sys
import traceback
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from kexue_book.errors import Diagnostic, KexueBookError, Severity
from kexue_book.model import BuildSummary

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

REPEATS = 8
"""Diagnostics of one code that are shown without --verbose."""
_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}
_UNSHOWABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Terminal controls, line breaks, changes of direction, and bytes of names that are no text."""


class Terminal:
    """Shows how far a command is: bars on a terminal, a line a stage elsewhere."""

    def __init__(self, *, verbose: bool = False, quiet: bool = False) -> None:
        """``quiet``: no progress."""
        self._console = Console(
            stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True
        )
        self._verbose = verbose
        self._quiet = quiet
        self.diagnostics: list[Diagnostic] = []
        """All there were, shown or not."""
        self._counts: Counter[str] = Counter()
        self._bars: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Terminal:
        """Start the bars, if there are any."""
        console = self._console
        if console.is_terminal and not console.is_dumb_terminal and not self._quiet:
            self._bars = _bars(console)
            self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take the bars away and say what was not shown."""
        if self._bars is not None:
            self._bars.stop()
            self._bars = None
        for code, count in self._counts.items():
            if count > REPEATS and not self._verbose:
                self.note(f"… and {count - REPEATS} more {code} (--verbose shows them)")

    def stage(self, name: str, total: int | None) -> None:
        """Begin a stage."""
        if self._bars is not None:
            if self._task is not None:
                self._bars.remove_task(self._task)
            self._task = self._bars.add_task(name, total=total, count=_count(0, total))
        elif not self._quiet:
            steps = f" ({total})" if total is not None else ""
            self._console.print(f"{name}{steps} …")

    def advance(self, done: int) -> None:
        """Move the bar."""
        if self._bars is not None and self._task is not None:
            total = next(task.total for task in self._bars.tasks if task.id == self._task)
            self._bars.update(self._task, completed=done, count=_count(done, total))

    def diagnose(self, diagnostic: Diagnostic) -> None:
        """Show ``file:line: code: message`` and the hint."""
        self.diagnostics.append(diagnostic)
        self._counts[diagnostic.code] += 1
        if self._counts[diagnostic.code] > REPEATS and not self._verbose:
            return
        line = Text(printable(str(diagnostic)))
        message = len(printable(diagnostic.message))
        line.stylize(_COLORS[diagnostic.severity], 0, len(line) - message)
        self._console.print(line)
        if diagnostic.hint:
            self.note(f"  hint: {diagnostic.hint}")

    def note(self, text: str) -> None:
        """Say something by the way."""
        self._console.print(Text(printable(text), style="dim"))

    def fail(self, error: KexueBookError) -> None:
        """Show an error that ends the program; with --verbose, where it comes from."""
        if self._verbose:
            self._console.print(Text(traceback.format_exc()))
        self._console.print(Text.assemble(("error: ", "bold red"), printable(str(error))))
        if error.hint:
            self._console.print(Text(f"hint: {printable(error.hint)}"))

    def summarise(self, summary: BuildSummary) -> None:
        """Show what was made."""
        names = [printable(str(file)) for file in summary.files]
        width = max((len(name) for name in names), default=0)
        for name, size in zip(names, summary.sizes, strict=True):
            line = Text.assemble((f"{name:{width}}", "bold"), f"  {sized(size)}")
            self._console.print(line)
        facts = [counted(summary.chapters, "chapter")]
        if summary.pages is not None:
            facts.append(counted(summary.pages, "page"))
        distinct = f" ({summary.distinct_formulas:,} distinct)" if summary.formulas else ""
        facts.append(counted(summary.formulas, "formula") + distinct)
        facts.append(counted(summary.warnings, "warning"))
        facts.append(f"{summary.seconds:.1f} s")
        if summary.up_to_date:
            facts.append("up to date")
        self._console.print(", ".join(facts))


def _bars(console: Console) -> Progress:
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description:24}", markup=False),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[count]}", markup=False),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )


def _count(done: int, total: float | None) -> str:
    return f"{done}/{total:.0f}" if total is not None else ""


def sized(size: int) -> str:
    """Return ``12 KB``, ``3.4 MB``."""
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} KB"


def counted(number: int, noun: str) -> str:
    """Return ``1 chapter``, ``1,234 chapters``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def printable(text: str) -> str:
    """Return ``text`` in one line, with escapes for what would steer the terminal."""
    return _UNSHOWABLE.sub(lambda mark: ascii(mark[0])[1:-1], text)


def emit(text: str) -> None:
    """Write data to stdout; a reader who has seen enough, as ``head`` has, is no error."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        # The interpreter flushes once more at its end: let that go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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
    return "\n".join(f"{count:>{width}}  {printable(name)}" for name, count in table)
