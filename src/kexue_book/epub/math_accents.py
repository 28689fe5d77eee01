"""Hats, bars and arrows of a ``<math>`` → the characters and attributes that get them drawn well.

MathJax leaves to its own output what a hat is. Chromium, in whose engine most reading systems
draw MathML, knows an accent by the attribute only, and else sets a small one high above.
"""

from __future__ import annotations

from lxml import etree

from kexue_book.epub.xhtml import MATHML

_OVER = (f"{MATHML}mover", f"{MATHML}munder", f"{MATHML}munderover")
_ACCENTS = {"^": "ˆ", "~": "˜"} | {mark: mark for mark in "¯˙¨ˇ˘´`˚"}
"""What TeX's accents are in MathJax's MathML, and the marks made to stand over letters."""
_ARROW = "60%"
"""Of the size of a whole arrow: a vector's."""
_LINE = "―"
"""``\\overline``, ``\\underline``: MathJax takes a dash, which is as long as it is."""


def draw_accents(math: etree._Element) -> None:
    """Change the elements in place."""
    for element in math.iter(*_OVER):
        mark = element[-1]
        if mark.tag != f"{MATHML}mo" or len(element) != 2:
            continue
        text, over = mark.text or "", element.tag == f"{MATHML}mover"
        if text == _LINE:
            mark.text = "‾" if over else "_"
            mark.attrib.pop("accent", "")
        elif over and text in _ACCENTS:
            mark.text = _ACCENTS[text]
            element.set("accent", "true")
        elif over and text == "→" and mark.get("stretchy") == "false":
            mark.set("mathsize", _ARROW)
            element.set("accent", "true")
