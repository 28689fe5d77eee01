"""Footnotes that are called in footnotes → parentheses there, since pandoc loses both.

To pandoc 3.9 ``[^2]`` in the text of ``[^1]`` is nothing, and footnotes that call each other in a
ring take all its memory. So calls in footnotes are marked before it reads them, which makes them
plain text; at the beginning of the post each footnote so called is called once more, to have its
text at hand when the marks are found again. A footnote in a footnote has no place in a book, a
parenthesis has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from kexue_book.manuscript.pandoc import Block

_MARK = "\U0010fffb"
"""Stands for the ``^`` of a call; no text from a post holds it when pandoc reads it."""
_TWIN = "\U0010fffa"
"""Follows a footnote that says what another one says: to pandoc's reader they would be one."""
_MOST = 200
"""Parentheses in a post: notes that call each other twice would be twice as long at each step."""
_QUOTED = re.compile(r"(?: {0,3}> ?)*")
_DEFINITION = re.compile(r"(\s*)\[\^([^\]\s]+)\]:")
_CALL = re.compile(r"(?<!\\)\[\^([\w.-]+)\](?![({])")
_MARKED = re.compile(rf"\[{_MARK}([\w.-]+)\]")
_OTHER_BLOCK = re.compile(r" {0,3}(?:#{1,6} |>|[-*+] |\d+[.)] |`{3}|~{3}|\|)")
"""What ends a paragraph without a blank line."""
_INDENT = 4


def mark_nested_calls(text: str) -> str:
    """Return a text in which pandoc sees no calls inside footnotes; mostly it is the same."""
    if "[^" not in text:
        return text
    lines = text.split("\n")
    defined = {found[2].casefold() for line in lines if (found := _definition(line))}
    called: dict[str, None] = {}

    def mark(call: re.Match[str]) -> str:
        if call[1].casefold() not in defined:
            return call[0]
        called[call[1]] = None
        return f"[{_MARK}{call[1]}]"

    sayings: dict[str, dict[str, int]] = {}
    for index, start in _lines_of_notes(lines):
        begin, said = lines[index][:start], lines[index][start:]
        if (found := _definition(lines[index])) is not None and _is_plain(said):
            labels = sayings.setdefault(said.strip(), {})
            said += _TWIN * labels.setdefault(found[2].casefold(), len(labels))
        lines[index] = begin + _CALL.sub(mark, said)
    extra = [f"{_MARK}{label}{_MARK}[^{label}]\n" for label in called]
    return "\n".join((*extra, *lines))


def unmark(text: str) -> str:
    """Return code, or whatever else holds no calls, as the post has it."""
    return text.replace(_MARK, "^").replace(_TWIN, "")


def line_of_call(text: str, label: str) -> int | None:
    """Return the line, from 0, on which a footnote calls ``label``.

    Without a label it is the first call that cannot be marked.
    """
    lines = text.split("\n")
    for index, start in _lines_of_notes(lines):
        rest = lines[index][start:]
        if f"[^{label}]" in rest if label else "[^" in _CALL.sub("", rest):
            return index
    return None


def _is_plain(said: str) -> bool:
    """Whether a footnote's first line can be added to without becoming something else."""
    return said.strip() != "" and _OTHER_BLOCK.match(said) is None


def _definition(line: str) -> re.Match[str] | None:
    return _DEFINITION.match(line, _quoted(line))


def _quoted(line: str) -> int:
    """Return where a line begins in the quotation that it is in."""
    found = _QUOTED.match(line)
    return found.end() if found else 0


def _lines_of_notes(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the lines that footnotes consist of, and where their text begins."""
    inside, after_blank, indent = False, False, 0
    for index, line in enumerate(lines):
        start = _quoted(line)
        rest = line[start:].expandtabs()
        own = len(rest) - len(rest.lstrip())
        if (found := _definition(line)) is not None:
            inside, indent = True, len(found[1].expandtabs()) + _INDENT
            start = found.end()
        elif rest.strip():
            goes_on = own >= indent or not (after_blank or _OTHER_BLOCK.match(rest))
            inside = inside and goes_on
        if inside:
            yield index, start
        after_blank = not rest.strip()


class NestedNotes:
    """The footnotes of a post that are called in others."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        """``blocks`` are pandoc's, of a text from :func:`mark_nested_calls`."""
        self._notes: dict[str, list[Block]] = {}
        self._open: list[str] = []
        self._shown = 0
        self.left: list[str] = []
        """Labels of those whose calls stay as they are written: they are in a ring, or too many."""
        extra = 0
        while extra < len(blocks) and (found := _extra(blocks[extra])) is not None:
            self._notes.update(found)
            extra += 1
        self.blocks = blocks[extra:]
        """Those of the post itself."""

    @contextmanager
    def inside(self, note: list[Block]) -> Iterator[None]:
        """While a footnote is written, calls of it inside it stay as they are written."""
        self._open.append(next((name for name, known in self._notes.items() if known == note), ""))
        yield
        self._open.pop()

    def expand(self, text: str, write: Callable[[list[Block]], str]) -> str:
        """Put parentheses in the place of marked calls; ``write`` makes HTML of a footnote."""
        return _MARKED.sub(lambda call: self._parenthesis(call[1], write), text)

    def _parenthesis(self, label: str, write: Callable[[list[Block]], str]) -> str:
        note = self._notes.get(label)
        if note is None or label in self._open or self._shown >= _MOST:
            self.left.append(label)
            return f"[^{label}]"
        self._shown += 1
        with self.inside(note):
            return f"（{write(note)}）"


def _extra(block: Block) -> dict[str, list[Block]] | None:
    """Return the footnote that an added paragraph calls, by its label; None of other blocks."""
    if block["t"] != "Para" or not block["c"] or block["c"][0]["t"] != "Str":
        return None
    text: str = block["c"][0]["c"]
    if not text.startswith(_MARK):
        return None
    notes: list[Any] = [part["c"] for part in block["c"] if part["t"] == "Note"]
    return {text.strip(_MARK): notes[0]} if notes else {}


def calls_lost(part: Any) -> int:
    """Return how many calls inside a footnote pandoc saw, and made nothing of."""
    if isinstance(part, dict):
        return 1 if part.get("t") == "Str" and not part["c"] else calls_lost(part.get("c"))
    return sum(map(calls_lost, part)) if isinstance(part, list) else 0
