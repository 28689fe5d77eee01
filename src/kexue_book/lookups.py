"""Files that posts name → what is there, with a memory of every answer.

A book that was built stays right only while each place where a file was looked for is as it was:
the file itself, and those that were not there and would now be found first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

MAX_BYTES = 40 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What was asked, and found."""

    places: Mapping[str, str] = field(default_factory=dict)
    """Where a file was looked for → the file that is there; empty when none may be read there."""
    contents: Mapping[str, str] = field(default_factory=dict)
    """Each file that was found → a hash of what is in it."""


class Lookups:
    """Finds files below a folder, and nowhere else."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._places: dict[str, str] = {}
        self._contents: dict[str, str] = {}

    @property
    def root(self) -> Path:
        """The folder, without symbolic links."""
        return self._root

    @property
    def answers(self) -> Answers:
        """All that was asked so far."""
        return Answers(places=dict(self._places), contents=dict(self._contents))

    def find(self, candidates: Iterable[Path]) -> Path | None:
        """Return the first of some places where there is a file of the folder."""
        for candidate in candidates:
            place = str(candidate)
            found = self._places.get(place)
            if found is None:
                found = self._places[place] = _inside(candidate, self._root)
            if found:
                return Path(found)
        return None

    def read(self, path: Path) -> bytes | None:
        """Return what is in a file; None when it is too large.

        Raises:
            OSError: it cannot be read.
        """
        self._contents[str(path)] = ""
        if (size := path.stat().st_size) > MAX_BYTES:
            self._contents[str(path)] = _too_large(size)
            return None
        data = path.read_bytes()
        self._contents[str(path)] = hashlib.sha256(data).hexdigest()
        return data


def still_hold(answers: Answers, root: Path) -> bool:
    """Whether all answers would be the same now."""
    home = root.resolve()
    return all(
        _inside(Path(place), home) == found for place, found in answers.places.items()
    ) and all(_content(Path(path)) == known for path, known in answers.contents.items())


def _inside(candidate: Path, root: Path) -> str:
    try:
        path = candidate.resolve()
        return str(path) if path.is_relative_to(root) and path.is_file() else ""
    except (OSError, ValueError, RuntimeError):  # a name too long, a loop of links
        return ""


def _content(path: Path) -> str:
    try:
        if (size := path.stat().st_size) > MAX_BYTES:
            return _too_large(size)
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _too_large(size: int) -> str:
    return f"{size} bytes"
