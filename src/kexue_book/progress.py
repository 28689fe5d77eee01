"""How far a build is, and what it has to say: who is told, and what keeps it.

The command line shows it (``console.Terminal``); tests and benchmarks collect it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from kexue_book.errors import Diagnostic, Severity


class Progress(Protocol):
    """Who is told how far a build is."""

    def stage(self, name: str, total: int | None) -> None:
        """A new stage begins, of so many steps if that is known."""

    def advance(self, done: int) -> None:
        """So many steps of the stage are done."""

    def diagnose(self, diagnostic: Diagnostic) -> None:
        """There is something to say about a post."""


class Collector:
    """A progress that keeps what it is told, and shows nothing."""

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.totals: dict[str, int | None] = {}
        """Steps of each stage, in the order in which they began."""
        self.steps: dict[str, list[int]] = {}
        """What was done of each stage, as it was told."""

    def stage(self, name: str, total: int | None) -> None:
        """Keep a stage."""
        self.totals[name] = total
        self.steps[name] = []

    def advance(self, done: int) -> None:
        """Keep a step of the stage that began last."""
        self.steps[next(reversed(self.steps))].append(done)

    def diagnose(self, diagnostic: Diagnostic) -> None:
        """Keep a diagnostic."""
        self.diagnostics.append(diagnostic)

    @property
    def codes(self) -> list[str]:
        """What was found, by code, in order."""
        return [diagnostic.code for diagnostic in self.diagnostics]


class Counting:
    """Passes everything on, and counts what is wrong."""

    def __init__(self, progress: Progress) -> None:
        """Pass it on to ``progress``."""
        self._progress = progress
        self.stage = progress.stage
        self.advance = progress.advance
        self.warnings = 0
        self.diagnostics: list[Diagnostic] = []

    def diagnose(self, diagnostics: Sequence[Diagnostic]) -> None:
        """Pass on what there is to say."""
        self.diagnostics += diagnostics
        for diagnostic in diagnostics:
            self.warnings += diagnostic.severity is not Severity.INFO
            self._progress.diagnose(diagnostic)
