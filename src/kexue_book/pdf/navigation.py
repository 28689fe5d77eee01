"""Where things are in a book → its outline, named destinations and page labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pikepdf import String

from kexue_book.pdf.object_file import ObjectFile, reference, rounded, string

_LEAF = 128
"""Entries in each leaf of a tree of names or numbers."""
Place = tuple[int, float, float]
"""Number of the page's object, x and y."""


@dataclass(slots=True)
class OutlineItem:
    """An entry of the outline."""

    label: str
    place: Place
    is_open: bool
    below: list[OutlineItem] = field(default_factory=list)

    def visible(self) -> int:
        """Return how many entries below it are seen when it is open."""
        return len(self.below) + sum(item.visible() for item in self.below if item.is_open)


def destination(place: Place) -> bytes:
    """Return a place on a page as links name it."""
    page, x, y = place
    return b"[%b/XYZ %b %b 0]" % (reference(page), rounded(x, 0), rounded(y, 0))


def write_outline(file: ObjectFile, items: Sequence[OutlineItem]) -> int:
    """Write an outline (PDF 32000-1, 12.3.3); return the number of its root."""
    root = file.reserve()
    first, last = _write_items(file, items, root)
    count = len(items) + sum(item.visible() for item in items if item.is_open)
    file.put(root, b"<</Type/Outlines/First %b/Last %b/Count %d>>" % (first, last, count))
    return root


def _write_items(
    file: ObjectFile, items: Sequence[OutlineItem], parent: int
) -> tuple[bytes, bytes]:
    """Write entries that stand beside one another; return the first and the last."""
    numbers = [file.reserve() for _ in items]
    for index, item in enumerate(items):
        parts = [
            b"<</Title %b/Dest%b" % (string(item.label), destination(item.place)),
            b"/Parent %b" % reference(parent),
        ]
        if index > 0:
            parts.append(b"/Prev %b" % reference(numbers[index - 1]))
        if index + 1 < len(items):
            parts.append(b"/Next %b" % reference(numbers[index + 1]))
        if item.below:
            ends = _write_items(file, item.below, numbers[index])
            count = item.visible() if item.is_open else -item.visible()
            parts.append(b"/First %b/Last %b/Count %d" % (*ends, count))
        file.put(numbers[index], b"".join((*parts, b">>")))
    return reference(numbers[0]), reference(numbers[-1])


def write_destinations(file: ObjectFile, places: Mapping[str, Place]) -> bytes:
    """Write the tree of named destinations (PDF 32000-1, 7.9.6); return what names its root."""
    named = sorted((_encoded(name), place) for name, place in places.items())
    return write_tree(
        file,
        b"Names",
        [(b"<%b>" % name.hex().encode(), destination(place)) for name, place in named],
    )


def _encoded(name: str) -> bytes:
    return name.encode() if name.isascii() and name.isprintable() else bytes(String(name))


def write_tree(file: ObjectFile, kind: bytes, entries: Sequence[tuple[bytes, bytes]]) -> bytes:
    """Write a tree of sorted keys, ``Names`` or ``Nums``; return the reference to its root."""
    leaves = []
    for start in range(0, len(entries), _LEAF):
        part = entries[start : start + _LEAF]
        listed = b" ".join(item for entry in part for item in entry)
        limits = b"%b %b" % (part[0][0], part[-1][0])
        leaves.append(reference(file.add(b"<</%b[%b]/Limits[%b]>>" % (kind, listed, limits))))
    return reference(file.add(b"<</Kids[%b]>>" % b" ".join(leaves)))
