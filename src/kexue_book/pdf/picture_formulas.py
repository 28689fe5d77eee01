"""Formulas of a document → SVG images: for a WeasyPrint that draws otherwise than we know.

Slow, large and without text to copy, but it takes nothing for granted of WeasyPrint but CSS. Long
formulas are made smaller, not broken.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement

from kexue_book.formulas import draw_svg
from kexue_book.model import Formula, Glyph, Typeset
from kexue_book.pdf.fetcher import PICTURE


class PictureFormulas:
    """Fills formulas in, and keeps the SVG images that stand for them."""

    def __init__(self, glyphs: Mapping[str, Glyph]) -> None:
        self.pictures: dict[str, bytes] = {}
        """By address."""
        self.images: dict[str, object] = {}
        """None: WeasyPrint makes its own."""
        self._glyphs = glyphs
        self._addresses: dict[str, str] = {}

    @property
    def style(self) -> str:
        """Return the style rules that the formulas need."""
        return (
            ".picture-display{position:relative}"
            ".picture-display img{display:block;margin:0 auto;max-width:100%;height:auto}"
            ".picture-number{position:absolute;right:0;line-height:1}"
        )

    def fill_inline(self, element: Element, formula: Formula, typeset: Typeset) -> None:
        """Make the content of ``element`` an image that stands on the baseline."""
        image = self._add_image(element, formula, typeset)
        height = typeset.height + typeset.depth
        image.set(
            "style",
            f"width:{typeset.width}em;height:{height:.4f}em;vertical-align:{-typeset.depth}em",
        )

    def fill_display(self, element: Element, formula: Formula, typeset: Typeset) -> None:
        """Make the content of ``element`` an image with its numbers beside it."""
        block = SubElement(element, "div", {"class": "picture-display"})
        for anchor in formula.anchors:
            SubElement(block, "span", {"id": anchor})
        rows = typeset.tag_rows or (0.0,)
        for index, number in enumerate(formula.numbers):
            down = typeset.height - rows[min(index, len(rows) - 1)] - 0.85
            place = {"class": "picture-number", "id": number.anchor, "style": f"top:{down:.3f}em"}
            SubElement(block, "span", place).text = number.shown
        image = self._add_image(block, formula, typeset)
        image.set("style", f"width:{typeset.width}em")

    def _add_image(self, parent: Element, formula: Formula, typeset: Typeset) -> Element:
        address = self._addresses.get(typeset.operators)
        if address is None:
            address = f"{PICTURE}:{len(self._addresses)}"
            self._addresses[typeset.operators] = address
            svg = draw_svg(typeset, self._glyphs, label=formula.source)
            self.pictures[address] = svg.encode()
        return SubElement(parent, "img", {"src": address, "alt": formula.source})
