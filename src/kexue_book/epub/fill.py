"""A page as the templates make it → its tree with formulas, ids of blocks and EPUB semantics.

Links into the book stay as they are, ``#ANCHOR``: which file that is in is known when all pages
are filled (``addresses.py``).
"""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from kexue_book.epub.block_ids import name_blocks
from kexue_book.epub.equations import place_formula
from kexue_book.epub.headers import name_headers, name_link
from kexue_book.epub.images import ImageShelf
from kexue_book.epub.listings import hang_long_lines
from kexue_book.epub.pages import Page
from kexue_book.epub.punctuation import keep_together
from kexue_book.epub.shapes import Shapes
from kexue_book.epub.xhtml import EPUB, XHTML
from kexue_book.model import Formula, FormulaKey, Typeset

_SECTIONS = {
    "chapter": "chapter",
    "part": "part",
    "colophon": "colophon",
    "title-page": "titlepage",
}
"""What the templates' sections are in EPUB's vocabulary, by class."""

_WIDE = 5.0
"""em: readers do not break formulas, and stretch the line before a wide one. A phone's line has 17
to 21 characters: a narrower formula pulls them apart by less than 0.3 em."""
_LINES = tuple(XHTML + name for name in ("p", "li", "dd", "dt", "td", "th"))
"""What may hold lines of text; which of them is a paragraph's, the nearest says."""
_SCROLLING = frozenset({"roomy", "long-formula", "wide"})
"""Classes of the boxes that epub.css lets scroll sideways."""


def fill_page(
    page: Page, typesets: Mapping[FormulaKey, Typeset], shapes: Shapes, images: ImageShelf
) -> tuple[etree._Element, tuple[str, ...]]:
    """Return the tree of a page, and the ids of its blocks in reading order.

    Raises:
        RenderError: the page is not well-formed.
    """
    root = page.parse()
    blocks = name_blocks(root, page.formulas)
    for element in list(root.iter(f"{XHTML}span", f"{XHTML}div")):
        number = element.attrib.pop("data-n", "")
        if number:
            formula = page.formulas[int(number)]
            _place(element, formula, typesets[formula.key], shapes)
    for link in root.iter(f"{XHTML}a"):
        if "noteref" in link.get("class", "").split():
            link.set(f"{EPUB}type", "noteref")
            link.set("role", "doc-noteref")
        name_link(link)
    for image in root.iter(f"{XHTML}img"):
        source = image.get("src", "")
        if source.startswith("asset:"):
            image.set("src", "images/" + images.name(source.removeprefix("asset:")))
    for section in root.iter(f"{XHTML}section"):
        kind = _SECTIONS.get(section.get("class", ""))
        if kind is not None:
            section.set(f"{EPUB}type", kind)
    for table in list(root.iter(f"{XHTML}table")):
        name_headers(table)
        _wrap(table)
    for listing in root.iter(f"{XHTML}pre"):
        hang_long_lines(listing)
    for details in root.iter(f"{XHTML}details"):
        # Not every reading system can open it, and none in print.
        details.set("open", "open")
    _let_keys_scroll(root)
    return root, blocks


def _place(element: etree._Element, formula: Formula, typeset: Typeset, shapes: Shapes) -> None:
    place_formula(element, formula, typeset, shapes)
    if element.tag == f"{XHTML}span" and typeset.error is None:
        keep_together(element)
        if typeset.width > _WIDE:
            _leave_ragged(element)


def _leave_ragged(element: etree._Element) -> None:
    """Let the lines of the paragraph, item or cell that holds ``element`` end where they do."""
    for parent in element.iterancestors(*_LINES):
        names = parent.get("class", "").split()
        if "ragged" not in names:
            parent.set("class", " ".join([*names, "ragged"]))
        return


def _let_keys_scroll(root: etree._Element) -> None:
    """Let whoever has no pointer get to the boxes that scroll: arrow keys then move them."""
    for box in root.iter(f"{XHTML}div", f"{XHTML}span"):
        if not _SCROLLING.isdisjoint(box.get("class", "").split()):
            box.set("tabindex", "0")


def _wrap(table: etree._Element) -> None:
    """Put a table into a box that scrolls sideways: a narrow screen must not cut it."""
    parent = table.getparent()
    assert parent is not None
    box = etree.Element(f"{XHTML}div", {"class": "wide"})
    box.tail, table.tail = table.tail, None
    parent.replace(table, box)
    box.append(table)
