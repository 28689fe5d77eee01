"""What holds when something is drawn (``states.py``): it is what held before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import BuildBook
from kexue_book.pdf.states import settle_states

State = dict[str, Any]
_START: State = {
    **{"fill": ("0",), "stroke": ("0",), "a": 1.0, "A": 1.0, "w": 1.0, "d": "", "clip": ()},
    "cm": (1.0, 1.0, 0.0, 0.0),
}


def drawn(operators: Sequence[object]) -> Iterator[tuple[object, ...]]:
    """Yield what is drawn, with all that holds for it."""
    state, kept = dict(_START), list[State]()
    path: list[tuple[str, ...]] = []
    clips = False
    for operator in operators:
        assert isinstance(operator, bytes)
        *parameters, name = operator.decode().split()
        if name == "q":
            kept.append(dict(state))
        elif name == "Q":
            state = kept.pop()
        elif name in ("rg", "g", "RG", "G"):
            values = parameters[:1] if len(set(parameters)) == 1 else parameters
            written = tuple(f"{float(value):.4g}" for value in values)
            state["fill" if name.islower() else "stroke"] = written
        elif name in ("scn", "SCN"):
            state["fill" if name.islower() else "stroke"] = ("other", *parameters)
        elif name == "gs" and parameters[0][1] in "aA":
            state[parameters[0][1]] = float(parameters[0][2:])
        elif name == "gs":
            state |= {"a": parameters[0]}
        elif name == "w":
            state["w"] = float(parameters[0])
        elif name == "d":
            state["d"] = parameters
        elif name == "cm":
            a, _, _, d, x, y = map(float, parameters)
            p, q, u, v = state["cm"]
            state["cm"] = (p * a, q * d, u + p * x, v + q * y)
        elif name in ("m", "l", "re"):
            path.append((*parameters, name))
        elif name == "W":
            clips = True
        else:
            assert name in ("S", "f", "n", "TJ", "Do")
            needed = {"S": ("stroke", "A", "w", "d"), "n": ()}.get(name, ("fill", "a"))
            needed = tuple(_START) if name == "Do" else (*needed, "clip", "cm")
            if name != "n":
                holds = [
                    tuple(round(x, 3) for x in state[key]) if key == "cm" else state[key]
                    for key in needed
                ]
                yield name, operator, tuple(path), *holds
            if clips:
                state["clip"] = (*state["clip"], tuple(path))
            path, clips = [], False


def _flat(parts: list[list[bytes]]) -> list[bytes]:
    return [operator for part in parts for operator in part]


changes = st.sampled_from(
    (
        *(b"1 0 0 rg", b"0 0 0 rg", b"0.5 0.5 0.5 rg", b"0 G", b"0.5 G", b"/a1.0 gs", b"/a1 gs"),
        *(b"/a0.5 gs", b"/A0.5 gs", b"/A1.0 gs", b"1 w", b"0.6 w", b"[2] 0 d", b"/s0 gs"),
        *(b"2 0 0 2 3 4 cm", b"1 0 0 -1 0 9 cm", b"/p scn", b"/p SCN"),
    )
).map(lambda operator: [operator])
paints = st.sampled_from(
    (
        [b"[<0001>] TJ"],
        [b"/X Do"],
        [b"1 2 3 4 re", b"f"],
        [b"1 2 m", b"3 2 l", b"S"],
        [b"1 2 3 4 re", b"W", b"n"],
    )
)
simple = st.lists(st.one_of(changes, paints), max_size=5).map(_flat)
boxes = st.recursive(
    simple,
    lambda inner: st.lists(
        st.one_of(simple, inner.map(lambda items: [b"q", *items, b"Q"])), max_size=4
    ).map(_flat),
    max_leaves=12,
)


@given(boxes)
def test_what_is_drawn_is_drawn_as_before(operators: list[bytes]) -> None:
    after = settle_states(operators)
    assert list(drawn(after)) == list(drawn(operators))
    assert after.count(b"q") == after.count(b"Q") <= operators.count(b"q")


def test_opaque_boxes_in_the_same_colour_say_nothing() -> None:
    text = [b"BT", b"1 0 0 -1 5 6 Tm", b"/F 10 Tf", b"[<0001>] TJ", b"ET"]
    box = [b"q", b"/a1.0 gs", b"0 0 0 rg", *text, b"Q"]
    page = [b"1 0 0 -1 0 600 cm", b"q", b"0.75 0 0 0.75 0 0 cm", *box, *box, b"Q"]
    assert settle_states(page) == [b".75 0 0 -.75 0 600 cm", *text, *text]


def line(start: str, end: str, width: str = "0.6") -> list[bytes]:
    parts = (
        "q",
        "q",
        "/A1.0 gs",
        "0 0 0 RG",
        f"{width} w",
        f"{start} m",
        f"{end} l",
        "S",
        "Q",
        "Q",
    )
    return [part.encode() for part in parts]


def test_borders_of_cells_are_one_line() -> None:
    cells = (*line("1 2.004", "5.333333 2.004"), *line("5.333333 2.004", "9 2.004"))
    assert settle_states(cells) == [b".6 w", b"1 2 m", b"9 2 l", b"S"]
    corner = (*line("1 2", "5 2"), *line("5 2", "5 9"))
    assert settle_states(corner).count(b"S") == 2
    thicker = (*line("1 2", "5 2"), *line("5 2", "9 2", "1.2"))
    assert settle_states(thicker).count(b"S") == 2


LEFT = ["10 90 m", "10 20 l", "12 20 l", "12 90 l", "W*", "n"]


def border(clip: list[str], *boxes: str) -> list[bytes]:
    drawn = ["q", *clip, "/a1.0 gs", "0.5 0.5 0.5 rg", *boxes, "f*", "Q", "1 2 3 4 re", "f"]
    return [operator.encode() for operator in drawn]


def test_the_side_of_a_border_is_a_bar() -> None:
    inner, outer = "12 20 80 70 re", "10 20 82 70 re"
    after = [b"10 20 2 70 re", b"f", b"0 g", b"1 2 3 4 re", b"f"]
    assert settle_states(border(LEFT, inner, outer)) == [b".5 g", *after]


@pytest.mark.parametrize(
    ("clip", "boxes"),
    [
        (LEFT, ("11 20 80 70 re", "10 20 82 70 re")),  # a part of it is between
        (
            ["10 90 m", "10 20 l", "12 22 l", "12 88 l", "W*", "n"],
            ("12 20 80 70 re", "10 20 82 70 re"),
        ),
        (LEFT, ("12 20 80 70 re",)),
        (LEFT, ("12 20 80 70 re", "40 20 82 70 re")),  # nothing is left
    ],
)
def test_other_clips_stay(clip: list[str], boxes: tuple[str, ...]) -> None:
    assert b"W*" in settle_states(border(clip, *boxes))


@pytest.mark.parametrize("last", ["[<0001>] TJ", "1 2 3 4 re|f"])
def test_a_path_is_not_cut_by_a_colour(last: str) -> None:
    written = settle_states([b"1 0 0 rg", *last.encode().split(b"|")])
    assert written == [b"1 0 0 rg", *last.encode().split(b"|")]


def test_pages_of_a_book_set_coordinates_once(build_book: BuildBook) -> None:
    body = "---\ntitle: 题\n---\n文 **粗** $x$\n\n| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n\n> 引文\n"
    built = build_book({"a.md": body}, formats=("pdf",))
    assert "甲 乙" in " ".join(built.pdf_text().split())
    with pikepdf.open(built.pdf) as pdf:
        page = next(page for page in pdf.pages if b" l\n" in page.Contents.read_bytes())
        operators = pikepdf.parse_content_stream(page)
        names = [str(operator) for _, operator in operators]
        states = [str(operands[0]) for operands, operator in operators if str(operator) == "gs"]
    assert names[: names.index("BT")].count("cm") == 1
    assert states == []
