"""The links on the pages of a document that WeasyPrint has laid out → those that the book keeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from kexue_book.pdf.taking_apart import ForeignLink


def drop_inner_links(document: Any) -> None:
    """Leave out the links that lie within others to the same place: nearly half of all."""
    for page in document.pages:
        page.links[:] = list(_outermost(page.links))


def _outermost(links: Iterable[Any]) -> Iterator[Any]:
    """Yield links but those that lie within another to the same place.

    WeasyPrint makes one for each box, and boxes stand in boxes.
    """
    kept: dict[tuple[str, str], list[Any]] = {}
    for link in links:
        kind, target, (left, top, right, bottom), _ = link
        same = kept.setdefault((kind, target), [])
        if not any(a <= left and b <= top and right <= c and bottom <= d for a, b, c, d in same):
            same.append(link[2])
            yield link


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
