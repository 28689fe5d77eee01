"""A chapter's trees, in which some things stand twice → the same with every id once.

A footnote may be called again, and one that is called in footnotes stands in each of them. Only the
first call is where the note's link back leads, and only the first of two equal formulas is where
references lead; its number stands there alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lxml import etree

from kexue_book.model import Formula


def settle_repeats(
    trees: Sequence[etree._Element], formulas: Sequence[Formula]
) -> tuple[Formula, ...]:
    """Change the trees, in their order; return the formulas that they then have."""
    calls: set[str] = set()
    shown: set[str] = set()
    settled = list(formulas)
    for element in (element for tree in trees for element in tree.iter()):
        if element.get("class") == "noteref":
            target = str(element.get("href"))
            if target in calls:
                element.set("class", "noteref again")
                element.attrib.pop("id", "")
            calls.add(target)
        index = element.get("data-n")
        if index in shown and _has_ids(formulas[int(index)]):
            element.set("data-n", str(len(settled)))
            settled.append(replace(formulas[int(index)], numbers=(), anchors=()))
        elif index is not None:
            shown.add(index)
    return tuple(settled)


def _has_ids(formula: Formula) -> bool:
    return bool(formula.numbers or formula.anchors)
