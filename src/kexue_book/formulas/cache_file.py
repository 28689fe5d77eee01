"""The file of typeset formulas → what is in it, and the same with nothing in it.

It is emptied, not deleted: a build that has it open would go on with a file that is nowhere,
and SQLite may take that file's journal for the one of its successor. Only what is no database,
and so of use to no build, is deleted.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from kexue_book.errors import CacheError
from kexue_book.formulas.cache import engine_version

_SECONDS = 10.0
"""To wait for a build that is writing."""
_JOURNALS = ("-wal", "-shm", "-journal")
"""Files that SQLite keeps beside its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheInfo:
    """What a cache of formulas holds."""

    path: Path
    version: str
    """Of the engine that sets formulas now; what others have set is counted, but not used."""
    formulas: int
    size: int
    """Bytes on the disk, journals included; 0 when there is no file."""


def read_cache_info(path: Path) -> CacheInfo:
    """Count what the cache holds; make no file if there is none.

    Raises:
        CacheError: the file is damaged, locked or may not be read.
    """
    formulas = 0
    if _exists(path):
        with _explained(path, "read"), closing(_connect(path)) as database:
            formulas = _count(database)
    return CacheInfo(path=path, version=engine_version(), formulas=formulas, size=_size(path))


def clear_cache(path: Path, *, seconds: float = _SECONDS) -> int:
    """Empty the cache, whatever builds are running; return how many bytes that freed.

    Args:
        path: the cache's file.
        seconds: to wait for a build that is writing.

    Raises:
        CacheError: the file is locked or may not be written; nothing was deleted.
    """
    before = _size(path)
    if _exists(path):
        with _explained(path, "cleared"):
            try:
                with closing(_connect(path, seconds)) as database:
                    _empty(database)
            except sqlite3.DatabaseError as problem:
                if not _is_damaged(problem):
                    raise
                _delete(path)
    return max(0, before - _size(path))


def _connect(path: Path, seconds: float = _SECONDS) -> sqlite3.Connection:
    """Open a file that is there: ``mode=rw`` makes none."""
    address = f"{path.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(address, uri=True, timeout=seconds, isolation_level=None)


def _count(database: sqlite3.Connection) -> int:
    tables = database.execute("SELECT name FROM sqlite_master WHERE name = 'formulas'").fetchall()
    if not tables:
        return 0  # a build that has just made the file, or one that was stopped then
    return int(database.execute("SELECT count(*) FROM formulas").fetchone()[0])


def _empty(database: sqlite3.Connection) -> None:
    """Delete every row, then give the space back, if no build holds on to it."""
    tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    database.execute("BEGIN IMMEDIATE")
    for (table,) in tables:
        database.execute(f'DELETE FROM "{table}"')
    database.execute("COMMIT")
    with contextlib.suppress(sqlite3.OperationalError):
        database.execute("VACUUM")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _is_damaged(problem: sqlite3.DatabaseError) -> bool:
    return problem.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)


def _delete(path: Path) -> None:
    for file in _files(path):
        file.unlink(missing_ok=True)


def _files(path: Path) -> tuple[Path, ...]:
    return (path, *(path.with_name(path.name + ending) for ending in _JOURNALS))


def _exists(path: Path) -> bool:
    """Whether there is a file: one below what is no folder is none."""
    with _explained(path, "read"):
        return path.exists()


def _size(path: Path) -> int:
    total = 0
    for file in _files(path):
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            total += file.stat().st_size
    return total


@contextmanager
def _explained(path: Path, what: str) -> Iterator[None]:
    """Raise whatever goes wrong as a :class:`CacheError` with a hint that fits."""
    try:
        yield
    except (sqlite3.Error, OSError) as problem:
        raise CacheError(
            f"the formula cache {path} cannot be {what}: {problem}", hint=_hint(problem)
        ) from problem


def _hint(problem: Exception) -> str:
    code = getattr(problem, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return "another build is writing to it; wait for its end"
    if isinstance(problem, sqlite3.DatabaseError) and _is_damaged(problem):
        return "`kexue-book cache clear` deletes a damaged file; the next build makes a new one"
    return "check its permissions, or delete the file; it only makes builds quicker"
