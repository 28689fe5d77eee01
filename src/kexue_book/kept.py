"""What builds keep on disk to be quicker: names → bytes, each in a file of its own.

Files are named by the hash of everything that shaped what is in them, and written aside, so that
builds at the same time and builds that are killed do no harm. What is damaged counts as missing,
and what cannot be written is done without: it only takes longer. What is kept is data, never
pickled: who can write into the folder can spoil a book, but not run anything.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from kexue_book.errors import CacheError, Diagnostic, Severity

KEPT_DAYS = 60
_DAY = 86_400
_SWEPT = ".swept"
"""The file whose date says when old files were last deleted."""
_Value = TypeVar("_Value")
_CHECK = 32
"""Bytes of a checksum before what is stored."""


class Kept:
    """A folder of files; without one nothing is found and nothing kept."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def has(self, name: bytes) -> bool:
        """Whether something was stored under a name; it may be damaged."""
        return self.folder is not None and os.path.exists(_path(self.folder, name))  # noqa: PTH110

    def recall(self, name: bytes) -> bytes | None:
        """Return what was stored under a name."""
        if self.folder is None:
            return None
        path = _path(self.folder, name)
        try:
            with open(path, "rb", buffering=0) as file:  # noqa: PTH123
                kept = file.read()
            os.utime(path)  # it was of use today
        except OSError:
            return None
        data = kept[_CHECK:]
        return data if hashlib.sha256(data).digest() == kept[:_CHECK] else None

    def store(self, name: bytes, data: bytes) -> None:
        """Store something under a name."""
        if self.folder is None:
            return
        _write(Path(_path(self.folder, name)), hashlib.sha256(data).digest() + data)


def _write(path: Path, data: bytes) -> None:
    """Write a file aside, then in its place, or not at all; what is left is swept one day."""
    aside = Path(f"{path.parent}/.{path.name}.{os.getpid()}")
    try:
        try:
            aside.write_bytes(data)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            aside.write_bytes(data)
        aside.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            aside.unlink()


Make = Callable[[Sequence[int], Callable[[], None]], Iterator[tuple[int, _Value]]]
"""Makes what has some indices, in any order; calls the function once, when others are at work."""


def recall_or_make(
    names: Sequence[bytes],
    has: Callable[[bytes], bool],
    recall: Callable[[int], _Value | None],
    make: Make[_Value],
    done: Callable[[Collection[int]], None],
) -> list[_Value]:
    """Return what stands under each name: what is kept is read while the rest is being made.

    Args:
        names: of all that is wanted.
        has: whether something is kept under a name; it may be damaged.
        recall: reads what is kept for an index; None if it is damaged.
        make: makes the rest.
        done: told the indices that are done, again and again.
    """
    missing = [index for index, name in enumerate(names) if not has(name)]
    kept = sorted(set(range(len(names))).difference(missing))
    found: dict[int, _Value] = {}

    def meanwhile() -> None:
        found.update((i, value) for i in kept if (value := recall(i)) is not None)
        done(found)

    for index, value in make(missing, meanwhile):
        found[index] = value
        done((index,))
    for index, value in make([i for i in kept if i not in found], lambda: None):
        found[index] = value
        done((index,))
    return [found[index] for index in range(len(names))]


def cache_folder() -> Path:
    """Return the folder of all that builds of this user keep."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("kexue-book"))


def _path(folder: Path, name: bytes) -> str:
    """Return a file's path, not by ``pathlib``: a book asks for thousands."""
    hashed = hashlib.sha256(name).hexdigest()
    return f"{folder}/{hashed[:2]}/{hashed[2:]}"


def measure(folder: Path) -> tuple[int, int]:
    """Return how many files a folder holds, and how many bytes they have."""
    sizes = [size for path in _files(folder) if (size := _size(path)) is not None]
    return len(sizes), sum(sizes)


def clear(folder: Path) -> int:
    """Delete all that is kept; a build that misses something makes it again.

    Returns:
        The bytes freed.

    Raises:
        CacheError: something may not be deleted.
    """
    freed = 0
    for path in _files(folder):
        size = _size(path) or 0
        try:
            path.unlink(missing_ok=True)
        except OSError as problem:
            raise CacheError(
                f"{path} cannot be deleted: {problem.strerror}", hint="check its permissions"
            ) from problem
        freed += size
    return freed


def forget_old(folder: Path, *, days: float = KEPT_DAYS) -> None:
    """Delete what no build has used for so long; to look through all of it once a day is enough."""
    now = time.time()
    swept = folder / _SWEPT
    with contextlib.suppress(OSError):
        if swept.exists() and abs(now - swept.stat().st_mtime) < _DAY:
            return
        swept.touch()
    for path in _files(folder):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < now - days * _DAY:
                path.unlink()


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.glob("*/*") if path.is_file()]


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


Plain = list[str | int | None]
"""A diagnostic as JSON can hold it."""


def to_plain(diagnostic: Diagnostic) -> Plain:
    """Return a diagnostic as a list of its fields."""
    path = None if diagnostic.path is None else str(diagnostic.path)
    said = (diagnostic.code, str(diagnostic.severity), diagnostic.message)
    return [*said, path, diagnostic.line, diagnostic.hint]


def from_plain(plain: Plain) -> Diagnostic:
    """Return the diagnostic that :func:`to_plain` was given.

    Raises:
        ValueError: it is something else.
    """
    code, severity, message, path, line, hint = plain
    return Diagnostic(
        code=str(code),
        severity=Severity(str(severity)),
        message=str(message),
        path=None if path is None else Path(str(path)),
        line=None if line is None else int(line),
        hint=None if hint is None else str(hint),
    )
