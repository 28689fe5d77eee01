"""A line that WeasyPrint has filled → the same with punctuation trimmed at its ends, and flush.

WeasyPrint stretches lines at spaces only, so Chinese ends ragged. Here the spare width goes to the
places that ``spacing.py`` names, in its order: spaces and gaps between Chinese and Latin or
formulas first, then beside punctuation, then between characters, each up to a limit; where that is
not enough, the line stays short. Written for WeasyPrint 70's ``layout.inline``; where that is not
what it was, :func:`justify_chinese` leaves WeasyPrint alone, and Chinese lines stay ragged.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from weasyprint.draw import text as drawing
from weasyprint.formatting_structure import boxes
from weasyprint.layout import inline, preferred
from weasyprint.text import line_break

from kexue_book.pdf import spacing
from kexue_book.pdf.draw_line import draw_lines
from kexue_book.pdf.lines import cut_lines
from kexue_book.pdf.set_line import SetLine

_KNOWN = {
    inline.split_text_box: "8c564329599e",
    inline.get_next_linebox: "67af458c2545",
    inline.text_align: "e953d41b87cc",
    inline.justify_line: "f83b21ff8793",
    preferred.inline_max_content_width: "6860df1a22c6",
    line_break.Layout.setup: "fb227a55094f",
    line_break.Layout.set_text: "fe23ca9937db",
    line_break.Layout.get_first_line: "bb65cbda0e27",
    line_break.Layout.deactivate: "bfec3ec8406e",
    line_break.Layout.reactivate: "0b89ee097104",
    drawing.draw_first_line: "1bb8eae6d88e",
}
"""What is replaced or relied upon, by a hash of its source."""


def unknown_parts() -> tuple[str, ...]:
    """Return the names of WeasyPrint's functions that are not what this was written for."""
    return tuple(
        original.__qualname__ for original, known in _KNOWN.items() if _hash(original) != known
    )


def _hash(function: Callable[..., Any]) -> str:
    return hashlib.sha256(inspect.getsource(function).encode()).hexdigest()[:12]


def justify_chinese() -> bool:
    """Take the cutting and setting of lines over; return whether it worked. Safe to call again."""
    if getattr(inline.justify_line, "__module__", "") == __name__:
        return True
    if unknown_parts():
        return False
    inline.text_align = _trimming(inline.text_align)
    inline.justify_line = justify_line
    cut_lines()
    draw_lines()
    return True


@dataclass(slots=True)
class _Leaf:
    """A piece of a line: text, or an image such as a formula."""

    box: Any
    layout: SetLine | None
    """Of a text."""
    grown: float = 0.0
    """px."""
    space_after: float = 0.0
    """px by which what follows moves further."""

    def grow(self, index: int, gap: float) -> None:
        """Add to the space before a character, in thousandths of an em."""
        assert self.layout is not None
        gaps = list(self.layout.gaps)
        gaps[index] += gap
        self.layout.gaps = gaps
        self.grown += gap * self.box.style["font_size"] / 1000


def _trimming(original: Callable[..., Any]) -> Callable[..., Any]:
    def text_align(context: Any, line: Any, available_width: float, last: bool) -> Any:
        leaves = list(_leaves(line))
        if leaves:
            _trim(leaves)
            start = -_margin_before(line)
            if start or any(leaf.grown for leaf in leaves):
                line.width += start
                line.position_x -= start
                _move(line, start, iter(leaves))
        return original(context, line, available_width, last)

    return text_align


def _margin_before(line: Any) -> float:
    """Return how wide the gap before a formula at the start of a line is; px."""
    box, width = line, 0.0
    while isinstance(box, boxes.LineBox | boxes.InlineBox) and box.children:
        box = box.children[0]
        width += box.margin_left if _is_formula(box) else 0
    return width


def _is_formula(box: Any) -> bool:
    return box.element is not None and "gap-" in (box.element.get("class") or "")


def _trim(leaves: Sequence[_Leaf]) -> None:
    """Take the white of punctuation, and gaps, from both ends of a line."""
    first, last = leaves[0], leaves[-1]
    if first.layout is not None:
        left = -spacing.HALF if first.layout.trims_start else 0
        if first.layout.gaps[0] != left:
            first.grow(0, left - first.layout.gaps[0])
    if last.layout is not None:
        right = -spacing.HALF if last.layout.trims_end else 0
        if last.layout.gaps[-1] != right:
            last.grow(-1, right - last.layout.gaps[-1])


