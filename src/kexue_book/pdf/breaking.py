"""A formula that is too wide → lines that are not.

In a display a line is broken before a relation or an operator (ISO 80000-2, 7.1.3), in the text
after one (as TeX does), and both at commas and wide spaces. What goes on below begins under the
first relation of its row, or under what follows that. Lengths are thousandths of an em.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kexue_book.formulas import Break, Operator, Row
from kexue_book.pdf.extents import Extent, Extents

INDENT = 2000
"""Of continuations, where there is no relation to stand under."""
SHRINK = 0.93
"""A display is rather made so much smaller than broken."""
ATTEMPTS = (
    *((size, 0) for size in (1, 0.95, 0.9, 0.85)),
    *((size, 9) for size in (1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6)),
)
"""Sizes at which a display is broken, and how many brackets a break may part; the best first."""
_LINE = 150.0
"""What one more line costs, in the measure of the other costs."""
_COSTS = {"s": 0.0, "r": 10.0, "b": 40.0, "p": 60.0, "m": 130.0}
_DEPTH = 90.0
"""For each bracket that a break would part."""
_INLINE_LEAST = 1200
"""No line of text begins or ends with less of a formula than this."""
_INLINE_WHOLE = 5000
"""Formulas narrower than this are not broken in the text."""
_INLINE_LONG = 9000
"""Pieces wider than this are broken at operators and commas, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Operators between two places to break, and what they reach."""

    first: int
    end: int
    left: float
    extent: Extent
    kind: str
    """Of the break before it; empty for a row's first."""
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Operators ``first:end``, moved to the right by ``shift``."""

    first: int
    end: int
    shift: float
    extent: Extent
    """After the shift; its vertical part is measured from the row's baseline."""


def break_row(
    row: Row,
    operators: Sequence[Operator],
    extents: Extents,
    left: float,
    measure: float,
    *,
    depth: int,
) -> tuple[Line, ...] | None:
    """Break a row so that it stays between ``left`` and ``left + measure``.

    Args:
        row: what to break.
        operators: all those of the formula.
        extents: measures them.
        left: of the whole formula.
        measure: how wide it may be.
        depth: how many brackets a break may part.

    Returns:
        Its lines; one, unchanged, when it fits; None when it cannot be done.
    """
    whole = extents.of(operators[row.first : row.end])
    limit = left + measure
    if whole.right <= limit:
        return (_line(row.first, row.end, 0, whole, row.y),)
    pieces = tuple(_display_pieces(row, operators, extents, depth))
    for relation, other in _indents(row, operators, extents, left, measure):
        lines = _best(pieces, limit, measure, relation, other)
        if lines is not None:
            return tuple(_set(group, start, row.y) for group, start in lines)
    return None


def _line(first: int, end: int, shift: float, extent: Extent, y: float) -> Line:
    return Line(first=first, end=end, shift=shift, extent=extent.moved(shift, -y))


def _display_pieces(
    row: Row, operators: Sequence[Operator], extents: Extents, depth: int
) -> Iterator[Piece]:
    cuts: dict[int, Break] = {}
    for sign in row.breaks:
        index = sign.end if sign.kind in "ps" else sign.first
        if sign.depth > depth or not row.first < index < row.end:
            continue
        if index not in cuts or _cost(sign) < _cost(cuts[index]):
            cuts[index] = sign
    for first, end in pairwise([row.first, *sorted(cuts), row.end]):
        extent = extents.of(operators[first:end])
        place = cuts.get(first)
        yield Piece(
            first=first,
            end=end,
            left=extent.left if place is None or place.kind in "ps" else place.x,
            extent=extent,
            kind=place.kind if place is not None else "",
            depth=place.depth if place is not None else 0,
        )


def _cost(place: Break) -> float:
    return _COSTS[place.kind] + _DEPTH * min(place.depth, 3)


