"""Flush right margins for Chinese, which WeasyPrint stretches only at spaces.

A line's spare width goes evenly to the places where Chinese may be stretched (CLREQ 3.4):
between two characters of which one is Chinese, but neither before closing nor after opening
punctuation; between text and a formula; and to spaces. Between two letters there is a limit,
since programs that read PDF take a wider gap for a space; what is left goes to the other
places, and what those cannot take leaves the line short. Written for WeasyPrint 70's
``layout.inline.justify_line`` and ``text.line_break.Layout.set_text``; when either is not
what it was, :func:`justify_chinese` leaves WeasyPrint alone and lines stay ragged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from weasyprint.formatting_structure import boxes
from weasyprint.layout import inline
from weasyprint.text import line_break
from weasyprint.text.ffi import TO_UNITS, ffi, pango

MAX_BETWEEN_LETTERS = 0.09
"""em: Poppler sees a space from 0.1 em on."""
MAX_ELSEWHERE = 0.5
"""em: at spaces and beside formulas."""

_CHINESE = "\u2e80-\u2fff\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef“”‘’—…"
_CLOSING = "，。、；：？！）》〉」』】〕”’,.;:?!)]}％%…—"
_OPENING = "（《〈「『【〔“‘([{"
_IS_CHINESE = re.compile(f"[{_CHINESE}]")


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A piece of a line: text with the places where it stretches, or a formula."""

    box: Any
    places: tuple[int, ...]
    """Indices of the characters that grow; none for formulas."""
    trailing: bool
    """Whether there is a place between this piece and the next."""

    def is_wide(self, index: int) -> bool:
        """Whether it is a space that grows, and no gap between two letters."""
        return self.box.text[index] in " \u00a0"


@dataclass(frozen=True, slots=True)
class _Spacing:
    """What each place gets; px."""

    letters: float
    elsewhere: float


def justify_chinese() -> bool:
    """Take WeasyPrint's justification over; return whether that worked. Safe to call again."""
    if getattr(inline.justify_line, "__module__", "") == __name__:
        return True
    try:
        known = line_break.Layout.set_text.__code__.co_varnames[:3] == ("self", "text", "justify")
        known = known and inline.justify_line.__code__.co_varnames[:3] == (
            "context",
            "line",
            "extra_width",
        )
    except AttributeError:
        return False
    if not known:
        return False
    original = line_break.Layout.set_text

    def set_text(self: Any, text: str, justify: bool = False) -> None:
        original(self, text, justify)
        stretch = getattr(self, "kexue_stretch", None)
        if justify and stretch is not None:
            _stretch_characters(self, *stretch)

    line_break.Layout.set_text = set_text
    inline.justify_line = justify_line
    return True


def justify_line(context: Any, line: Any, extra_width: float) -> None:
    """Spread ``extra_width`` (px) over the line's places."""
    leaves = list(_leaves(line))
    extra_width += _hanging(leaves)
    wide = sum(leaf.trailing + sum(leaf.is_wide(index) for index in leaf.places) for leaf in leaves)
    letters = sum(len(leaf.places) + leaf.trailing for leaf in leaves) - wide
    if extra_width > 0 and letters + wide:
        spacing = share_out(extra_width / line.style["font_size"], letters, wide)
        font_size = line.style["font_size"]
        shared = _Spacing(spacing[0] * font_size, spacing[1] * font_size)
        _move(context, line, shared, 0, iter(leaves))


def _hanging(leaves: list[_Leaf]) -> float:
    """Return how much white the last piece of a line has at its right; px."""
    last = leaves[-1].box if leaves else None
    space = getattr(getattr(last, "replacement", None), "trailing_space", 0.0)
    return float(space * last.style["font_size"]) if last is not None else 0.0


def share_out(extra: float, letters: int, wide: int) -> tuple[float, float]:
    """Return how much a place between letters and any other place gets; all in em."""
    even = extra / (letters + wide)
    if even <= MAX_BETWEEN_LETTERS:
        return even, even
    left = extra - letters * MAX_BETWEEN_LETTERS
    return MAX_BETWEEN_LETTERS, min(left / wide, MAX_ELSEWHERE) if wide else 0.0


