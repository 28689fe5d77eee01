"""Text takes less room in the PDF, and stands where it stood."""

from __future__ import annotations

import re

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kexue_book.pdf.tidy import in_bytes, tidy, tidy_text


@pytest.mark.parametrize(
    ("written", "tidied"),
    [
        (b"[<4f48>-9<>-9.225225225225225<2ea2>] TJ", b"[<4f48>-18<2ea2>] TJ"),
        (b"[<0054>0<0055>0<0050>7<0051>] TJ", b"[<005400550050>7<0051>] TJ"),
        (b"[<0054>1.6<0055>1.6<0050>] TJ", b"[<00540055>3<0050>] TJ"),
        (b"[<0054>-12] TJ", b"[<0054>-12] TJ"),
        (b"[(a\\))-3<0054>] TJ", b"[(a\\))-3<0054>] TJ"),
        (b"0.013333 0 0 -0.013333 0 7.906667 cm", b"0.013333 0 0 -0.013333 0 7.91 cm"),
        (b"89.494213 77.003268 25.408 8 re", b"89.49 77 25.41 8 re"),
        (b"0.123456 0.5 0.25 rg", b"0.123456 0.5 0.25 rg"),
    ],
)
def test_less_room(written: bytes, tidied: bytes) -> None:
    assert list(tidy([written])) == [tidied]


def test_the_most_frequent_gap_becomes_character_spacing() -> None:
    shown = b"[<0001>-20<0002>-20<0003>-20<0004>-50<0005>-10] TJ"
    written = [b"BT", b"/F 10 Tf", shown, b"ET", shown]
    *_, tidied, _, elsewhere = tidy(written)
    assert tidied == b"0.2 Tc [<0001000200030004>-30<0005>] TJ 0 Tc"
    assert elsewhere == shown, "the size of the font is not known there"


def test_gaps_that_only_rounding_sets_apart_are_one() -> None:
    shown = b"[<0001>-32<0002>-33<0003>-32<0004>-32<0005>-33<0006>-32<0007>] TJ"
    *_, tidied, _ = tidy([b"BT", b"/F 10 Tf", shown, b"ET"])
    assert tidied == b"0.323 Tc [<0001000200030004000500060007>] TJ 0 Tc"


@pytest.mark.parametrize("following", [b"ET", b"1 0 0 -1 5 6 Tm"])
def test_no_gap_before_what_stands_elsewhere(following: bytes) -> None:
    assert next(iter(tidy([b"[<0054>-12] TJ", following]))) == b"[<0054>] TJ"
    assert next(iter(tidy([b"[<0054>-12] TJ", b"EMC"]))) == b"[<0054>-12] TJ"


@given(st.lists(st.integers(0, 0xFFFF), min_size=1))
def test_glyphs_are_the_same_as_bytes(glyphs: list[int]) -> None:
    shown = b"[<%b>-7<0041>] TJ" % b"".join(b"%04x" % glyph for glyph in glyphs)
    (written,) = in_bytes([shown], {})
    assert isinstance(written, bytes)
    with pikepdf.Pdf.new() as pdf:
        ((operands, _),) = pikepdf.parse_content_stream(pdf.make_stream(written))
    first, gap, last = operands[0]
    data = bytes(first)
    assert [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)] == glyphs
    assert (int(gap), bytes(last)) == (-7, b"\0A")


def test_figures_that_are_filled_in_later_stay_hexadecimal() -> None:
    figures = b"/KxPage<</Of<70>>>DP\n[<00110011>] TJ"
    assert list(in_bytes([figures], {})) == [figures]


def test_what_is_no_operator_is_left_alone() -> None:
    image = object()
    assert list(tidy([image, b"Q"])) == [image, b"Q"]


GAPS = st.floats(-300, 300).map(lambda gap: round(gap, 12))


@given(st.lists(st.tuples(st.integers(0, 0xFFFF), GAPS | st.just(-33.25)), min_size=1, max_size=40))
def test_no_glyph_moves(run: list[tuple[int, float]]) -> None:
    written = "".join(f"<{glyph:04x}>{gap:f}" for glyph, gap in run)
    shown = tidy_text(f"[{written}] TJ".encode(), 20.0).decode()
    spacing = re.match(r"(\S+) Tc", shown)
    step = -float(spacing[1]) / 20.0 * 1000 if spacing else 0.0
    place, position, tidied = 0.0, 0.0, []
    for hexadecimal, gap in re.findall(r"<([0-9a-f]+)>|(-?\d+)", shown.partition("[")[2]):
        if gap:
            position += float(gap)
        for start in range(0, len(hexadecimal), 4):
            tidied.append((int(hexadecimal[start : start + 4], 16), position))
            position += step
    assert [glyph for glyph, _ in tidied] == [glyph for glyph, _ in run]
    for (_, gap), (_, position) in zip(run, tidied, strict=True):
        assert abs(place - position) <= 3.01 + (0 if spacing else 1000 * 0.1 / 20)
        place += float(f"{gap:f}")
