"""A text in one style → what Pango finds when it shapes it: glyphs, heights, places to break.

Read from Pango's own tables of numbers, which is much quicker than asking for each glyph.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from weasyprint.text.ffi import FROM_UNITS, ffi, gobject, pango

from kexue_book.pdf import spacing
from kexue_book.pdf.set_line import (
    GLYPH_INFO,
    WIDTH,
    X_OFFSET,
    Y_OFFSET,
    SharingLayout,
    byte_offsets,
    glyph_fields,
    runs,
)

ffi.cdef("gpointer g_object_ref (gpointer object);")
_INK = ffi.new("PangoRectangle *")
_LOGICAL = ffi.new("PangoRectangle *")
_ROOM = 0.49
"""em: so much of a mark has to be white for half an em of it to go."""
_MOST_GLYPHS = 0xFFFF
"""Of a font; greater numbers mean that there is nothing to see, or no glyph."""


@dataclass(slots=True)
class GlyphRun:
    """Neighbouring glyphs of one font."""

    start: int
    """Index of its first glyph among those of the text."""
    end: int
    font: Any
    """Pango's."""
    drawn_with: Any = None
    """What draws it notes here what it found."""


@dataclass(slots=True)
class Glyphs:
    """The glyphs of a text from left to right, each in its place."""

    numbers: array[int] = field(default_factory=partial(array, "i"))
    widths: array[int] = field(default_factory=partial(array, "i"))
    """Pango's units."""
    characters: array[int] = field(default_factory=partial(array, "i"))
    """Index of the first character that a glyph shows."""
    runs: list[GlyphRun] = field(default_factory=list)

    def add(self, run: Any, fields: memoryview, characters: list[int]) -> bool:
        """Add a run of Pango's; return False if not all of its glyphs are plain ones."""
        numbers = fields[::GLYPH_INFO]
        start = len(self.numbers)
        self.numbers.frombytes(numbers.tobytes())
        self.widths.frombytes(fields[WIDTH::GLYPH_INFO].tobytes())
        self.characters.extend(characters)
        self.runs.append(GlyphRun(start, len(self.numbers), run.item.analysis.font))
        is_shifted = any(fields[X_OFFSET::GLYPH_INFO]) or any(fields[Y_OFFSET::GLYPH_INFO])
        return not is_shifted and max(self.numbers[start:], default=0) <= _MOST_GLYPHS


@dataclass(frozen=True, slots=True)
class Height:
    """How far a run of text reaches; px."""

    start: int
    """Index of its first character."""
    above: float
    below: float


@dataclass(frozen=True, slots=True)
class Shaped:
    """What is known of a text."""

    offsets: Sequence[int]
    """Where each character begins in UTF-8, and where the last one ends."""
    advances: Sequence[float]
    """px."""
    trims: frozenset[int]
    """Indices of the punctuation half of whose room is white."""
    heights: Sequence[Height]
    breaks: Sequence[int]
    """Indices of the characters before which a line may end."""
    layout: Any
    """WeasyPrint's, put out of use."""
    glyphs: Glyphs | None
    """None if there is more to them than a number and a width."""


def shape(text: str, classes: str, style: Any) -> Shaped:
    """Shape a text; ``classes`` are those of its characters."""
    layout = SharingLayout(style)
    layout.set_text(text)
    line, _ = layout.get_first_line()
    offsets = byte_offsets(text)
    index_of = {offset: index for index, offset in enumerate(offsets)}
    advances = [0.0] * len(text)
    trims: set[int] = set()
    heights = []
    glyphs, are_plain = Glyphs(), True
    room = _ROOM * style["font_size"] / FROM_UNITS
    for run in runs(line):
        fields, base, font = glyph_fields(run), run.item.offset, run.item.analysis.font
        clusters = ffi.unpack(run.glyphs.log_clusters, run.glyphs.num_glyphs)
        characters = [index_of[base + cluster] for cluster in clusters]
        are_plain &= glyphs.add(run, fields, characters)
        for index, glyph, width in zip(
            characters, fields[::GLYPH_INFO], fields[WIDTH::GLYPH_INFO], strict=True
        ):
            advances[index] += width * FROM_UNITS
            if classes[index] in _MARKS and _white(classes[index], font, glyph, width) >= room:
                trims.add(index)
        if clusters:
            heights.append(_height(index_of[base], font, fields[0]))
    breaks = _breaks(text, layout.layout)
    _hold_fonts(glyphs, style.font_config)
    layout.deactivate()
    known = glyphs if are_plain else None
    return Shaped(offsets, advances, frozenset(trims), heights, breaks, layout, known)


def _hold_fonts(glyphs: Glyphs, configuration: Any) -> None:
    """Keep Pango's fonts as long as WeasyPrint's configuration: drawing comes much later."""
    held = configuration.__dict__.setdefault("kexue_fonts", {})
    for run in glyphs.runs:
        address = int(ffi.cast("uintptr_t", run.font))
        if address not in held:
            held[address] = ffi.gc(gobject.g_object_ref(run.font), gobject.g_object_unref)


_MARKS = spacing.OPENING + spacing.CLOSING


def _white(kind: str, font: Any, glyph: int, width: int) -> int:
    """Return how much is white on the side of a mark that does not face what it belongs to."""
    pango.pango_font_get_glyph_extents(font, glyph, _INK, ffi.NULL)
    return int(_INK.x if kind == spacing.OPENING else width - _INK.x - _INK.width)


def _height(start: int, font: Any, glyph: int) -> Height:
    pango.pango_font_get_glyph_extents(font, glyph, ffi.NULL, _LOGICAL)
    above = -_LOGICAL.y
    return Height(start, above * FROM_UNITS, (_LOGICAL.height - above) * FROM_UNITS)


def _breaks(text: str, layout: Any) -> list[int]:
    count = ffi.new("int *")
    found = pango.pango_layout_get_log_attrs_readonly(layout, count)
    flags = memoryview(ffi.buffer(found, 4 * count[0])).cast("B").cast("I")
    return [
        index
        for index in range(1, len(text))
        if flags[index] & 1 and spacing.may_break(text[index - 1], text[index])
    ]
