"""Pieces found in a text → the text with one placeholder for each, and its lines' origins."""

from __future__ import annotations

import re

from kexue_book.formulas.items import FIRST_PLACEHOLDER, MAX_ITEMS, Found, Literal

_PRIVATE = re.compile("[\U000f0000-\U0010ffff]")


class Assembly:
    """The new text, written from left to right."""

    def __init__(self, body: str, first_line: int) -> None:
        """``first_line`` is the line of the file on which ``body`` begins."""
        self._body = body
        self._parts: list[str] = []
        self._line = first_line
        self.items: list[Found] = []
        self.lines = [first_line]
        """For each line of the new text the line of the file it begins on."""
        self.taken = 0
        """How much of the body is done."""

    @property
    def is_full(self) -> bool:
        """Whether there are no placeholders left, but for one that takes all the rest."""
        return len(self.items) >= MAX_ITEMS - 1

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self._parts)

    def line_at(self, position: int) -> int:
        """Return the line of the file for a position that is not done yet."""
        return self._line + self._body.count("\n", self.taken, position)

    def replace(self, begin: int, end: int, item: Found) -> None:
        """Copy what comes before ``begin``, then put a placeholder for what goes to ``end``."""
        self.copy(begin)
        if self.taken <= begin:  # the copy may have run out of placeholders
            self._place(end, item)

    def copy(self, end: int) -> None:
        """Copy the text up to ``end``.

        The post's own private characters must not pass for placeholders, in code or not, so they
        get placeholders themselves; when those run out, the whole rest is one of them.
        """
        while (private := _PRIVATE.search(self._body, self.taken, end)) is not None:
            self._copy_plain(private.start())
            stop = len(self._body) if self.is_full else private.end()
            text = self._body[self.taken : stop]
            self._place(stop, Literal(raw=text, text=text, line=self._line))
        self._copy_plain(end)

    def _copy_plain(self, end: int) -> None:
        if end <= self.taken:
            return
        piece = self._body[self.taken : end]
        self._parts.append(piece)
        for _ in range(piece.count("\n")):
            self._line += 1
            self.lines.append(self._line)
        self.taken = end

    def _place(self, end: int, item: Found) -> None:
        self._parts.append(chr(FIRST_PLACEHOLDER + len(self.items)))
        self.items.append(item)
        self._line += self._body.count("\n", self.taken, end)
        self.taken = end
