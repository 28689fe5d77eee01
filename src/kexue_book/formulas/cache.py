"""Typeset formulas on disk: once a formula is set, it is set for ever.

One SQLite file in the user's cache folder, for all books. Its version is part of the key, so a
new engine never meets old results. A cache that cannot be used (read-only, damaged, locked) is
done without: it only makes a build slower.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from kexue_book.formulas.mathjax import ENGINE, MACROS, PACKAGES, driver_sources
from kexue_book.model import FormulaKey, Glyph, Typeset

_SCHEMA = """
    CREATE TABLE IF NOT EXISTS formulas (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS glyphs (name TEXT PRIMARY KEY, path TEXT, advance REAL)
        WITHOUT ROWID;
"""
_CHUNK = 500
_T = TypeVar("_T")
_SECONDS = 20


def default_cache_path() -> Path:
    """Return the file that all builds of this user share."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("kexue-book")) / "formulas.sqlite"


class FormulaCache:
    """A context manager; without a path, or when the file is no use, it is always empty."""

    def __init__(self, path: Path | None) -> None:
        """Nothing is opened before ``with``."""
        self._path = path
        self._database: sqlite3.Connection | None = None
        self._version = _version()

    def __enter__(self) -> FormulaCache:
        """Open the file, making it when it is not there."""
        if self._path is not None:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._database = sqlite3.connect(self._path, timeout=_SECONDS)
                self._database.execute("PRAGMA journal_mode=WAL")
                self._database.executescript(_SCHEMA)
            except (sqlite3.Error, OSError):
                self._give_up()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the file."""
        self._give_up()

    def _give_up(self) -> None:
        if self._database is not None:
            self._database.close()
        self._database = None

    def find(self, keys: Sequence[FormulaKey]) -> dict[FormulaKey, Typeset]:
        """Return what is known of ``keys``."""
        digests = {self._digest(key): key for key in keys}
        found: dict[FormulaKey, Typeset] = {}
        try:
            for chunk in _chunks(list(digests)):
                for digest, value in self._rows("formulas", "key, value", "key", chunk):
                    found[digests[digest]] = _unpack(value)
        except (sqlite3.Error, ValueError, TypeError, zlib.error):
            self._give_up()
            return {}
        return found

    def glyphs(self, names: Iterable[str]) -> dict[str, Glyph]:
        """Return the outlines of some glyphs."""
        try:
            return {
                name: Glyph(path=path, advance=advance)
                for chunk in _chunks(list(names))
                for name, path, advance in self._rows("glyphs", "*", "name", chunk)
            }
        except (sqlite3.Error, ValueError, TypeError):
            self._give_up()
            return {}

    def _rows(
        self, table: str, columns: str, key: str, values: Sequence[object]
    ) -> Iterable[tuple]:  # type: ignore[type-arg]
        if self._database is None:
            return ()
        marks = ",".join("?" * len(values))
        return self._database.execute(
            f"SELECT {columns} FROM {table} WHERE {key} IN ({marks})", values
        )

    def store(self, typeset: Mapping[FormulaKey, Typeset], glyphs: Mapping[str, Glyph]) -> None:
        """Keep some results; glyphs first, since a formula is no use without them."""
        if self._database is None:
            return
        try:
            with self._database:
                self._database.executemany(
                    "INSERT OR IGNORE INTO glyphs VALUES (?, ?, ?)",
                    [(name, glyph.path, glyph.advance) for name, glyph in glyphs.items()],
                )
                self._database.executemany(
                    "INSERT OR REPLACE INTO formulas VALUES (?, ?)",
                    [(self._digest(key), _pack(value)) for key, value in typeset.items()],
                )
        except sqlite3.Error:
            self._give_up()

    def _digest(self, key: FormulaKey) -> bytes:
        text = "\0".join((self._version, key.preamble, key.tex, str(key.display)))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:20]


def _version() -> str:
    parts = (ENGINE, json.dumps([PACKAGES, MACROS]), *driver_sources())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _chunks(values: list[_T]) -> Iterable[list[_T]]:
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))


def _pack(typeset: Typeset) -> bytes:
    fields = [
        typeset.mathml,
        typeset.width,
        typeset.height,
        typeset.depth,
        typeset.operators,
        typeset.tag_rows,
        typeset.error,
    ]
    return zlib.compress(json.dumps(fields, ensure_ascii=False).encode(), 6)


def _unpack(value: bytes) -> Typeset:
    mathml, width, height, depth, operators, rows, error = json.loads(zlib.decompress(value))
    return Typeset(
        mathml=mathml,
        width=width,
        height=height,
        depth=depth,
        operators=operators,
        tag_rows=tuple(rows),
        error=error,
    )
