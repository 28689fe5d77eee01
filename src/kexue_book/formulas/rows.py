r"""The LaTeX of a formula → its rows, with what each says of numbers; and back.

The environment that numbers becomes its starred form, and the rows that carry a number get the
constant tag: ``\begin{align}a\label{x}\\b\notag\end{align}`` becomes
``\begin{align*}a\tag{0}\\b\end{align*}`` and two rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from kexue_book.formulas.lexer import TEXT_COMMANDS
from kexue_book.formulas.macros import match_braces
from kexue_book.formulas.tags import TAG

_MANY_ROWS = frozenset(("align", "alignat", "gather", "flalign", "eqnarray", "xalignat"))
_ONE_ROW = frozenset(("equation", "multline"))
_TOKEN = re.compile(
    rf"""
      \\begin\s*\{{(?P<begin>[^{{}}]*)\}} | \\end\s*\{{(?P<end>[^{{}}]*)\}}
    | (?P<newline>\\\\\*?(?:[ ]*\[\s*-?[\d.]+\s*(?:[a-z]{{2}}|\\[a-zA-Z]+)\s*\])?
        | \\(?:cr|newline)(?![a-zA-Z]))
    | \\(?P<command>label|tag|notag|nonumber|setCounter|setcounter|eqref|ref)(?![a-zA-Z])
      (?P<star>\*?)\s*
    | (?P<text>\\{TEXT_COMMANDS}\s*\{{)
    | (?P<comment>%[^\n]*(?:\n|$))
    | \\. | [{{}}]
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenReference:
    r"""A reference inside a formula, perhaps in a ``\text``."""

    command: str
    label: str
    in_text: bool


class _TagHere:
    """The end of a row's content: where its tag goes."""


_TAG_HERE = _TagHere()
_Piece = str | OpenReference | _TagHere


@dataclass(slots=True, kw_only=True)
class Row:
    """One row, or a whole formula that has no rows of its own."""

    pieces: list[_Piece] = field(default_factory=list)
    numbered: bool = False
    tag: str | None = None
    bare_tag: bool = False
    r"""``\tag*``."""
    labels: tuple[str, ...] = ()
    counter: int | None = None
    """What the equation counter is set to before this row."""
    silenced: bool = False
    r"""``\notag``."""

    @property
    def tagged(self) -> bool:
        """Whether the engine has to make room for a number."""
        return self.numbered or self.tag is not None

    def is_blank(self) -> bool:
        """Whether there is nothing in it but what surrounds rows."""
        content = "".join(piece for piece in self.pieces if isinstance(piece, str))
        return not re.sub(r"\\begin\{[^{}]*\}(?:\{\d*\})?", "", content).strip()


def split_rows(tex: str) -> tuple[Row, ...]:
    """Return the rows of a formula, in order."""
    return _Splitter(tex).split()


def join_rows(
    rows: Iterable[Row], resolve: Callable[[OpenReference], str], *, numbers: bool = True
) -> str:
    """Return the LaTeX for the engine.

    Args:
        rows: of one formula.
        resolve: gives what a reference shows.
        numbers: False in running text, where there is no room for them.
    """
    parts: list[str] = []
    for row in rows:
        for piece in row.pieces:
            if isinstance(piece, OpenReference):
                parts.append(resolve(piece))
            elif isinstance(piece, str):
                parts.append(piece)
            elif row.tagged and numbers:
                parts.append(TAG)
    tex = "".join(parts).strip()
    # `a\ ` ends with a space that is a command.
    return tex + " " if (len(tex) - len(tex.rstrip("\\"))) % 2 else tex


class _Splitter:
    """One walk through one formula."""

    def __init__(self, tex: str) -> None:
        self._tex = tex
        self._groups = match_braces(tex)
        self._rows: list[Row] = []
        self._row = Row()
        self._environments: list[str] = []
        self._braces: list[bool] = []
        """The open braces, outermost first: whether they hold text."""
        self._texts = 0
        self._ended = False

    def split(self) -> tuple[Row, ...]:
        position = 0
        while (token := _TOKEN.search(self._tex, position)) is not None:
            self._row.pieces.append(self._tex[position : token.start()])
            position = self._handle(token)
        self._row.pieces.append(self._tex[position:])
        if not self._ended:
            self._end_row(numbers=False)
        else:
            self._rows.append(self._row)
        return tuple(self._rows)

    def _handle(self, token: re.Match[str]) -> int:
        if token["begin"] is not None:
            self._begin(token["begin"])
        elif token["end"] is not None:
            self._end(token["end"])
        elif token["newline"] is not None and self._splits():
            self._end_row(numbers=True)
            self._rows[-1].pieces.append(token[0])
        elif token["command"] is not None:
            return self._command(token)
        elif token["comment"] is not None:
            return self._comment(token)
        else:
            self._count_braces(token)
            self._row.pieces.append(token[0])
        return token.end()

    def _comment(self, token: re.Match[str]) -> int:
        if self._texts:  # \text{100%}
            self._row.pieces.append("%")
            return token.start() + 1
        self._row.pieces.append("\n")
        return token.end()

    def _count_braces(self, token: re.Match[str]) -> None:
        if token[0] == "{" or token["text"] is not None:
            is_text = token["text"] is not None
            self._braces.append(is_text)
            self._texts += is_text
        elif token[0] == "}" and self._braces:
            self._texts -= self._braces.pop()

    def _splits(self) -> bool:
        """Whether a line break here ends a row of the environment that numbers."""
        return (
            len(self._environments) == 1
            and not self._braces
            and self._environments[0].removesuffix("*") in _MANY_ROWS
        )

    def _begin(self, name: str) -> None:
        outermost = not self._environments
        self._environments.append(name)
        if outermost and name in _MANY_ROWS | _ONE_ROW:
            name += "*"
        self._row.pieces.append(f"\\begin{{{name}}}")

    def _end(self, name: str) -> None:
        outermost = len(self._environments) == 1
        if self._environments:
            self._environments.pop()
        bare = name.removesuffix("*")
        if outermost and bare in _MANY_ROWS | _ONE_ROW:
            self._end_row(numbers=not name.endswith("*"), last=bare in _MANY_ROWS)
            self._braces, self._texts = [], 0
            name = f"{bare}*"
        self._row.pieces.append(f"\\end{{{name}}}")

    def _end_row(self, *, numbers: bool, last: bool = False) -> None:
        """Close the current row; an empty last one after a line break does not count."""
        row = self._row
        if self._environments:
            numbers = numbers and not self._environments[0].endswith("*")
        empty = last and bool(self._rows) and row.is_blank()
        row.numbered = numbers and not row.silenced and not empty
        row.pieces.append(_TAG_HERE)
        self._rows.append(row)
        self._row = Row()
        self._ended = True

    def _command(self, token: re.Match[str]) -> int:
        command = token["command"]
        if command in ("notag", "nonumber"):
            self._row.silenced = True
            return self._cut_out(token.end())
        end = self._groups.get(token.end())
        if end is None:
            self._row.pieces.append(token[0])
            return token.end()
        argument = self._tex[token.end() + 1 : end - 1].strip()
        if command == "label":
            self._row.labels += (argument.replace("\\_", "_"),)
        elif command == "tag":
            self._row.tag, self._row.bare_tag = argument, token["star"] == "*"
        elif command in ("eqref", "ref"):
            label = argument.replace("\\_", "_")
            in_text = self._texts > 0
            reference = OpenReference(command=command, label=label, in_text=in_text)
            self._row.pieces.append(reference)
        else:
            return self._cut_out(self._set_counter(command, argument, end))
        return end if command in ("eqref", "ref") else self._cut_out(end)

    def _cut_out(self, end: int) -> int:
        """Go on after a command that is left out, keeping its neighbours apart."""
        if self._tex[end : end + 1].isalpha():
            self._row.pieces.append(" ")
        return end

    def _set_counter(self, command: str, argument: str, end: int) -> int:
        r"""Obey ``\setCounter{24}`` and LaTeX's ``\setcounter{equation}{24}``: 25 comes next."""
        if command == "setcounter":
            value = self._groups.get(end)
            if argument != "equation" or value is None:
                return value or end
            argument, end = self._tex[end + 1 : value - 1], value
        if re.fullmatch(r"\s*[0-9]{1,6}\s*", argument):
            self._row.counter = int(argument)
        return end