def _indents(
    row: Row, operators: Sequence[Operator], extents: Extents, left: float, measure: float
) -> Iterator[tuple[float, float]]:
    """Yield where lines that begin with a relation, and all others, may begin; the best first."""
    relation = next((place for place in row.breaks if place.kind == "r" and not place.depth), None)
    if relation is not None and relation.x - left < 0.45 * measure:
        after = relation.x + INDENT
        if relation.end < row.end:
            after = extents.of_one(operators[relation.end]).left
        yield relation.x, after
    yield left + INDENT, left + INDENT


def _best(
    pieces: Sequence[Piece], limit: float, measure: float, relation: float, other: float
) -> list[tuple[Sequence[Piece], float]] | None:
    """Return the groups of pieces with the least cost, each with where its line begins."""
    count = len(pieces)
    best: list[tuple[float, int, float] | None] = [None] * (count + 1)
    best[0] = (0.0, 0, pieces[0].left)
    for first in range(count):
        before = best[first]
        if before is None:
            continue
        piece = pieces[first]
        start = (relation if piece.kind == "r" else other) if first else piece.left
        opening = _COSTS[piece.kind] + _DEPTH * min(piece.depth, 3) + _LINE if first else 0.0
        right = piece.extent.right
        for end in range(first + 1, count + 1):
            right = max(right, pieces[end - 1].extent.right)
            reach = start + right - piece.left
            if reach > limit:
                break
            rest = (limit - reach) / measure
            cost = before[0] + opening + (100 * rest * rest if end < count else 0.0)
            known = best[end]
            if known is None or cost < known[0]:
                best[end] = (cost, first, start)
    if best[count] is None:
        return None
    groups: list[tuple[Sequence[Piece], float]] = []
    end = count
    while end:
        found = best[end]
        assert found is not None  # every reachable end has a reachable beginning
        groups.append((pieces[found[1] : end], found[2]))
        end = found[1]
    return groups[::-1]


def _set(group: Sequence[Piece], start: float, y: float) -> Line:
    extent = group[0].extent
    for piece in group[1:]:
        extent = extent.joined(piece.extent)
    return _line(group[0].first, group[-1].end, start - group[0].left, extent, y)


def break_in_text(
    rows: Sequence[Row], operators: Sequence[Operator], extents: Extents, whole: Extent
) -> tuple[Piece, ...]:
    """Return the pieces between which a formula in the text may be broken; one if nowhere.

    ``whole`` is the extent of the formula.
    """
    width = whole.right
    if len(rows) != 1 or width < _INLINE_WHOLE:
        return (Piece(first=0, end=len(operators), left=0, extent=whole, kind="", depth=0),)
    places = [p for p in rows[0].breaks if not p.depth and p.end < len(operators)]
    cuts = {place.end for place in places if place.kind in "rs"}
    for place in places:
        around = [0, *sorted(cuts), len(operators)]
        first = max(index for index in around if index <= place.end)
        end = min(index for index in around if index > place.end)
        if place.kind in "bp" and _width(extents.of(operators[first:end])) > _INLINE_LONG:
            cuts.add(place.end)
    return tuple(_text_pieces(sorted(cuts), operators, extents, width))


def _text_pieces(
    cuts: Sequence[int], operators: Sequence[Operator], extents: Extents, width: float
) -> Iterator[Piece]:
    """Yield the pieces between those cuts that are neither near another nor near an end."""
    first, left = 0, 0.0
    for index, following in pairwise([*cuts, len(operators)]):
        x = extents.of(operators[index:following]).left
        if min(x - left, width - x) >= _INLINE_LEAST:
            yield _text_piece(first, index, left, operators, extents)
            first, left = index, x
    yield _text_piece(first, len(operators), left, operators, extents)


def _text_piece(
    first: int, end: int, left: float, operators: Sequence[Operator], extents: Extents
) -> Piece:
    extent = extents.of(operators[first:end])
    return Piece(first=first, end=end, left=left, extent=extent, kind="", depth=0)


def _width(extent: Extent) -> float:
    return extent.right - extent.left
