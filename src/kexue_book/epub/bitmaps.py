"""A bitmap's bytes and a device → bytes that it shows well, or None when these already are.

Never larger than it was; upright, in colours of a screen or in greys; drawings as PNG, which keeps
edges, photographs as JPEG.
"""

from __future__ import annotations

import io
import math
import warnings
from dataclasses import dataclass, replace

from PIL import Image, ImageChops, ImageOps

from kexue_book.epub.devices import JPEG, PNG, DeviceProfile
from kexue_book.epub.greys import in_few_levels
from kexue_book.screens import is_turned, on_screen

_QUALITY = 86
_SAMPLE = 200
"""px: the side of the copy whose colours are counted."""
_LIGHT = 190
"""Of 255: ink lighter than this on nothing was drawn for a dark page."""
_DARK_PAGE, _WHITE_PAGE = (34, 34, 34), (255, 255, 255)
_COVER = 2560
"""px: the longer side of a cover, at most."""
_SCREEN_MODES = frozenset(("1", "L", "LA", "P", "PA", "RGB", "RGBA"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bitmap:
    """An image as a file."""

    content: bytes
    media_type: str
    still: bool = False
    """Whether it moved before."""


def fit_bitmap(data: bytes, media_type: str, profile: DeviceProfile) -> Bitmap | None:
    """Return the image made fit for a device; None if it may stay as it is.

    Raises:
        OSError: it cannot be decoded.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of large images: the room that found it has a cap
        with Image.open(io.BytesIO(data)) as image:
            moves = bool(getattr(image, "is_animated", False)) and media_type != JPEG
            if moves and profile.moving and media_type in profile.shown:
                return None
            odd = moves or image.mode not in _SCREEN_MODES or _is_deep(image) or is_turned(image)
            found = on_screen(ImageOps.exif_transpose(image))
    drawn = _on_ground(found, profile)
    size = _size(drawn.size, profile)
    as_it_is = drawn is found and size == drawn.size and profile.greys is None
    if as_it_is and not odd and media_type in profile.shown and len(data) <= profile.image_bytes:
        return None
    if size != drawn.size:
        drawn = drawn.resize(size, Image.Resampling.LANCZOS)
    return _write(drawn, profile, photo=media_type == JPEG or _is_photo(drawn), still=moves)


def fit_cover(data: bytes, media_type: str, profile: DeviceProfile) -> Bitmap:
    """Return a cover made fit: as large as libraries show it, in greys where there are no colours.

    Raises:
        OSError: it cannot be decoded.
    """
    wanted = profile
    if profile.greys is None and profile.longest is not None:
        wanted = replace(profile, longest=max(profile.longest, _COVER))
    return fit_bitmap(data, media_type, wanted) or Bitmap(content=data, media_type=media_type)


def _is_deep(image: Image.Image) -> bool:
    """Whether a PNG has 16 bits a channel, which Pillow does not say of colours."""
    return image.format == "PNG" and any(
        "16" in str(part[3]) for part in getattr(image, "tile", ())
    )


def _on_ground(image: Image.Image, profile: DeviceProfile) -> Image.Image:
    """Put what is transparent on a ground, if the device or the ink asks for one."""
    if image.mode != "RGBA":
        return image
    alpha = image.getchannel("A")
    light = _ink(image, alpha) > _LIGHT
    if not (profile.opaque or light):
        return image
    ground = Image.new("RGB", image.size, _DARK_PAGE if light else _WHITE_PAGE)
    ground.paste(image, mask=alpha)
    return ground


def _ink(image: Image.Image, alpha: Image.Image) -> float:
    """Return how light on average what is drawn is, of 255."""
    levels = image.convert("RGB").convert("L").histogram(alpha.point(lambda a: 255 * (a > 127)))
    count = sum(levels)
    return sum(level * many for level, many in enumerate(levels)) / count if count else 0


def _size(size: tuple[int, int], profile: DeviceProfile) -> tuple[int, int]:
    """Return the largest size that the device wants, in the same proportions."""
    scale = 1.0
    if profile.longest is not None:
        scale = min(scale, profile.longest / max(size))
    if profile.pixels is not None:
        scale = min(scale, math.sqrt(profile.pixels / (size[0] * size[1])))
    if scale == 1.0:
        return size
    return max(1, int(size[0] * scale)), max(1, int(size[1] * scale))


def _is_photo(image: Image.Image) -> bool:
    """Whether there are many colours and none prevails, as in no drawing."""
    if image.mode == "RGBA":
        return False
    step = max(1, max(image.size) // _SAMPLE)
    few = image.resize(
        (max(1, image.width // step), max(1, image.height // step)), Image.Resampling.NEAREST
    )
    counts = [count for count, _ in few.getcolors(few.width * few.height) or ()]
    total = few.width * few.height
    enough = 100 if image.mode == "L" else total / 8
    return len(counts) > enough and max(counts) < total / 5


def _write(image: Image.Image, profile: DeviceProfile, *, photo: bool, still: bool) -> Bitmap:
    if profile.greys is not None:
        image = image.convert("L")
    content = _jpeg(image) if photo else _png(image, profile.greys)
    if len(content) > profile.image_bytes and not photo:
        photo, content = True, _jpeg(image)
    while len(content) > profile.image_bytes and min(image.size) > 1:
        image = image.reduce(2)
        content = _jpeg(image)
    return Bitmap(content=content, media_type=JPEG if photo else PNG, still=still)


def _jpeg(image: Image.Image) -> bytes:
    file = io.BytesIO()
    opaque = image.convert("RGB") if image.mode == "RGBA" else image
    opaque.save(file, "JPEG", quality=_QUALITY, optimize=True)
    return file.getvalue()


def _png(image: Image.Image, greys: int | None) -> bytes:
    """Return a PNG file, of as few levels of grey as there are."""
    file = io.BytesIO()
    if greys is None:
        _without_colours(image).save(file, "PNG", optimize=True)
        return file.getvalue()
    grey, shades = in_few_levels(image, greys)
    grey.putpalette([shade for shade in shades for _ in "rgb"])
    grey.save(file, "PNG", bits=(greys - 1).bit_length(), optimize=True)
    return file.getvalue()


def _without_colours(image: Image.Image) -> Image.Image:
    """Return an image of greys as one that has no room for colours."""
    if image.mode != "RGB":
        return image
    red, green, blue = image.split()
    same = not ImageChops.difference(red, green).getbbox() and not (
        ImageChops.difference(green, blue).getbbox()
    )
    return red if same else image
