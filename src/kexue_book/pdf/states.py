"""Operators of a page → the same page, in which nothing is said twice about how it is drawn.

WeasyPrint puts each box between ``q`` and ``Q``, opaque colours are set to be opaque, and each
cell of a table draws its own borders: a third of the operators of a page with tables. Here it is
known what holds (colours, opacity, the width of lines), and a change is written when something
is drawn with it; so what needs ``q`` and ``Q`` for nothing else does without. Boxes that followed
one another in coordinates of their own (``cm``) share them, and borders that go on are one line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kexue_book.pdf.object_file import rounded

_ALPHA = re.compile(rb"/([aA])([\d.]+) gs")
_FILL, _STROKE, _FILL_ALPHA, _STROKE_ALPHA, _WIDTH = range(5)
_DEFAULT: tuple[bytes | None, ...] = (b"0 g", b"0 G", b"1.0", b"1.0", b"1 w")
"""How a page begins (PDF 32000-1, 8.4.1)."""
_FOR_FILLING: Sequence[int] = (_FILL, _FILL_ALPHA)
_FOR_STROKING: Sequence[int] = (_STROKE, _STROKE_ALPHA, _WIDTH)
_ALL = range(5)
_KINDS = {b"rg": _FILL, b"g": _FILL, b"RG": _STROKE, b"G": _STROKE, b"w": _WIDTH}
_TEXT = frozenset((b"TJ", b"Tj"))
_PATHS = frozenset((b"m", b"l", b"c", b"v", b"y", b"h", b"re"))
_STROKED = frozenset((b"S", b"s"))
_FILLED = frozenset((b"f", b"F", b"f*"))
_HARMLESS = frozenset(
    (*_TEXT, *_PATHS, *_STROKED, *_FILLED, b"B", b"B*", b"b", b"b*", b"n", b"Do", b"sh")
) | frozenset((b"BT", b"ET", b"Td", b"Tm", b"Tf", b"Tc", b"Ts", b"BDC", b"BMC", b"EMC", b"DP"))
"""Operators after which all holds that held before; of text, what is written anew each time."""
_WHOLE = b"Do"
"""Stands for several operators in one that leave all as it was."""
_NEEDED: Mapping[bytes, Sequence[int]] = {
    **dict.fromkeys(_TEXT | _FILLED, _FOR_FILLING),
    **dict.fromkeys(_STROKED, _FOR_STROKING),
    b"n": (),
}
"""What an operator is drawn with, if not with all that may hold."""
_ELSEWHERE = frozenset((b"cm", b"W", b"W*", b"J", b"j", b"M", b"d", b"i", b"ri"))
"""Operators that change what is not followed here."""
_CHANGED = dict.fromkeys((b"cs", b"sc", b"scn", b"k"), (_FILL,)) | dict.fromkeys(
    (b"CS", b"SC", b"SCN", b"K"), (_STROKE,)
)
"""What is not known any more after an operator; after others nothing is."""
_SILENT = frozenset((b"BT", b"ET", b"Td", b"Tm", b"Tf", b"Tc", b"Ts", b"BDC", b"BMC", b"EMC"))
"""Those of them that draw nothing."""


@dataclass(slots=True)
class _Group:
    """What stands between ``q`` and ``Q``."""

    items: list[object] = field(default_factory=list)


def settle_states(operators: Iterable[object]) -> list[object]:
    """Return operators of a page, from its first on, that draw the same.

    What is not bytes is taken for something that fills, and changes nothing.
    """
    writer = _Writer()
    writer.write(_grouped(operators).items)
    return writer.out


def _grouped(operators: Iterable[object]) -> _Group:
    """Return operators as a tree."""
    whole = _Group()
    open_groups = [whole]
    for operator in operators:
        if operator == b"q":
            group = _Group()
            open_groups[-1].items.append(group)
            open_groups.append(group)
        elif operator == b"Q" and len(open_groups) > 1:
            open_groups.pop()
            _join_last(open_groups[-1].items)
        else:
            open_groups[-1].items.append(operator)
    return whole


def _join_last(items: list[object]) -> None:
    """Make the last two groups one if both begin with the same coordinates."""
    first, second = items[-2:] if len(items) > 1 else (None, None)
    if not isinstance(first, _Group) or not isinstance(second, _Group):
        return
    coordinates, *others = first.items or (None,)
    if not isinstance(coordinates, bytes) or not coordinates.endswith(b" cm"):
        return
    if second.items[:1] != [coordinates] or not all(map(_leaves_alone, others)):
        return
    items.pop()
    for item in second.items[1:]:
        first.items.append(item)
        _join_last(first.items)


def _leaves_alone(item: object) -> bool:
    """Whether what holds is the same behind an item."""
    return not isinstance(item, bytes) or (_change(item) is None and _name(item) in _HARMLESS)


class _Writer:
    def __init__(self) -> None:
        self.out: list[object] = []
        self._wanted = list(_DEFAULT)
        """What holds for the operators that are read; None if it is not known."""
        self._there = list(_DEFAULT)
        """What holds for those that have been written."""

    def write(self, items: Sequence[object], *, is_last: bool = True) -> None:
        """Write what a group holds; ``is_last`` if nothing follows before it is all undone."""
        for index, item in enumerate(items):
            if isinstance(item, _Group):
                self._write_group(item, is_last=is_last and index + 1 == len(items))
            elif isinstance(item, bytes):
                self._write_operator(items, index, item)
            else:
                self._draw_with(_FOR_FILLING)
                self.out.append(item)

    def _write_group(self, group: _Group, *, is_last: bool) -> None:
        wanted = list(self._wanted)
        if (bar := _border(group.items)) is not None:
            group = _Group(bar)
        if is_last or self._can_be_undone(group):
            self.write(group.items, is_last=is_last)
        else:
            there = list(self._there)
            self.out.append(b"q")
            self.write(group.items)
            self.out.append(b"Q")
            self._there = there
        self._wanted = wanted

    def _can_be_undone(self, group: _Group) -> bool:
        """Whether all that changes in a group is known, and what it was before."""
        for item in group.items:
            if not isinstance(item, bytes):
                continue
            change = _change(item)
            if change is None:
                if _name(item) not in _HARMLESS:
                    return False
            elif self._wanted[change[0]] is None:
                return False
        return True

    def _write_operator(self, items: Sequence[object], index: int, operator: bytes) -> None:
        change = _change(operator)
        if change is not None:
            kind, value = change
            self._wanted[kind] = value
            return
        name = _name(operator)
        if name in _PATHS:  # in a path, colours cannot change any more
            self._draw_with(_needed(items, index))
        elif name in _HARMLESS:
            if name not in _SILENT:
                self._draw_with(_NEEDED.get(name, _ALL))
        elif name not in _ELSEWHERE:
            self._draw_with(_ALL)
            for kind in _CHANGED.get(name, _ALL):
                self._wanted[kind] = self._there[kind] = None
        _append(self.out, _rounded(operator, name))

    def _draw_with(self, kinds: Iterable[int]) -> None:
        """Write what does not hold yet of what is needed."""
        for kind in kinds:
            wanted = self._wanted[kind]
            if wanted is None or wanted == self._there[kind]:
                continue
            self._there[kind] = wanted
            if kind in (_FILL_ALPHA, _STROKE_ALPHA):
                name = b"a" if kind == _FILL_ALPHA else b"A"
                self.out.append(b"/%b%b gs" % (name, wanted))
            else:
                self.out.append(wanted)


def _name(operator: bytes) -> bytes:
    """Return what an operator is called; nothing for several in one that change what holds."""
    if operator.startswith(b"q ") and operator.endswith(b"Q"):
        return _WHOLE
    if b"\n" in operator and not operator.startswith(b"/"):
        return b""
    name = operator.rpartition(b" ")[2]
    if name.endswith((b"BDC", b"BMC")):
        return name[-3:]
    if name.endswith(b"TJ"):
        return b"TJ"
    return name


def _change(operator: bytes) -> tuple[int, bytes] | None:
    """Return which of what is known an operator sets, and to what."""
    parameters, _, name = operator.rpartition(b" ")
    if b"\n" in operator:
        return None
    if name == b"gs":
        found = _ALPHA.fullmatch(operator)
        if found is None:
            return None
        return (_FILL_ALPHA if found[1] == b"a" else _STROKE_ALPHA), _opacity(found[2])
    kind = _KINDS.get(name)
    if kind is None:
        return None
    values = [rounded(float(value), 3) for value in parameters.split()]
    if len(values) == 3 and len(set(values)) == 1:
        values, name = values[:1], {b"rg": b"g", b"RG": b"G"}[name]
    return kind, b" ".join((*values, name))


def _opacity(written: bytes) -> bytes:
    return b"1.0" if float(written) == 1 else written


def _needed(items: Sequence[object], index: int) -> Iterable[int]:
    """Return what the path is drawn with that begins there, or goes on."""
    for item in items[index:]:
        name = _name(item) if isinstance(item, bytes) else b""
        if name in _NEEDED:
            return _NEEDED[name]
        if name not in _PATHS and name not in _ELSEWHERE:
            break
    return _ALL


def _rounded(operator: bytes, name: bytes) -> bytes:
    if name not in _PATHS or b"." not in operator:
        return operator
    return b" ".join((*(rounded(float(number)) for number in operator.split()[:-1]), name))


_BORDER = (b"m", b"l", b"l", b"l", b"W*", b"n", b"re", b"re", b"f*")
"""A side of a box's border, as WeasyPrint draws it: where it stands, what is between two boxes."""


