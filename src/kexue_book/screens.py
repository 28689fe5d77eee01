"""A decoded image → the same as screens show it: 8 bits of grey or of each colour.

Of more bits, and of colours made for print, each program makes something else, and some nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image


_ORIENTATION = 0x0112
"""EXIF's number for how an image is to be turned."""


def is_turned(image: Image) -> bool:
    """Whether it is to be turned before it is shown, which many devices do not do."""
    return bool(image.getexif().get(_ORIENTATION, 1) != 1)


def on_screen(image: Image) -> Image:
    """Return the first frame in 8 bits: RGB, RGBA or greys."""
    if image.mode.startswith("I"):
        return _in_eight_bits(image)
    if image.has_transparency_data:
        clear = image.convert("RGBA")
        has_holes = clear.getchannel("A").getextrema()[0] < 255  # type: ignore[operator]
        return clear if has_holes else clear.convert("RGB")
    return image.copy() if image.mode in ("L", "RGB") else image.convert(_plain(image))


def _plain(image: Image) -> str:
    return "L" if image.mode in ("1", "F") else "RGB"


def _in_eight_bits(image: Image) -> Image:
    levels = image.convert("I")
    clear = levels.info.pop("transparency", None)
    grey = levels.point(lambda level: level * (1 / 256)).convert("L")
    if not isinstance(clear, int):
        return grey
    from PIL import ImageChops

    # A PNG may name one level that is clear: its neighbours, the same in 8 bits, are not.
    above = levels.point(lambda level: level * 1 - clear).convert("L")
    below = levels.point(lambda level: level * -1 + clear).convert("L")
    ink = ImageChops.lighter(above, below).point([0] + [255] * 255)
    seen = grey.convert("RGBA")
    seen.putalpha(ink)
    return seen
