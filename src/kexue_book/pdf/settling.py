"""Sheets of a book's body → their records, and the number of the page of every anchor.

Page references shape the chapters they stand in, and chapters shape page numbers: so chapters
whose numbers have other figures than there is room for are laid out again, until all fit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from kexue_book.layout import Labels
from kexue_book.pdf.pagination import Guess, Plan, page_numbers
from kexue_book.pdf.press import Order, Printed
from kexue_book.pdf.references import References

_ATTEMPTS = 6
"""After which a number may stand in room that is too wide for it."""


class Print(Protocol):
    """What prints sheets."""

    def __call__(self, orders: Sequence[Order], *, again: bool = False) -> list[Printed]:
        """Return the records of sheets, in their order; ``again`` if they were made before."""


def print_settled(
    press: Print, plans: Sequence[Plan], guess: Guess, labels: Labels | None, *, two_sided: bool
) -> tuple[list[Printed], Mapping[str, int]]:
    """Return the records, and the page numbers; without labels there are no references."""
    targets = [guess.targets(sheet) if labels is not None else () for sheet in plans]
    numbers, room = guess.numbers, dict[str, int]()
    wanted: list[Order] = []
    printed: list[Printed] = []
    for attempt in range(_ATTEMPTS):
        for name in {name for names in targets for name in names}:
            figures = len(str(numbers[name]))
            # In the end room only grows: numbers may not chase one another.
            room[name] = max(figures, room[name]) if attempt > 1 else figures
        before, wanted = (
            wanted,
            [
                _referring(sheet, names, room, labels)
                for sheet, names in zip(plans, targets, strict=True)
            ],
        )
        if not printed:
            printed = press(wanted)
        else:
            changed = [i for i, sheet in enumerate(wanted) if _differ(sheet, before[i])]
            if not changed:
                break
            made = press([wanted[index] for index in changed], again=True)
            for index, one in zip(changed, made, strict=True):
                printed[index] = one
        records = [one.record for one in printed]
        numbers = guess.completed(page_numbers(records, two_sided=two_sided))
    return printed, numbers


def _differ(one: Order, other: Order) -> bool:
    return one.references != other.references


def _referring(
    sheet: Plan, targets: Sequence[str], room: Mapping[str, int], labels: Labels | None
) -> Order:
    """Order a sheet with room for the page numbers of its targets."""
    if not targets or labels is None:
        return Order(sheet)
    references = References(
        figures={name: room[name] for name in targets},
        label=labels.page_reference,
        label_in_brackets=labels.page_reference_in_brackets,
    )
    return Order(sheet, references)
