"""Lines written in one go show every glyph where it stood."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import BuildBook
from glyphs import page_glyphs
from kexue_book.pdf.pen import FormulaText, PlacedGlyph, write_lines
from kexue_book.pdf.tidy import in_bytes

WIDTHS = {b"/F": {1: 500, 2: 1000, 3: 333}, b"/G": {1: 250, 2: 1000, 3: 600}}
MATH = {4: 480, 5: 278}
NEAR = 0.035
"""px: a thousandth of an em, and what is rounded off coordinates."""
NEAR_LINE = 0.06
"""px: what is rounded off the place of a line."""


@dataclass(frozen=True)
class Shown:
    """A glyph, where it is drawn; px, y downwards."""

    font: str
    code: int
    x: float
    y: float
    size: float


def shown(operators: list[object]) -> Iterator[Shown]:
    """The glyphs that operators draw, as PDF 32000-1, 9.4 says."""
    content = b"\n".join(operator for operator in operators if isinstance(operator, bytes))
    fonts = {name.decode(): widths for name, widths in WIDTHS.items()} | {"/K": MATH}
    line = at = (0.0, 0.0)
    font, size, spacing, rise, is_open = "", 0.0, 0.0, 0.0, False
    with pikepdf.Pdf.new() as pdf:
        for operands, operator in pikepdf.parse_content_stream(pdf.make_stream(content)):
            name = str(operator)
            assert not (is_open and name in ("BT", "q", "Q", "re", "f")), name
            assert is_open or name not in ("ET", "Tm", "Td", "Tj", "TJ"), name
            match name:
                case "BT":
                    is_open, line = True, (0.0, 0.0)
                case "ET":
                    is_open = False
                case "Tf":
                    font, size = str(operands[0]), float(operands[1])
                case "Tc":
                    spacing = float(operands[0])
                case "Ts":
                    rise = float(operands[0])
                case "Tm":
                    assert [float(n) for n in operands[:4]] == [1, 0, 0, -1]
                    line = at = (float(operands[4]), float(operands[5]))
                case "Td":
                    line = at = (line[0] + float(operands[0]), line[1] - float(operands[1]))
                case "Tj" | "TJ":
                    for part in operands[0] if name == "TJ" else operands:
                        if not isinstance(part, pikepdf.String):
                            at = (at[0] - float(part) * size / 1000, at[1])
                            continue
                        data = bytes(part)
                        for n in range(0, len(data), 2):
                            code = int.from_bytes(data[n : n + 2], "big")
                            yield Shown(font, code, at[0], at[1] - rise, size)
                            width = fonts[font][code] * size / 1000
                            at = (at[0] + width + spacing, at[1])
    assert not is_open
    assert spacing == rise == 0


def expanded(operators: list[object]) -> Iterator[object]:
    """Operators with formulas drawn glyph by glyph."""
    for operator in operators:
        if not isinstance(operator, FormulaText):
            yield operator
            continue
        unit = operator.scale
        for glyph in operator.glyphs:
            x, y = operator.x + glyph.x * unit, operator.y - glyph.y * unit
            yield b"BT"
            yield f"/K {glyph.size * unit:f} Tf".encode()
            yield f"1 0 0 -1 {x:f} {y:f} Tm".encode()
            yield f"[<{glyph.code}>] TJ".encode()
            yield b"ET"


sizes = st.sampled_from((8.5, 13.333008, 21.333))
heights = st.sampled_from((10.0, 32.05, 32.054, 54.1))
lengths = st.floats(0, 300).map(lambda x: round(x, 6))


@st.composite
def pieces(draw: st.DrawFn) -> list[object]:
    """A text object with a piece of a line or two."""
    operators: list[object] = [b"BT"]
    for _ in range(draw(st.integers(1, 2))):
        operators.append(f"1 0 0 -1 {draw(lengths):f} {draw(heights)} Tm".encode())
        operators.append(f"/{draw(st.sampled_from('FG'))} {draw(sizes)} Tf".encode())
        for _ in range(draw(st.integers(1, 2))):
            gaps = st.sampled_from(("", "", "-250", "77", "-3"))
            parts = draw(st.lists(st.tuples(gaps, st.integers(1, 3)), min_size=1, max_size=5))
            text = "".join(f"{gap}<{code:04x}>" for gap, code in parts) + draw(gaps)
            written = f"[{text.replace('><', '')}] TJ"
            spacing = draw(st.sampled_from(("", "0.24", "-0.1")))
            operators.append((f"{spacing} Tc {written} 0 Tc" if spacing else written).encode())
    return [*operators, b"ET"]


@st.composite
def formulas(draw: st.DrawFn) -> list[object]:
    glyph = st.builds(
        PlacedGlyph,
        code=st.sampled_from(("0004", "0005")),
        width=st.just(0),
        size=st.sampled_from((1.0, 0.707)),
        x=st.floats(0, 8),
        y=st.sampled_from((0.0, 0.363, -0.2)),
    )
    glyphs = [
        PlacedGlyph(one.code, MATH[int(one.code)], one.size, one.x, one.y)
        for one in draw(st.lists(glyph, min_size=1, max_size=4))
    ]
    bars = [(0.1, 0.2, 1.0, 0.04)] * draw(st.integers(0, 1))
    opening = b"/Span<</ActualText(x)>>BDC"
    return [FormulaText(draw(lengths), draw(heights), draw(sizes), opening, glyphs, bars)]


others = st.sampled_from(([b"0 0 1 rg"], [b"q", b"Q"], [b"/a1.0 gs"]))


@given(st.lists(st.one_of(pieces(), formulas(), others), max_size=6))
def test_no_glyph_moves(parts: list[list[object]]) -> None:
    operators = [operator for part in parts for operator in part]
    before = list(shown(list(expanded(operators))))
    after = list(shown(list(in_bytes(write_lines(operators, WIDTHS), {}))))
    assert len(before) == len(after)
    for old, new in zip(before, after, strict=True):
        assert (new.font, new.code) == (old.font, old.code)
        assert new.size == pytest.approx(old.size, abs=0.001)
        assert new.x == pytest.approx(old.x, abs=NEAR)
        assert new.y == pytest.approx(old.y, abs=NEAR_LINE)


def written(*operators: object) -> list[object]:
    return list(in_bytes(write_lines(operators, WIDTHS), {}))


LINE = (b"BT", b"1 0 0 -1 10 20 Tm", b"/F 10 Tf", b"[<0001>] TJ", b"ET")


def test_a_line_is_one_text_object() -> None:
    more = (b"BT", b"1 0 0 -1 17.5 20 Tm", b"/F 10 Tf", b"[<0002>] TJ", b"ET")
    assert written(*LINE, b"1 0 0 rg", *more) == [
        *(b"BT", b"1 0 0 -1 10 20 Tm", b"/F 10 Tf", b"(\0\1)Tj"),
        *(b"1 0 0 rg", b"[-250(\0\2)] TJ", b"ET"),
    ]


def test_the_next_line_is_so_far_from_the_last() -> None:
    below = (b"BT", b"1 0 0 -1 12 42.05 Tm", b"/F 10 Tf", b"[<0002>] TJ", b"ET")
    assert written(*LINE, *below)[4:] == [b"2 -22 Td", b"(\0\2)Tj", b"ET"]


def test_bars_come_when_the_text_ends_and_in_its_colour() -> None:
    bar = FormulaText(
        15, 20, 10, b"/S BDC", [PlacedGlyph("0004", 480, 1, 0, 0)], [(0, 0.2, 1, 0.05)]
    )
    assert written(*LINE, bar, b"1 0 0 rg", *LINE)[4:] == [
        *(b"/S BDC", b"/K 10 Tf", b"(\0\4)Tj", b"EMC", b"ET", b"15 17.5 10 .5 re f"),
        *(b"1 0 0 rg", b"BT", b"1 0 0 -1 10 20 Tm", b"/F 10 Tf", b"(\0\1)Tj", b"ET"),
    ]


@pytest.mark.parametrize("between", [b"/C cs", b"0 0 5 5 re f", b"Q"])
def test_a_colour_is_said_again_where_it_may_have_become_another(between: bytes) -> None:
    after = written(b"1 0 0 rg", *LINE, between, b"1 0 0 rg", *LINE)
    assert after.count(b"1 0 0 rg") == 2


def test_bars_come_before_the_pen_is_lost() -> None:
    bar = FormulaText(
        15, 20, 10, b"/S BDC", [PlacedGlyph("0004", 480, 1, 0, 0)], [(0, 0.2, 1, 0.05)]
    )
    lost = (*LINE[:4], b"3 Tr", b"[<0001>] TJ", b"ET")
    assert written(bar, *lost)[5:] == [
        *(b"EMC", b"/F 10 Tf", b"[980(\0\1)] TJ"),
        *(b"ET", b"15 17.5 10 .5 re f", b"BT", b"1 0 0 -1 15 20 Tm"),
        *(b"/F 10 Tf", b"3 Tr", b"(\0\1)Tj", b"ET"),
    ]


def test_turned_text_is_left_alone() -> None:
    turned = (b"BT", b"0 1 1 0 10 20 Tm", b"/F 10 Tf", b"[<0001>] TJ", b"ET")
    assert written(*turned) == [*turned[:3], b"(\0\1)Tj", b"ET"]


def test_room_for_a_page_number_is_left_alone() -> None:
    room = b"/KxPage<</Of<70>/Figures<00>/Font/F>>DP [<00110011>] TJ"
    after = (b"BT", b"1 0 0 -1 40 20 Tm", b"/F 10 Tf", b"[<0002>] TJ", b"ET")
    assert written(*LINE[:3], room, b"ET", *after)[3:] == [
        *(room, b"30 0 Td", b"(\0\2)Tj", b"ET"),
    ]


def test_formulas_stand_in_the_line(build_book: BuildBook) -> None:
    body = "---\ntitle: 题\n---\n设 $a^2+b_1$ 与 $\\frac{c}{d}$ 为正。"
    built = build_book({"a.md": body}, formats=("pdf",))
    assert "a^2+b_1" in built.pdf_text()
    assert "\\frac{c}{d}" in built.pdf_text()
    with pikepdf.open(built.pdf) as pdf:
        page = next(page for page in pdf.pages if b"frac{c}{d}" in page.Contents.read_bytes())
        assert page.Contents.read_bytes().count(b"BT") == 1  # with the running head
        assert len(list(page_glyphs(page))) > 12
