"""A book and its manuscripts → the one XHTML document that WeasyPrint lays out.

The pages come from the shared templates; here formulas become images of our own, footnotes
move to where they are called, and headings get the labels of the PDF's outline.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, fromstring

from markupsafe import Markup

from kexue_book.formulas import Operator, parse_display_list, parse_rows
from kexue_book.layout import Layout
from kexue_book.model import Book, Formula, Manuscript, Typeset, Typesetting
from kexue_book.pdf.breaking import Piece, break_in_text
from kexue_book.pdf.display import Display, RowImage
from kexue_book.pdf.formula_image import FormulaImage, Studio
from kexue_book.pdf.pages import PageSize

_SCHEME = "formula:"
"""Of the addresses by which WeasyPrint finds the images of formulas in its cache."""
_LONG = 4
"""A display of so many rows may go on on the next page."""
_BASELINE_STEPS = 100
"""Steps of an em in which formulas are moved to the baseline, one class for each."""


class BookDocument:
    """The document's root element, and the formulas that its images stand for."""

    def __init__(
        self,
        book: Book,
        manuscripts: Sequence[Manuscript],
        typesetting: Typesetting,
        layout: Layout,
        studio: Studio,
    ) -> None:
        """Lay the templates out and fill the formulas in."""
        self.images: dict[str, FormulaImage | RowImage] = {}
        """By address; what WeasyPrint's image cache is to begin with."""
        self._typesetting = typesetting
        self._studio = studio
        self._operators: dict[str, tuple[Operator, ...]] = {}
        self._pieces: dict[str, tuple[Piece, ...]] = {}
        self._baselines: set[int] = set()
        by_anchor = {manuscript.chapter.anchor: manuscript for manuscript in manuscripts}
        page = layout.render(
            "print/book.html",
            book=book,
            manuscripts=by_anchor,
            labels=layout.labels,
            href=lambda anchor: f"#{anchor}",
            markup=Markup,
        )
        self.root = fromstring(page)
        for section in self.root.iter("section"):
            manuscript = by_anchor.get(section.get("id", ""))
            if manuscript is not None:
                self._fill_chapter(section, manuscript)

    def style(self, page: PageSize) -> str:
        """Return the style rules that depend on the page and on the formulas met."""
        classes = "".join(
            f".b{step}{{vertical-align:{-step / _BASELINE_STEPS:.2f}em}}"
            for step in sorted(self._baselines)
        )
        return page_rules(page) + classes

    def _fill_chapter(self, section: Element, manuscript: Manuscript) -> None:
        notes = {
            note.anchor: fromstring(f"<span>{note.body}</span>") for note in manuscript.footnotes
        }
        labels = {heading.anchor: heading.text for heading in manuscript.headings}
        _place_notes(section, notes)
        for element in list(section.iter()):
            if element.get("data-n") is not None:
                self._fill_formula(element, manuscript.formulas)
            elif element.get("id") in labels:
                element.set("data-label", labels[str(element.get("id"))])

    def _fill_formula(self, element: Element, formulas: Sequence[Formula]) -> None:
        """Make the placeholder's content images of the formula."""
        formula = formulas[int(element.attrib.pop("data-n"))]
        typeset = self._typesetting.formulas[formula.key]
        if typeset.error is not None:
            for anchor in (*(number.anchor for number in formula.numbers), *formula.anchors):
                SubElement(element, "span", {"id": anchor})
            failed = SubElement(element, "code", {"class": "formula-error"})
            failed.text = formula.source
        elif element.tag == "div":
            self._fill_display(element, formula, typeset)
        else:
            self._fill_inline(element, formula, typeset)

    def _fill_inline(self, element: Element, formula: Formula, typeset: Typeset) -> None:
        for anchor in (*(number.anchor for number in formula.numbers), *formula.anchors):
            SubElement(element, "span", {"id": anchor})
        operators, width = self._parsed(typeset), typeset.width * 1000
        pieces = self._pieces.get(typeset.operators)
        if pieces is None:
            rows = parse_rows(typeset.lines)
            pieces = break_in_text(rows, operators, self._studio.extents, width)
            self._pieces[typeset.operators] = pieces
        rights = [*(piece.left for piece in pieces[1:]), width]
        for index, (piece, right) in enumerate(zip(pieces, rights, strict=True)):
            step = round(-piece.extent.bottom / 1000 * _BASELINE_STEPS)
            self._baselines.add(step)
            source = "" if index else formula.source
            own = operators[piece.first : piece.end]
            image = FormulaImage(piece, own, source, (right - piece.left) / 1000, self._studio)
            self._add_image(element, image, f"formula-image b{step}", source)

    def _fill_display(self, element: Element, formula: Formula, typeset: Typeset) -> None:
        display = Display(formula, typeset, self._parsed(typeset), self._studio)
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

    def _parsed(self, typeset: Typeset) -> tuple[Operator, ...]:
        written = typeset.operators
        if written not in self._operators:
            self._operators[written] = parse_display_list(written)
        return self._operators[written]

    def _add_image(
        self, parent: Element, image: FormulaImage | RowImage, names: str, source: str
    ) -> None:
        address = f"{_SCHEME}{len(self.images)}"
        self.images[address] = image
        SubElement(parent, "img", {"src": address, "class": names, "alt": source})


def _place_notes(section: Element, notes: Mapping[str, Element]) -> None:
    """Put each note where it is called; CSS floats it to the foot of that page."""
    for call in section.iter("a"):
        if call.get("class") != "noteref":
            continue
        note = notes.get(call.get("href", "").removeprefix("#"))
        if note is None:
            continue
        call.tag = "span"
        number = call.text or ""
        call.attrib = {"class": "footnote", "data-number": number, "id": call.get("href", "")[1:]}
        call.text = note.text
        call.extend(list(note))
        _inline_paragraphs(call)


def _inline_paragraphs(note: Element) -> None:
    """Make the paragraphs of a note inline: the first stands beside its number."""
    for index, child in enumerate(list(note)):
        if child.tag == "p":
            child.tag = "span"
            child.set("class", "note-paragraph" if index else "note-first")


def page_rules(page: PageSize) -> str:
    """Return the rules for a page size; lengths in pt."""
    return (
        f"@page{{size:{page.width:.2f}pt {page.height:.2f}pt;"
        f"margin:{page.top_margin:.2f}pt {page.side_margin:.2f}pt {page.bottom_margin:.2f}pt}}"
        f"html{{font-size:{page.font_size}pt;line-height:{page.leading / page.font_size:.4f}}}"
    )
