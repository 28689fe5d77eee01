"""Results of runs, kept in a file as they come, so that a benchmark that is stopped can go on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from spent import Spent

FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Of one way to make one book."""

    cpu: float
    wall: float
    largest: float
    together: float
    size: int
    """Bytes of the PDF."""
    pages: int
    note: str = ""
    """What must be known of this run; begins with ``failed`` when there is no book."""

    @property
    def good(self) -> bool:
        """Whether there is a book."""
        return not self.note.startswith(FAILED)


def result_of(spent: Spent, pdf: Path, note: str = "") -> Result:
    """Look at the book that a run has made."""
    import pikepdf

    size = pages = 0
    if spent.code == 0 and pdf.exists():
        size = pdf.stat().st_size
        with pikepdf.open(pdf) as opened:
            pages = len(opened.pages)
    else:
        last = " ".join(spent.output.split())[-200:]
        note = f"{FAILED} ({'too long' if spent.code == 124 else f'code {spent.code}'}): {last}"
    return Result(
        cpu=spent.cpu,
        wall=spent.wall,
        largest=spent.largest,
        together=spent.together,
        size=size,
        pages=pages,
        note=note,
    )


class Ledger:
    """What has been measured: by book, then by run; and facts about books."""

    def __init__(self, path: Path) -> None:
        self._path = path
        kept = json.loads(path.read_text("utf-8")) if path.exists() else {}
        self.results: dict[str, dict[str, Result]] = {
            book: {run: Result(**values) for run, values in runs.items()}
            for book, runs in kept.get("results", {}).items()
        }
        self.facts: dict[str, dict[str, Any]] = kept.get("facts", {})

    def has(self, book: str, run: str) -> bool:
        """Whether a run need not be made."""
        return run in self.results.get(book, {})

    def add(self, book: str, run: str, result: Result) -> None:
        """Keep a result."""
        self.results.setdefault(book, {})[run] = result
        self._write()

    def tell(self, book: str, facts: Mapping[str, Any]) -> None:
        """Keep facts about a book; those about the machine are the book ``""``."""
        self.facts.setdefault(book, {}).update(facts)
        self._write()

    def _write(self) -> None:
        results = {
            book: {run: asdict(result) for run, result in runs.items()}
            for book, runs in self.results.items()
        }
        kept = {"results": results, "facts": self.facts}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps(kept, ensure_ascii=False, indent=1), "utf-8")
