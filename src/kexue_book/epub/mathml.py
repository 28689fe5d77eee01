"""A formula's MathML as the engine writes it → as reading systems of today show it well."""

from __future__ import annotations

from lxml import etree

from kexue_book.epub.drawings import NARROW, SMALLEST
from kexue_book.epub.legible import make_legible
from kexue_book.epub.math_accents import draw_accents
from kexue_book.epub.math_spacing import space_operators
from kexue_book.epub.xhtml import MATHML, clean_text, one_line
from kexue_book.model import Formula, Typeset

_SPARE = 1.04
"""A reading system's font may be a little wider than the one that was measured."""


class MathmlShapes:
    """Shapes of the profile ``mathml``."""

    files: dict[str, bytes] = {}  # noqa: RUF012 - none, ever

    def element(self, formula: Formula, typeset: Typeset) -> etree._Element:
        """Return a ``<math>`` element."""
        math = etree.fromstring(clean_text(typeset.mathml))
        math.set("alttext", one_line(formula.source))
        for words in math.iter(f"{MATHML}mtext"):
            words.text = _with_fixed_ends(words.text or "")
        for table in math.iter(f"{MATHML}mtable"):
            _join_frame(table)
        if formula.display and typeset.width > NARROW:
            math.set("style", ";".join(filter(None, (math.get("style"), _fitting(typeset)))))
        make_legible(math)
        draw_accents(math)
        space_operators(math)
        return math


def _fitting(typeset: Typeset) -> str:
    """Return the style of a display that becomes smaller on a page too narrow for it.

    cqw is a hundredth of the width of the box that holds it (``.roomy`` in epub.css). Reading
    systems that do not know it leave the size alone, and let it scroll.
    """
    room = 100 / (typeset.width * _SPARE)
    return f"font-size:min(1em,max({SMALLEST}em,{room:.3f}cqw))"


def _join_frame(table: etree._Element) -> None:
    """Let the frame or rules around an array touch those between its cells."""
    frame = table.getparent()
    if frame is not None and len(frame) == 1 and "border" in frame.get("style", ""):
        frame.set("style", frame.get("style", "").replace("padding:.2em", "padding:0"))


def _with_fixed_ends(text: str) -> str:
    """Make outer spaces no-break spaces: reading systems trim ``<mtext>``."""
    stripped = text.strip(" ")
    if not stripped:
        return "\u00a0" * len(text)
    before = len(text) - len(text.lstrip(" "))
    after = len(text) - len(text.rstrip(" "))
    return "\u00a0" * before + stripped + "\u00a0" * after
