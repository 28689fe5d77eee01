"""Lines with MkDocs's admonitions and tabs → the same with block quotes in their place.

::

    ???+ note "证明"             > **证明**
        因为 …          ─▶       >
                                 > 因为 …

CommonMark takes four spaces for code, so a proof in an admonition would be shown as its source,
formulas and all. A head is one only if what follows is indented.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_HEAD = re.compile(
    r"""(?P<indent>[ ]*)
    (?:(?:!!!|\?\?\?\+?)[ ]+(?P<kind>[A-Za-z][\w-]*(?:[ ]+[A-Za-z][\w-]*)*)|===[+!]?(?=[ ]+"))
    (?:[ ]+"(?P<title>.*)")?[ ]*""",
    re.VERBOSE,
)
_STEP = 4


def unfold_admonitions(lines: Sequence[tuple[str, bool]]) -> list[str]:
    """Return the lines with admonitions as block quotes.

    Args:
        lines: each with whether it belongs to a fenced code block.
    """
    heads = {n for n, (line, code) in enumerate(lines) if not code and _is_head(lines, n, line)}
    if not heads:
        return [line for line, _ in lines]
    writer = _Writer()
    for number, (line, _) in enumerate(lines):
        writer.take(line, is_head=number in heads)
    return [*writer.lines, *[""] * writer.blanks]


def _is_head(lines: Sequence[tuple[str, bool]], number: int, line: str) -> bool:
    if "!!!" not in line and "???" not in line and "===" not in line:
        return False
    found = _HEAD.fullmatch(line.expandtabs(_STEP))
    following = (text for text, _ in lines[number + 1 : number + 4] if text.strip())
    return found is not None and _indent(next(following, "")) >= len(found["indent"]) + _STEP


def _indent(line: str) -> int:
    wide = line.expandtabs(_STEP)
    return len(wide) - len(wide.lstrip(" "))


class _Writer:
    """Writes line after line, and knows in which admonitions the last one stood."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.blanks = 0
        """Lines that may stand inside or outside: the next one will tell."""
        self._columns: list[int] = []
        """Indents of the heads of the open admonitions, outermost first."""

    def take(self, line: str, *, is_head: bool) -> None:
        """Add a line."""
        if not line.strip():
            self.blanks += 1
            return
        depth, indent = len(self._columns), _indent(line)
        while self._columns and indent < self._columns[-1] + _STEP:
            self._columns.pop()
        # A quote would take the next line for its own, were there no blank one between.
        if len(self._columns) < depth or is_head:
            self.blanks = max(self.blanks, 1)
        self.lines += [self._prefix().rstrip()] * self.blanks
        self.blanks = 0
        if is_head:
            self._open(line.expandtabs(_STEP), indent)
        elif self._columns:
            self.lines.append(self._prefix() + line.expandtabs(_STEP)[self._columns[-1] + _STEP :])
        else:
            self.lines.append(line)

    def _open(self, line: str, indent: int) -> None:
        found = _HEAD.fullmatch(line)
        assert found is not None
        title = found["title"] if found["title"] is not None else found["kind"].capitalize()
        self._columns.append(indent)
        if title.strip():
            self.lines += [f"{self._prefix()}**{title.strip()}**", self._prefix().rstrip()]

    def _prefix(self) -> str:
        return " " * self._columns[0] + "> " * len(self._columns) if self._columns else ""
