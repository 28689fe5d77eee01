r"""Macro definitions in a post's formulas → the ones that each formula needs.

MathJax keeps definitions from one formula to the next, so 科学空间 defines a macro inside one
formula and uses it to the end of the post; and it takes ``\newcommand{tr}{…}``, without the
backslash that LaTeX wants. Definitions are scoped by post: the same name means something else
in the next one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_DEFINING = re.compile(
    r"\\(?:(?P<new>(?:re)?newcommand|providecommand|DeclareMathOperator)(?P<star>\*?)"
    r"|(?P<plain>def|let)(?![a-zA-Z]))\s*"
)
_NAME = re.compile(r"\{\s*\\?([a-zA-Z]+|\\.)\s*\}|\\([a-zA-Z]+|.)")
_OPTIONS = re.compile(r"\s*((?:\[[^\]]*\]\s*){0,2})")
_USE = re.compile(r"\\([a-zA-Z]+|.)", re.DOTALL)
_PARAMETERS = re.compile(r"[^{}\\]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Macro:
    """One definition."""

    name: str
    """Without the backslash."""
    text: str
    """The definition as LaTeX has it."""
    end: int
    """Where it ends in the text it was found in."""


def read_macro(tex: str, position: int) -> Macro | None:
    """Return the definition that begins at ``position``, or None when it is none."""
    start = _DEFINING.match(tex, position)
    if start is None:
        return None
    named = _NAME.match(tex, start.end())
    if named is None:
        return None
    name = (named[1] or named[2]).lstrip("\\")
    command = start["new"] or start["plain"]
    if command == "let":
        target = re.compile(r"\s*=?\s*(\\(?:[a-zA-Z]+|.)|.)").match(tex, named.end())
        if target is None:
            return None
        return Macro(name=name, text=f"\\let\\{name}{target[1]} ", end=target.end())
    options = (_PARAMETERS if command == "def" else _OPTIONS).match(tex, named.end())
    assert options is not None
    end = group_end(tex, options.end())
    if end is None:
        return None
    text = f"\\{command}{start['star'] or ''}"
    text += f"\\{name}" if command == "def" else f"{{\\{name}}}"
    return Macro(name=name, text=text + options[0].strip() + tex[options.end() : end], end=end)


def group_end(tex: str, position: int) -> int | None:
    """Return the end of the ``{…}`` that begins at ``position``, or None."""
    if not tex.startswith("{", position):
        return None
    depth = 0
    for token in re.compile(r"\\.|[{}]", re.DOTALL).finditer(tex, position):
        depth += {"{": 1, "}": -1}.get(token[0], 0)
        if depth == 0:
            return token.end()
    return None


def find_macros(tex: str) -> tuple[Macro, ...]:
    """Return the definitions in a formula, in order."""
    found: list[Macro] = []
    position = 0
    while (start := _DEFINING.search(tex, position)) is not None:
        macro = read_macro(tex, start.start())
        if macro is not None:
            found.append(macro)
        position = macro.end if macro is not None else start.end()
    return tuple(found)


def preambles(texts: Sequence[str]) -> list[str]:
    """Return for each text the definitions it needs from the texts around it.

    A definition is in effect from its place to the end of the post; one that is used before it
    stands is taken anyway, since the author saw it work after a second look at the page.
    """
    own = [find_macros(text) for text in texts]
    final = {macro.name: macro for macros in own for macro in macros}
    if not final:
        return [""] * len(texts)
    known: dict[str, Macro] = {}
    result = []
    for text, macros in zip(texts, own, strict=True):
        available = {**final, **known}
        for macro in macros:  # its own definitions come with it
            available.pop(macro.name, None)
        result.append(_needed(text, available))
        known.update((macro.name, macro) for macro in macros)
    return result


def _needed(text: str, available: dict[str, Macro]) -> str:
    """Return the definitions ``text`` uses, those they use before them."""
    ordered: dict[str, str] = {}

    def visit(source: str, open_names: tuple[str, ...]) -> None:
        for name in _names(source):
            macro = available.get(name)
            if macro is None or name in ordered or name in open_names:
                continue
            visit(macro.text, (*open_names, name))
            ordered[name] = macro.text

    visit(text, ())
    return "".join(ordered.values())


def _names(source: str) -> Iterable[str]:
    return dict.fromkeys(use[1] for use in _USE.finditer(source))
