"""Records of a book, between being made and being put together: in a file, not in memory."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spooled:
    """Where bytes are in a spool."""

    start: int
    length: int


class Spool:
    """A file without a name, gone when it is closed."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="kexue-book-")  # noqa: SIM115 - see close
        self._length = 0

    def close(self) -> None:
        """Forget everything."""
        self._file.close()

    def add(self, data: bytes) -> Spooled:
        """Put bytes aside."""
        place = Spooled(self._length, len(data))
        self._file.seek(place.start)
        self._file.write(data)
        self._length += place.length
        return place

    def read(self, place: Spooled) -> bytes:
        """Return what was put aside."""
        self._file.seek(place.start)
        return self._file.read(place.length)
