"""Addresses of images → files the book may carry, or the reason why it cannot.

Nothing outside the posts' folder is read, whatever an address says; nothing is fetched. An
image is decoded once, under a cap of pixels, before any writer sees it.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import etree

from kexue_book.kept import Kept
from kexue_book.lookups import MAX_BYTES, Answers, Lookups
from kexue_book.model import Asset
from kexue_book.surroundings import program_fingerprint

MAX_PIXELS = 50_000_000
MAX_SVG_ELEMENTS = 20_000
_MEDIA_TYPES = {
    "PNG": ("image/png", ".png"),
    "JPEG": ("image/jpeg", ".jpg"),
    "MPO": ("image/jpeg", ".jpg"),  # a JPEG as telephones write it, with others behind it
    "GIF": ("image/gif", ".gif"),
    "WEBP": ("image/webp", ".webp"),
    "AVIF": ("image/avif", ".avif"),
    "BMP": ("image/bmp", ".bmp"),
    "TIFF": ("image/tiff", ".tif"),
}
"""What is decoded; a writer converts what its book cannot hold."""
_STATIC_FOLDERS = ("", "static", "source", "public")
_SVG_FORBIDDEN = frozenset(("script", "foreignObject", "image", "use", "animate", "set"))


@dataclass(frozen=True, slots=True, kw_only=True)
class NoImage:
    """Why an image is not in the book."""

    code: str
    message: str
    hint: str


class ImageStore:
    """Finds and checks the images of a folder of posts; each file is decoded once."""

    def __init__(self, root: Path, kept: Path | None = None) -> None:
        """``root`` is the posts' folder: the only place that is read.

        What is in the folder ``kept`` need not be decoded again.
        """
        self._kept = Kept(kept)
        self._lookups = Lookups(root)
        self._known: dict[Path, Asset | NoImage] = {}

    @property
    def answers(self) -> Answers:
        """What was looked for, and found."""
        return self._lookups.answers

    def find(self, address: str, post: Path) -> Asset | NoImage:
        """Return the image that ``address`` means in ``post``."""
        if re.match(r"(?:https?:)?//", address, re.IGNORECASE):
            return NoImage(
                code="remote-image",
                message=f"the image {address} is on the web, and is not fetched",
                hint="save it beside the post and give its path",
            )
        if address.startswith("data:"):
            return NoImage(
                code="unsupported-image",
                message="an image inside the text (data:) is not supported",
                hint="save it as a file beside the post and give its path",
            )
        path = self._resolve(address, post)
        if path is None:
            return NoImage(
                code="missing-image",
                message=f"there is no image {address or '(empty address)'}",
                hint="correct the path: it counts from the post, or from the posts' folder",
            )
        if path not in self._known:
            self._known[path] = self._check(path)
        return self._known[path]

    def _resolve(self, address: str, post: Path) -> Path | None:
        """Return the file inside the posts' folder, or None."""
        name = unquote(urlsplit(address).path if "?" in address or "#" in address else address)
        name = name.replace("\\", "/")
        if not name or "\0" in name:
            return None
        root = self._lookups.root
        anywhere = [root / folder / name.lstrip("/") for folder in _STATIC_FOLDERS]
        if name.startswith("/"):
            return self._lookups.find(anywhere)
        return self._lookups.find((post.parent / name, post.with_suffix("") / name, *anywhere))

    def _check(self, path: Path) -> Asset | NoImage:
        try:
            data = self._lookups.read(path)
        except OSError as problem:
            return _refuse(path, f"cannot be read: {problem.strerror}", "check its permissions")
        if data is None:
            return _refuse(path, f"has more than {MAX_BYTES >> 20} MB", "make it smaller")
        if path.suffix.lower() == ".svg" or data[:256].lstrip().startswith((b"<svg", b"<?xml")):
            return _check_svg(path, data)
        return self._check_bitmap(path, data)

    def _check_bitmap(self, path: Path, data: bytes) -> Asset | NoImage:
        """Decode an image, unless one of the same bytes was found good before."""
        name = b"image" + program_fingerprint().encode() + hashlib.sha256(data).digest()
        known = self._kept.recall(name)
        if known is not None:
            with contextlib.suppress(ValueError, TypeError):
                media_type, suffix, width, height = json.loads(known)
                return _asset(path, data, media_type, suffix, (width, height))
        found = _check_bitmap(path, data)
        if isinstance(found, Asset):
            facts = (found.media_type, Path(found.name).suffix, found.width, found.height)
            self._kept.store(name, json.dumps(facts).encode())
        return found


