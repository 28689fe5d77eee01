"""Formulas: in the posts, and typeset. Lengths are in em of the surrounding text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


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
class Glyph:
    """One glyph of the math font."""

    path: str
    """Outline as the ``d`` of an SVG path, 1000 units an em, y upwards; empty for a space."""
    advance: float
    """Thousandths of an em."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typesetting:
    """All the formulas of a book, typeset, and the glyphs their display lists name."""

    formulas: Mapping[FormulaKey, Typeset]
    glyphs: Mapping[str, Glyph]
    is_lasting: bool = True
    """Whether they would come out the same another time: no limit of time or memory was met."""
