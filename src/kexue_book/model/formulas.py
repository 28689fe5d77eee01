"""Formulas: in the posts, and typeset. Lengths are in em of the surrounding text."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulaKey:
    """All that a formula's rendering depends on: one key is typeset once, and cached."""

    tex: str
    """LaTeX between the delimiters, or a whole environment; ``\\label`` removed, and every row
    that carries a number marked with ``\\tag{…}`` by a constant placeholder."""
    display: bool
    preamble: str = ""
    """The macro definitions of the post that ``tex`` uses, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EquationNumber:
    """The number of one row of a display."""

    text: str
    """Without the parentheses around it: ``3``, ``3.1``, ``*``."""
    anchor: str
    """Id that links to this equation lead to, unique in the book."""
    bare: bool = False
    """``\\tag*``: shown without parentheses."""

    @property
    def shown(self) -> str:
        """As it stands beside the equation: ``(3)``."""
        return self.text if self.bare else f"({self.text})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """One occurrence of a formula in a post."""

    source: str
    """As it stands in the post, without delimiters: the alternative text."""
    key: FormulaKey
    line: int
    """1-based line in the file."""
    numbers: tuple[EquationNumber, ...] = ()
    """One for each numbered row, from top to bottom."""
    anchors: tuple[str, ...] = ()
    """Ids of labels in rows that show no number."""

    @property
    def display(self) -> bool:
        """Whether it stands on lines of its own."""
        return self.key.display


@dataclass(frozen=True, slots=True, kw_only=True)
class Typeset:
    """What the math engine makes of a :class:`FormulaKey`. Picklable."""

    mathml: str
    """A ``<math>`` element in the MathML namespace, without numbers; empty when it failed."""
    width: float
    """em."""
    height: float
    """em above the baseline."""
    depth: float
    """em below the baseline, positive downwards."""
    operators: str
    """Display list as JSON: see formulas/display_list.py. Units 1/1000 em, y upwards."""
    tag_rows: tuple[float, ...] = ()
    """For each numbered row its baseline, em upwards from the formula's own."""
    lines: str = ""
    """Where it may be broken, as JSON: see formulas/display_list.py; empty when nowhere."""
    error: str | None = None
    """What the engine said, when it could not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A :class:`Typeset` in little room: a book may have 100,000 of them.

    What is asked of all of them, chapter after chapter, is at hand; the rest is compressed.
    """

    width: float
    height: float
    depth: float
    error: str | None
    glyphs: tuple[str, ...]
    """Names of those that the display list draws, sorted."""
    digest: bytes
    """Hash of ``data``."""
    data: bytes
    """MathML, display list, rows and lines: see formulas/packed.py."""

    def unpack(self) -> Typeset:
        """Return all that is known of it."""
        mathml, operators, rows, lines = json.loads(zlib.decompress(self.data))
        return Typeset(
            mathml=mathml,
            width=self.width,
            height=self.height,
            depth=self.depth,
            operators=operators,
            tag_rows=tuple(rows),
            lines=lines,
            error=self.error,
        )


Broken = tuple[int, str, str]
"""A formula that cannot be set: its line in the file, its source, and why."""


def find_broken(formulas: Iterable[Formula], packed: Mapping[FormulaKey, Packed]) -> list[Broken]:
    """Return those of some formulas that cannot be set."""
    return [
        (formula.line, formula.source, error)
        for formula in formulas
        if (error := packed[formula.key].error) is not None
    ]


class Unpacking(Mapping[FormulaKey, Typeset]):
    """Formulas that are unpacked each time they are asked for."""

    def __init__(self, packed: Mapping[FormulaKey, Packed]) -> None:
        self._packed = packed

    def __getitem__(self, key: FormulaKey) -> Typeset:
        """Unpack a formula."""
        return self._packed[key].unpack()

    def __iter__(self) -> Iterator[FormulaKey]:
        """Go through the formulas, which takes no unpacking."""
        return iter(self._packed)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._packed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyph:
    """One glyph of the math font."""

    path: str
    """Outline as the ``d`` of an SVG path, 1000 units an em, y upwards; empty for a space."""
    advance: float
    """Thousandths of an em."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typesetting:
    """The formulas of a book, typeset, and the glyphs their display lists name."""

    packed: dict[FormulaKey, Packed]
    glyphs: dict[str, Glyph]
    is_lasting: bool = True
    """Whether they would come out the same another time: no limit of time or memory was met."""
    fetch: Callable[[Iterable[FormulaKey]], Typesetting] | None = field(default=None, compare=False)
    """Typesets more, should a writer need formulas that nobody expected it to need."""

    def require(self, keys: Iterable[FormulaKey]) -> dict[FormulaKey, Packed]:
        """Return some formulas, typesetting first what is not at hand.

        Raises:
            KeyError: there is no way to.
        """
        wanted = list(dict.fromkeys(keys))
        missing = [key for key in wanted if key not in self.packed]
        if missing and self.fetch is not None:
            more = self.fetch(missing)
            self.packed.update(more.packed)
            self.glyphs.update(more.glyphs)
        return {key: self.packed[key] for key in wanted}

    @property
    def formulas(self) -> Mapping[FormulaKey, Typeset]:
        """The formulas, each unpacked when it is asked for."""
        return Unpacking(self.packed)
