"""Placeholders in a tree → formulas, references and footnote calls as elements.

A display cannot stand inside a paragraph, so the paragraph is split around it; the part after
it is of class ``continued`` and has no indent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lxml import etree

from kexue_book.formulas import FIRST_PLACEHOLDER, Definition, Item, Literal, Reference
from kexue_book.manuscript.inline_markup import MAX_NOTES, NOTE
from kexue_book.model import Formula

_PLACEHOLDER = re.compile(f"([{chr(FIRST_PLACEHOLDER)}-{chr(NOTE + MAX_NOTES - 1)}])")
_FLOW = frozenset(("div", "li", "dd", "blockquote", "figure", "details"))
_UNSPLITTABLE = frozenset(
    (
        *("h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "caption", "figcaption"),
        *("summary", "dt", "a", "pre"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placeholders:
    """What the single characters of a text stand for."""

    items: Sequence[Item]
    indices: Mapping[int, int]
    """Number of an item → index of its formula in the manuscript's ``formulas``."""
    formulas: Sequence[Formula]
    """The manuscript's."""
    sources: Sequence[str]
    """Each item as the post has it."""
    anchor: str
    """Of the chapter: footnotes' ids begin with it."""
    placed: set[int]
    """Numbers of the items that found their place; filled by :func:`place_items`."""
    inlined: dict[int, Formula]
    """Index → display that stands in a line, its numbers being text after it; filled likewise."""

    def restore(self, text: str) -> str:
        """Put the post's own text back: for code, addresses and attributes."""
        return _PLACEHOLDER.sub(self._restore_one, text)

    def _restore_one(self, placeholder: re.Match[str]) -> str:
        number = ord(placeholder[1]) - FIRST_PLACEHOLDER
        if number >= len(self.items):
            return ""
        self.placed.add(number)
        return self.sources[number]


def place_items(root: etree._Element, placeholders: Placeholders) -> None:
    """Replace every placeholder under ``root``, and split paragraphs around displays."""
    for element in list(root.iter()):
        for name, value in element.attrib.items():
            if _PLACEHOLDER.search(str(value)):
                element.set(name, placeholders.restore(str(value)))
        if element.text and _PLACEHOLDER.search(element.text):
            text, nodes = _expand(element.text, placeholders)
            element.text = text
            for offset, node in enumerate(nodes):
                element.insert(offset, node)
        if element is not root and element.tail and _PLACEHOLDER.search(element.tail):
            parent = element.getparent()
            assert parent is not None
            text, nodes = _expand(element.tail, placeholders)
            element.tail = text
            start = parent.index(element) + 1
            for offset, node in enumerate(nodes):
                parent.insert(start + offset, node)
    for display in root.findall(".//div[@class='display']"):
        if not _lift(display):
            inline_display(display, placeholders)
    for parent in root.iter():
        _mark_gaps(parent)


def _mark_gaps(parent: etree._Element) -> None:
    """Note on each inline formula on which sides it touches Chinese: there a gap is set."""
    before = parent.text or ""
    for child in parent:
        if child.get("class") == "formula":
            sides = ["formula"]
            sides += ["gap-before"] if _is_han(before[-1:]) else []
            sides += ["gap-after"] if _is_han((child.tail or "")[:1]) else []
            child.set("class", " ".join(sides))
        before = child.tail or ""


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


def _expand(text: str, placeholders: Placeholders) -> tuple[str, list[etree._Element]]:
    """Return the text up to the first element, and the elements with their tails."""
    pieces = _PLACEHOLDER.split(text)
    leading, nodes = pieces[0], []
    for placeholder, following in zip(pieces[1::2], pieces[2::2], strict=True):
        made = _make(ord(placeholder), placeholders)
        if isinstance(made, str):
            following = made + following
        else:
            nodes.append(made)
        if nodes:
            nodes[-1].tail = (nodes[-1].tail or "") + following
        else:
            leading += following
    return leading, nodes


