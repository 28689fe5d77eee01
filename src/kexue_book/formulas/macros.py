r"""Macro definitions in a post's formulas → the ones that each formula needs.

MathJax keeps definitions from one formula to the next, so 科学空间 defines a macro inside one
formula and uses it to the end of the post; and it takes ``\newcommand{tr}{…}``, without the
backslash that LaTeX wants. Definitions are scoped by post: the same name means something else
in the next one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_DEFINING = re.compile(
    r"\\(?:(?P<new>(?:re)?newcommand|providecommand|DeclareMathOperator)(?P<star>\*?)"
    r"|(?P<plain>def|let)(?![a-zA-Z]))\s*"
)
_NAME = re.compile(r"\{\s*\\?([a-zA-Z]+|\\.)\s*\}|\\([a-zA-Z]+|.)")
_OPTIONS = re.compile(r"\s*((?:\[[^\]\n]{0,200}\]\s*){0,2})")
_PARAMETERS = re.compile(r"[^{}\\\n]{0,100}(?=\{)")
_LET_TARGET = re.compile(r"\s*=?\s*(\\(?:[a-zA-Z]+|.)|[^\s\\])")
_COMMAND = re.compile(r"\\([a-zA-Z]+|.)", re.DOTALL)
_MAX_PREAMBLE = 300
"""Definitions: what needs more of them is no formula, but meant to take time."""
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Macro:
    """One definition."""

    name: str
    """Without the backslash."""
    text: str
    """The definition as LaTeX has it."""
    end: int
    """Where it ends in the text it was found in."""

    @property
    def replaces(self) -> bool:
        """Whether it gives a new meaning to a command that there is already."""
        return self.text.startswith("\\renew")


def match_braces(tex: str) -> dict[int, int]:
    """Return for each ``{`` that is closed the end of its group."""
    groups: dict[int, int] = {}
    opened: list[int] = []
    for token in _BRACE.finditer(tex):
        if token[0] == "{":
            opened.append(token.start())
        elif token[0] == "}" and opened:
            groups[opened.pop()] = token.end()
    return groups


def read_macro(tex: str, position: int, groups: Mapping[int, int]) -> Macro | None:
    """Return the definition that begins at ``position``, or None when it is none.

    ``groups`` are the braces of ``tex``, as from :func:`match_braces`.
    """
    start = _DEFINING.match(tex, position)
    named = _NAME.match(tex, start.end()) if start is not None else None
    if start is None or named is None:
        return None
    name = (named[1] or named[2]).lstrip("\\")
    command = start["new"] or start["plain"]
    if command == "let":
        target = _LET_TARGET.match(tex, named.end())
        if target is None:
            return None
        return Macro(name=name, text=f"\\let\\{name}{target[1]} ", end=target.end())
    options = (_PARAMETERS if command == "def" else _OPTIONS).match(tex, named.end())
    end = groups.get(options.end()) if options is not None else None
    if options is None or end is None:
        return None
    text = f"\\{command}{start['star'] or ''}"
    text += f"\\{name}" if command == "def" else f"{{\\{name}}}"
    return Macro(name=name, text=text + options[0].strip() + tex[options.end() : end], end=end)


def find_macros(tex: str) -> tuple[Macro, ...]:
    """Return the definitions in a formula, in order."""
    start = _DEFINING.search(tex)
    if start is None:
        return ()
    groups = match_braces(tex)
    found: list[Macro] = []
    while start is not None:
        macro = read_macro(tex, start.start(), groups)
        if macro is not None:
            found.append(macro)
        start = _DEFINING.search(tex, macro.end if macro is not None else start.end())
    return tuple(found)


def only_defines(tex: str) -> bool:
    """Whether a formula holds macro definitions and nothing else."""
    if _DEFINING.match(tex) is None:
        return False
    groups = match_braces(tex)
    position = 0
    while (macro := read_macro(tex, position, groups)) is not None:
        position = macro.end
        while position < len(tex) and tex[position].isspace():
            position += 1
    return position >= len(tex)


def preambles(texts: Sequence[str], *, shown: Sequence[bool]) -> list[str]:
    """Return for each text that is ``shown`` the definitions it needs from the texts around it.

    A definition is in effect from its place to the end of the post; one that is used before it
    stands is taken anyway, since the author saw it work after a second look at the page, unless
    it renews a command: until then that one keeps its old meaning.
    """
    own = [find_macros(text) for text in texts]
    scope = _Scope(macro for macros in own for macro in macros)
    result = []
    for text, macros, is_shown in zip(texts, own, shown, strict=True):
        names = {macro.name for macro in macros}
        result.append(scope.needed(text, names) if is_shown else "")
        scope.define(macros)
    return result


class _Scope:
    """The definitions in effect at one place of a post."""

    def __init__(self, macros: Iterator[Macro]) -> None:
        self._later: dict[str, Macro] = {}
        for macro in macros:
            if not macro.replaces:
                self._later.setdefault(macro.name, macro)
        self._known: dict[str, tuple[int, Macro]] = {}
        self._count = 0

    def define(self, macros: Sequence[Macro]) -> None:
        """Let some definitions take effect."""
        for macro in macros:
            self._count += 1
            self._known[macro.name] = (self._count, macro)

    def needed(self, text: str, own: set[str]) -> str:
        """Return the definitions ``text`` uses, and those that they use, in their order."""
        if not self._later and not self._known:
            return ""
        chosen: dict[str, tuple[int, str]] = {}
        waiting = [text]
        while waiting and len(chosen) < _MAX_PREAMBLE:
            for name in {use[1] for use in _COMMAND.finditer(waiting.pop())}:
                if name in chosen or name in own:
                    continue
                if name in self._known:
                    order, macro = self._known[name]
                elif name in self._later:
                    order, macro = self._count + 1, self._later[name]
                else:
                    continue
                chosen[name] = (order, macro.text)
                waiting.append(macro.text)
        return "".join(text for _, text in sorted(chosen.values()))
