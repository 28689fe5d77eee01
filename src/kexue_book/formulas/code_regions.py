"""The parts of a Markdown text that are code: no formula begins there."""

from __future__ import annotations

import bisect
import re
from collections import defaultdict

_CONTAINER = r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*"
_FENCE = re.compile(rf"^{_CONTAINER}(?P<fence>`{{3,}}|~{{3,}})(?P<info>[^\n]*)$")
_LIST_ITEM = re.compile(r"^[ \t>]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)")
_TICKS = re.compile(r"`+")
_BLANK = re.compile(r"\n[ \t>]*(?=\n)")


class CodeRegions:
    """Answers where code that begins at a position ends."""

    def __init__(self, text: str) -> None:
        """Find fences and indented blocks line by line, and all runs of backticks."""
        self._text = text
        self._blocks = _code_blocks(text)
        self._starts = [start for start, _ in self._blocks]
        self._runs: dict[int, list[int]] = defaultdict(list)
        for run in _TICKS.finditer(text):
            self._runs[len(run[0])].append(run.start())
        self._blanks = [blank.start() for blank in _BLANK.finditer(text)]

    def block_end(self, position: int) -> int | None:
        """Return the end of the code block that holds ``position``, or None."""
        index = bisect.bisect_right(self._starts, position) - 1
        if index >= 0 and position < self._blocks[index][1]:
            return self._blocks[index][1]
        return None

    def span_end(self, position: int) -> int | None:
        """Return the end of the code span whose backticks begin at ``position``, or None."""
        opening = _TICKS.match(self._text, position)
        if opening is None:
            return None
        length = len(opening[0])
        runs = self._runs[length]
        index = bisect.bisect_right(runs, position)
        if index < len(runs) and runs[index] < self.paragraph_end(position):
            return runs[index] + length
        return None

    def paragraph_end(self, position: int) -> int:
        """Return where the first blank line after ``position`` is, or the text's end."""
        index = bisect.bisect_left(self._blanks, position)
        return self._blanks[index] if index < len(self._blanks) else len(self._text)


def _code_blocks(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of fenced and indented code blocks, in order."""
    blocks: list[tuple[int, int]] = []
    position, fence, start = 0, "", 0
    after_blank, in_list = True, False
    for line in text.splitlines(keepends=True):
        stripped = line.strip()
        found = None if fence else _FENCE.match(line.rstrip("\n"))
        if fence:
            closing = stripped.lstrip("> \t")
            if closing.startswith(fence) and not closing.strip(fence[0]):
                blocks.append((start, position + len(line)))
                fence = ""
        elif found and not (found["fence"][0] == "`" and "`" in found["info"]):
            fence, start = found["fence"], position
        elif after_blank and not in_list and stripped and line.startswith(("    ", "\t")):
            blocks.append((position, position + len(line)))
        if stripped:
            indented = line[0] in " \t"
            in_list = bool(_LIST_ITEM.match(line)) or (in_list and (indented or not after_blank))
        continues = bool(blocks) and blocks[-1][1] == position + len(line)
        after_blank = not stripped or (continues and not fence)
        position += len(line)
    if fence:
        blocks.append((start, len(text)))
    return blocks
