"""Marked content in WeasyPrint's streams → what the structure tree needs of it, and no more.

A stream is a list of operators. WeasyPrint 70 writes ``/Span``, ``{'MCID': 1}``, ``BDC`` for each
piece of a line in one font and colour, so for each word of code; what belongs to one element and
follows one another is marked once here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import pydyf

from kexue_book.pdf.elements import Annotation, Content, Element

Mark = tuple[int, int]
"""Page, and number of the marked content on it."""


class _Begin:
    """Where marked content begins."""

    def __init__(self, number: int) -> None:
        self.number = number


def drop_marks(stream: Any) -> None:
    """Take all marked content out of a stream, not what it shows."""
    kept = []
    before: Any = None
    for item in _joined(stream.stream):
        is_artifact = item == "/Artifact" or (item == b"BMC" and before == "/Artifact")
        if not (is_artifact or item == b"EMC" or isinstance(item, _Begin)):
            kept.append(item)
        before = item
    stream.stream = kept


def join_marks(streams: Sequence[Any], root: Element, artifacts: Collection[Mark]) -> None:
    """Join marks that follow one another in a stream and in an element.

    ``artifacts`` are those that belong to no element.
    """
    follows = dict(_followers(root))
    gone: set[Mark] = set()
    for page, stream in enumerate(streams):
        stream.stream = list(_rewritten(page, stream.stream, follows, artifacts, gone))
    for element in root.walk():
        _forget(element, gone)


def _forget(element: Element, gone: Collection[Mark]) -> None:
    """Let the content before a mark that is gone have its text."""
    kept: list[Element | Content | Annotation] = []
    for kid in element.kids:
        before = kept[-1] if kept else None
        if (
            isinstance(kid, Content)
            and isinstance(before, Content)
            and (kid.page, kid.mark) in gone
        ):
            kept[-1] = before._replace(text=before.text + kid.text)
        else:
            kept.append(kid)
    element.kids = kept


def _followers(root: Element) -> Iterator[tuple[Mark, Mark]]:
    """Yield each mark with the one just before it in its element."""
    for element in root.walk():
        for one, other in pairwise(element.kids):
            if isinstance(one, Content) and isinstance(other, Content):
                yield (other.page, other.mark), (one.page, one.mark)


def _rewritten(
    page: int,
    items: Sequence[Any],
    follows: Mapping[Mark, Mark],
    artifacts: Collection[Mark],
    gone: set[Mark],
) -> Iterator[Any]:
    last: Mark | None = None
    is_ending = False  # whether ``EMC`` is due, unless the next mark goes on with the last
    for item in _joined(items):
        mark = (page, item.number) if isinstance(item, _Begin) else None
        if is_ending and mark is not None and last is not None and follows.get(mark) == last:
            gone.add(mark)
            last, is_ending = mark, False
            continue
        if is_ending:
            yield b"EMC"
        is_ending = item == b"EMC"
        if mark is not None:
            last = None if mark in artifacts else mark
            yield b"/Artifact BMC" if last is None else b"/Span<</MCID %d>>BDC" % mark[1]
        elif not is_ending:
            if item == "/Artifact":
                last = None
            yield item
    if is_ending:
        yield b"EMC"


def _joined(items: Sequence[Any]) -> Iterator[Any]:
    """Yield a stream's items, the three that begin marked content as one."""
    position = 0
    while position < len(items):
        properties = items[position + 1] if position + 2 < len(items) else None
        if isinstance(properties, pydyf.Dictionary) and "MCID" in properties:
            yield _Begin(properties["MCID"])
            position += 3
        else:
            yield items[position]
            position += 1
