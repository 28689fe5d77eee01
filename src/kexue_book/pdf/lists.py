"""Ordered lists → the numbers they begin with, their kinds, and room for long numbers.

WeasyPrint knows ``start`` and ``type`` only among many attributes of old HTML that a style sheet of
its own gives a meaning.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

_KINDS = {
    "a": "lower-alpha",
    "A": "upper-alpha",
    "i": "lower-roman",
    "I": "upper-roman",
}
_FIGURES = 2
"""So many have room beside a list as the style sheets set it."""
_FIGURE, _GAP = 0.56, 0.95
"""Ems that a figure is wide; and what stands behind it, with the space to the text."""


def number_lists(root: Element) -> None:
    """Say in style what the attributes of lists say."""
    for element in root.iter("ol"):
        style = list(filter(None, [element.get("style")]))
        start = int(element.get("start", "1"))
        if start != 1:
            style.append(f"counter-reset:list-item {start - 1}")
        kind = _KINDS.get(element.get("type", ""))
        if kind is not None:
            style.append(f"list-style-type:{kind}")
        figures = len(str(start + sum(child.tag == "li" for child in element) - 1))
        if figures > _FIGURES and not any("padding" in said for said in style):
            style.append(f"padding-left:{_GAP + _FIGURE * figures:.2f}em")
        if style:
            element.set("style", ";".join(style))
