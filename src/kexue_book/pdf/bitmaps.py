"""A file of pixels → what a PDF holds of it.

WeasyPrint decodes such a file and encodes it again for every sheet that shows it, twice if it has
an alpha channel: a third of the time of chapters with figures. A PDF can hold the lines of a PNG as
they are (PDF 32000-1, 7.4.4.4); an alpha channel that hides nothing is left out; and what was made
of a file is made once in each process.
"""

from __future__ import annotations

import io
import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageOps

from kexue_book.model import Asset
from kexue_book.pdf.deflating import compressed
from kexue_book.screens import is_turned, on_screen

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _RGB, _PALETTE = 0, 2, 3
"""Colour types of PNG."""
_AT_HAND = 16 << 20
"""So many bytes of images are kept for other sheets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """Lines of pixels, each filtered as PNG does, deflated."""

    data: bytes
    colours: int
    """Components a pixel."""
    bits: int
    """A component."""
    palette: bytes = b""
    """Three bytes a colour, if the pixels are numbers of those."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bitmap:
    """An image as a PDF can hold it."""

    width: int
    height: int
    seen: Plane
    mask: Plane | None
    """How opaque each pixel is; None if all are."""

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return len(self.seen.data) + (len(self.mask.data) if self.mask is not None else 0)


class Bitmaps:
    """What was made of files, those at hand that were asked for last."""

    def __init__(self) -> None:
        self._known: dict[str, Bitmap] = {}
        self._held = 0

    def read(self, asset: Asset) -> Bitmap:
        """Return what a PDF holds of a file of pixels that is no JPEG.

        Raises:
            OSError, ValueError, SyntaxError: it cannot be decoded.
        """
        bitmap = self._known.pop(asset.name, None)
        if bitmap is None:
            bitmap = read_bitmap(asset.path.read_bytes())
            self._held += bitmap.size
        self._known[asset.name] = bitmap
        while self._held > _AT_HAND and len(self._known) > 1:
            self._held -= self._known.pop(next(iter(self._known))).size
        return bitmap


def read_bitmap(data: bytes) -> Bitmap:
    """Return what a PDF holds of an image: its first frame, turned as it says.

    Raises:
        OSError, ValueError, SyntaxError: it cannot be decoded.
    """
    with Image.open(io.BytesIO(data)) as image:
        turns = is_turned(image)
        plane = _lines_as_they_are(data) if image.format == "PNG" and not turns else None
        if plane is not None:
            return Bitmap(width=image.width, height=image.height, seen=plane, mask=None)
        shown = on_screen(ImageOps.exif_transpose(image) if turns else image)
    mask = None
    if shown.mode == "RGBA":
        mask, shown = _encoded(shown.getchannel("A")), shown.convert("RGB")
    return Bitmap(width=shown.width, height=shown.height, seen=_encoded(shown), mask=mask)


def _encoded(image: Image.Image) -> Plane:
    file = io.BytesIO()
    image.save(file, "PNG")
    plane = _lines_as_they_are(file.getvalue())
    if plane is None:
        raise ValueError(f"a PNG of mode {image.mode} came out otherwise than expected")
    return plane


def _lines_as_they_are(png: bytes) -> Plane | None:
    """Return the lines of a PNG, if a PDF can hold them so."""
    header, palette, lines = b"", b"", []
    for kind, chunk in _chunks(png):
        if kind == b"IHDR":
            header = chunk
        elif kind == b"PLTE":
            palette = chunk
        elif kind == b"IDAT":
            lines.append(chunk)
        elif kind == b"tRNS":
            return None
    width, height, bits, kind, *_, interlaced = struct.unpack(">IIBBBBB", header)
    if interlaced or bits > 8 or kind not in (_GREY, _RGB, _PALETTE):
        return None
    colours = 3 if kind == _RGB else 1
    data = b"".join(lines)
    inflated = _inflated(data, height * (1 + math.ceil(width * colours * bits / 8)))
    if inflated is None:
        return None
    data = min(data, compressed(inflated), key=len)
    return Plane(
        data=data, colours=colours, bits=bits, palette=palette if kind == _PALETTE else b""
    )


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and content of the chunks of a PNG (PNG, third edition, 5.3)."""
    at = len(_SIGNATURE)
    while at + 12 <= len(png):
        (length,) = struct.unpack_from(">I", png, at)
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12


def _inflated(data: bytes, size: int) -> bytes | None:
    """Return what was deflated, if it has this size and nothing is behind it."""
    inflater = zlib.decompressobj()
    try:
        inflated = inflater.decompress(data, size + 1)
    except zlib.error:
        return None
    return inflated if len(inflated) == size and inflater.eof and not inflater.unused_data else None
