"""Operators of a page → the same without the clips that cut nothing off.

Boxes with ``overflow: hidden``, as those of running heads, are clipped whatever is in them. Their
text mostly fits, and without the clip it may stand in the same text object as what is before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kexue_book.pdf.pen import text_width

_UPRIGHT = b"1 0 0 -1 "
_ABOVE, _BELOW = 1.0, 0.35
"""em: how far text may reach from its baseline."""
_NEAR = 0.1
"""px that do not matter."""
_OTHERS = (b" gs", b" rg", b" g", b"BT", b"ET", b"BMC", b"BDC", b"EMC", b"q", b"Q")
"""Ends of operators that draw nothing."""
Widths = Mapping[bytes, Mapping[int, float]]


def without_needless_clips(operators: Sequence[object], widths: Widths) -> Iterator[object]:
    """Yield operators that put the same on the page.

    Args:
        operators: as WeasyPrint writes them; lengths in px, y downwards.
        widths: of the glyphs of each font, by its name in the page; thousandths of an em.
    """
    index = 0
    while index < len(operators):
        operator = operators[index]
        box = _rectangle(operator) if operators[index + 1 : index + 3] == [b"W", b"n"] else None
        if box is not None and _holds(box, operators[index + 3 :], widths):
            index += 3
            continue
        yield operator
        index += 1


def _rectangle(operator: object) -> tuple[float, ...] | None:
    """Return left, top, right and bottom of a rectangle."""
    if not isinstance(operator, bytes) or not operator.endswith(b" re"):
        return None
    x, y, width, height = map(float, operator.split()[:-1])
    return x, y, x + width, y + height


def _holds(box: tuple[float, ...], operators: Sequence[object], widths: Widths) -> bool:
    """Whether what follows, up to where the clip ends, is text within a box."""
    depth = 0
    left, top, right, bottom = box
    x = y = size = 0.0
    font: Mapping[int, float] | None = None
    for operator in operators:
        if not isinstance(operator, bytes):
            return False
        depth += (operator == b"q") - (operator == b"Q")
        if depth < 0:
            return True
        if operator.endswith(b" Tf"):
            name, written, _ = operator.split()
            font, size = widths.get(name), float(written)
        elif operator.endswith(b" Tm") and operator.startswith(_UPRIGHT):
            x, y = map(float, operator[len(_UPRIGHT) : -3].split())
        elif operator.endswith(b" TJ") and font is not None:
            start, x = x, x + text_width(operator, font) * size / 1000
            if (
                start < left - _NEAR
                or x > right + _NEAR
                or y - _ABOVE * size < top
                or y + _BELOW * size > bottom
            ):
                return False
        elif not operator.endswith(_OTHERS):
            return False
    return False
