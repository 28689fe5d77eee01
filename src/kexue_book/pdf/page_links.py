"""The links on the pages of a document that WeasyPrint has laid out → those that the book keeps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kexue_book.pdf.taking_apart import ForeignLink

_Box = tuple[float, ...]
"""Left, top, right and bottom; px."""


def drop_inner_links(document: Any) -> None:
    """Leave out the links that lie within others to the same place: nearly half of all."""
    for page in document.pages:
        page.links[:] = list(_outermost(page.links))


def _outermost(links: Sequence[Any]) -> Iterator[Any]:
    """Yield links but those that lie within another to the same place.

    WeasyPrint makes one for each box, and boxes stand in boxes.
    """
    same: dict[tuple[str, str], list[tuple[int, _Box]]] = {}
    for number, (kind, target, box, _) in enumerate(links):
        same.setdefault((kind, target), []).append((number, tuple(box)))
    for number, link in enumerate(links):
        box = tuple(link[2])
        others = same[link[0], link[1]]
        if not any(
            _holds(other, box) and (other != box or earlier < number) for earlier, other in others
        ):
            yield link


def _holds(outer: _Box, inner: _Box) -> bool:
    (a, b, c, d), (left, top, right, bottom) = outer, inner
    return a <= left and b <= top and right <= c and bottom <= d


def take_foreign_links(document: Any) -> Iterator[ForeignLink]:
    """Take the links to what is in none of the pages out, which WeasyPrint would only report."""
    here = {name for page in document.pages for name in page.anchors}
    for number, page in enumerate(document.pages):
        kept = []
        for link in page.links:
            kind, target, (left, top, right, bottom), _ = link
            if kind != "internal" or target in here:
                kept.append(link)
                continue
            height = page.height
            box = (0.75 * left, 0.75 * (height - bottom), 0.75 * right, 0.75 * (height - top))
            yield number, box, target
        page.links[:] = kept
