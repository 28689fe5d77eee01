"""Tables → tables that fit: long ones may go on on the next page, wide ones are set smaller.

How wide a table is only its layout tells. So a sheet is laid out, the tables that stick out are
given less room for white and smaller type, then words may be broken anywhere, and in the end type
as small as it takes; each time the sheet is laid out again. Few sheets need it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

ATTEMPTS = 5
"""At most so many times a sheet with tables is laid out."""

_LONG = 12
"""A table of so many rows need not stand on one page."""
_SIZE = 0.9
"""em, of a table that fits: as in base.css."""
_LEGIBLE = 0.68
"""em: smaller type is the last resort."""
_NARROW = 0.97
"""What is left of a table's width for safety: white does not shrink along with type."""


def mark_long_tables(root: Element) -> bool:
    """Let long tables be broken between their rows; return whether there are any tables."""
    found = False
    for table in root.iter("table"):
        found = True
        if sum(1 for _ in table.iter("tr")) >= _LONG:
            _add_class(table, "long-table")
    return found


def shrink_wide_tables(document: Any) -> bool:
    """Make what sticks out of the measure smaller; return whether there is such a table."""
    widest: dict[int, tuple[Element, float]] = {}
    for page in document.pages:
        for table, ratio in _tables(page._page_box, page._page_box.width):
            known = widest.get(id(table), (table, 0.0))
            widest[id(table)] = (table, max(known[1], ratio))
    wide = [(table, ratio) for table, ratio in widest.values() if ratio > 1.002]
    for table, ratio in wide:
        _shrink(table, ratio)
    return bool(wide)


def _shrink(table: Element, ratio: float) -> None:
    """Take the next step: smaller type, broken words, type as small as it takes."""
    names = (table.get("class") or "").split()
    size = float(table.get("data-size", _SIZE))
    fitting = size / ratio * _NARROW
    if "tight-table" not in names:
        _add_class(table, "tight-table")
        size = max(fitting, _LEGIBLE)
    elif "broken-table" not in names and fitting < _LEGIBLE:
        _add_class(table, "broken-table")
    else:
        size = fitting
    table.set("data-size", f"{size:.4f}")
    table.set("style", f"font-size:{size:.4f}em")


def _add_class(element: Element, name: str) -> None:
    element.set("class", f"{element.get('class') or ''} {name}".strip())


def _tables(box: Any, measure: float) -> Iterator[tuple[Element, float]]:
    """Yield the tables in a box that are in no other, each with its width in measures."""
    if getattr(box, "is_table_wrapper", False):
        if box.element is not None and measure > 0:
            yield box.element, box.border_width() / measure
        return
    if type(box).__name__ == "LineBox":
        return
    for child in getattr(box, "children", ()):
        width = getattr(box, "width", measure)
        yield from _tables(child, width if isinstance(width, float | int) else measure)
