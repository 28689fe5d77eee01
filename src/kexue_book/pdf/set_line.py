"""A line's text and the spaces between its characters → a Pango layout set that way.

WeasyPrint makes a Pango layout for each piece of a line and draws what glyphs Pango finds, as wide
as Pango has them. Here no layout is made unless somebody asks for it, since ``draw_line.py`` draws
most lines without; and then the glyphs' widths are what the line wants: so text is shaped as it is,
and no attribute parts it. Written for WeasyPrint 70's ``text.line_break.Layout``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any

from weasyprint.text.ffi import ffi, gobject, pango
from weasyprint.text.line_break import Layout, _font_style_cache_key

ffi.cdef("""
    PangoContext * pango_layout_get_context (PangoLayout *layout);
    const PangoFontDescription * pango_layout_get_font_description (PangoLayout *layout);
""")

GLYPH_INFO = 5
"""Fields of a PangoGlyphInfo, all of 32 bits: glyph, width, two offsets, flags."""
WIDTH, X_OFFSET, Y_OFFSET = 1, 2, 3

_DECORATION = (
    *("ascent", "underline_position", "strikethrough_position"),
    *("underline_thickness", "strikethrough_thickness"),
)


class SharingLayout(Layout):  # type: ignore[misc]
    """A layout that shares what WeasyPrint makes anew for each: a Pango context and a font."""

    def setup(self, style: Any) -> None:
        """Make the Pango layout."""
        known = style.__dict__.get("kexue_setup")
        if known is None:
            known = style.kexue_setup = self._find(style)
        if known is False:
            super().setup(style)
            return
        self.style = style
        self.first_line_direction = 0
        self.language = known.language
        self.ascent = self.underline_position = self.strikethrough_position = None
        self.layout = ffi.gc(pango.pango_layout_new(known.context), gobject.g_object_unref)
        pango.pango_layout_set_auto_dir(self.layout, False)
        pango.pango_layout_set_font_description(self.layout, known.font)

    def _find(self, style: Any) -> Any:
        """Return what layouts of this style may share; False if they may share nothing."""
        fonts = style.font_config
        shared = fonts.__dict__.setdefault("kexue_setups", {})
        key = (_font_style_cache_key(style, include_size=True), style["direction"])
        if style["text_decoration_line"] != "none":
            return False
        if key not in shared:
            super().setup(style)
            plain = pango.pango_layout_get_attributes(self.layout) == ffi.NULL
            shared[key] = _Shared(self.layout, self.language) if plain else False
        return shared[key]


class _Shared:
    """What the layouts of a style have in common; held by the first of them."""

    def __init__(self, layout: Any, language: Any) -> None:
        self._layout = layout
        self.language = language
        self.context = pango.pango_layout_get_context(layout)
        self.font = pango.pango_layout_get_font_description(layout)


class SetLine(SharingLayout):
    """A piece of a line whose characters stand where they are told to."""

    def __init__(
        self, text: str, gaps: Sequence[float], places: bytes, model: Any, max_width: Any
    ) -> None:
        """Take the text and what surrounds its characters.

        Args:
            text: Of the piece.
            gaps: Thousandths of an em before each character and after the last.
            places: Kinds of places between the characters.
            model: A layout of the same style.
            max_width: What WeasyPrint wants to know of layouts it shortens.
        """
        self.text = text
        self.gaps = gaps
        self.places = places
        self.trims_start = False
        """Whether there is a white half to lose at the left if a line begins here."""
        self.trims_end = False
        self.origin: Any = None
        """The ruler it was measured with, and where in its text it lies."""
        self.max_width = max_width
        self.justification_spacing = 0
        self.first_line_direction = 0
        for name in _DECORATION:
            if hasattr(model, name):
                setattr(self, name, getattr(model, name))
        self._is_set = True

    def reactivate(self, style: Any) -> None:
        """Get ready to be drawn."""
        self.style = style
        self._is_set = False

    def __getattr__(self, name: str) -> Any:
        """Shape the text again when Pango's layout of it is asked for, while it is drawn."""
        if name != "layout" or "style" not in self.__dict__:
            raise AttributeError(name)
        super().reactivate(self.style)
        return self.__dict__[name]

    def deactivate(self) -> None:
        """Let go of what is only needed to draw."""
        for name in ("layout", "language", "style"):
            self.__dict__.pop(name, None)

    def get_first_line(self) -> Any:
        """Return the line with its glyphs where they belong."""
        line, index = super().get_first_line()
        if not self._is_set:
            self._is_set = True
            if any(self.gaps):
                _set_glyphs(line, self.text, self.gaps, self.style["font_size"])
        return line, index


def runs(line: Any) -> Iterator[Any]:
    """Yield the runs of a Pango line."""
    node = line.runs[0]
    while node != ffi.NULL:
        yield node.data
        node = node.next


def glyph_fields(run: Any) -> memoryview:
    """Return the run's glyphs as one row of numbers, which may be changed."""
    glyphs = run.glyphs
    size = glyphs.num_glyphs * GLYPH_INFO * 4
    return memoryview(ffi.buffer(glyphs.glyphs, size)).cast("B").cast("i")


def byte_offsets(text: str) -> list[int]:
    """Return where each character begins in UTF-8, and where the last one ends."""
    if text.isascii():
        return list(range(len(text) + 1))
    sizes = (
        1 if char < "\x80" else 2 if char < "\u0800" else 3 if char < "\U00010000" else 4
        for char in text
    )
    return [0, *accumulate(sizes)]


def _set_glyphs(line: Any, text: str, gaps: Sequence[float], font_size: float) -> None:
    """Put ``gaps`` between the glyphs of a line."""
    unit = font_size * 1.024  # Pango's units in a thousandth of an em
    wanted = {
        offset: gap for offset, gap in zip(byte_offsets(text), whole_gaps(gaps), strict=True) if gap
    }
    last: tuple[memoryview, int] | None = None
    for run in runs(line):
        fields, base = glyph_fields(run), run.item.offset
        clusters = ffi.unpack(run.glyphs.log_clusters, run.glyphs.num_glyphs)
        for number, cluster in enumerate(clusters):
            gap = wanted.pop(base + cluster, 0) if wanted else 0
            place = number * GLYPH_INFO
            if gap and last is not None:
                last[0][last[1] + WIDTH] += rounded_gap(gap, unit)
            elif gap:
                # WeasyPrint takes offsets in 1/1000 px where Pango's are in 1/1024.
                fields[place + X_OFFSET] += round(gap * font_size)
                fields[place + WIDTH] += round(gap * unit)
            last = fields, place
    if last is not None and wanted:
        last[0][last[1] + WIDTH] += rounded_gap(wanted.popitem()[1], unit)


def rounded_gap(gap: int, unit: float) -> int:
    """WeasyPrint cuts the fraction off when it turns the units into thousandths again."""
    return round((gap + (0.3 if gap > 0 else -0.3)) * unit)


def whole_gaps(gaps: Sequence[float]) -> Iterator[int]:
    """Yield whole thousandths; what is rounded off one goes to the next."""
    left = 0.0
    for gap in gaps:
        if gap:
            whole = round(gap + left)
            left += gap - whole
            yield whole
        else:
            yield 0
