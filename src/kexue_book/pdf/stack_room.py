"""Room for the frames of deep calls, all in one piece.

CPython (3.11 and later) keeps the frames of Python functions in pieces of 16 KB, asks the system
for the next when one is full, and gives it back when the first frame in it ends. Layout goes up
and down a stack of a hundred frames, and wherever the end of a piece comes to lie, every call there
costs two system calls and a page fault: a fifth of all time. A frame that says it needs much room
gets a piece that is large enough for all the frames above it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")

_SLOTS = 33_000
"""Of 8 bytes: a little more than a quarter of a megabyte, so that half a megabyte is asked for."""


def with_room(call: Callable[_P, _T], *arguments: _P.args, **options: _P.kwargs) -> _T:
    """Call a function that calls others in great depth."""
    return call(*arguments, **options)


with_room.__code__ = with_room.__code__.replace(co_stacksize=_SLOTS)
