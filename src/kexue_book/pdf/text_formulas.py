"""Formulas of a document → images of our own that draw themselves as text: the usual way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from xml.etree.ElementTree import Element, SubElement

from kexue_book.formulas import parse_display_list, parse_rows
from kexue_book.model import Formula, Typeset
from kexue_book.pdf.breaking import break_in_text
from kexue_book.pdf.display import Display, RowImage
from kexue_book.pdf.extents import stated_extent
from kexue_book.pdf.formula_image import FormulaImage, Studio

_SCHEME = "formula:"
"""Of the addresses by which WeasyPrint finds the images of formulas in its cache."""
_LONG = 4
"""A display of so many rows may go on on the next page."""


class TextFormulas:
    """Fills formulas in, and keeps the images that stand for them."""

    style = ""
    pictures: Mapping[str, bytes] = MappingProxyType({})

    def __init__(self, studio: Studio) -> None:
        self.images: dict[str, FormulaImage | RowImage] = {}
        """By address; what WeasyPrint's image cache is to begin with."""
        self._studio = studio

    def fill_inline(self, element: Element, formula: Formula, typeset: Typeset) -> None:
        """Make ``element`` a formula; if it has several pieces, they are its content."""
        operators, width = parse_display_list(typeset.operators), typeset.width * 1000
        rows, whole = parse_rows(typeset.lines), stated_extent(typeset)
        pieces = break_in_text(rows, operators, self._studio.extents, whole)
        rights = [*(piece.left for piece in pieces[1:]), width]
        for index, (piece, right) in enumerate(zip(pieces, rights, strict=True)):
            source = "" if index else formula.source
            own = operators[piece.first : piece.end]
            image = FormulaImage(piece, own, source, (right - piece.left) / 1000, self._studio)
            # A box less for nearly all of them.
            alone = len(pieces) == 1 and not len(element)
            target = element if alone else SubElement(element, "img")
            self._make_image(target, image, "formula-image", source)

    def fill_display(self, element: Element, formula: Formula, typeset: Typeset) -> None:
        """Make the content of ``element`` the rows of a display, with their anchors."""
        display = Display(formula, typeset, parse_display_list(typeset.operators), self._studio)
        anchors = list(formula.anchors)
        if len(display.rows) >= _LONG:
            _add_class(element, "long-display")
        for index in range(len(display.rows)):
            anchors += (number.anchor for number, _ in display.numbers_of(index))
            row, inmost = _row_with_anchors(element, anchors)
            _add_class(row, "display-row")
            anchors = []
            source = "" if index else formula.source
            self._make_image(inmost, RowImage(display, index), "display-image", source)

    def _make_image(
        self, element: Element, image: FormulaImage | RowImage, name: str, source: str
    ) -> None:
        address = f"{_SCHEME}{len(self.images)}"
        self.images[address] = image
        element.tag = "img"
        element.attrib |= {"src": address, "alt": source}
        _add_class(element, name)


def _row_with_anchors(parent: Element, anchors: Sequence[str]) -> tuple[Element, Element]:
    """Append a row that all those names lead to; return it and what is inmost in it."""
    row = element = SubElement(parent, "div")
    for index, anchor in enumerate(anchors):
        element = SubElement(element, "div") if index else row
        element.set("id", anchor)
    return row, element


def _add_class(element: Element, name: str) -> None:
    element.set("class", f"{element.get('class', '')} {name}".strip())
