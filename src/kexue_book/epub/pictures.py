"""A formula → an ``<img>`` of it: black on nothing or on white, 300 dots an inch at 12 pt an em.

For reading systems that show neither MathML nor inline SVG. Equal pictures are one file.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import resvg_py
from fontTools.ttLib import TTFont
from lxml import etree
from PIL import Image

from kexue_book.cover import CoverFont
from kexue_book.epub.drawings import NARROW, display_style
from kexue_book.epub.greys import in_few_levels
from kexue_book.epub.xhtml import XHTML, clean_text, one_line
from kexue_book.errors import RenderError
from kexue_book.formulas import Box, draw_svg, formula_box
from kexue_book.kept import Kept
from kexue_book.model import Formula, Glyph, Typeset
from kexue_book.surroundings import program_fingerprint

_DOTS = (50, 25, 10, 5, 1)
"""An em; fewer where a picture would have more than ``_LARGEST``: a post can ask for any size."""
_LARGEST = 4_000_000
_EM = 16
"""px: what resvg takes an em for."""
_MARGINS = (240, 4000)
"""Thousandths of an em that ink may reach out of its formula's box: a slanted letter; the rare
formula that TeX was told is smaller than it is."""
_SHADES = 16
"""Levels of grey: with so few a picture has a third of the size, and looks the same."""


_Corners = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Picture:
    """A file, and how large it is shown; em."""

    name: str
    width: float
    height: float
    depth: float


class PngShapes:
    """Shapes of the profile ``png``."""

    def __init__(
        self, glyphs: Mapping[str, Glyph], *, opaque: bool = False, kept: Kept | None = None
    ) -> None:
        """``glyphs`` are all that the formulas name; ``opaque`` pictures have a white ground.

        What is ``kept`` of earlier builds need not be drawn again.
        """
        self._kept = kept or Kept(None)
        self._opaque = opaque
        self.files: dict[str, bytes] = {}
        self._glyphs = glyphs
        self._pictures: dict[tuple[str, Box], _Picture] = {}

    def element(self, formula: Formula, typeset: Typeset) -> etree._Element:
        """Return an ``<img>`` element."""
        key = (typeset.operators, formula_box(typeset))
        picture = self._pictures.get(key) or self._draw(typeset)
        self._pictures[key] = picture
        image = etree.Element(f"{XHTML}img", {"src": picture.name, "class": "formula-picture"})
        image.set("alt", one_line(formula.source))
        image.set("style", _style(picture, display=formula.display))
        return image

    def _draw(self, typeset: Typeset) -> _Picture:
        facts = (program_fingerprint(), self._opaque, typeset.operators, repr(formula_box(typeset)))
        name = json.dumps(("formula picture", *facts)).encode()
        known = self._kept.recall(name)
        if known is not None:
            with contextlib.suppress(ValueError, TypeError):
                return self._take(*_unpack(known))
        content, picture, lasts = self._drawn(typeset)
        if lasts:
            self._kept.store(name, _pack(content, picture))
        return self._take(content, picture)

    def _take(self, content: bytes, picture: _Picture) -> _Picture:
        self.files[picture.name] = content
        return picture

    def _drawn(self, typeset: Typeset) -> tuple[bytes, _Picture, bool]:
        """Return a picture's file, and whether it is the same whatever fonts are installed."""
        for margin in _MARGINS:
            box, dots = _canvas(typeset, margin)
            svg = draw_svg(typeset, self._glyphs, label="", box=box)
            drawn = _rasterise(svg, dots / _EM)
            ink = drawn.getchannel("A").getbbox()
            if ink is None or (min(ink[:2]) > 0 and ink[2] < drawn.width and ink[3] < drawn.height):
                break
        left, top, right, bottom = _shown(drawn, math.ceil(margin * dots / 1000), ink)
        content = _small_file(drawn.crop((left, top, right, bottom)), opaque=self._opaque)
        picture = _Picture(
            name=f"images/formula-{hashlib.sha256(content).hexdigest()[:20]}.png",
            width=(right - left) / dots,
            height=(bottom - top) / dots,
            depth=bottom / dots - box.top / 1000,
        )
        return content, picture, "<text" not in svg


