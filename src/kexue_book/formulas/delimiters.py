r"""Where a formula ends, and whether it is one: dollars, brackets and environments.

The hard part is the single dollar, which is also a currency. Between two dollars there is a
formula unless it reads as Chinese prose (``$100，变量$``) or as a price (``$5 and $10``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_INLINE = 4000
"""Characters: no inline formula is longer."""
MAX_INLINE_BREAKS = 4
MAX_DISPLAY = 60_000
MAX_NESTING = 30
"""Environments of one name inside each other."""

ENVIRONMENTS = frozenset(
    name + star
    for name in (
        *("equation", "align", "alignat", "gather", "multline", "flalign", "eqnarray", "xalignat"),
        *("aligned", "alignedat", "gathered", "split", "array", "cases", "rcases", "dcases"),
        *("matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "smallmatrix"),
        *("subarray", "CD", "numcases", "subnumcases"),
    )
    for star in ("", "*")
)
_TOKEN = re.compile(r"\\.|[{}$]", re.DOTALL)
_TEXT_GROUP = re.compile(
    r"\\(?:text|mbox|hbox|textbf|textrm|textit|mathrm|operatorname)\*?\{[^{}]*\}"
)
_TEX = re.compile(r"\\[a-zA-Z]|\\[\\{},;!|]|[\^_=<>+*/|]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_PROSE = re.compile(r"[，。；：？！、“”（）《》]")
_PRICE = re.compile(r"\d[\d,.]*(?:[^\\^_={}$]*\s)?\Z")
_BLANK_LINE = re.compile(r"\n[ \t>]*\n")
_HEADING_OR_FENCE = re.compile(r"\n[ \t>]*\n(?:#{1,6}[ \t]|```|~~~|[-*+] )")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A formula found."""

    tex: str
    end: int
    """Of the whole, delimiters included."""
    display: bool
    skipped: bool = False
    """Not a formula after all, but nothing begins before ``end``."""


def find_inline(text: str, position: int, limit: int) -> Span | None:
    """Return the formula whose dollar is at ``position``; it ends before ``limit``."""
    limit = min(limit, position + MAX_INLINE)
    closing = _closing_dollar(text, position + 1, limit)
    if closing is None:
        return None
    tex = text[position + 1 : closing]
    if not tex.strip() or tex.count("\n") > MAX_INLINE_BREAKS:
        return None
    if not reads_as_formula(tex, text[closing + 1 : closing + 2]):
        return None
    return Span(tex=tex, end=closing + 1, display=False)


def _closing_dollar(text: str, start: int, limit: int) -> int | None:
    """Return the next dollar outside braces; failing that, the next one at all."""
    depth, fallback = 0, None
    for token in _TOKEN.finditer(text, start, limit):
        if token[0] == "{":
            depth += 1
        elif token[0] == "}":
            depth -= 1
        elif token[0] == "$":
            if depth <= 0:
                return token.start()
            if fallback is None:
                fallback = token.start()
    return fallback


def reads_as_formula(tex: str, following: str) -> bool:
    """Whether what stands between two dollars is a formula, not prose between two prices."""
    bare = _TEXT_GROUP.sub("", tex)
    han = len(_HAN.findall(bare))
    marks = _TEX.search(bare) is not None
    if _PROSE.search(bare) and han:
        return marks and han <= 12 and not re.match(r"\s*\d[\d.,]*\s*[\u3400-\u9fff，。；]", bare)
    if han > 12 and not marks:
        return False
    if not marks and re.match(r"\s*\d", bare) and (han or following.isdecimal()):
        return False
    if not marks and han == 0 and len(re.findall(r"[A-Za-z]{2,}", bare)) >= 3:
        return False
    return not (_PRICE.match(tex) and following.isdecimal())


def find_math(text: str, start: int, closing: re.Pattern[str], display: bool) -> Span | None:
    """Return the formula that begins at ``start`` and ends before ``closing``."""
    position = start
    while True:
        found = closing.search(text, position, start + MAX_DISPLAY)
        if found is None:
            return None
        if text[found.start() - 1] == "\\" and not _is_doubled(text, found.start()):
            position = found.end()  # an escaped dollar
            continue
        break
    tex = text[start : found.start()]
    if not tex.strip():
        return Span(tex="", end=found.end(), display=display, skipped=True)
    if _BLANK_LINE.search(tex) and not _survives_blank_line(tex):
        return None
    return Span(tex=tex, end=found.end(), display=display)


def _is_doubled(text: str, position: int) -> bool:
    """Whether an even number of backslashes stands before ``position``."""
    start = position
    while start > 0 and text[start - 1] == "\\":
        start -= 1
    return (position - start) % 2 == 0


def _survives_blank_line(tex: str) -> bool:
    """Whether a formula with a blank line in it is one, not the text between two others."""
    bare = _TEXT_GROUP.sub("", tex)
    return (
        not _HEADING_OR_FENCE.search(tex)
        and _TEX.search(bare) is not None
        and len(_HAN.findall(bare)) * 5 <= len(bare)
    )


def find_environment(text: str, position: int, *, known: bool = True) -> Span | None:
    r"""Return the environment whose ``\begin`` is at ``position``.

    ``known``: only those that mathematics is set in.
    """
    opening = re.compile(r"\\begin\{([A-Za-z]+\*?)\}").match(text, position)
    if opening is None or (known and opening[1] not in ENVIRONMENTS):
        return None
    limit = position + MAX_DISPLAY
    if text.find(f"\\end{{{opening[1]}}}", position, limit) < 0:
        return None
    edge = re.compile(rf"\\(begin|end)\{{{re.escape(opening[1])}\}}")
    depth = 0
    for found in edge.finditer(text, position, limit):
        depth += 1 if found[1] == "begin" else -1
        if depth == 0:
            return Span(tex=text[position : found.end()], end=found.end(), display=True)
        if depth > MAX_NESTING:
            return None
    return None
