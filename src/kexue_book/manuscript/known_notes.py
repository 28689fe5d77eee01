"""pandoc's reading of a marked text → its footnotes: those in others, and those that nothing calls.

A footnote in a footnote has no place in a book, a parenthesis has. What nothing calls stands at the
end of the chapter, as if it were its last paragraphs: a reader should have what the author wrote.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from kexue_book.manuscript.nested_notes import MARKED, label_of_extra
from kexue_book.manuscript.pandoc import Block

_MOST = 200
"""Parentheses in a post: notes that call each other twice would be twice as long at each step."""


class KnownNotes:
    """The footnotes of a post."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        """``blocks`` are pandoc's, of a text from ``mark_nested_calls``."""
        self._notes: dict[str, list[Block]] = {}
        self._labels: dict[str, str] = {}
        self._open: list[str] = []
        self._in_parentheses = 0
        self._shown: set[str] = set()
        self.left: list[str] = []
        """Labels of those whose calls stay as they are written: they are in a ring, or too many."""
        extra = 0
        while extra < len(blocks) and (label := _label(blocks[extra])) is not None:
            for part in blocks[extra]["c"]:
                if part["t"] == "Note":
                    self._notes[label.casefold()] = part["c"]
                    self._labels[note_key(part["c"])] = label
            extra += 1
        self.blocks = blocks[extra:]
        """Those of the post itself."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Those of all footnotes, as their first definitions have them."""
        return tuple(self._labels.values())

    @contextmanager
    def inside(self, note: list[Block]) -> Iterator[None]:
        """While a footnote is written, calls of it inside it stay as they are written."""
        key = note_key(note)
        self._shown.add(key)
        self._open.append(self._labels.get(key, "").casefold())
        yield
        self._open.pop()

    def expand(self, text: str, write: Callable[[list[Block]], str]) -> str:
        """Put parentheses in the place of marked calls; ``write`` makes HTML of a footnote."""
        return MARKED.sub(lambda call: self._parenthesis(call[1], write), text)

    def _parenthesis(self, label: str, write: Callable[[list[Block]], str]) -> str:
        note = self._notes.get(label.casefold())
        if note is None or label.casefold() in self._open or self._in_parentheses >= _MOST:
            self.left.append(label)
            return f"[^{label}]"
        self._in_parentheses += 1
        with self.inside(note):
            return f"（{write(note)}）"

    def uncalled(self) -> Iterator[tuple[str, list[Block]]]:
        """Yield the label and the blocks of what has not been shown; each is to be written at once.

        Those that are called by others of them come last, and are shown by then, if not in a ring.
        """
        waiting = {key: label for key, label in self._labels.items() if key not in self._shown}
        notes = [self._notes[label.casefold()] for label in waiting.values()]
        called = set(map(str.casefold, MARKED.findall(json.dumps(notes, ensure_ascii=False))))
        for key, label in sorted(waiting.items(), key=lambda known: known[1].casefold() in called):
            if key not in self._shown and key != _EMPTY:
                yield label, self._notes[label.casefold()]


def note_key(note: list[Block]) -> str:
    """Return the same for each of pandoc's copies of a footnote."""
    return json.dumps(note)


_EMPTY = note_key([])


def _label(block: Block) -> str | None:
    """Return the label of the footnote that an added paragraph calls; None of other blocks."""
    if block["t"] != "Para" or not block["c"] or block["c"][0]["t"] != "Str":
        return None
    return label_of_extra(block["c"][0]["c"])


def calls_lost(part: Any) -> int:
    """Return how many calls inside a footnote pandoc saw, and made nothing of."""
    if isinstance(part, dict):
        return 1 if part.get("t") == "Str" and not part["c"] else calls_lost(part.get("c"))
    return sum(map(calls_lost, part)) if isinstance(part, list) else 0
