"""Layout goes deep; the frames of its functions need not be asked of the system again and again."""

from __future__ import annotations

import resource

from kexue_book.pdf.stack_room import with_room

PAIRS = 20_000


def deep(levels: int) -> int:
    """Go up and down where, without room, a piece of the stack may end."""
    if levels:
        return deep(levels - 1)
    for _ in range(PAIRS):
        leaf()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


def leaf() -> None:
    """Its frame is larger than those of :func:`deep`."""


leaf.__code__ = leaf.__code__.replace(co_stacksize=50)


def faults(levels: int) -> int:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    return deep(levels) - before


def test_what_is_called_gives_back_what_it_gives() -> None:
    assert with_room(divmod, 7, 2) == (3, 1)
    assert with_room(dict, a=1) == {"a": 1}


def test_no_depth_costs_a_page_fault_for_each_call() -> None:
    assert max(with_room(faults, levels) for levels in range(200)) < PAIRS / 2
