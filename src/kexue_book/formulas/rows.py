r"""The LaTeX of a display → its rows, with what each says of numbers; and back.

The environment that numbers becomes its starred form, and the rows that carry a number get the
constant tag: ``\begin{align}a\label{x}\\b\notag\end{align}`` becomes
``\begin{align*}a\tag{0}\\b\end{align*}`` and two rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from kexue_book.formulas.macros import group_end
from kexue_book.formulas.tags import TAG

_MANY_ROWS = frozenset(("align", "alignat", "gather", "flalign", "eqnarray", "xalignat"))
_ONE_ROW = frozenset(("equation", "multline"))
_TOKEN = re.compile(
    r"""
      \\begin\s*\{(?P<begin>[^{}]*)\} | \\end\s*\{(?P<end>[^{}]*)\}
    | (?P<newline>\\\\(?:\*?\[\s*-?[\d.]+\s*[a-z]{2}\s*\])?)
    | \\(?P<command>label|tag|notag|nonumber|setCounter|setcounter|eqref|ref)(?![a-zA-Z])
      (?P<star>\*?)\s*
    | (?P<comment>%[^\n]*(?:\n|$))
    | \\. | [{}]
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenReference:
    """A reference inside a formula."""

    command: str
    label: str


class _TagHere:
    """The end of a row's content: where its tag goes."""


_TAG_HERE = _TagHere()
_Piece = str | OpenReference | _TagHere


@dataclass(slots=True, kw_only=True)
class Row:
    """One row, or a whole display that has no rows of its own."""

    pieces: list[_Piece] = field(default_factory=list)
    numbered: bool = False
    tag: str | None = None
    bare_tag: bool = False
    """``\\tag*``."""
    labels: tuple[str, ...] = ()
    counter: int | None = None
    """What the equation counter is set to before this row."""
    silenced: bool = False
    """``\\notag``."""

    @classmethod
    def whole(cls, tex: str) -> Row:
        """Return a row without anything to number."""
        return cls(pieces=[tex])

    @property
    def tagged(self) -> bool:
        """Whether the engine has to make room for a number."""
        return self.numbered or self.tag is not None

    def is_blank(self) -> bool:
        """Whether there is nothing in it but what surrounds rows."""
        content = "".join(piece for piece in self.pieces if isinstance(piece, str))
        return not re.sub(r"\\begin\{[^{}]*\}(?:\{\d*\})?", "", content).strip()


def split_rows(tex: str) -> tuple[Row, ...]:
    """Return the rows of a display, in order."""
    return _Splitter(tex).split()


def join_rows(rows: Iterable[Row], resolve: Callable[[str, str], str]) -> str:
    """Return the LaTeX for the engine; ``resolve`` gives the text of a reference."""
    parts: list[str] = []
    for row in rows:
        for piece in row.pieces:
            if isinstance(piece, OpenReference):
                parts.append(resolve(piece.command, piece.label))
            elif isinstance(piece, str):
                parts.append(piece)
            elif row.tagged:
                parts.append(TAG)
    return "".join(parts).strip()


class _Splitter:
    """One walk through one formula."""

    def __init__(self, tex: str) -> None:
        self._tex = tex
        self._rows: list[Row] = []
        self._row = Row()
        self._stack: list[str] = []
        self._braces = 0
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
        elif token["comment"] is not None and self._braces <= 0:
            self._row.pieces.append("\n")  # inside \text{100%} it is none
        else:
            self._braces += {"{": 1, "}": -1}.get(token[0], 0)
            self._row.pieces.append(token[0])
        return token.end()

    def _splits(self) -> bool:
        """Whether a line break here ends a row of the environment that numbers."""
        return (
            len(self._stack) == 1
            and self._braces <= 0
            and self._stack[0].removesuffix("*") in _MANY_ROWS
        )

    def _begin(self, name: str) -> None:
        outermost = not self._stack
        self._stack.append(name)
        if outermost and name in _MANY_ROWS | _ONE_ROW:
            name += "*"
        self._row.pieces.append(f"\\begin{{{name}}}")

    def _end(self, name: str) -> None:
        outermost = len(self._stack) == 1
        if self._stack:
            self._stack.pop()
        bare = name.removesuffix("*")
        if outermost and bare in _MANY_ROWS | _ONE_ROW:
            self._end_row(numbers=not name.endswith("*"), last=bare in _MANY_ROWS)
            name = f"{bare}*"
        self._row.pieces.append(f"\\end{{{name}}}")

    def _end_row(self, *, numbers: bool, last: bool = False) -> None:
        """Close the current row; an empty last one after a line break does not count."""
        row = self._row
        if self._stack:
            numbers = numbers and not self._stack[0].endswith("*")
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
            return token.end()
        end = group_end(self._tex, token.end())
        if end is None:
            self._row.pieces.append(token[0])
            return token.end()
        argument = self._tex[token.end() + 1 : end - 1].strip()
        if command == "label":
            self._row.labels += (argument,)
        elif command == "tag":
            self._row.tag, self._row.bare_tag = argument, token["star"] == "*"
        elif command == "setCounter":
            self._row.counter = int(argument) if argument.isdecimal() else None
        elif command in ("eqref", "ref"):
            self._row.pieces.append(OpenReference(command=command, label=argument))
        else:  # LaTeX's \setcounter{equation}{3}
            value = group_end(self._tex, end)
            number = self._tex[end + 1 : value - 1] if value is not None else ""
            if argument == "equation" and number.isdecimal():
                self._row.counter = int(number)
            end = value or end
        return end
