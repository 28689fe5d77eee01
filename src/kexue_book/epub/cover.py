"""A book's data → its cover image: reading systems show a picture, not a page.

Drawn with Pillow: the title over a Lissajous curve whose proportions come from the title, so
that every book of a shelf has a figure of its own.
"""

from __future__ import annotations

import hashlib
import io
import math
import shutil
import subprocess

from PIL import Image, ImageDraw, ImageFont

from kexue_book.errors import MissingDependencyError
from kexue_book.model import Book

WIDTH, HEIGHT = 1600, 2400
_SCALE = 2
"""The curve is drawn twice as large and made smaller: Pillow does not smooth lines."""
_PAPER, _INK, _ACCENT, _PALE = "#f7f5ef", "#1c2733", "#1f4e79", "#b9c6d3"
_FAMILIES = ("Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei")


def draw_cover(book: Book, period: str) -> bytes:
    """Return the cover as PNG, 1600 by 2400 px.

    Raises:
        MissingDependencyError: no Chinese font is installed.
    """
    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    image.paste(_curve(book.meta.title), (0, HEIGHT - 1300))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, WIDTH, 36), fill=_ACCENT)
    y = _draw_text(draw, book.meta.title, 320, 170, 110, _INK, bold=True)
    if book.meta.subtitle:
        y = _draw_text(draw, book.meta.subtitle, y + 40, 78, 56, _INK)
    draw.rectangle((WIDTH / 2 - 90, y + 70, WIDTH / 2 + 90, y + 76), fill=_ACCENT)
    y = _draw_text(draw, "、".join(book.meta.authors)[:60], y + 150, 74, 50, _INK)
    _draw_text(draw, period, y + 30, 56, 40, "#5b6670")
    file = io.BytesIO()
    image.quantize(128).save(file, "PNG", optimize=True)
    return file.getvalue()


def _curve(title: str) -> Image.Image:
    """Return a Lissajous figure (x = sin at, y = sin bt), a and b from the title."""
    digest = hashlib.sha256(title.encode()).digest()
    a, b = [(3, 4), (5, 6), (4, 5), (5, 8), (3, 5), (7, 8)][digest[0] % 6]
    phase = math.pi / 2 + (digest[1] / 255 - 0.5) * 0.5
    width, height = WIDTH * _SCALE, 1300 * _SCALE
    image = Image.new("RGB", (width, height), _PAPER)
    draw = ImageDraw.Draw(image)
    steps = 4000
    points = [
        (
            width * (0.5 + 0.40 * math.sin(a * 2 * math.pi * step / steps + phase)),
            height * (0.5 + 0.40 * math.sin(b * 2 * math.pi * step / steps)),
        )
        for step in range(steps + 1)
    ]
    draw.line(points, fill=_PALE, width=5 * _SCALE, joint="curve")
    for fraction in (0.07, 0.31, 0.62):
        x, y = points[int(steps * fraction)]
        radius = 13 * _SCALE
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_ACCENT)
    return image.resize((WIDTH, 1300), Image.Resampling.LANCZOS)


def _draw_text(
    draw: ImageDraw.ImageDraw,
    text: str,
    y: float,
    largest: int,
    smallest: int,
    color: str,
    *,
    bold: bool = False,
) -> float:
    """Draw centred text, smaller and in several lines when it is long; return its lower end."""
    if not text:
        return y
    size = largest
    lines = [text]
    while True:
        font = _font(size, bold=bold)
        lines = _wrap(text, font, WIDTH * 0.8)
        if len(lines) <= 2 or size <= smallest:
            break
        size = max(smallest, size - 8)
    for line in lines[:5]:
        width = font.getlength(line)
        draw.text(((WIDTH - width) / 2, y), line, font=font, fill=color)
        y += size * 1.35
    return y


def _wrap(text: str, font: ImageFont.FreeTypeFont, measure: float) -> list[str]:
    lines, line = [], ""
    for character in text:
        if line and font.getlength(line + character) > measure:
            lines.append(line)
            line = ""
        line += character
    return [*lines, line]


def _font(size: int, *, bold: bool) -> ImageFont.FreeTypeFont:
    path, index = _find_font("Bold" if bold else "Regular")
    return ImageFont.truetype(path, size, index=index)


def _find_font(style: str) -> tuple[str, int]:
    """Ask fontconfig for a Chinese font's file and the face's index in it."""
    program = shutil.which("fc-match")
    if program is not None:
        query = f"{','.join(_FAMILIES)}:style={style}:lang=zh-cn"
        answer = subprocess.run(
            [program, "-f", "%{file}\n%{index}\n%{lang}", query],
            capture_output=True,
            text=True,
            timeout=60,
        ).stdout.split("\n")
        if len(answer) == 3 and "zh-cn" in answer[2]:
            # The upper bits of the index name an instance of a variable font.
            return answer[0], int(answer[1]) & 0xFFFF
    raise MissingDependencyError(
        "no Chinese font is installed, which the cover needs",
        hint="`apt install fontconfig fonts-noto-cjk` on Debian and Ubuntu, "
        "`brew install fontconfig font-noto-sans-cjk-sc` on macOS",
    )
