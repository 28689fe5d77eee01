"""Formulas of a document → images of our own that draw themselves as text: the usual way."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from kexue_book.formulas import parse_display_list, parse_rows
from kexue_book.model import Formula, Typeset
from kexue_book.pdf.breaking import Piece, break_in_text
from kexue_book.pdf.display import Display, RowImage
from kexue_book.pdf.extents import stated_extent
from kexue_book.pdf.formula_image import FormulaImage, Studio

_SCHEME = "formula:"
"""Of the addresses by which WeasyPrint finds the images of formulas in its cache."""
_LONG = 4
"""A display of so many rows may go on on the next page."""
_BASELINE_STEPS = 100
"""Steps of an em in which formulas are moved to the baseline, one class for each."""


class TextFormulas:
    """Fills formulas in, and keeps the images that stand for them."""

    def __init__(self, studio: Studio) -> None:
        self.images: dict[str, FormulaImage | RowImage] = {}
        """By address; what WeasyPrint's image cache is to begin with."""
        self._studio = studio
        self._baselines: set[int] = set()
        self._pieces: dict[str, tuple[Piece, ...]] = {}

    @property
    def style(self) -> str:
        """Return the style rules that the formulas met so far need."""
        return "".join(
            f".b{step}{{vertical-align:{-step / _BASELINE_STEPS:.2f}em}}"
            for step in sorted(self._baselines)
        )

    def fill_inline(self, element: Element, formula: Formula, typeset: Typeset) -> None:
        """Make the content of ``element`` the pieces of a formula in the text."""
        operators, width = parse_display_list(typeset.operators), typeset.width * 1000
        pieces = self._pieces.get(typeset.operators)
        if pieces is None:
            rows = parse_rows(typeset.lines)
            whole = stated_extent(typeset)
            pieces = break_in_text(rows, operators, self._studio.extents, whole)
            self._pieces[typeset.operators] = pieces
        rights = [*(piece.left for piece in pieces[1:]), width]
        for index, (piece, right) in enumerate(zip(pieces, rights, strict=True)):
            step = round(-piece.extent.bottom / 1000 * _BASELINE_STEPS)
            self._baselines.add(step)
            source = "" if index else formula.source
            own = operators[piece.first : piece.end]
            image = FormulaImage(piece, own, source, (right - piece.left) / 1000, self._studio)
            self._add_image(element, image, f"formula-image b{step}", source)

    def fill_display(self, element: Element, formula: Formula, typeset: Typeset) -> None:
        """Make the content of ``element`` the rows of a display, with their anchors."""
        display = Display(formula, typeset, parse_display_list(typeset.operators), self._studio)
        anchors = list(formula.anchors)
        if len(display.rows) >= _LONG:
            element.set("class", f"{element.get('class')} long-display")
        for index in range(len(display.rows)):
            anchors += (number.anchor for number, _ in display.numbers_of(index))
            row = SubElement(element, "div", {"class": "display-row"})
            for anchor in anchors:
                row.set("id", anchor)
                row = SubElement(row, "div")
            anchors = []
            source = "" if index else formula.source
            self._add_image(row, RowImage(display, index), "display-image", source)

    def _add_image(
        self, parent: Element, image: FormulaImage | RowImage, names: str, source: str
    ) -> None:
        address = f"{_SCHEME}{len(self.images)}"
        self.images[address] = image
        SubElement(parent, "img", {"src": address, "class": names, "alt": source})