def _check_bitmap(path: Path, data: bytes) -> Asset | NoImage:
    from PIL import Image, ImageFile, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of large images; the cap is below
            with Image.open(io.BytesIO(data)) as image:
                width, height = image.size
                kind = image.format or ""
                if kind not in _MEDIA_TYPES:
                    return _refuse(path, f"is {kind or 'of an unknown kind'}", "save it as PNG")
                if width * height > MAX_PIXELS:
                    return _refuse(path, f"has {width}×{height} pixels", "make it smaller")
                ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint wants them, for all
                image.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, MemoryError):
        return _refuse(path, "is damaged, or no image", "save it again as PNG or JPEG")
    media_type, suffix = _MEDIA_TYPES[kind]
    return _asset(path, data, media_type, suffix, (width, height))


def _check_svg(path: Path, data: bytes) -> Asset | NoImage:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return _refuse(path, "is no well-formed SVG", "save it again, or as PNG")
    if etree.QName(root).localname != "svg" or b"<!ENTITY" in data:
        return _refuse(path, "is no plain SVG", "save it as plain SVG, or as PNG")
    elements = 0
    for element in root.iter(etree.Element):
        elements += 1
        name = etree.QName(element).localname
        if name in _SVG_FORBIDDEN and not _is_local_use(name, element):
            return _refuse(path, f"holds a <{name}>", "save it as plain SVG, or as PNG")
        if any(etree.QName(key).localname.lower().startswith("on") for key in element.attrib):
            return _refuse(path, "holds a script", "save it as plain SVG, or as PNG")
    if elements > MAX_SVG_ELEMENTS:
        return _refuse(path, f"has {elements} elements", "save it as PNG")
    return _asset(path, data, "image/svg+xml", ".svg", _svg_size(root))


def _is_local_use(name: str, element: etree._Element) -> bool:
    """Whether it is a ``use`` of a plain shape of the same file: no bomb of nested uses."""
    if name != "use":
        return False
    target = element.get("href") or element.get("{http://www.w3.org/1999/xlink}href") or ""
    root = element.getroottree().getroot()
    shapes = [shape for shape in root.iter() if shape.get("id") == target.removeprefix("#")]
    return (
        target.startswith("#")
        and len(shapes) == 1
        and all(etree.QName(part).localname != "use" for part in shapes[0].iter(etree.Element))
    )


def _svg_size(root: etree._Element) -> tuple[int | None, int | None]:
    box = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", root.get("viewBox", ""))]
    sides: list[int | None] = []
    for name, fallback in (("width", 2), ("height", 3)):
        stated = re.fullmatch(r"(\d+(?:\.\d+)?)(px|pt)?", root.get(name, ""))
        if stated:
            sides.append(round(float(stated[1]) * (4 / 3 if stated[2] == "pt" else 1)))
        else:
            sides.append(round(box[fallback]) if len(box) == 4 else None)
    return sides[0], sides[1]


def _asset(
    path: Path, data: bytes, media_type: str, suffix: str, size: tuple[int | None, int | None]
) -> Asset:
    name = f"img-{hashlib.sha256(data).hexdigest()[:12]}{suffix}"
    return Asset(name=name, path=path, media_type=media_type, width=size[0], height=size[1])


def _refuse(path: Path, reason: str, hint: str) -> NoImage:
    return NoImage(code="unsupported-image", message=f"the image {path.name} {reason}", hint=hint)