def _pack(content: bytes, picture: _Picture) -> bytes:
    facts = (picture.name, picture.width, picture.height, picture.depth)
    return json.dumps(facts).encode() + b"\n" + content


def _unpack(data: bytes) -> tuple[bytes, _Picture]:
    head, _, content = data.partition(b"\n")
    name, width, height, depth = json.loads(head)
    return content, _Picture(name=name, width=width, height=height, depth=depth)


def _style(picture: _Picture, *, display: bool) -> str:
    if display:
        return display_style(picture.width)
    size = f"width:{picture.width:.4g}em"
    if picture.width <= NARROW:  # a wider one may be made narrower, and keeps its proportions
        size += f";height:{picture.height:.4g}em"
    return f"{size};vertical-align:{-picture.depth:.4g}em"


def _canvas(typeset: Typeset, margin: int) -> tuple[Box, int]:
    """Return what to draw, on whole dots, and how many of these an em has."""
    box = formula_box(typeset)
    area = (box.right - box.left) * (box.top - box.bottom) / 1_000_000
    dots = next((dots for dots in _DOTS if area * dots * dots <= _LARGEST), _DOTS[-1])
    unit = 1000 // dots
    margin = math.ceil(margin / unit) * unit
    return Box(
        left=math.floor(box.left / unit) * unit - margin,
        bottom=math.floor(box.bottom / unit) * unit - margin,
        right=math.ceil(box.right / unit) * unit + margin,
        top=math.ceil(box.top / unit) * unit + margin,
    ), dots


def _shown(drawn: Image.Image, margin: int, ink: _Corners | None) -> _Corners:
    """Return the part to keep: all but the margins, and what ink there is in these."""
    left, top, right, bottom = margin, margin, drawn.width - margin, drawn.height - margin
    if ink is None:
        return left, top, right, bottom
    return min(left, ink[0]), min(top, ink[1]), max(right, ink[2]), max(bottom, ink[3])


def _rasterise(svg: str, zoom: float) -> Image.Image:
    fonts: dict[str, Any] = {"skip_system_fonts": True}
    if "<text" in svg:
        path, family = chinese_font()
        fonts = {"font_files": [path], "serif_family": family, "languages": ["zh-CN"]}
    try:
        drawn = resvg_py.svg_to_bytes(svg_string=clean_text(svg), zoom=zoom, **fonts)
    except ValueError as problem:
        raise RenderError(f"a formula cannot be made a picture: {problem}") from problem
    return Image.open(io.BytesIO(drawn))


@functools.cache
def chinese_font() -> tuple[str, str]:
    """Return the file of the font that the cover has, and its family."""
    found = CoverFont.find(bold=False)
    with TTFont(found.path, fontNumber=found.index, lazy=True) as font:
        return found.path, font["name"].getBestFamilyName()


def _small_file(drawn: Image.Image, *, opaque: bool) -> bytes:
    """Return a PNG file; of a black drawing only its transparency, in few levels."""
    alpha = drawn.getchannel("A")
    file = io.BytesIO()
    if drawn.convert("RGB").getbbox() is not None:  # there is a colour
        ground = Image.new("RGBA", drawn.size, "white")
        (Image.alpha_composite(ground, drawn).convert("RGB") if opaque else drawn).save(file, "PNG")
        return file.getvalue()
    black, shades = in_few_levels(alpha, _SHADES)
    if opaque:
        black.putpalette([255 - shade for shade in shades for _ in "rgb"])
        black.save(file, "PNG", bits=4)
    else:
        black.putpalette(bytes(3 * _SHADES))
        black.save(file, "PNG", bits=4, transparency=shades)
    return file.getvalue()