def justify_line(_context: Any, line: Any, extra_width: float) -> None:
    """Spread ``extra_width`` (px) over the line's places."""
    leaves = list(_leaves(line))
    if not leaves:
        return
    between = [_between(*pair) for pair in pairwise(leaves)]
    counts = [between.count(kind) for kind in range(spacing.AT_PIECE + 1)]
    for leaf in leaves:
        if leaf.layout is not None:
            for kind in range(1, len(counts)):
                counts[kind] += leaf.layout.places.count(kind)
    extra = (extra_width + _hanging(line)) / line.style["font_size"] * 1000
    shares = spacing.stretch(counts, extra)
    if not any(shares):
        return
    for leaf in leaves:
        _stretch(leaf, shares, line.style["font_size"])
    for index, kind in enumerate(between):
        _part(leaves[index], leaves[index + 1], kind, shares[kind], line.style["font_size"])
    _move(line, 0, iter(leaves))


def _hanging(line: Any) -> float:
    """Return how much white a formula at the end of a line has at its right; px."""
    box, width = line, 0.0
    while isinstance(box, boxes.LineBox | boxes.InlineBox) and box.children:
        box = box.children[-1]
        width += box.margin_right if _is_formula(box) else 0
    space = getattr(getattr(box, "replacement", None), "trailing_space", 0.0)
    return width + float(space * box.style["font_size"])


def _stretch(leaf: _Leaf, shares: Sequence[float], font_size: float) -> None:
    """Widen the places within a text; shares are in thousandths of the line's em."""
    layout = leaf.layout
    if layout is None or not layout.places:
        return
    scale = font_size / leaf.box.style["font_size"]
    gaps = [
        gap + scale * shares[kind]
        for gap, kind in zip(layout.gaps[1:], layout.places, strict=False)
    ]
    layout.gaps = [layout.gaps[0], *gaps, layout.gaps[-1]]
    leaf.grown += sum(map(shares.__getitem__, layout.places)) * font_size / 1000


def _part(leaf: _Leaf, following: _Leaf, kind: int, share: float, font_size: float) -> None:
    """Put space between two pieces: a gap between Chinese and Latin is the Chinese text's own."""
    if not share:
        return
    if kind == spacing.AT_GAP and leaf.layout is not None and following.layout is not None:
        is_before = leaf.layout.gaps[-1] > 0
        owner = leaf if is_before else following
        owner.grow(-1 if is_before else 0, share * font_size / owner.box.style["font_size"])
    else:
        leaf.space_after = share * font_size / 1000


def _between(leaf: _Leaf, following: _Leaf) -> int:
    """Return the kind of place between two pieces."""
    if leaf.layout is not None and following.layout is not None:
        if leaf.layout.gaps[-1] > 0 or following.layout.gaps[0] > 0:
            return spacing.AT_GAP
        kind = _kind(leaf.box.text[-1], following.box.text[0])
        return spacing.NOWHERE if kind == spacing.AT_GAP else kind
    before = leaf.box.text[-1] if leaf.layout is not None else spacing.IMAGE
    after = following.box.text[0] if following.layout is not None else spacing.IMAGE
    return _kind(before, after)


def _kind(before: str, after: str) -> int:
    return spacing.kinds(spacing.classes(before + after))[0]


def _leaves(box: Any) -> Iterator[_Leaf]:
    for child in box.children:
        if not child.is_in_normal_flow():
            continue
        if isinstance(child, boxes.TextBox):
            if child.text:
                yield _Leaf(child, _set_layout(child))
        elif isinstance(child, boxes.InlineBox):
            yield from _leaves(child)
        else:
            yield _Leaf(child, None)


def _set_layout(box: Any) -> SetLine:
    """Return the layout of a text, which may have been WeasyPrint's own till now."""
    layout = box.pango_layout
    if not isinstance(layout, SetLine):
        text = layout.text
        places = spacing.spaces_only(spacing.classes(text))
        layout = SetLine(text, [0] * (len(text) + 1), places, layout, layout.max_width)
        box.pango_layout = layout
    return layout


def _move(box: Any, advance: float, leaves: Iterator[_Leaf]) -> float:
    """Move a box to the right by ``advance`` and widen it; return the advance after it."""
    if isinstance(box, boxes.LineBox | boxes.InlineBox):
        before = advance
        box.position_x += advance
        for child in box.children:
            if child.is_in_normal_flow():
                advance = _move(child, advance, leaves)
        box.width += advance - before
        return advance
    if isinstance(box, boxes.TextBox):
        box.position_x += advance
        if not box.text:
            return advance
        leaf = next(leaves)
        box.width += leaf.grown
        return advance + leaf.grown + leaf.space_after
    leaf = next(leaves)
    box.translate(advance, 0)
    return advance + leaf.space_after
