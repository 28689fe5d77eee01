"""What a cover says and its figure → its image: reading systems show a picture, not a page.

Title above, the figure in the middle, authors and extent below; large enough to be read when a
shelf shows it 160 px wide.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageDraw

from kexue_book.cover.drawing import paint_figure
from kexue_book.cover.figure import Figure
from kexue_book.cover.palette import Palette
from kexue_book.cover.text import CoverFont, fit_text
from kexue_book.cover.words import CoverWords

WIDTH, HEIGHT = 1600, 2400
_MARGIN = 150
_FIGURE = 1240


@dataclass(frozen=True, slots=True, kw_only=True)
class _Style:
    """How a piece of text is set; sizes in px."""

    largest: int
    smallest: int
    lines: int
    """At most so many; the rest is cut, with an ellipsis."""
    bold: bool = False


_TITLE = _Style(largest=272, smallest=92, lines=4, bold=True)
_SUBTITLE = _Style(largest=76, smallest=56, lines=2)
_AUTHORS = _Style(largest=84, smallest=56, lines=2)
_EXTENT = _Style(largest=60, smallest=48, lines=1)
_LEADING = 1.3


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedTitle:
    """A title broken into lines."""

    size: float
    """Of its letters, in hundredths of the cover's width."""
    lines: tuple[str, ...]


def fit_title(words: CoverWords) -> FittedTitle:
    """Return the title's lines.

    Raises:
        MissingDependencyError: no Chinese font is installed.
    """
    _, size, lines = _fitted(words.title, _TITLE)
    return FittedTitle(size=100 * size / WIDTH, lines=tuple(lines))


def paint_cover(words: CoverWords, figure: Figure, palette: Palette) -> bytes:
    """Return the cover as PNG, 1600 by 2400 px.

    Raises:
        MissingDependencyError: no Chinese font is installed.
    """
    image = Image.new("RGB", (WIDTH, HEIGHT), palette.paper)
    draw = ImageDraw.Draw(image)
    lower = _draw_text(draw, words.title, 190, _TITLE, palette.ink)
    lower = _draw_text(draw, words.subtitle, lower + 30, _SUBTITLE, palette.quiet)
    foot = HEIGHT - 350 - (0 if words.authors else -100)
    side = round(min(_FIGURE, foot - lower - 90))
    picture = paint_figure(figure, palette, side)
    image.paste(picture, ((WIDTH - side) // 2, round((lower + foot - side) / 2)))
    lower = _draw_text(draw, words.authors, foot, _AUTHORS, palette.ink)
    _draw_text(draw, words.extent, max(lower + 22, foot + 100), _EXTENT, palette.quiet)
    return _png(image)


def _png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    few = image.quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(file, "PNG", compress_level=9)
    return file.getvalue()


def _draw_text(draw: ImageDraw.ImageDraw, text: str, y: float, style: _Style, color: str) -> float:
    """Draw centred text, smaller and in several lines when it is long; return its lower end."""
    if not text:
        return y
    face, size, lines = _fitted(text, style)
    font = face.at(size)
    for line in lines:
        draw.text((WIDTH / 2, y), line, font=font, fill=color, anchor="ma")
        y += size * _LEADING
    return y


def _fitted(text: str, style: _Style) -> tuple[CoverFont, int, list[str]]:
    face = CoverFont.find(bold=style.bold)
    size, lines = fit_text(
        *(face.drawable(text), face, WIDTH - 2 * _MARGIN),
        sizes=range(style.largest, style.smallest - 1, -4),
        most=style.lines,
    )
    return face, size, lines
