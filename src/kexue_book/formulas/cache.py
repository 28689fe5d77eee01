"""Typeset formulas on disk: once a formula is set, it is set for ever.

One SQLite file in the user's cache folder, for all books, safe with several builds at a time.
What was set by another version of the engine is not found: the version is part of each key. A
cache that cannot be used (read-only, damaged, locked) is done without, and says why: it only
makes a build slower.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from kexue_book.formulas.mathjax import ENGINE, driver_sources
from kexue_book.formulas.packed import packed_bytes, read_packed
from kexue_book.kept import cache_folder
from kexue_book.model import FormulaKey, Glyph, Packed

_LAYOUT = 3
"""Of the tables: part of the file's name."""
_SCHEMA = """
    CREATE TABLE IF NOT EXISTS formulas (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS glyphs (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID;
"""
_CHUNK = 500
"""Keys a query: SQLite takes 999 parameters everywhere."""
_SECONDS = 10
"""To wait for another build that is writing."""
_T = TypeVar("_T")


def default_cache_path() -> Path:
    """Return the file that all builds of this user share."""
    return cache_folder() / f"formulas-{_LAYOUT}.sqlite"


class FormulaCache:
    """A context manager; without a path, or when the file is no use, it is always empty."""

    def __init__(self, path: Path | None) -> None:
        """Nothing is opened before ``with``."""
        self.problem: str | None = None
        """Why the file could not be used, if so."""
        self._path = path
        self._database: sqlite3.Connection | None = None
        self._version = engine_version()

    def __enter__(self) -> FormulaCache:
        """Open the file, making it when it is not there."""
        if self._path is not None:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._database = sqlite3.connect(self._path, timeout=_SECONDS)
                self._database.execute("PRAGMA journal_mode=WAL")
                self._database.execute("PRAGMA synchronous=NORMAL")
                self._database.executescript(_SCHEMA)
            except (sqlite3.Error, OSError) as problem:
                self._give_up(problem)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the file."""
        self._close()

    def _give_up(self, problem: Exception) -> None:
        self.problem = f"the formula cache {self._path} cannot be used: {problem}"
        self._close()

    def _close(self) -> None:
        if self._database is not None:
            self._database.close()
        self._database = None

    def find(self, keys: Sequence[FormulaKey]) -> dict[FormulaKey, Packed]:
        """Return what is known of ``keys``."""
        digests = {self._digest(key.preamble, key.tex, str(key.display)): key for key in keys}
        read = self._read("formulas", list(digests), read_packed)
        return {digests[digest]: packed for digest, packed in read}

    def glyphs(self, names: Iterable[str]) -> dict[str, Glyph]:
        """Return the outlines of some glyphs."""
        digests = {self._digest(name): name for name in names}
        read = self._read("glyphs", list(digests), _glyph)
        return {digests[digest]: glyph for digest, glyph in read}

    def store(self, packed: Mapping[FormulaKey, Packed], glyphs: Mapping[str, Glyph]) -> None:
        """Keep some results."""
        outlines = [
            (self._digest(name), json.dumps([glyph.path, glyph.advance]).encode())
            for name, glyph in glyphs.items()
        ]
        formulas = [
            (self._digest(key.preamble, key.tex, str(key.display)), packed_bytes(made))
            for key, made in packed.items()
        ]
        if self._database is None:
            return
        try:
            with self._database:
                for table, rows in (("glyphs", outlines), ("formulas", formulas)):
                    self._database.executemany(
                        f"INSERT OR REPLACE INTO {table} VALUES (?, ?)", rows
                    )
        except sqlite3.Error as problem:
            self._give_up(problem)

    def _read(
        self, table: str, digests: list[bytes], read: Callable[[bytes], _T]
    ) -> Iterator[tuple[bytes, _T]]:
        """Yield the rows that are there; a damaged one counts as missing."""
        for chunk in _chunks(digests):
            if self._database is None:
                return
            marks = ",".join("?" * len(chunk))
            query = f"SELECT key, value FROM {table} WHERE key IN ({marks})"
            try:
                rows = self._database.execute(query, chunk).fetchall()
            except sqlite3.Error as problem:
                self._give_up(problem)
                return
            for digest, value in rows:
                try:
                    made = read(value)
                except (ValueError, TypeError):
                    continue
                yield digest, made

    def _digest(self, *parts: str) -> bytes:
        text = "\0".join((self._version, *parts))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:20]


def engine_version() -> str:
    """Return what all results depend on beside the formula: engine, its version, our driver."""
    digest = hashlib.sha256("\0".join(driver_sources()).encode()).hexdigest()
    return f"{ENGINE}-{digest[:12]}"


def _chunks(values: list[_T]) -> Iterator[list[_T]]:
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))


def _glyph(kept: bytes) -> Glyph:
    path, advance = json.loads(kept)
    return Glyph(path=path, advance=advance)
