"""A file of the user's → the cover that it is, or what is wrong with it."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageFile, ImageOps

from kexue_book.errors import UsageError

_KINDS = {"PNG": "image/png", "JPEG": "image/jpeg"}
_MODES = ("RGB", "L", "1", "P")
"""Colours that every reading system shows and PDF/A allows, without transparency."""
_MAX_PIXELS = 50_000_000
_SMALLEST = 200
"""px: less is no cover but a stamp."""
_LARGEST = 3200
"""px of the longer side; larger ones are made smaller. Amazon asks for 2560."""
_HINT = "give --cover a PNG or JPEG file, upright, such as 1600 by 2400 px"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCover:
    """A picture that the user brings."""

    data: bytes
    media_type: str
    paper: str
    """Colour around it, where a page has another shape: that of its left and right edge."""
    is_own = True

    def image(self) -> bytes:
        """Return the picture."""
        return self.data

    def page_image(self) -> bytes:
        """Return the picture."""
        return self.data


def read_cover(path: Path) -> OwnCover:
    """Return the cover in a file, converted only where it must be.

    Raises:
        UsageError: it cannot be read, or is no picture that will do.
    """
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise UsageError(
            f"the cover {path} cannot be read: {problem.strerror}", hint=_HINT
        ) from problem
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data)) as image:
                return _checked(image, data)
        except UsageError as problem:
            raise UsageError(f"the cover {path} {problem}", hint=_HINT) from None
        except Exception as problem:  # Pillow's decoders raise anything
            raise UsageError(f"the cover {path} is no picture", hint=_HINT) from problem


def _checked(image: Image.Image, data: bytes) -> OwnCover:
    if image.width * image.height > _MAX_PIXELS:
        raise UsageError("has too many pixels")
    if min(image.size) < _SMALLEST:
        raise UsageError(f"is too small: {image.width} by {image.height} px")
    kind = image.format or ""
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint wants them, for the whole process
    image.load()
    turned = image.getexif().get(0x0112, 1) != 1
    transparent = "transparency" in image.info
    plain = image.mode in _MODES and not turned and not transparent
    if plain and kind in _KINDS and max(image.size) <= _LARGEST:
        return OwnCover(data=data, media_type=_KINDS[kind], paper=_edge(image))
    return _converted(image)


def _converted(image: Image.Image) -> OwnCover:
    """Return the picture upright, opaque, not too large, in the colours of screens."""
    upright = ImageOps.exif_transpose(image)
    if "A" in upright.getbands() or "transparency" in upright.info:
        clear = upright.convert("RGBA")
        upright = Image.new("RGB", clear.size, "white")
        upright.paste(clear, mask=clear.getchannel("A"))
    upright = upright.convert("RGB")
    upright.thumbnail((_LARGEST, _LARGEST), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    if image.format == "JPEG":
        upright.save(file, "JPEG", quality=92)
        return OwnCover(data=file.getvalue(), media_type="image/jpeg", paper=_edge(upright))
    upright.save(file, "PNG", compress_level=9)
    return OwnCover(data=file.getvalue(), media_type="image/png", paper=_edge(upright))


def _edge(image: Image.Image) -> str:
    """Return the mean colour of the left and the right edge."""
    width, height = image.size
    edges = [image.crop((x, 0, x + 1, height)).convert("RGB") for x in (0, width - 1)]
    means = [edge.resize((1, 1), Image.Resampling.BOX).tobytes() for edge in edges]
    return "#" + bytes((a + b) // 2 for a, b in zip(*means, strict=True)).hex()