def _make(code: int, placeholders: Placeholders) -> etree._Element | str:
    if code >= NOTE:
        return _note_call(code - NOTE + 1, placeholders.anchor)
    number = code - FIRST_PLACEHOLDER
    if number >= len(placeholders.items):
        return ""
    placeholders.placed.add(number)
    item = placeholders.items[number]
    if isinstance(item, Formula):
        index = str(placeholders.indices[number])
        if item.display:
            return etree.Element("div", {"class": "display", "data-n": index})
        return etree.Element("span", {"class": "formula", "data-n": index})
    if isinstance(item, Reference):
        return _reference(item)
    if isinstance(item, Literal):
        return item.text
    assert isinstance(item, Definition)
    return ""


def _reference(reference: Reference) -> etree._Element:
    if reference.target is None:
        lost = etree.Element("code", {"class": "formula-error"})
        lost.text = reference.text
        return lost
    link = etree.Element("a", {"class": "eqref", "href": f"#{reference.target.lstrip('#')}"})
    link.text = reference.text
    return link


def note_anchor(anchor: str, number: int) -> str:
    """Return the id of the footnote ``number`` (from 1) of the chapter ``anchor``."""
    return f"{anchor}-note-{number}"


def _note_call(number: int, anchor: str) -> etree._Element:
    target = note_anchor(anchor, number)
    call = etree.Element("a", {"class": "noteref", "id": f"{target}-ref", "href": f"#{target}"})
    call.text = str(number)
    return call


def inline_display(display: etree._Element, placeholders: Placeholders) -> None:
    """Make a display a part of the line: in a heading, a table's cell, a title.

    The writers set numbers beside displays only, so here they become text, and ids its anchors.
    """
    display.tag = "span"
    display.set("class", "formula")
    index = int(str(display.get("data-n")))
    formula = placeholders.formulas[index]
    if not formula.numbers:
        return
    shown = ", ".join(number.shown for number in formula.numbers)
    display.tail = f" {shown} {(display.tail or '').lstrip()}".rstrip(" ")
    anchors = (*formula.anchors, *(number.anchor for number in formula.numbers))
    placeholders.inlined[index] = replace(formula, numbers=(), anchors=anchors)


def _lift(display: etree._Element) -> bool:
    """Move a display out of paragraphs and inline elements, splitting them, if they allow it."""
    while True:
        parent = display.getparent()
        assert parent is not None
        if parent.tag in _FLOW:
            return True
        if parent.tag in _UNSPLITTABLE:
            return False
        _split(parent, display)


def _split(parent: etree._Element, display: etree._Element) -> None:
    """Turn ``<p>a<div/>b</p>`` into ``<p>a</p><div/><p class="continued">b</p>``."""
    outer = parent.getparent()
    assert outer is not None
    index = parent.index(display)
    rest = etree.Element(parent.tag, {str(k): str(v) for k, v in parent.attrib.items()})
    rest.attrib.pop("id", "")
    rest.text = (display.tail or "").lstrip()
    for sibling in list(parent)[index + 1 :]:
        rest.append(sibling)
    rest.tail, parent.tail, display.tail = parent.tail, None, None
    position = outer.index(parent)
    outer.insert(position + 1, display)
    if len(rest) or (rest.text or "").strip():
        if rest.tag == "p":
            rest.set("class", "continued")
        outer.insert(position + 2, rest)
    else:
        display.tail = rest.tail
    _strip_end(parent)
    if not len(parent) and not (parent.text or "").strip():
        _remove(parent)


def _strip_end(element: etree._Element) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "").rstrip()
    else:
        element.text = (element.text or "").rstrip()


def _remove(element: etree._Element) -> None:
    """Take an empty element out, its tail left where it stands."""
    outer = element.getparent()
    assert outer is not None
    before = element.getprevious()
    tail = element.tail or ""
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        outer.text = (outer.text or "") + tail
    outer.remove(element)
