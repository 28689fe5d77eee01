"""Formulas with punctuation around them → both in one box, so that no line starts with ``。``.

A reading system takes a formula for a picture, and breaks lines on either side of it whatever
stands there: the rules of Chinese line breaking hold between characters only.
"""

from __future__ import annotations

import re

from lxml import etree

from kexue_book.epub.xhtml import XHTML

_CLOSING = re.compile(r"[，。、；：？！）》」』】〉”’…,.;:?!)\]]{1,4}")
_OPENING = re.compile(r"[（《「『【〈“‘(\[]{1,3}$")


def keep_together(formula: etree._Element) -> None:
    """Put an inline formula and the marks that touch it into a box that does not break."""
    parent, before = formula.getparent(), formula.getprevious()
    assert parent is not None
    ahead = (parent.text if before is None else before.tail) or ""
    opening = _OPENING.search(ahead)
    closing = _CLOSING.match(formula.tail or "")
    if opening is None and closing is None:
        return
    box = etree.Element(f"{XHTML}span", {"class": "together"})
    parent.replace(formula, box)
    box.append(formula)
    if opening is not None:
        box.text = opening[0]
        ahead = ahead[: opening.start()]
        if before is None:
            parent.text = ahead
        else:
            before.tail = ahead
    end = closing.end() if closing is not None else 0
    tail = formula.tail or ""
    formula.tail, box.tail = tail[:end], tail[end:]
