"""An image of a post → the same as WeasyPrint can put it into a PDF by itself.

WeasyPrint 70 takes greys and RGB of 8 bits, and JPEG in colours of print. Of greys of more bits it
makes noise, or white; TIFFs in colours of print it leaves out. What ``bitmap_image.py`` takes does
not come here: that is all but JPEG, if WeasyPrint is the one that is known.
"""

from __future__ import annotations

import io

from PIL import Image

from kexue_book.screens import on_screen

_DRAWN = frozenset(("1", "L", "LA", "P", "RGB", "RGBA"))
_JPEG = "image/jpeg"


def drawable(data: bytes, media_type: str, *, only_rgb: bool) -> tuple[bytes, str]:
    """Return an image's file and its media type; mostly they are the same.

    ``only_rgb`` makes colours of print those of screens.
    """
    if media_type == _JPEG:
        return (_in_rgb(data) if only_rgb else data), media_type
    if media_type == "image/svg+xml":
        return data, media_type
    converted = io.BytesIO()
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.mode in _DRAWN:
                return data, media_type
            on_screen(image).save(converted, "PNG")
    except (OSError, ValueError):
        return data, media_type  # WeasyPrint says so
    return converted.getvalue(), "image/png"


def _in_rgb(jpeg: bytes) -> bytes:
    with Image.open(io.BytesIO(jpeg)) as image:
        if image.mode != "CMYK":
            return jpeg
        converted = io.BytesIO()
        image.convert("RGB").save(converted, "JPEG", quality=92)
    return converted.getvalue()
