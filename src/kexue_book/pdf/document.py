"""A sheet → the tree that WeasyPrint lays out.

The XHTML comes from the shared templates; here formulas become images of our own, footnotes
move to where they are called, and headings get the labels of the PDF's outline.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol
from xml.etree.ElementTree import Element, SubElement, fromstring

from kexue_book.model import Formula, Typeset
from kexue_book.pdf.elements import FORMULA
from kexue_book.pdf.lists import number_lists
from kexue_book.pdf.long_notes import split_long_notes
from kexue_book.pdf.page_starts import number_blocks
from kexue_book.pdf.pages import PageSize
from kexue_book.pdf.references import add_references
from kexue_book.pdf.sheet import Sheet
from kexue_book.pdf.titles import hold_titles_together


class Formulas(Protocol):
    """A way to show the formulas of a sheet."""

    @property
    def style(self) -> str:
        """Rules of style that the formulas need."""

    @property
    def images(self) -> Mapping[str, Any]:
        """WeasyPrint's image cache to begin with, by address."""

    @property
    def pictures(self) -> Mapping[str, bytes]:
        """Files that WeasyPrint will ask for, by address."""

    def fill_inline(self, element: Element, formula: Formula, typeset: Typeset) -> None:
        """Show a formula in the text."""

    def fill_display(self, element: Element, formula: Formula, typeset: Typeset) -> None:
        """Show a formula on lines of its own."""


def fill_sheet(sheet: Sheet, formulas: Formulas) -> Element:
    """Return the sheet's tree with its formulas, notes and labels of headings in place."""
    root = fromstring(sheet.html)
    number_lists(root)
    hold_titles_together(root)
    manuscript = sheet.manuscript
    if manuscript is None:
        return root
    number_blocks(root)
    notes = {note.anchor: fromstring(f"<span>{note.body}</span>") for note in manuscript.footnotes}
    labels = {heading.anchor: heading.text for heading in manuscript.headings}
    _place_notes(root, notes)
    split_long_notes(root)
    if sheet.references is not None:
        for body in root.iterfind(".//*[@class='chapter-body']"):
            add_references(body, sheet.references)
    for element in list(root.iter()):
        number = element.attrib.pop("data-n", None)
        if number is not None:
            formula = manuscript.formulas[int(number)]
            _fill_formula(element, formula, sheet.typesets[formula.key].unpack(), formulas)
        elif element.get("id") in labels:
            element.set("data-label", labels[str(element.get("id"))])
    return root


def _fill_formula(
    element: Element,
    formula: Formula,
    typeset: Typeset,
    formulas: Formulas,
) -> None:
    """Make the placeholder's content images of the formula."""
    if typeset.error is not None:
        _place_anchors(element, formula)
        failed = SubElement(element, "code", {"class": "formula-error"})
        failed.text = formula.source
        return
    element.set(FORMULA, _spoken(formula))
    if element.tag == "div":
        formulas.fill_display(element, formula, typeset)
    else:
        _place_anchors(element, formula)
        formulas.fill_inline(element, formula, typeset)


def _spoken(formula: Formula) -> str:
    """Return what is read in the formula's place: its LaTeX and the numbers beside it."""
    return " ".join([*formula.source.split(), *(number.shown for number in formula.numbers)])


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
    foot, inner, outer = page.bottom_margin, page.inner_margin, page.outer_margin
    on_left = f"margin-left:{outer:.2f}pt;margin-right:{inner:.2f}pt"
    on_right = f"margin-left:{inner:.2f}pt;margin-right:{outer:.2f}pt"
    return (
        f"@page{{size:{page.width:.2f}pt {page.height:.2f}pt;"
        f"margin:{page.top_margin:.2f}pt {outer:.2f}pt {page.bottom_margin:.2f}pt {inner:.2f}pt}}"
        f"@page{{@footnote{{max-height:{0.8 * page.lines * page.leading:.2f}pt}}}}"
        f"@page:left{{{on_left}}}@page folio-left{{{on_left}}}@page folio-right{{{on_right}}}"
        f"html{{font-size:{page.font_size}pt;line-height:{page.leading / page.font_size:.4f}}}"
        # On the cover 1 em is a hundredth of its width. A point less, or it would fill two pages.
        f".cover{{font-size:{page.width / 100:.3f}pt;height:{page.height - 1:.2f}pt}}"
        f".cover-paper{{width:{page.width + 0.1:.2f}pt;height:{page.height + 0.1:.2f}pt}}"
        f".folio-page{{height:{page.lines * page.leading:.2f}pt}}"
        f".folio{{top:100%;height:{foot:.2f}pt;line-height:{foot:.2f}pt!important}}"
    )
