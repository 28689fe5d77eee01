"""Lines of a pipe table → the same with the bars in code escaped, where they would cut cells.

``| `|a|` | $c$ |``: for GitHub the bars in the code end cells, and what has no column any more is
thrown away; Python-Markdown and kramdown take them for code. A row is mended only if it has
more cells than the head and would have as many as it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_DELIMITER = re.compile(r"[ >]*+\|?(?:[ \t]*:?-+:?[ \t]*\|)+[ \t]*(?::?-+:?[ \t]*)?")
_BAR = re.compile(r"(?<!\\)\|")
_CODE = re.compile(r"(?<![`\\])(`+)(?!`)[^\n]*?(?<!`)\1(?!`)")


def mend_tables(lines: Sequence[tuple[str, bool]]) -> list[str]:
    """Return the lines, mended.

    Args:
        lines: each with whether it belongs to a fenced code block.
    """
    mended: list[str] = []
    columns = 0
    previous = ""
    for line, is_code in lines:
        if is_code or "|" not in line:
            columns = 0
        elif "-" in line and _DELIMITER.fullmatch(line):
            columns = _cells(previous) if _cells(previous) == _cells(line) else 0
        elif columns and "`" in line and _cells(line) > columns:
            escaped = _CODE.sub(lambda code: _BAR.sub(r"\\|", code[0]), line)
            line = escaped if _cells(escaped) == columns else line
        mended.append(line)
        previous = line
    return mended


def _cells(row: str) -> int:
    """Return how many cells a row has."""
    text = row.strip(" \t>")
    closed = text.endswith("|") and not text.endswith("\\|")
    return len(_BAR.findall(text)) + 1 - text.startswith("|") - closed
