"""A drawing of a post (SVG) → an image that WeasyPrint lays out, and that a book holds once.

WeasyPrint draws an SVG file anew wherever it is shown. Here it is drawn once a process, into a
form (PDF 32000-1, 8.10) that knows of nothing around it, so that all sheets have the same and the
book one of them. What needs fonts or other images, or is seen through, is left to WeasyPrint.
Written for WeasyPrint 70, as ``bitmap_image.py`` is, which says whether it is that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree

import pydyf
from weasyprint.images import SVGImage

from kexue_book.model import Asset
from kexue_book.pdf.tidy import tidy

_NEEDS_MORE = re.compile(
    rb"<(?:\w+:)?(?:text|image|filter|mask|pattern|linearGradient|radialGradient|foreignObject)\b"
    rb"|\bhref\s*=\s*[\"'](?!#)|@import|url\(\s*[\"']?(?!#)|<!ENTITY"
)
"""What is more than paths of one colour, or comes from elsewhere."""
_OTHERS = ("XObject", "Pattern", "Shading")
"""Resources that would be objects of their own."""
_AT_HAND = 16
"""So many files are kept for other sheets, those that were asked for last."""


class Drawings:
    """What was made of files."""

    def __init__(self) -> None:
        self._read = lru_cache(_AT_HAND)(_read)

    def images(self, assets: Iterable[Asset]) -> dict[str, VectorImage]:
        """Return images by address, as WeasyPrint keeps them."""
        drawings = [asset for asset in assets if asset.media_type == "image/svg+xml"]
        made = ((asset, self._read(asset)) for asset in drawings)
        return {f"asset:{asset.name}": image for asset, image in made if image is not None}


def _read(asset: Asset) -> VectorImage | None:
    """Return the image of a file that needs nothing else; WeasyPrint says what is wrong with it."""
    try:
        data = asset.path.read_bytes()
        if _NEEDS_MORE.search(data):
            return None
        return VectorImage(asset.name, SVGImage(ElementTree.fromstring(data), None, None, None))
    except Exception:  # WeasyPrint's own reading of SVG raises anything
        return None


class VectorImage:
    """Implements WeasyPrint's image protocol."""

    def __init__(self, name: str, image: SVGImage) -> None:
        self.id = name.partition(".")[0]
        self._image = image
        self._forms: dict[tuple[float, float], Form | None] = {}

    def get_intrinsic_size(self, resolution: float, font_size: float) -> Any:
        """Return width, height (px) and their ratio."""
        return self._image.get_intrinsic_size(resolution, font_size)

    def draw(self, stream: Any, width: float, height: float, style: Any) -> None:
        """Draw it with its top left corner at the origin, y downwards, px."""
        size = round(width, 2), round(height, 2)
        if size not in self._forms:
            self._forms[size] = _form(self.id, self._image, stream, *size, style)
        form = self._forms[size]
        if form is None:
            self._image.draw(stream, width, height, style)
        else:
            stream.draw_x_object(stream.add_image(form, False, 1))


def _form(
    name: str, image: SVGImage, stream: Any, width: float, height: float, style: Any
) -> Form | None:
    """Draw an image for itself; None if it needs what is on the page."""
    resources = pydyf.Dictionary({key: pydyf.Dictionary() for key in ("ExtGState", *_OTHERS)})
    resources["ColorSpace"] = stream._resources["ColorSpace"]
    drawn = stream.clone(resources=resources, extra=pydyf.Dictionary())
    image.draw(drawn, width, height, style)
    operators = [item if isinstance(item, bytes) else str(item).encode() for item in drawn.stream]
    if any(resources[key] for key in _OTHERS) or b"BT" in operators:
        return None
    content = b"\n".join(operator for operator in tidy(operators) if isinstance(operator, bytes))
    number = f"{name}v{width:g}v{height:g}".replace(".", "p")
    return Form(number, width, height, content, resources["ExtGState"])


@dataclass(frozen=True, slots=True)
class Form:
    """A drawing in one size, as an image that a page shows."""

    id: str
    width: float
    """px."""
    height: float
    content: bytes
    states: Any
    """Resources that say how opaque something is."""

    def get_x_object(self, _interpolate: bool, _dpi_ratio: float) -> pydyf.Stream:
        """Return the object."""
        extra = pydyf.Dictionary(
            {
                "Type": "/XObject",
                "Subtype": "/Form",
                "BBox": pydyf.Array([0, 0, self.width, self.height]),
                # In bytes, it is no dictionary of WeasyPrint's, which would have the page's fonts.
                b"Resources": pydyf.Dictionary({"ExtGState": pydyf.Dictionary(self.states)}),
            }
        )
        return pydyf.Stream([self.content], extra)