def _border(items: Sequence[object]) -> list[object] | None:
    """Return a border as a bar in its colour, if there is no more to it."""
    if b"W*" not in items:  # as in nearly all groups, of which some hold a page
        return None
    operators = [item for item in items if isinstance(item, bytes)]
    states = [operator for operator in operators if _change(operator) is not None]
    drawn = [operator for operator in operators if _change(operator) is None]
    if len(operators) < len(items) or tuple(map(_name, drawn)) != _BORDER:
        return None
    corners = [tuple(map(float, operator.split()[:2])) for operator in drawn[:4]]
    sides = [sorted({corner[axis] for corner in corners}) for axis in (0, 1)]
    if len(set(corners)) != len(corners) or any(len(side) != 2 for side in sides):
        return None
    (left, right), (top, bottom) = sides
    inner, outer = (
        (x, y, x + width, y + height)
        for x, y, width, height in (map(float, op.split()[:4]) for op in drawn[6:8])
    )
    is_outside = right <= inner[0] or left >= inner[2] or bottom <= inner[1] or top >= inner[3]
    left, top = max(left, outer[0]), max(top, outer[1])
    right, bottom = min(right, outer[2]), min(bottom, outer[3])
    if not is_outside or left >= right or top >= bottom:
        return None
    box = b" ".join(map(rounded, (left, top, right - left, bottom - top)))
    return [*states, b"%b re" % box, b"f"]


