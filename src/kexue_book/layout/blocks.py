"""A chapter's text → its blocks in reading order, counted alike by every writer.

So what one writer knows of a block, another can say of the same: on which page of the PDF it
begins. Both have the text from the same templates, one as lxml's elements with a namespace, the
other as ElementTree's without.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

BODY = "chapter-body"
"""Class of the element that holds a post's text."""
_TEXT = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "dt"))
_WHOLE = frozenset(("figure", "pre", "table"))
"""Blocks that are not looked into."""
_ITEMS = frozenset(("li", "dd"))
_HOLDERS = frozenset(("blockquote", "details", "div", "dl", "ol", "ul"))


def blocks_of(body: Any) -> Iterator[Any]:
    """Yield the blocks below an element: paragraphs, headings, items, figures, displays."""
    for element in body:
        name = local_name(element)
        if name in _TEXT or name in _WHOLE or _is_display(element):
            yield element
        elif name in _ITEMS or name in _HOLDERS:
            if name in _ITEMS and not _holds_blocks(element):
                yield element
            yield from blocks_of(element)


def _is_display(element: Any) -> bool:
    return local_name(element) == "div" and "display" in element.get("class", "").split()


def local_name(element: Any) -> str:
    """Return an element's name without a namespace; of a comment, nothing."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _holds_blocks(item: Any) -> bool:
    """Tell whether an item begins with a block, which then stands for it."""
    if (item.text or "").strip() or not len(item):
        return False
    return local_name(item[0]) in _TEXT | _WHOLE | _HOLDERS
