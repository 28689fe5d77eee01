r"""A Markdown text → the places where a formula, or something that hides one, could begin or end.

One pass, from left to right. Code, link addresses, tags and escapes are stepped over here, so
that a dollar in them is no dollar to anything that follows.
"""

from __future__ import annotations

import bisect
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from kexue_book.formulas.code_regions import Regions

TEXT_COMMANDS = r"(?:text(?:rm|bf|it|tt|sf|normal|up)?|[mhf]box|tag\*?|label)"
"""Commands in whose braces there is text, not mathematics."""

_TOKEN = re.compile(
    rf"""
      (?P<hexo>\{{%-?[ ]*(?:end)?(?:raw|math|mathjax|katex|latex|tex)\b[^%\n]{{0,40}}%\}})
    | (?P<rows>\\{{4,}}(?:\[-?[\d.]+[ ]*[a-z]{{2}}\])?|\\\\\*?\[-?[\d.]+[ ]*[a-z]{{2}}\])
    | (?P<bracket>\\\\?[()\[\]])
    | (?P<reference>\\\\?(?:eq)?ref[ ]*\{{[^{{}}\n]*\}})
    | (?P<begin>\\begin\s{{0,9}}\{{[A-Za-z]+\*?\}})
    | (?P<end>\\end\s{{0,9}}\{{[A-Za-z]+\*?\}})
    | (?P<macro>\\(?:(?:re)?newcommand|providecommand|DeclareMathOperator|def|let)(?![a-zA-Z]))
    | (?P<text>\\{TEXT_COMMANDS}\s{{0,9}}\{{)
    | (?P<escape>\\(?:[a-zA-Z]+|.))
    | (?P<dollar>\$)
    | (?P<open>\{{)
    | (?P<close>\}})
    | (?P<ticks>`++)
    | (?P<tag></?[A-Za-z][A-Za-z0-9-]*+
        (?:\s++[A-Za-z_:@][\w:.-]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'=<>`]++))?+)*+\s*+/?>)
    | (?P<autolink><[A-Za-z][A-Za-z0-9+.-]{{1,31}}:[^\s<>]*+>)
    | (?P<parenthesis>(?<=\])\((?=\$))
    | (?P<target>(?<=\])\((?:<[^<>\n]*+>|[^\s()$]++[^\s()]*+(?:\([^\s()]*+\)[^\s()]*+)*+)
        (?:\s++(?:"[^"\n]*+"|'[^'\n]*+'))?+\s*+\))
    | (?P<address>https?://[A-Za-z0-9\-._~:/\#\[\]@!&'()*+,;=%]++(?:\?[A-Za-z0-9\-._~:/?\#@!$&'*+,;=%]*+)?)
    """,
    re.VERBOSE | re.DOTALL,
)
_TICKS = re.compile(r"`++")
_HIDDEN = frozenset(("escape", "tag", "autolink", "target", "address"))


class Token(NamedTuple):
    """A place in the text, and what is there."""

    kind: str
    start: int
    end: int


def read_tokens(text: str, regions: Regions) -> tuple[Token, ...]:
    """Return all tokens outside of code, in order."""
    return tuple(_tokens(text, regions))


def _tokens(text: str, regions: Regions) -> Iterator[Token]:
    runs: dict[int, list[int]] = defaultdict(list)
    for run in _TICKS.finditer(text):
        runs[len(run[0])].append(run.start())
    position = 0
    while (found := _TOKEN.search(text, position)) is not None:
        start, kind = found.start(), str(found.lastgroup)
        opaque = regions.opaque_end(start)
        if opaque is not None:
            position = opaque
            continue
        position = found.end()
        if kind == "ticks":
            same = runs[position - start]
            index = bisect.bisect_right(same, start)
            if index < len(same) and same[index] < regions.paragraph_end(start):
                position = same[index] + position - start
        elif kind == "tag" and position > regions.paragraph_end(start):
            position = start + 1
        elif kind == "rows" or kind not in _HIDDEN:
            yield Token(kind, start, position)
