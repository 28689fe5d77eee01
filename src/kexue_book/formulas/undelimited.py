r"""A post that lost its dollars → where its formulas must have been.

Posts saved from a web page through an HTML-to-Markdown converter may have no delimiter left, and
every backslash escaped: ``由于\\eta\_t\\ll 1，…``. Nobody means that as text. A post without a
single dollar but with several such commands gets its formulas back: a run of ASCII with a command,
a subscript or a power in it, which ends where Chinese or a link begins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kexue_book.formulas.code_regions import CONTAINERS, Regions
from kexue_book.formulas.lexer import Token
from kexue_book.formulas.prose import looks_like_tex

MIN_COMMANDS = 3
_COMMAND = re.compile(r"(?<!\\)\\\\[a-zA-Z]{2,}")
_SURE = re.compile(
    r"\\\\(?:alpha|beta|gamma|delta|varepsilon|eta|theta|lambda|mu|pi|sigma|omega|frac|sqrt|sum|int"
    r"|log|exp|max|min|text|math[a-z]+|boldsymbol|begin|left|to|leq?|geq?|infty|partial|tilde|hat)"
    r"(?![a-zA-Z])"
)
"""A Windows path is no formula."""
_SEED = re.compile(
    r"""
      (?<!\\)\\\\[a-zA-Z,;!{|]
    | (?<![A-Za-z])[A-Za-z]\\_(?:\{|[A-Za-z0-9](?![A-Za-z]))
    | (?<![A-Za-z])[A-Za-z)\]}]\^[{A-Za-z0-9\\]
    | \d\^\{
    | \d\\\\%
    """,
    re.VERBOSE,
)
_ENVIRONMENT = "\x01"
"""Stands for each character of a bare environment, which needs no unescaping."""
_HIDDEN = re.compile(
    r"`[^`\n]*`|!?\[(?=[^\[\]\n]*\]\()|\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)|\*\*|<[A-Za-z/][^<>\n]*>"
)
_RUN = re.compile(rf"(?:\\\\(?:text[a-z]{{0,6}}|mbox)\{{[^{{}}\n]*\}}|[{_ENVIRONMENT}!-_a-~ ])++")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_EDGES = re.compile(r"(?:[A-Za-z]{2,}[ ]+|[,;:.!?)\]][ ]*)*+")
_LAST = re.compile(r"(?:[ ]+[A-Za-z]{2,}|[ ]*(?<!right)[,;:.!?])+\Z")
_ENGLISH = re.compile(r"(?<![\\A-Za-z{])[A-Za-z]{2,} [A-Za-z]{2,}(?![}A-Za-z])")


class Run(NamedTuple):
    """A formula without delimiters."""

    start: int
    end: int
    tex: str
    display: bool


def find_undelimited(
    text: str, tokens: Sequence[Token], environments: Mapping[int, int], regions: Regions
) -> tuple[Run, ...]:
    """Return the formulas of a post that has no delimiters; of any other post, none."""
    if any(token.kind == "dollar" for token in tokens) or _SURE.search(text) is None:
        return ()
    mask = _mask(text, environments)
    commands = (command.start() for command in _COMMAND.finditer(mask))
    if sum(regions.opaque_end(start) is None for start in commands) < MIN_COMMANDS:
        return ()
    found: list[Run] = []
    for run in _RUN.finditer(mask):
        if regions.opaque_end(run.start()) is None and _SEED.search(run[0]):
            formula = _trim(text, mask, run.start(), run.end())
            if formula is not None:
                found.append(formula)
    return tuple(found)


def _mask(text: str, environments: Mapping[int, int]) -> str:
    """Return the text with environments marked, and everything that ends a formula a line end."""
    parts: list[str] = []
    position = 0
    for start, end in sorted(environments.items()):
        if start >= position:
            parts += (text[position:start], _ENVIRONMENT * (end - start))
            position = end
    parts.append(text[position:])
    return _HIDDEN.sub(lambda hidden: "\n" * len(hidden[0]), "".join(parts))


def _trim(text: str, mask: str, start: int, end: int) -> Run | None:
    """Cut words and brackets that belong to the sentence off both ends of a run."""
    line_start = text.rfind("\n", 0, start) + 1
    marks = CONTAINERS.match(mask, line_start)
    start = max(start, marks.end() if marks else start)
    begins_line = not text[line_start:start].strip(" \t>-+*0123456789.)")
    line_end = text.find("\n", end)
    after = text[end : line_end if line_end >= 0 else len(text)]
    display = begins_line and not after.strip()
    run = mask[start:end]
    if not display:
        leading = _EDGES.match(run.lstrip())
        cut = len(run) - len(run.lstrip()) + (leading.end() if leading else 0)
        start, run = start + cut, run[cut:]
        run = _LAST.sub("", run.rstrip())
        start, run = _unbracket(start, run)
    run = run.rstrip()
    tex = _unescape(text, run, start)
    if not (looks_like_tex(tex) or "\\%" in tex) or _ENGLISH.search(run) or not _is_balanced(tex):
        return None
    return Run(start, start + len(run), tex, display)


def _unbracket(start: int, run: str) -> tuple[int, str]:
    """Drop an opening bracket at the start, or a closing one at the end, that has no partner."""
    for opening, closing in ("()", "[]"):
        surplus = run.count(opening) - run.count(closing)
        if surplus > 0 and run.startswith(opening):
            start, run = start + 1, run[1:]
        elif surplus < 0 and run.endswith(closing):
            run = run[:-1]
    return start, run


def _is_balanced(tex: str) -> bool:
    opened = sum({"{": 1, "}": -1}.get(token[0], 0) for token in _BRACE.finditer(tex))
    return opened == 0


def _unescape(text: str, run: str, start: int) -> str:
    parts: list[str] = []
    for piece in re.finditer(rf"{_ENVIRONMENT}+|[^{_ENVIRONMENT}]+", run):
        source = text[start + piece.start() : start + piece.end()]
        is_environment = piece[0][0] == _ENVIRONMENT
        parts.append(source if is_environment else _ESCAPE.sub(r"\1", source))
    return "".join(parts)
