"""A book's images and a device → the files its EPUB carries, and what each is called.

An image is converted once, and only if the device asks for it; what came of it is kept on disk
with the other things that builds keep.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from kexue_book.epub.bitmaps import Bitmap, fit_bitmap
from kexue_book.epub.devices import JPEG, PNG, SVG, DeviceProfile
from kexue_book.epub.rasterise import UndrawableError, rasterise
from kexue_book.errors import Diagnostic, RenderError, Severity
from kexue_book.kept import Kept, forget_old
from kexue_book.model import Asset
from kexue_book.surroundings import program_fingerprint

_ENDINGS = {JPEG: ".jpg", PNG: ".png"}
_SHARP = 1600
"""px: the longer side that a drawing without a size, or with a small one, is drawn at."""
_SHARPER = 2.0
"""Pixels that a drawing's own px become: screens of today have two for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFile:
    """An image as the book carries it."""

    name: str
    media_type: str
    content: bytes


class ImageShelf:
    """The images of one book, by the names that the manuscripts use."""

    def __init__(self, profile: DeviceProfile, kept: Path | None = None) -> None:
        """Converted images are kept in the folder ``kept``."""
        self._profile = profile
        self.kept = Kept(kept)
        """What builds keep of pictures."""
        self._files: dict[str, ImageFile] = {}
        self.diagnostics: list[Diagnostic] = []

    def take(self, assets: Iterable[Asset]) -> None:
        """Make ready the images of the book.

        Raises:
            RenderError: an image went away.
            MissingDependencyError: what draws SVGs is not installed.
        """
        for name, asset in sorted({asset.name: asset for asset in assets}.items()):
            if name not in self._files:
                self._files[name] = self._fit(asset)
        if self.kept.folder is not None:
            forget_old(self.kept.folder)

    def name(self, asset: str) -> str:
        """Return what the image that a manuscript calls ``asset`` is called in the book."""
        found = self._files.get(asset)
        return found.name if found is not None else asset

    def files(self, assets: Iterable[Asset]) -> list[ImageFile]:
        """Return the files that these images need, each once."""
        named = {file.name: file for asset in assets for file in (self._files[asset.name],)}
        return [file for _, file in sorted(named.items())]

    def _fit(self, asset: Asset) -> ImageFile:
        data = _read(asset)
        try:
            fitted = self._fitted(asset, data)
        except (OSError, UndrawableError, ValueError) as problem:
            self._say(asset, "unconverted-image", f"cannot be converted and stays: {problem}")
            fitted = None
        if fitted is None:
            return ImageFile(name=asset.name, media_type=asset.media_type, content=data)
        if fitted.still:
            self._say(asset, "still-image", "moves; the book shows its first frame")
        name = f"img-{hashlib.sha256(fitted.content).hexdigest()[:12]}"
        return ImageFile(
            name=name + _ENDINGS[fitted.media_type],
            media_type=fitted.media_type,
            content=fitted.content,
        )

    def _fitted(self, asset: Asset, data: bytes) -> Bitmap | None:
        """Return the converted image, kept or new; None if none is needed."""
        if asset.media_type == SVG and SVG in self._profile.shown:
            return None
        wanted = replace(self._profile, styles=(), book_bytes=None)
        parts = ("device image", program_fingerprint(), repr(wanted), asset.media_type)
        name = json.dumps(parts).encode() + hashlib.sha256(data).digest()
        known = self.kept.recall(name)
        if known is not None:
            with contextlib.suppress(ValueError, KeyError, TypeError):
                return _unpack(known)
        fitted = self._convert(asset, data)
        self.kept.store(name, _pack(fitted))
        return fitted

    def _convert(self, asset: Asset, data: bytes) -> Bitmap | None:
        if asset.media_type != SVG:
            return fit_bitmap(data, asset.media_type, self._profile)
        drawn = rasterise(data, _drawn_size(asset, self._profile))
        return fit_bitmap(drawn, PNG, self._profile) or Bitmap(content=drawn, media_type=PNG)

    def _say(self, asset: Asset, code: str, what: str) -> None:
        severity = Severity.INFO if code == "still-image" else Severity.WARNING
        self.diagnostics.append(
            Diagnostic(
                code=code,
                severity=severity,
                message=f"the image {asset.path.name} {what}",
                path=asset.path,
                hint="save it as a PNG or JPEG that looks as you want it",
            )
        )


def _read(asset: Asset) -> bytes:
    try:
        return asset.path.read_bytes()
    except OSError as problem:
        raise RenderError(
            f"the image can no longer be read: {problem.strerror}", path=asset.path
        ) from problem


def _drawn_size(asset: Asset, profile: DeviceProfile) -> tuple[int, int]:
    """Return how many pixels a drawing gets: sharp, and not more than the device shows."""
    width, height = asset.width or _SHARP, asset.height or asset.width or _SHARP
    longer = max(width, height, 1)
    wanted = min(max(longer * _SHARPER, _SHARP), profile.longest or 4096)
    return max(1, round(width * wanted / longer)), max(1, round(height * wanted / longer))


def _pack(bitmap: Bitmap | None) -> bytes:
    if bitmap is None:
        return b"null\n"
    return json.dumps([bitmap.media_type, bitmap.still]).encode() + b"\n" + bitmap.content


def _unpack(data: bytes) -> Bitmap | None:
    head, _, content = data.partition(b"\n")
    facts = json.loads(head)
    if facts is None:
        return None
    return Bitmap(media_type=str(facts[0]), still=bool(facts[1]), content=content)
