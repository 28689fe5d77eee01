"""Tables and links with formulas → the same, header cells and links such that each has a name.

Ace and the axe it runs ask every `<th>` and `<a>` for text, and see none in a formula: MathML's
`alttext` is no name to them (axe-core 4.11). A title on the box around the formula is, and on a
computer shows what the author wrote; screen readers go on reading the formula itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from kexue_book.epub.xhtml import MATHML, SVG, XHTML


def name_headers(table: etree._Element) -> None:
    """Give the cells in the head of ``table`` their names, in place."""
    for cell in table.iter(f"{XHTML}th"):
        if any(text.strip() for text in _prose(cell)):
            continue
        _title_formulas(cell)
        if next(cell.iter(f"{MATHML}math", f"{XHTML}img", f"{SVG}svg"), None) is None:
            # The corner of a table with names on two sides: nothing is its header.
            _make_plain(cell)


def name_link(link: etree._Element) -> None:
    """Give a link that is a formula only a name, in place."""
    if not any(text.strip() for text in _prose(link)):
        _title_formulas(link)


def _title_formulas(element: etree._Element) -> None:
    for formula in element.iter(f"{MATHML}math"):
        box = formula.getparent()
        if box is not None and formula.get("alttext"):
            box.set("title", formula.get("alttext", ""))


def _prose(element: etree._Element) -> Iterator[str]:
    """Yield the texts below ``element`` that stand in no formula."""
    yield element.text or ""
    for child in element:
        if child.tag not in (f"{MATHML}math", f"{SVG}svg"):
            yield from _prose(child)
        yield child.tail or ""


def _make_plain(cell: etree._Element) -> None:
    cell.tag = f"{XHTML}td"
    if "scope" in cell.attrib:
        del cell.attrib["scope"]
