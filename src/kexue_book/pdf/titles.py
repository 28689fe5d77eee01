"""Titles of more than one line: none ends in a line of a single character."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement

_TITLES = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_END = re.compile(r"[\u3400-\u9fff]{2}[^\w\s]*\Z")
_IN_ONE_PIECE = "together"


def hold_titles_together(root: Element) -> None:
    """Let no line end between the last two Chinese characters of a title."""
    for title in list(root.iter()):
        if title.tag in _TITLES or title.get("class") == "toc-title":
            _hold(title)


def _hold(title: Element) -> None:
    last = title[-1] if len(title) else None
    text = (title.text if last is None else last.tail) or ""
    found = _END.search(text)
    # A title that is so short needs but one line.
    if found is None or not text[: found.start()]:
        return
    if last is None:
        title.text = text[: found.start()]
    else:
        last.tail = text[: found.start()]
    SubElement(title, "span", {"class": _IN_ONE_PIECE}).text = found[0]
