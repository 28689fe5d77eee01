"""The errors kexue-book raises, each with its exit code, and the diagnostics it collects.

::

    KexueBookError                exit 1   anything of ours
    ├── UsageError                exit 2   an option that makes no sense
    ├── LibraryError              exit 3   no posts folder, or none of its posts can be read
    ├── SelectionError            exit 4   no post answers the selection
    ├── OutputError               exit 5   the output cannot be written
    ├── MissingDependencyError    exit 6   Pango, pandoc or a font is not there
    ├── ThemeError                exit 7   a template or style sheet of the theme is broken
    ├── RenderError               exit 8   a writer gave up on the book
    ├── StrictError               exit 9   --strict, and there were warnings
    └── CacheError                exit 10  the cache of formulas cannot be read or cleared

An error ends the build; a :class:`Diagnostic` is about one post or one place in it and lets
the build go on. Only ``cli.py`` prints them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class KexueBookError(Exception):
    """Base of all our errors: one line for people, a hint, and an exit code."""

    exit_code = 1

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        path: Path | str | None = None,
        line: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.path = path
        self.line = line

    def __str__(self) -> str:
        """Return ``path:line: message``, with what is known of the place."""
        return place(self.path, self.line) + self.message


class UsageError(KexueBookError):
    """An option or a configuration value that makes no sense."""

    exit_code = 2


class LibraryError(KexueBookError):
    """The posts folder is missing, unreadable or holds no readable post."""

    exit_code = 3


class SelectionError(KexueBookError):
    """No post answers the selection."""

    exit_code = 4


class OutputError(KexueBookError):
    """The output cannot be written; what was there before is untouched."""

    exit_code = 5


class MissingDependencyError(KexueBookError):
    """A program, a library or a font that the build needs is not installed."""

    exit_code = 6


class ThemeError(KexueBookError):
    """A template or a style sheet is missing or broken."""

    exit_code = 7


class RenderError(KexueBookError):
    """A writer (EPUB or PDF) could not finish the book."""

    exit_code = 8


class StrictError(KexueBookError):
    """The build had warnings and ``--strict`` was given."""

    exit_code = 9


class CacheError(KexueBookError):
    """The cache of formulas cannot be read or cleared; a build does without it."""

    exit_code = 10


class Severity(StrEnum):
    """How bad a diagnostic is: an error lost or replaced something, a warning may have."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One finding about one place of one post."""

    code: str
    """Stable kebab-case name, listed in docs/errors.md: ``missing-image``."""
    severity: Severity
    message: str
    """What is the matter, in one line, without the place."""
    path: Path | None = None
    """The file, as the user named it."""
    line: int | None = None
    """1-based line in the file, front matter included."""
    hint: str | None = None
    """How to fix it, in one line."""

    def __str__(self) -> str:
        """Return ``file:line: code: message``."""
        return f"{place(self.path, self.line)}{self.code}: {self.message}"


def place(path: Path | str | None, line: int | None) -> str:
    """Return ``"path:line: "``, ``"path: "`` or ``""``."""
    if path is None:
        return ""
    return f"{path}:{line}: " if line is not None else f"{path}: "
