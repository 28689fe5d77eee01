"""What was laid out before, on disk: a chapter that did not change is not laid out again.

How they are kept is the matter of ``kept.py``; here is what shapes them.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import kexue_book
from kexue_book.kept import Kept
from kexue_book.surroundings import folder_fingerprint, fonts_fingerprint

if TYPE_CHECKING:
    from kexue_book.pdf.design import Design

_VERSION = "41"
"""Raise it when records of the same sheet come out differently."""


class Shelf:
    """Finds and keeps the bytes of records, and of fonts; without a folder it does neither."""

    def __init__(self, folder: Path | None, design: Design) -> None:
        self._kept = Kept(folder)
        parts = (
            *(_VERSION, kexue_book.__version__, version("weasyprint"), repr(design.page)),
            *(
                str(design.tagged),
                fonts_fingerprint(),
                *design.styles,
                folder_fingerprint(design.theme),
            ),
        )
        self._design = hashlib.sha256("\0".join(parts).encode()).digest()

    def has(self, name: bytes) -> bool:
        """Whether something was stored under a name, for the same design; it may be damaged."""
        return self._kept.has(self._design + name)

    def recall(self, name: bytes) -> bytes | None:
        """Return what was stored under a name, for the same design."""
        return self._kept.recall(self._design + name)

    def store(self, name: bytes, data: bytes) -> None:
        """Store something; that it cannot be stored only costs time."""
        self._kept.store(self._design + name, data)


def records_folder(formulas: Path) -> Path:
    """Return the folder of records that belongs to a file of typeset formulas."""
    return formulas.parent / "chapters"
