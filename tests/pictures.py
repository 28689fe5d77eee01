"""Images of every kind that posts hold, drawn by Pillow: bytes by file name."""

from __future__ import annotations

import io
import random
from typing import Any

from PIL import Image, ImageDraw

DRAWING = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="60pt" height="30pt" viewBox="0 0 60 30">'
    b'<rect x="0" y="0" width="30" height="30" fill="#000"/>'
    b'<text x="32" y="20" font-size="12" font-family="Nowhere">\xe5\x9b\xbe</text></svg>'
)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def drawing(size: tuple[int, int] = (120, 80), *, mode: str = "RGB") -> Image.Image:
    """A black frame with a red bar at the top, on white; on nothing in a mode with alpha."""
    ground: Any = (0, 0, 0, 0) if mode == "RGBA" else "white"
    image = Image.new(mode, size, ground)
    draw = ImageDraw.Draw(image)
    draw.rectangle((2, 2, size[0] - 3, size[1] - 3), outline="black", width=3)
    draw.rectangle((0, 0, size[0], size[1] // 5), fill="red")
    return image


def photo(size: tuple[int, int] = (200, 150)) -> Image.Image:
    """Something with as many colours as a photograph."""
    chance = random.Random(5)
    blocks = bytes(chance.randrange(256) for _ in range(12 * 9 * 3))
    return Image.frombytes("RGB", (12, 9), blocks).resize(size, Image.Resampling.BICUBIC)


def frames(kind: str, **options: Any) -> bytes:
    """An image that moves: first red, then blue."""
    red, blue = Image.new("RGB", (40, 30), "red"), Image.new("RGB", (40, 30), "blue")
    return saved(red, kind, save_all=True, append_images=[blue], duration=200, loop=0, **options)


def turned_jpeg() -> bytes:
    """A JPEG whose red side is at the left, to be shown with it at the top: a quarter clockwise."""
    image = Image.new("RGB", (80, 40), "white")
    image.paste("red", (0, 0, 20, 40))
    exif = Image.Exif()
    exif[0x0112] = 6
    return saved(image, "JPEG", exif=exif, quality=95)


def all_kinds() -> dict[str, bytes]:
    return {
        "photo.webp": saved(photo(), "WEBP"),
        "drawing.webp": saved(drawing(), "WEBP", lossless=True),
        "photo.avif": saved(photo(), "AVIF"),
        "drawing.svg": DRAWING,
        "still.gif": saved(drawing().convert("P"), "GIF"),
        "moving.gif": frames("GIF"),
        "drawing.bmp": saved(drawing(), "BMP"),
        "print.jpg": saved(drawing().convert("CMYK"), "JPEG"),
        "turned.jpg": turned_jpeg(),
        "deep.png": saved(Image.new("I;16", (50, 40), 40_000), "PNG"),
        "clear.png": saved(drawing((90, 60), mode="RGBA"), "PNG"),
        "wide.png": saved(drawing((3000, 300)), "PNG"),
    }
