"""What WeasyPrint asks for → only the book's own images and what the theme holds.

WeasyPrint left to itself reads any local file and any address that a page or a style sheet
names. This fetcher knows a closed list: ``asset:NAME`` for the images that the manuscripts
carry, ``theme:PATH`` for files of the theme's folder, ``picture:…`` for the cover and for formulas
drawn as SVG.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from weasyprint.urls import URLFetcher, URLFetcherResponse

from kexue_book.model import Asset
from kexue_book.pdf.drawable import drawable

BASE_URL = "theme:/styles/"
"""Relative addresses in style sheets count from here."""

PICTURE = "picture"
"""Of the addresses of formulas drawn as SVG."""
_SCHEMES = ("asset", "theme", PICTURE)


class BookFetcher(URLFetcher):  # type: ignore[misc]
    """Refuses everything but the book's images and the theme's files."""

    def __init__(
        self,
        assets: Mapping[str, Asset],
        theme: Path | None,
        pictures: Mapping[str, bytes],
        *,
        only_rgb: bool = False,
    ) -> None:
        """``theme`` is the user's theme folder, if any; ``pictures`` go by their addresses.

        ``only_rgb`` gives images for print in the colours of screens, which is all that a PDF/A
        with an RGB profile may hold.
        """
        super().__init__(allowed_protocols=_SCHEMES, allow_redirects=False, timeout=1)
        self._assets = assets
        self._pictures = pictures
        self._theme = theme.resolve() if theme is not None else None
        self._only_rgb = only_rgb
        self.refused: list[str] = []

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        """Return the content of ``url``; ValueError for what is not on the list."""
        scheme, _, rest = url.partition(":")
        if url in self._pictures:
            data = self._pictures[url]
            kind = {"Content-Type": "image/svg+xml" if data.startswith(b"<") else ""}
            return URLFetcherResponse(url, data, kind)
        if scheme == "asset" and rest in self._assets:
            asset = self._assets[rest]
            data = asset.path.read_bytes()
            data, media_type = drawable(data, asset.media_type, only_rgb=self._only_rgb)
            return URLFetcherResponse(url, data, {"Content-Type": media_type})
        if scheme == "theme" and self._theme is not None:
            path = (self._theme / unquote(urlsplit(url).path).lstrip("/")).resolve()
            if path.is_relative_to(self._theme) and path.is_file():
                kind = {"Content-Type": mimetypes.guess_type(path.name)[0] or ""}
                return URLFetcherResponse(url, path.read_bytes(), kind)
        self.refused.append(url)
        raise ValueError(f"refused: {url[:100]}")
