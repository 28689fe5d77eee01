"""A book's data → its cover image: reading systems show a picture, not a page.

Title above, a figure that a pendulum draws in the middle, the authors below. The figure comes
from the title, so that every book on a shelf has one of its own, and always the same.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from kexue_book.epub.cover_text import CoverFont, fit_text
from kexue_book.epub.ornament import draw_ornament
from kexue_book.epub.xhtml import clean_text
from kexue_book.layout import Labels
from kexue_book.model import BookMeta

WIDTH, HEIGHT = 1600, 2400
_PAPER, _INK, _ACCENT, _QUIET = "#f8f6f0", "#1d2732", "#1f4e79", "#66707a"
_MARGIN = 180
_ORNAMENT = (1180, 980)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Style:
    """How a piece of text is set; sizes in px."""

    largest: int
    smallest: int
    lines: int
    """At most so many; the rest is cut, with an ellipsis."""
    bold: bool = False
    color: str = _INK


_TITLE = _Style(largest=184, smallest=84, lines=4, bold=True)
_SUBTITLE = _Style(largest=66, smallest=50, lines=2)
_AUTHORS = _Style(largest=72, smallest=48, lines=2)
_PERIOD = _Style(largest=46, smallest=40, lines=1, color=_QUIET)


def draw_cover(meta: BookMeta, labels: Labels, dates: Sequence[dt.datetime]) -> bytes:
    """Return the cover as PNG, 1600 by 2400 px.

    Raises:
        MissingDependencyError: no Chinese font is installed.
    """
    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, WIDTH, 28), fill=_ACCENT)
    lower = _draw_text(draw, meta.title, 300, _TITLE)
    lower = _draw_text(draw, meta.subtitle or "", lower + 36, _SUBTITLE)
    authors = separated(meta.authors, labels.separator)
    foot = HEIGHT - 330
    _place_ornament(image, meta.title, lower, foot - 60)
    draw.rectangle((WIDTH / 2 - 70, foot, WIDTH / 2 + 70, foot + 5), fill=_ACCENT)
    lower = _draw_text(draw, authors, foot + 58, _AUTHORS)
    _draw_text(draw, labels.period(dates), lower + 14, _PERIOD)
    file = io.BytesIO()
    few = image.quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(file, "PNG", compress_level=6)
    return file.getvalue()


def separated(names: Sequence[str], separator: str) -> str:
    """Return the first names in one line; ``…`` stands for more than four."""
    return separator.join(names[:4]) + ("…" if len(names) > 4 else "")


def _place_ornament(image: Image.Image, title: str, top: float, bottom: float) -> None:
    """Centre the figure between ``top`` and ``bottom``, smaller when there is little room."""
    room = bottom - top - 120
    scale = min(1.0, room / _ORNAMENT[1])
    size = (round(_ORNAMENT[0] * scale), round(_ORNAMENT[1] * scale))
    figure = draw_ornament(title, size, paper=_PAPER, near=_ACCENT, far="#c3cfda")
    middle = (top + bottom) / 2
    image.paste(figure, ((WIDTH - size[0]) // 2, round(middle - size[1] / 2)))


def _draw_text(draw: ImageDraw.ImageDraw, text: str, y: float, style: _Style) -> float:
    """Draw centred text, smaller and in several lines when it is long; return its lower end."""
    words = " ".join(clean_text(text).split())
    if not words:
        return y
    face = CoverFont.find(bold=style.bold)
    size, lines = fit_text(
        *(face.drawable(words), face, WIDTH - 2 * _MARGIN),
        sizes=range(style.largest, style.smallest - 1, -4),
        most=style.lines,
    )
    font = face.at(size)
    for line in lines:
        draw.text((WIDTH / 2, y), line, font=font, fill=style.color, anchor="ma")
        y += size * 1.38
    return y
