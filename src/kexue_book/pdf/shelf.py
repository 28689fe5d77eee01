"""Records that were made before, on disk: a chapter that did not change is not laid out again.

A file for each record, named by the hash of everything that shaped it and written aside, so that
builds at the same time and builds that are killed do no harm. What is damaged counts as missing.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import kexue_book
from kexue_book.errors import CacheError, OutputError
from kexue_book.files import written_aside
from kexue_book.pdf.record import Record, read_record
from kexue_book.pdf.sheet import Sheet

if TYPE_CHECKING:
    from kexue_book.pdf.render import Design

_VERSION = "7"
"""Raise it when records of the same sheet come out differently."""

KEPT_DAYS = 60
_CHECK = 32
"""Bytes of a checksum before what is stored."""


class Shelf:
    """Finds and keeps records; without a folder it does neither."""

    def __init__(self, folder: Path | None, design: Design) -> None:
        self._folder = folder
        import weasyprint

        parts = (
            *(_VERSION, kexue_book.__version__, weasyprint.__version__, repr(design.page)),
            *(str(design.formulas_as_text), str(design.tagged)),
            *(fonts_fingerprint(), *design.styles),
            *theme_fingerprint(design.theme),
        )
        self._design = hashlib.sha256("\0".join(parts).encode()).digest()

    def name(self, sheet: Sheet) -> bytes:
        """Return the name of a sheet's record; empty where none is kept, for it takes time."""
        return sheet.fingerprint() if self._folder is not None else b""

    def find(self, name: bytes) -> Record | None:
        """Return the record of that name, if it was kept."""
        data = self.recall(name)
        try:
            return read_record(data) if data is not None else None
        except (ValueError, KeyError, TypeError):
            return None

    def keep(self, name: bytes, record: Record) -> None:
        """Keep a record under its name."""
        if self._folder is not None:
            self.store(name, record.to_bytes())

    def recall(self, name: bytes) -> bytes | None:
        """Return what was stored under a name, for the same design."""
        if self._folder is None:
            return None
        path = self._path(self._folder, name)
        try:
            kept = path.read_bytes()
            os.utime(path)  # it was of use today
        except OSError:
            return None
        data = kept[_CHECK:]
        return data if hashlib.sha256(data).digest() == kept[:_CHECK] else None

    def store(self, name: bytes, data: bytes) -> None:
        """Store something; that it cannot be stored only costs time."""
        if self._folder is None:
            return
        path = self._path(self._folder, name)
        with contextlib.suppress(OutputError), written_aside(path) as aside:
            aside.write_bytes(hashlib.sha256(data).digest() + data)

    def _path(self, folder: Path, name: bytes) -> Path:
        hashed = hashlib.sha256(self._design + name).hexdigest()
        return folder / hashed[:2] / hashed[2:]


def records_folder(formulas: Path) -> Path:
    """Return the folder of records that belongs to a file of typeset formulas."""
    return formulas.parent / "chapters"


def measure_records(folder: Path) -> tuple[int, int]:
    """Return how many files a folder of records holds, and how many bytes they have."""
    sizes = [size for path in _files(folder) if (size := _size(path)) is not None]
    return len(sizes), sum(sizes)


def clear_records(folder: Path) -> int:
    """Delete all records; a build that misses one makes it again. Return the bytes freed.

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


def forget_old_records(folder: Path, *, days: float = KEPT_DAYS) -> None:
    """Delete the records that no build has used for so long."""
    oldest = time.time() - days * 86_400
    for path in _files(folder):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < oldest:
                path.unlink()


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.glob("*/*") if path.is_file()]


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def fonts_fingerprint() -> str:
    """Return what changes when fonts are installed or removed."""
    try:
        listed = subprocess.run(
            ["fc-list", "--format", "%{file} %{fontversion}\n"],
            capture_output=True,
            text=True,
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return hashlib.sha256("".join(sorted(listed.stdout.splitlines(True))).encode()).hexdigest()


def theme_fingerprint(theme: Path | None) -> Iterable[str]:
    """Yield what changes when a file of the theme does."""
    if theme is None:
        return
    for path in sorted(theme.rglob("*")):
        if path.is_file():
            yield f"{path.relative_to(theme)} {hashlib.sha256(path.read_bytes()).hexdigest()}"
