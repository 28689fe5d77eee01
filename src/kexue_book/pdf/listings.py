"""Listings: words that look alike are one text, and lines that are too long go on below.

Pygments makes an element of each word, bracket and space, and each takes WeasyPrint as long as a
line of a paragraph does. Most are of kinds that no style sheet mentions.

In the tree each line of such a listing becomes a block, so that what goes on stands under the
line's own beginning, two characters in. In the layout the ends of lines that go on are found, and
a small hooked arrow is drawn beside them: an artifact, so that it is not copied with the code.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element

from kexue_book.pdf.elements import SOURCE

LINE = "code-line"
"""Class of the block that is a line of a listing."""

_SHORT = 48
"""Columns that fit anywhere, so that listings with shorter lines stay as they are."""
_COLUMN = 0.5
"""em; a Chinese character has two."""
_DEEPER = 2
"""Columns by which what goes on stands deeper than its line."""
_DEEPEST = 24
"""Columns."""
_TAB = 8
_BREAK = "\u200b"
"""A zero width space: it has no glyph, so it is not copied."""
_AFTER = re.compile(r"(?:[.,;:=/&?|+*<>%#~-]+|[(\[{]+)(?=[^\s.,;:=/&?|+*<>%#~)\]}-])")
_UNBROKEN = re.compile(r"[^\s.,;:=/&?|+*<>%#~(\[{-]{33,}")
"""So long that it may end anywhere."""
_ARROW = "0 0 m 2.7 0 l 4.3 0 4.3 -2.7 2.7 -2.7 c 1.6 -2.7 l S 1.5 -1.4 m 0 0 l 1.5 1.4 l S"
"""Units are sixths of the font size, y downwards; ↩."""
_CLASS = re.compile(r"\.([A-Za-z_-][\w-]*)")
"""In a style sheet; numbers like .5em are none."""


def classes_in(styles: Iterable[str]) -> frozenset[str]:
    """Return the classes that style sheets mention, and some words that are none."""
    return frozenset(name for style in styles for name in _CLASS.findall(style))


def join_words(root: Element, styled: Collection[str]) -> None:
    """Make words of listings one text with what is around them, but for ``styled`` classes."""
    for listing in root.iter("pre"):
        for element in list(listing.iter()):
            children, element[:] = list(element), []
            for child in children:
                if _is_plain(child, styled):
                    _append(element, (child.text or "") + (child.tail or ""))
                else:
                    element.append(child)


def _is_plain(element: Element, styled: Collection[str]) -> bool:
    """Whether an element is a word that looks like what is around it."""
    if element.tag != "span" or len(element) or element.keys() != ["class"]:
        return False
    return not any(name in styled for name in element.get("class", "").split())


def hang_long_lines(root: Element) -> bool:
    """Make blocks of the lines of listings that may be too long; return whether there are any."""
    found = False
    for listing in root.iter("pre"):
        lines = "".join(listing.itertext()).split("\n")
        if any(_columns(line) > _SHORT for line in lines):
            listing.set(SOURCE, "\n".join(lines))
            _make_blocks(listing if len(listing) != 1 else listing[0])
            found = True
    return found


def _make_blocks(code: Element) -> None:
    lines = list(_split(code))
    code.text = None
    code[:] = lines
    for line in lines:
        text = "".join(line.itertext())
        if _columns(text) > _SHORT:
            indent = _columns(text) - _columns(text.lstrip())
            hang = (min(indent, _DEEPEST) + _DEEPER) * _COLUMN
            line.set("style", f"padding-left:{hang}em;text-indent:{-hang}em")
            _allow_breaks(line, frozenset(break_places(text)))
        elif not text:
            line.set("class", f"{LINE} empty")


def break_places(text: str) -> Iterator[int]:
    """Yield the indices of the characters after which a line of code may end, beside spaces."""
    for found in _AFTER.finditer(text):
        yield found.end() - 1
    for found in _UNBROKEN.finditer(text):
        yield from range(found.start(), found.end() - 1)


def _allow_breaks(element: Element, places: frozenset[int], start: int = 0) -> int:
    """Put a sign that is not drawn where a line may end; return the length of the text.

    WeasyPrint breaks words within a piece of one colour only, and before it too late.
    """
    element.text, start = _with_breaks(element.text, places, start)
    for child in element:
        start = _allow_breaks(child, places, start)
        child.tail, start = _with_breaks(child.tail, places, start)
    return start


def _with_breaks(text: str | None, places: frozenset[int], start: int) -> tuple[str, int]:
    text = text or ""
    broken = (mark + _BREAK if start + i in places else mark for i, mark in enumerate(text))
    return "".join(broken), start + len(text)


def _split(element: Element) -> Iterator[Element]:
    """Yield the lines of an element's text; what goes over several is in each of them."""
    line = _new_line()
    first, *others = (element.text or "").split("\n")
    _append(line, first)
    for text in others:
        yield line
        line = _new_line()
        _append(line, text)
    for child in element:
        for number, piece in enumerate(_split(child)):
            if number:
                yield line
                line = _new_line()
            if len(piece) or piece.text:
                part = copy.copy(child)
                part.text, part[:], part.tail = piece.text, list(piece), None
                line.append(part)
        first, *others = (child.tail or "").split("\n")
        _append(line, first)
        for text in others:
            yield line
            line = _new_line()
            _append(line, text)
    yield line


def _new_line() -> Element:
    return Element("span", {"class": LINE})


def _append(element: Element, text: str) -> None:
    if not text:
        return
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def _columns(text: str) -> int:
    """Return how wide a line is, about: what is no ASCII counts twice."""
    text = text.expandtabs(_TAB)
    return len(text) + sum(not character.isascii() for character in text)


def continuation_marks(document: Any) -> Mapping[int, bytes]:
    """Return, by page, operators that mark the lines that go on; px from the top left corner."""
    fragments: dict[int, list[tuple[int, Any]]] = {}
    for number, page in enumerate(document.pages):
        for box in page._page_box.descendants():
            element = box.element
            if element is not None and element.get("class") == LINE and _has_lines(box):
                fragments.setdefault(id(element), []).append((number, box))
    marks: dict[int, list[str]] = {}
    for parts in fragments.values():
        for number, box in parts:
            # The last line of all ends the line of code.
            going_on = box.children if box is not parts[-1][1] else box.children[:-1]
            marks.setdefault(number, []).extend(_arrow(box, line) for line in going_on)
    return {number: _artifact(arrows) for number, arrows in marks.items() if arrows}


def _has_lines(box: Any) -> bool:
    return any(type(child).__name__ == "LineBox" for child in getattr(box, "children", ()))


def _arrow(block: Any, line: Any) -> str:
    unit = block.style["font_size"] / 6
    x = block.content_box_x() + block.width + 1.2 * unit
    y = line.position_y + line.height / 2 + 1.3 * unit
    return f"q {unit:.3f} 0 0 {unit:.3f} {x:.2f} {y:.2f} cm {_ARROW} Q"


def _artifact(arrows: list[str]) -> bytes:
    drawn = "\n".join(arrows)
    return f"/Artifact BMC q .55 G .4 w 1 J 1 j\n{drawn}\nQ EMC".encode()
