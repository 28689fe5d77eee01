"""A chapter's blocks → for each of its pages the first that begins on it.

The EPUB counts the same blocks in the same text (``layout/blocks.py``), and so can say where the
PDF's pages begin. Blocks are numbered before notes, formulas and listings change the tree.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from kexue_book.layout import BODY, blocks_of

_NUMBER = "data-block"
_NONE = -1


def number_blocks(root: Element) -> None:
    """Write on the blocks of a chapter which they are."""
    body = root.find(f".//div[@class='{BODY}']")
    for number, block in enumerate(blocks_of(body) if body is not None else ()):
        block.set(_NUMBER, str(number))


def page_starts(document: Any, heads: int) -> Iterator[int]:
    """Yield for each page, without running heads, which block begins first on it; -1 if none."""
    begun = _NONE
    for page in document.pages[heads:]:
        on_it = {
            int(number)
            for box in page._page_box.descendants()
            if box.element is not None and (number := box.element.get(_NUMBER)) is not None
        }
        new = [number for number in on_it if number > begun]
        yield min(new, default=_NONE)
        begun = max((begun, *on_it))
