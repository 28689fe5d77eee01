"""Writing so that a failure leaves what was there: aside first, then in its place."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kexue_book.errors import OutputError


@contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """Give a path to write to; it takes the place of ``path`` when all went well.

    Raises:
        OutputError: it cannot be written; what was at ``path`` is untouched.
    """
    aside: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
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


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
