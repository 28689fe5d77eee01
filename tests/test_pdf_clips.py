"""Clips that cut nothing off (``clips.py``)."""

from __future__ import annotations

import pytest

from kexue_book.pdf.clips import without_needless_clips

WIDTHS = {b"/F": {1: 1000, 2: 500}}
CLIP = (b"10 0 50 40 re", b"W", b"n")


def box(*drawn: bytes) -> list[object]:
    return [b"q", *CLIP, b"/a1.0 gs", b"BT", *drawn, b"ET", b"Q", b"1 2 3 4 re", b"f"]


def text(x: int, y: int, shown: bytes) -> list[bytes]:
    return [b"1 0 0 -1 %d %d Tm" % (x, y), b"/F 10 Tf", shown]


def test_text_that_fits_needs_no_clip() -> None:
    page = box(*text(10, 20, b"[<0001>-500<00020001>] TJ"))
    assert list(without_needless_clips(page, WIDTHS)) == [b"q", *page[4:]]


@pytest.mark.parametrize(
    "drawn",
    [
        text(10, 20, b"[<0001000100010001>-1500<0001>] TJ"),  # too far to the right
        text(9, 20, b"[<0001>] TJ"),  # and to the left
        text(10, 5, b"[<0001>] TJ"),  # too high
        text(10, 38, b"[<0001>] TJ"),  # too low
        [*text(10, 20, b"[<0001>] TJ"), b"[<00010001000100010001>] TJ"],  # goes on
        [b"0 1 1 0 10 20 Tm", b"/F 10 Tf", b"[<0001>] TJ"],  # turned
        [b"1 0 0 -1 10 20 Tm", b"/G 10 Tf", b"[<0001>] TJ"],  # a font nobody knows
        [b"/Image Do"],
    ],
)
def test_what_may_not_fit_is_clipped(drawn: list[bytes]) -> None:
    page = box(*drawn)
    assert list(without_needless_clips(page, WIDTHS)) == page
