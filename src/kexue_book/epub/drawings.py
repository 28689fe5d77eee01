"""A formula → an inline ``<svg>``, drawn like the one in the PDF, in the text's own colour.

Each drawing stands alone. Glyphs shared by a page would halve the file, but converters split
pages, and some reading systems draw every ``<svg>`` apart from its page: they would show nothing
(docs/decisions/0007-formulas-in-epub.md).
"""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from kexue_book.epub.xhtml import clean_text, one_line
from kexue_book.formulas import draw_svg
from kexue_book.model import Formula, Glyph, Typeset

SMALLEST = 0.6
"""A display that is too wide for the page becomes smaller, down to this; then it scrolls."""
NARROW = 12
"""em: a formula not wider than this fits everywhere."""


class SvgShapes:
    """Shapes of the profile ``svg``."""

    def __init__(self, glyphs: Mapping[str, Glyph]) -> None:
        """``glyphs`` are all that the formulas name."""
        self.files: dict[str, bytes] = {}
        self._glyphs = glyphs

    def element(self, formula: Formula, typeset: Typeset) -> etree._Element:
        """Return an ``<svg>`` element."""
        drawn = draw_svg(typeset, self._glyphs, label=one_line(formula.source))
        svg = etree.fromstring(clean_text(drawn))
        if formula.display:
            svg.set("style", display_style(typeset.width))
        return svg


def display_style(width: float) -> str:
    """Return how a display of that many em behaves on a page that is too narrow for it."""
    least = f";min-width:{width * SMALLEST:.2f}em" if width > NARROW else ""
    return f"width:{width:.4g}em{least}"
