"""A book and its manuscripts → the one XHTML document that WeasyPrint lays out.

The pages come from the shared templates; here formulas become images of our own, footnotes
move to where they are called, and headings get the labels of the PDF's outline.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, fromstring

from markupsafe import Markup

from kexue_book.layout import Layout
from kexue_book.model import Book, Formula, Manuscript, Typesetting
from kexue_book.pdf.pages import PageSize
from kexue_book.pdf.picture_formulas import PictureFormulas
from kexue_book.pdf.text_formulas import TextFormulas


class BookDocument:
    """The document's root element, and the formulas that its images stand for."""

    def __init__(
        self,
        book: Book,
        manuscripts: Sequence[Manuscript],
        typesetting: Typesetting,
        layout: Layout,
        formulas: TextFormulas | PictureFormulas,
    ) -> None:
        """Lay the templates out and fill the formulas in."""
        self._typesetting = typesetting
        self._formulas = formulas
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
        return page_rules(page) + self._formulas.style

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
            _place_anchors(element, formula)
            failed = SubElement(element, "code", {"class": "formula-error"})
            failed.text = formula.source
        elif element.tag == "div":
            self._formulas.fill_display(element, formula, typeset)
        else:
            _place_anchors(element, formula)
            self._formulas.fill_inline(element, formula, typeset)


def _place_anchors(element: Element, formula: Formula) -> None:
    for anchor in (*(number.anchor for number in formula.numbers), *formula.anchors):
        SubElement(element, "span", {"id": anchor})


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
