r"""Tokens of a text → for each opening of a formula the place where it would close.

Everything is worked out in one pass for the whole text, so that a text of nothing but dollars
takes no longer than its length asks for. ``\text{当$x>0$时}`` is why a formula does not simply
end at the next dollar: dollars in a text group that opened after the formula are its own.
"""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Sequence

from kexue_book.formulas.code_regions import Regions
from kexue_book.formulas.lexer import Token

MAX_INLINE = 4000
"""Characters: no inline formula is longer."""
MAX_DISPLAY = 60_000
_MAX_TEXT_DEPTH = 3
"""Text groups in text groups; deeper ones do not hide their dollars."""


class Pairs:
    """Which place closes what."""

    def __init__(self, text: str, tokens: Sequence[Token], regions: Regions) -> None:
        """Match braces, brackets and environments, then link every dollar to its successor."""
        self._regions = regions
        self.groups: dict[int, int] = {}
        """Position of a ``{`` → end of its group."""
        self.environments: dict[int, int] = {}
        r"""Position of a ``\begin`` → end of its environment."""
        self.brackets: dict[int, int] = {}
        r"""Position of a ``\(`` or ``\[`` → that of what closes it."""
        self._text_groups: list[tuple[int, int]] = []
        self._match_braces(tokens)
        self._match_environments(text, tokens)
        self._match_brackets(text, tokens)
        self._link_dollars(text, [token.start for token in tokens if token.kind == "dollar"])

    def inline_end(self, position: int) -> int | None:
        """Return the dollar that closes the one at ``position``, or None."""
        closing = self._next(position + 1, self._inline, position)
        if closing is None or closing - position > MAX_INLINE:
            return None
        return closing if closing < self._regions.paragraph_end(position) else None

    def display_end(self, position: int) -> int | None:
        """Return the two dollars that close the two at ``position``, or None."""
        closing = self._next(position + 2, self._display, position)
        if closing is None or closing - position > MAX_DISPLAY:
            return None
        return None if self._regions.has_opaque(position, closing) else closing

    def next_dollar(self, position: int) -> int | None:
        """Return the first dollar from ``position`` on, in a text group or not."""
        index = bisect.bisect_left(self._dollars, position)
        return self._dollars[index] if index < len(self._dollars) else None

    def _next(self, position: int, links: list[int | None], opening: int) -> int | None:
        index = bisect.bisect_left(self._positions, position)
        if index >= len(links):
            return None
        closing = links[index]
        return None if closing is None or closing >= self._group_end(opening) else closing

    def _match_braces(self, tokens: Sequence[Token]) -> None:
        opened: list[tuple[int, bool]] = []
        depth, limit = 0, 0
        for token in tokens:
            if token.start >= limit:  # braces do not reach over paragraphs
                opened, depth = [], 0
                limit = self._regions.paragraph_end(token.start)
            if token.kind in ("open", "text"):
                is_text = token.kind == "text" and depth < _MAX_TEXT_DEPTH
                opened.append((token.end - 1, is_text))
                depth += is_text
            elif token.kind == "close" and opened:
                start, was_text = opened.pop()
                self.groups[start] = token.end
                if was_text:
                    depth -= 1
                    self._text_groups.append((start, token.end))
        self._text_groups.sort()

    def _match_environments(self, text: str, tokens: Sequence[Token]) -> None:
        opened: dict[str, list[int]] = defaultdict(list)
        for token in tokens:
            if token.kind == "begin":
                opened[_environment(text, token)].append(token.start)
            elif token.kind == "end" and opened[_environment(text, token)]:
                start = opened[_environment(text, token)].pop()
                if token.end - start <= MAX_DISPLAY:
                    self.environments[start] = token.end

    def _match_brackets(self, text: str, tokens: Sequence[Token]) -> None:
        r"""Pair each ``\(`` with the next ``\)``, unless another ``\(`` comes first."""
        opened: dict[str, int] = {}
        for token in tokens:
            if token.kind != "bracket":
                continue
            mark = text[token.start : token.end]
            if mark[-1] in "([":
                opened[mark] = token.start
                continue
            start = opened.pop(mark.replace(")", "(").replace("]", "["), None)
            limit = MAX_DISPLAY if mark[-1] == "]" else MAX_INLINE
            if start is None or token.start - start > limit:
                continue
            if mark[-1] == "]" or token.start < self._regions.paragraph_end(start):
                self.brackets[start] = token.start

    def _link_dollars(self, text: str, dollars: list[int]) -> None:
        """Find for every dollar and text group the first dollar after it that could close."""
        self._dollars = dollars
        known = set(dollars)
        groups = dict(self._text_groups)
        self._positions = sorted([*dollars, *groups])
        count = len(self._positions)
        self._inline: list[int | None] = [None] * count
        self._display: list[int | None] = [None] * count
        for index in range(count - 1, -1, -1):
            position = self._positions[index]
            if position in known:
                self._inline[index] = position
                after = index + 1
                if position + 1 in known:
                    self._display[index] = position
                    continue
                if after < count:
                    self._display[index] = self._display[after]
            else:
                after = bisect.bisect_left(self._positions, groups[position])
                if after < count:
                    self._inline[index] = self._inline[after]
                    self._display[index] = self._display[after]
        self._enclosing = self._innermost_ends(text)

    def _innermost_ends(self, text: str) -> list[int]:
        """Return for every position of interest where the text group around it ends."""
        ends: list[int] = []
        stack: list[int] = []
        groups = dict(self._text_groups)
        for position in self._positions:
            while stack and stack[-1] <= position:
                stack.pop()
            ends.append(stack[-1] if stack else len(text) + 1)
            if position in groups:
                stack.append(groups[position])
        return ends

    def _group_end(self, position: int) -> int:
        return self._enclosing[bisect.bisect_left(self._positions, position)]


def _environment(text: str, token: Token) -> str:
    return text[text.index("{", token.start) + 1 : token.end - 1]
