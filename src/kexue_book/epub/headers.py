"""A table with its formulas → the same, its header cells such that each has a name.

Ace and the axe it runs ask every `<th>` for text, and see none in a formula: MathML's `alttext` is
no name to them (axe-core 4.11). A title on the box around the formula is, and on a computer shows
what the author wrote; screen readers go on reading the formula itself.
"""

from __future__ import annotations

from lxml import etree

from kexue_book.epub.xhtml import MATHML, XHTML


def name_headers(table: etree._Element) -> None:
    """Give the cells in the head of ``table`` their names, in place."""
    for cell in table.iter(f"{XHTML}th"):
        if any(text.strip() for text in _prose(cell)):
            continue
        formulas = list(cell.iter(f"{MATHML}math"))
        for formula in formulas:
            box = formula.getparent()
            if box is not None and formula.get("alttext"):
                box.set("title", formula.get("alttext", ""))
        if not formulas and next(cell.iter(f"{XHTML}img"), None) is None:
            # The corner of a table with names on two sides: nothing is its header.
            _make_plain(cell)


def _prose(cell: etree._Element) -> list[str]:
    """Return the texts of a cell that stand in no formula."""
    texts = cell.xpath(
        ".//text()[not(ancestor::m:math) and not(ancestor::s:svg)]",
        namespaces={"m": MATHML[1:-1], "s": "http://www.w3.org/2000/svg"},
    )
    return [str(text) for text in texts]


def _make_plain(cell: etree._Element) -> None:
    cell.tag = f"{XHTML}td"
    cell.attrib.pop("scope", None)
