"""Writing so that a failure leaves what was there: aside first, then in its place."""

from __future__ import annotations

import contextlib
import glob
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kexue_book.errors import OutputError

_FORGOTTEN = 24 * 3600
"""Seconds after which nobody writes to a file aside any more: its build was killed."""


@contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """Give a path to write to; it takes the place of ``path`` when all went well.

    Raises:
        OutputError: it cannot be written; what was at ``path`` is untouched.
    """
    aside: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _forget_killed(path)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(handle)
        aside = Path(name)
        yield aside
        aside.chmod(0o666 & ~_umask())
        aside.replace(path)
    except OSError as problem:
        raise OutputError(
            f"{path} cannot be written: {problem.strerror or problem}",
            hint="choose another folder with --output, or free the file",
        ) from problem
    finally:
        if aside is not None:
            aside.unlink(missing_ok=True)


def _forget_killed(path: Path) -> None:
    """Delete what builds that were killed left aside of a file."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.????????"):
        with contextlib.suppress(OSError):
            if left.stat().st_mtime < time.time() - _FORGOTTEN:
                left.unlink()


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