_TWO_LINES = (b"m", b"l", b"S", b"m", b"l", b"S")


def _append(out: list[object], operator: bytes) -> None:
    """Append an operator, or let the last one do its work, too."""
    if operator.endswith(b" cm") and out and _is_scaled(out[-1]) and _is_scaled(operator):
        operator = _product(bytes(out.pop()), operator)  # type: ignore[call-overload]
    out.append(operator)
    if operator != b"S":
        return
    last = [item for item in out[-len(_TWO_LINES) :] if isinstance(item, bytes)]
    if tuple(map(_name, last)) == _TWO_LINES:
        start, middle, end = last[0][:-2], last[1][:-2], last[4][:-2]
        if last[3][:-2] == middle and _is_straight(start, middle, end):
            del out[-5:-2]


def _is_straight(*places: bytes) -> bool:
    """Whether three places lie on one horizontal or vertical line, one behind the other."""
    (ax, ay), (bx, by), (cx, cy) = (map(float, place.split()) for place in places)
    return (ay == by == cy and (bx - ax) * (cx - bx) > 0) or (
        ax == bx == cx and (by - ay) * (cy - by) > 0
    )


def _is_scaled(operator: object) -> bool:
    """Whether an operator sets coordinates that are not turned."""
    return (
        isinstance(operator, bytes)
        and operator.endswith(b" cm")
        and b"\n" not in operator
        and [float(number) for number in operator.split()[1:3]] == [0, 0]
    )


def _product(first: bytes, second: bytes) -> bytes:
    """Return one operator for two that follow one another (PDF 32000-1, 8.3.4)."""
    a, _, _, d, x, y = map(float, first.split()[:-1])
    e, _, _, h, u, v = map(float, second.split()[:-1])
    numbers = (a * e, 0, 0, d * h, a * u + x, d * v + y)
    return b" ".join((*(rounded(number, 6) for number in numbers), b"cm"))
