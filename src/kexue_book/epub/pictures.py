"""A formula → an ``<img>`` of it: black on nothing, 300 dots an inch where 1 em is 12 points.

For reading systems that show neither MathML nor inline SVG. Equal pictures are one file.
"""

from __future__ import annotations

import functools
import hashlib
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass

import resvg_py
from fontTools.ttLib import TTFont
from lxml import etree
from PIL import Image

from kexue_book.epub.cover_text import CoverFont
from kexue_book.epub.drawings import display_style
from kexue_book.epub.xhtml import XHTML, one_line
from kexue_book.formulas import Box, draw_svg, formula_box
from kexue_book.model import Formula, Glyph, Typeset

_DOTS = 50
"""An em."""
_UNIT = 1000 // _DOTS
"""Thousandths of an em that a dot is wide."""
_ZOOM = _DOTS / 16
"""resvg takes an em for 16 px."""
_MARGIN = 240
"""Thousandths of an em that a slanted letter may reach out of its formula's box, at most."""
_SHADES = 16
"""Levels of grey: with so few a picture has a third of the size, and looks the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Picture:
    """A file, and how large it is shown; em."""

    name: str
    width: float
    height: float
    depth: float


class PngShapes:
    """Shapes of the profile ``png``."""

    def __init__(self, glyphs: Mapping[str, Glyph]) -> None:
        """``glyphs`` are all that the formulas name."""
        self.files: dict[str, bytes] = {}
        self._glyphs = glyphs
        self._pictures: dict[str, _Picture] = {}

    def element(self, formula: Formula, typeset: Typeset) -> etree._Element:
        """Return an ``<img>`` element."""
        picture = self._pictures.get(typeset.operators) or self._draw(typeset)
        self._pictures[typeset.operators] = picture
        image = etree.Element(f"{XHTML}img", {"src": picture.name, "class": "formula-picture"})
        image.set("alt", one_line(formula.source))
        image.set("style", _style(picture, display=formula.display))
        return image

    def _draw(self, typeset: Typeset) -> _Picture:
        box = _whole_dots(formula_box(typeset))
        wide = Box(
            left=box.left - _MARGIN,
            bottom=box.bottom - _MARGIN,
            right=box.right + _MARGIN,
            top=box.top + _MARGIN,
        )
        svg = draw_svg(typeset, self._glyphs, label="", box=wide)
        drawn = Image.open(io.BytesIO(_rasterise(svg)))
        left, top, right, bottom = _shown(drawn, _MARGIN // _UNIT)
        content = _small_file(drawn.crop((left, top, right, bottom)))
        name = f"images/formula-{hashlib.sha256(content).hexdigest()[:20]}.png"
        self.files[name] = content
        return _Picture(
            name=name,
            width=(right - left) / _DOTS,
            height=(bottom - top) / _DOTS,
            depth=bottom / _DOTS - wide.top / 1000,
        )


def _style(picture: _Picture, *, display: bool) -> str:
    if display:
        return display_style(picture.width)
    size = f"width:{picture.width:.4g}em;height:{picture.height:.4g}em"
    return f"{size};vertical-align:{-picture.depth:.4g}em"


def _whole_dots(box: Box) -> Box:
    """Return ``box`` a little larger, its sides on whole dots."""
    return Box(
        left=math.floor(box.left / _UNIT) * _UNIT,
        bottom=math.floor(box.bottom / _UNIT) * _UNIT,
        right=math.ceil(box.right / _UNIT) * _UNIT,
        top=math.ceil(box.top / _UNIT) * _UNIT,
    )


def _shown(drawn: Image.Image, margin: int) -> tuple[int, int, int, int]:
    """Return the part to keep: all but the margins, and what ink there is in these."""
    left, top, right, bottom = margin, margin, drawn.width - margin, drawn.height - margin
    ink = drawn.getchannel("A").getbbox() or (left, top, right, bottom)
    return min(left, ink[0]), min(top, ink[1]), max(right, ink[2]), max(bottom, ink[3])


def _rasterise(svg: str) -> bytes:
    if "<text" not in svg:
        return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=_ZOOM, skip_system_fonts=True))
    path, family = _chinese_font()
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg, zoom=_ZOOM, font_files=[path], serif_family=family, languages=["zh-CN"]
        )
    )


@functools.cache
def _chinese_font() -> tuple[str, str]:
    """Return the file of the font that the cover has, and its family."""
    found = CoverFont.find(bold=False)
    with TTFont(found.path, fontNumber=found.index, lazy=True) as font:
        return found.path, font["name"].getBestFamilyName()


def _small_file(drawn: Image.Image) -> bytes:
    """Return a PNG file; of a black drawing only its transparency, in few levels."""
    alpha = drawn.getchannel("A")
    file = io.BytesIO()
    if drawn.convert("RGB").getbbox() is not None:  # there is a colour
        drawn.save(file, "PNG")
        return file.getvalue()
    last = _SHADES - 1
    levels = alpha.point([round(value / 255 * last) for value in range(256)])
    black = Image.frombytes("P", levels.size, levels.tobytes())
    black.putpalette(bytes(3 * _SHADES))
    shades = bytes(round(level / last * 255) for level in range(_SHADES))
    black.save(file, "PNG", bits=4, transparency=shades)
    return file.getvalue()
