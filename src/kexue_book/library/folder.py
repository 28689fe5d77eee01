"""The posts' folder → the texts of its Markdown files, none of them outside it.

Links are followed only while they stay inside: a post folder from elsewhere must not print
the files of whoever builds the book.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from kexue_book.errors import Diagnostic, Severity
from kexue_book.library.encoding import decode_post

SUFFIXES = frozenset((".md", ".markdown"))
MAX_BYTES = 20 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class PostFile:
    """A Markdown file and its text."""

    path: Path
    """As reached from the folder the user named."""
    relative: PurePath
    """From that folder."""
    text: str
    r"""With ``\n`` line ends."""


def read_files(root: Path) -> Iterator[PostFile | Diagnostic]:
    """Yield each post's file, or why it is left out, folder by folder."""
    home = root.resolve()
    problems: list[OSError] = []
    for folder, names, files in os.walk(root, onerror=problems.append):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in names:
            path = Path(folder, name)
            if path.is_symlink() and not _is_inside(path, home):
                yield _outside(path, Severity.WARNING)
        for name in sorted(files):
            path = Path(folder, name)
            if path.suffix.lower() in SUFFIXES and not name.startswith("."):
                yield from _read(path, root, home)
    yield from (_unreadable(Path(problem.filename), problem, "folder") for problem in problems)


def _read(path: Path, root: Path, home: Path) -> Iterator[PostFile | Diagnostic]:
    """Yield the file; nothing when it is a second name for a post inside the folder."""
    relative = path.relative_to(root)
    if path.is_symlink():
        if not _is_inside(path, home):
            yield _outside(path, Severity.ERROR)
            return
        if _is_post(path, home):
            return
    try:
        if not path.is_file() and path.exists():
            raise OSError(0, "it is no regular file")
        if path.stat().st_size > MAX_BYTES:
            raise OSError(0, f"it has more than {MAX_BYTES >> 20} MB")
        text = decode_post(path.read_bytes(), path)
        if isinstance(text, Diagnostic):
            yield text
        else:
            yield PostFile(path=path, relative=relative, text=text)
    except OSError as problem:
        yield _unreadable(path, problem, "post")


def _is_inside(path: Path, home: Path) -> bool:
    try:
        return path.resolve().is_relative_to(home)
    except (OSError, RuntimeError):  # links in a circle
        return True  # reading it says what is wrong


def _is_post(link: Path, home: Path) -> bool:
    """Whether a link leads to a file that is read under its own name."""
    try:
        target = link.resolve(strict=True).relative_to(home)
    except (OSError, RuntimeError, ValueError):
        return False
    hidden = any(part.startswith(".") for part in target.parts)
    return target.suffix.lower() in SUFFIXES and not hidden


def _unreadable(path: Path, problem: OSError, what: str) -> Diagnostic:
    return Diagnostic(
        code=f"unreadable-{what}",
        severity=Severity.ERROR,
        message=f"the {what} cannot be read and is left out: {problem.strerror}",
        path=path,
        hint=f"check the {what} and its permissions",
    )


def _outside(path: Path, severity: Severity) -> Diagnostic:
    return Diagnostic(
        code="outside-link",
        severity=severity,
        message="a link out of the posts' folder is not followed",
        path=path,
        hint="copy what it leads to into the posts' folder",
    )