def _leaves(line: Any) -> Iterator[_Leaf]:
    pieces = list(_pieces(line))
    for index, box in enumerate(pieces):
        following = pieces[index + 1] if index + 1 < len(pieces) else None
        text = box.text if isinstance(box, boxes.TextBox) else ""
        yield _Leaf(box, places(text), following is not None and _meets(box, following))


def _pieces(box: Any) -> Iterator[Any]:
    for child in box.children:
        if not child.is_in_normal_flow():
            continue
        if isinstance(child, boxes.InlineBox) and not isinstance(child, boxes.TextBox):
            yield from _pieces(child)
        else:
            yield child


def places(text: str) -> tuple[int, ...]:
    """Return the indices of the characters after which a line may be stretched.

    Not the last character: what follows it is another piece of the line.
    """
    found = []
    for index in range(len(text) - 1):
        before, after = text[index], text[index + 1]
        if before in " \u00a0" or _stretches(before, after):
            found.append(index)
    return tuple(found)


def _stretches(before: str, after: str) -> bool:
    if after in _CLOSING or before in _OPENING or after in " \u00a0":
        return False
    return bool(_IS_CHINESE.match(before) or _IS_CHINESE.match(after))


def _meets(box: Any, following: Any) -> bool:
    """Whether the line may be stretched between two pieces."""
    before = box.text[-1:] if isinstance(box, boxes.TextBox) else "x"
    after = following.text[:1] if isinstance(following, boxes.TextBox) else "x"
    if before in (" ", "\u00a0"):
        return True
    if not before or not after:
        return False
    return _stretches(before, after)


def _move(
    context: Any, box: Any, spacing: _Spacing, advance: float, leaves: Iterator[_Leaf]
) -> float:
    """Move a box to the right by ``advance`` and widen it; return the advance after it."""
    if isinstance(box, boxes.LineBox | boxes.InlineBox) and not isinstance(box, boxes.TextBox):
        box.position_x += advance
        before = advance
        for child in box.children:
            if child.is_in_normal_flow():
                advance = _move(context, child, spacing, advance, leaves)
        box.width += advance - before
        return advance
    leaf = next(leaves)
    if not isinstance(box, boxes.TextBox):
        box.translate(advance, 0)
        return advance + spacing.elsewhere * leaf.trailing
    box.position_x += advance
    stretch = [
        (index, spacing.elsewhere if leaf.is_wide(index) else spacing.letters)
        for index in leaf.places
    ]
    if stretch:
        layout = line_break.create_layout(box.text, box.style, context, None, 0)
        layout.kexue_stretch = (box.text, stretch)
        layout.deactivate()
        box.pango_layout = layout
    wider = sum(gap for _, gap in stretch)
    box.width += wider
    # Pango puts half of a character's spacing before it: what comes after the piece is moved.
    return advance + wider + spacing.elsewhere * leaf.trailing


def _stretch_characters(layout: Any, text: str, stretch: list[tuple[int, float]]) -> None:
    """Give some characters of a Pango layout letter spacing: (index, px)."""
    attributes = pango.pango_layout_get_attributes(layout.layout)
    if attributes == ffi.NULL:
        attributes = ffi.gc(pango.pango_attr_list_new(), pango.pango_attr_list_unref)
    own = layout.style["letter_spacing"]
    own = 0 if own == "normal" else own
    offsets = [0]
    for character in text:
        offsets.append(offsets[-1] + len(character.encode()))
    for index, gap in stretch:
        attribute = pango.pango_attr_letter_spacing_new(int((gap + own) * TO_UNITS))
        attribute.start_index, attribute.end_index = offsets[index], offsets[index + 1]
        pango.pango_attr_list_change(attributes, attribute)
    pango.pango_layout_set_attributes(layout.layout, attributes)
