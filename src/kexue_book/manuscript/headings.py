"""Headings of a post → headings of a chapter: levels under the title, ids of their own.

Ids are made from the heading's text, hashed since it is Chinese, so that adding a section
leaves the others' ids, and with them readers' bookmarks, as they were.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable

from lxml import etree

from kexue_book.manuscript.sanitise import HEADINGS
from kexue_book.model import Heading

TOP_LEVEL = 2


def shift_headings(
    root: etree._Element, anchor: str, text_of: Callable[[etree._Element], str]
) -> tuple[Heading, ...]:
    """Relevel the headings under ``root`` in place and give them ids.

    The post's highest level becomes 2, and no level is skipped on the way down.
    """
    found = [element for element in root.iter(*HEADINGS)]
    levels = _levels([int(str(element.tag)[1]) for element in found])
    headings: list[Heading] = []
    used: set[str] = set()
    for element, level in zip(found, levels, strict=True):
        text = text_of(element)
        if not text:
            element.tag = "p"
            continue
        identifier = _unique(f"{anchor}-s-{fingerprint(text)}", used)
        if element.get("id"):
            # Links by the author's own id go on working: it moves to an empty span.
            mark = etree.Element("span", {"id": str(element.get("id"))})
            mark.tail, element.text = element.text, None
            element.insert(0, mark)
        element.set("id", identifier)
        element.tag = f"h{min(level, 6)}"
        headings.append(Heading(anchor=identifier, level=min(level, 6), text=text))
    return tuple(headings)


def fingerprint(text: str) -> str:
    """Return eight ASCII characters that stand for ``text``."""
    return hashlib.sha256(fold(text).encode()).hexdigest()[:8]


def fold(text: str) -> str:
    """Return ``text`` without case, spaces and punctuation: what fragments are matched by."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def _levels(levels: list[int]) -> list[int]:
    """Map levels so that they begin at 2 and go down by one step at a time."""
    if not levels:
        return []
    offset = min(levels) - TOP_LEVEL
    shifted: list[int] = []
    open_levels: list[tuple[int, int]] = []
    for level in (level - offset for level in levels):
        while open_levels and open_levels[-1][0] >= level:
            open_levels.pop()
        deeper = open_levels[-1][1] + 1 if open_levels else TOP_LEVEL
        open_levels.append((level, deeper))
        shifted.append(deeper)
    return shifted


def _unique(identifier: str, used: set[str]) -> str:
    candidate, number = identifier, 1
    while candidate in used:
        number += 1
        candidate = f"{identifier}-{number}"
    used.add(candidate)
    return candidate
