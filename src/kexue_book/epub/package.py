"""ebooklib, made to write what it is given: our own XHTML, fixed dates, exact properties.

Left to itself ebooklib 0.20 reparses every page as HTML, stamps the time of day into the zip
and gets the package's language wrong (docs/decisions/0004-ebooklib-subclass.md).
"""

from __future__ import annotations

import datetime as dt
import zipfile
from typing import Any

from ebooklib import epub

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The oldest time a zip file can hold; the same for every build."""


class XhtmlItem(epub.EpubHtml):  # type: ignore[misc]
    """An XHTML file whose bytes are ours."""

    def get_content(self, default: Any = None) -> bytes:
        """Return the content as it was set."""
        content: bytes = self.content
        return content


class _FixedZip(zipfile.ZipFile):
    """A zip file without the time of day."""

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_: Any, **__: Any) -> None:
        info = zipfile.ZipInfo(zinfo_or_arcname, date_time=_EPOCH)
        info.external_attr = 0o644 << 16
        info.create_system = 3
        stored = zinfo_or_arcname == "mimetype"
        info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        super().writestr(info, data, compresslevel=9)


class Package(epub.EpubWriter):  # type: ignore[misc]
    """Writes a book with fixed dates and a package that says its language."""

    def __init__(self, name: str, book: epub.EpubBook, modified: dt.datetime) -> None:
        """``modified`` is UTC."""
        super().__init__(name, book, {"mtime": modified.replace(tzinfo=None)})

    def _write_opf_file(self, root: Any) -> None:
        root.set("{http://www.w3.org/XML/1998/namespace}lang", self.book.language)
        super()._write_opf_file(root)

    def write(self) -> None:
        """Write the file; ``mimetype`` first and stored, as OCF asks."""
        self.out = _FixedZip(self.file_name, "w", zipfile.ZIP_DEFLATED)
        with self.out:
            self.out.writestr("mimetype", "application/epub+zip")
            self._write_container()
            self._write_opf()
            self._write_items()
