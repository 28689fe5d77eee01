"""A bitmap of a post → an image that WeasyPrint lays out and puts into its PDF without decoding it.

Written for WeasyPrint 70: its images are drawn by ``draw`` and asked for their object by
``get_x_object``; :func:`bitmaps_possible` says whether they still are.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any

import pydyf
from weasyprint.images import RasterImage, SVGImage
from weasyprint.pdf.stream import Stream

from kexue_book.model import Asset
from kexue_book.pdf.bitmaps import Bitmap, Bitmaps, Plane

_OTHERWISE = ("image/jpeg", "image/svg+xml")
"""What WeasyPrint puts into a PDF as it is."""


def bitmaps_possible() -> bool:
    """Whether WeasyPrint's images are what they were."""
    known = {
        RasterImage.draw: ["self", "stream", "concrete_width", "concrete_height", "style"],
        RasterImage.get_intrinsic_size: ["self", "resolution", "font_size"],
        RasterImage.get_x_object: ["self", "interpolate", "dpi_ratio"],
        SVGImage.__init__: ["self", "tree", "base_url", "url_fetcher", "context"],
        SVGImage.draw: ["self", "stream", "concrete_width", "concrete_height", "_style"],
        Stream.add_image: ["self", "image", "interpolate", "ratio"],
    }
    return all(
        list(inspect.signature(function).parameters) == names for function, names in known.items()
    )


def bitmap_images(assets: Iterable[Asset], bitmaps: Bitmaps) -> dict[str, BitmapImage]:
    """Return images by address, as WeasyPrint keeps them; it is left what cannot be decoded."""
    images: dict[str, BitmapImage] = {}
    for asset in assets:
        if asset.media_type not in _OTHERWISE:
            try:
                images[f"asset:{asset.name}"] = BitmapImage(asset.name, bitmaps.read(asset))
            except (OSError, ValueError, SyntaxError):
                continue  # WeasyPrint says so
    return images


class BitmapImage(RasterImage):  # type: ignore[misc]
    """Stands where WeasyPrint has an image of its own."""

    def __init__(self, name: str, bitmap: Bitmap) -> None:
        """Take the place of the original, which decodes."""
        self.id = name.partition(".")[0]
        self.width, self.height = bitmap.width, bitmap.height
        self.ratio = self.width / self.height
        self._dpi = None
        self._bitmap = bitmap

    def get_x_object(self, interpolate: bool, dpi_ratio: float) -> pydyf.Stream:
        """Return the image's object; its mask, if it has one, is an object in it."""
        made = self._object(self._bitmap.seen, interpolate=interpolate)
        if self._bitmap.mask is not None:
            made.extra["SMask"] = self._object(self._bitmap.mask, interpolate=interpolate)
        return made

    def _object(self, plane: Plane, *, interpolate: bool) -> pydyf.Stream:
        extra: dict[str, Any] = {
            "Type": "/XObject",
            "Subtype": "/Image",
            "Width": self.width,
            "Height": self.height,
            "ColorSpace": _colour_space(plane),
            "BitsPerComponent": plane.bits,
            "Interpolate": "true" if interpolate else "false",
            "Filter": "/FlateDecode",
            "DecodeParms": pydyf.Dictionary(
                {
                    "Predictor": 15,  # each line says how it is filtered
                    "Columns": self.width,
                    "Colors": plane.colours,
                    "BitsPerComponent": plane.bits,
                }
            ),
        }
        return pydyf.Stream([plane.data], pydyf.Dictionary(extra))


def _colour_space(plane: Plane) -> Any:
    if plane.palette:
        last = len(plane.palette) // 3 - 1
        return pydyf.Array(["/Indexed", "/DeviceRGB", last, f"<{plane.palette.hex()}>"])
    return "/DeviceRGB" if plane.colours == 3 else "/DeviceGray"
