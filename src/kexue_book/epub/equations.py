"""A formula and what was typeset of it → its shape in its place, its numbers beside it.

Numbers stand outside the shape: MathML Core has no numbered rows, and an id inside a formula is
no place that a reading system can go to.
"""

from __future__ import annotations

from itertools import pairwise

from lxml import etree

from kexue_book.epub.drawings import NARROW
from kexue_book.epub.shapes import Shapes
from kexue_book.epub.xhtml import MATHML, XHTML, clean_text
from kexue_book.model import Formula, Typeset

_NUMBER_HEIGHT = 1.2
"""em: the line height that epub.css gives to a number."""
_PADDING = 0.1
"""em: that epub.css gives to a formula that scrolls, above and below."""
_AXIS = 0.25
"""em: the middle of a line of text above its baseline."""
_CLOSE = 0.5
"""em: a single number nearer to the formula's middle than this stands in the middle."""


def place_formula(
    element: etree._Element, formula: Formula, typeset: Typeset, shapes: Shapes
) -> None:
    """Fill an empty placeholder: a shape, or the source when it could not be typeset."""
    for anchor in formula.anchors:
        etree.SubElement(element, f"{XHTML}span", {"id": anchor})
    failed = typeset.error is not None or not typeset.mathml
    content = _source(formula) if failed else shapes.element(formula, typeset)
    is_wide = formula.display and not failed and typeset.width > NARROW
    if not formula.numbers:
        element.append(content)
        if is_wide:
            _add_class(element, "roomy")
        elif content.tag == f"{MATHML}math" and typeset.width > NARROW:
            _let_scroll(element, typeset)
        return
    element.set("class", "display equation")
    body = etree.SubElement(element, f"{XHTML}div", {"class": "equation-body"})
    if is_wide:
        body.set("class", "equation-body roomy")
        # What is in a box with room of its own does not say how wide that should be.
        body.set("style", f"flex-basis:{typeset.width:.1f}em")
    body.append(content)
    column = etree.SubElement(element, f"{XHTML}div", {"class": "equation-numbers"})
    rooms = number_rooms(typeset, len(formula.numbers))
    for number, room in zip(formula.numbers, rooms, strict=False):
        _add_room(column, room)
        shown = etree.SubElement(column, f"{XHTML}span", {"id": number.anchor})
        shown.text = clean_text(number.shown)
        shown.tail = " "
    _add_room(column, rooms[-1])


def _let_scroll(element: etree._Element, typeset: Typeset) -> None:
    """Keep a formula in the text inside its page, however narrow that is: engines break none.

    A box that scrolls stands on its lower edge, not on its baseline, so it is lowered.
    """
    _add_class(element, "long-formula")
    element.set("style", f"vertical-align:-{max(0, typeset.depth) + _PADDING:.2f}em")


def _add_class(element: etree._Element, name: str) -> None:
    element.set("class", f"{element.get('class', '')} {name}".strip())


def number_rooms(typeset: Typeset, count: int) -> tuple[int, ...]:
    """Return the room above each number and below the last, in hundredths of an em.

    They are shares, not lengths: the reading system sets the formula in a font of its own, and
    a little larger or smaller than we know.
    """
    rows, total = typeset.tag_rows, typeset.height + typeset.depth
    if len(rows) != count or total <= 0:
        return (1,) * (count + 1)
    centres = [typeset.height - row - _AXIS for row in rows]
    if count == 1 and abs(centres[0] - total / 2) < _CLOSE:
        return (1, 1)
    half = _NUMBER_HEIGHT / 2
    edges = [-half, *centres, total + half]
    rooms = (below - above - _NUMBER_HEIGHT for above, below in pairwise(edges))
    return tuple(max(0, round(room * 100)) for room in rooms)


def _add_room(column: etree._Element, room: int) -> None:
    etree.SubElement(column, f"{XHTML}span", {"class": "room", "style": f"flex-grow:{room}"})


def _source(formula: Formula) -> etree._Element:
    shown = etree.Element(f"{XHTML}code", {"class": "formula-error"})
    shown.text = clean_text(formula.source)
    return shown
