"""A chapter's tree → the same with page references: （见第 233 页） after links to other chapters.

A link on paper leads nowhere, so the text says on which page its target is. Numbers come when the
book is put together; what stands here is room for so many figures as the number will have. The
first mention in a section has a reference, those after it have not. Notes, captions, tables and
headings have none: there is no room for them, or they are repeated elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

ROOM = "page-number"
"""The element that a page number will take the place of."""
NUMBER = "\ufffc"
"""What stands for a page number in the name of a link, until it is known."""

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_WITHOUT = frozenset({"table", "figcaption", "caption", "pre"})
_INLINE = frozenset({"a", "span", "em", "strong", "b", "i", "u", "cite", "del", "ins", "mark"})
_CLOSING = re.compile("[》〉」』】〕”’\"']*")
_OPENING_BRACKETS = "（(［["
_CLOSING_BRACKETS = "）)］]"


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """What a chapter's references look like."""

    figures: Mapping[str, int]
    """So many figures the page number of each target has; links to others get no reference."""
    label: str
    """``（见第 {page} 页）``."""
    label_in_brackets: str
    """The same after a link that stands in brackets: ``，见第 {page} 页``."""


@dataclass(frozen=True, slots=True)
class _Link:
    """A link that gets a reference."""

    path: tuple[Element, ...]
    """The link and what it stands in, outermost first."""
    target: str
    in_brackets: bool


def add_references(body: Element, references: References) -> None:
    """Put references after the links of a chapter's body."""
    walk = _Walk(references.figures)
    walk.visit((body,))
    for link in walk.found:
        label = references.label_in_brackets if link.in_brackets else references.label
        _insert(link.path, _reference(link.target, label, references.figures[link.target]))


class _Walk:
    """Goes through a chapter in the order in which it is read."""

    def __init__(self, targets: Mapping[str, int]) -> None:
        self._targets = targets
        self._met: set[str] = set()
        self._brackets = 0
        self.found: list[_Link] = []

    def visit(self, path: tuple[Element, ...]) -> None:
        """Find the links in the last element of a path."""
        element = path[-1]
        if element.tag in _HEADINGS:
            self._met.clear()
            return
        if element.tag in _WITHOUT or "footnote" in (element.get("class") or "").split():
            return
        if element.tag not in _INLINE:
            self._brackets = 0
        self._read(element.text)
        for child in element:
            self.visit((*path, child))
            self._read(child.tail)
        if element.tag == "a":
            self._note(path)

    def _note(self, path: tuple[Element, ...]) -> None:
        target = path[-1].get("href", "").removeprefix("#")
        has_text = bool("".join(path[-1].itertext()).strip())
        if target in self._targets and target not in self._met and has_text:
            self._met.add(target)
            self.found.append(_Link(path, target, self._brackets > 0))

    def _read(self, text: str | None) -> None:
        for mark in text or "":
            if mark in _OPENING_BRACKETS:
                self._brackets += 1
            elif mark in _CLOSING_BRACKETS:
                self._brackets = max(0, self._brackets - 1)


def _insert(path: Sequence[Element], reference: Element) -> None:
    """Put a reference after the last element of a path, and after what closes a quotation."""
    *above, parent, before = path
    tail = before.tail or ""
    closed = _closed(tail)
    if closed == len(tail) and before is parent[-1] and parent.tag in _INLINE and above:
        _insert((*above, parent), reference)
        return
    before.tail, rest = tail[:closed], tail[closed:]
    # A full-width bracket brings its own white along.
    reference.tail = rest if "".join(reference.itertext()).isascii() else rest.lstrip(" ")
    parent.insert(list(parent).index(before) + 1, reference)


def _closed(text: str) -> int:
    found = _CLOSING.match(text)
    return found.end() if found is not None else 0


def _reference(target: str, label: str, figures: int) -> Element:
    """Return a link to a target, with room for its page number."""
    before, _, after = label.partition("{page}")
    link = Element("a", {"class": "page-reference", "href": f"#{target}"})
    link.text = before[:-2]
    together = SubElement(link, "span", {"class": "together"})
    together.text = before[-2:]
    room = SubElement(together, ROOM, {"data-target": target})
    room.text = "0" * figures
    room.tail = after[:2]
    together.tail = after[2:]
    return link
