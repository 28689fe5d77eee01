"""Anchors → files: the links of filled pages, ``#ANCHOR``, made to lead there."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kexue_book.epub.filled import File
from kexue_book.epub.pages import Page
from kexue_book.epub.xhtml import EPUB, XHTML, page_bytes, parse_page_bytes
from kexue_book.errors import Diagnostic, Severity

_LINK = re.compile(rb'(<a (?:[^<>]*? )?href=")#([^"]*)')
"""A link into the book. In files that we wrote, ``<`` and ``>`` stand nowhere but in tags."""


class Addresses:
    """Knows which file every anchor of a book is in."""

    def __init__(self, files: Iterable[File]) -> None:
        self._files: dict[str, str] = {}
        for file in files:
            self._files.setdefault(file.name, file.address)
            for anchor in file.anchors:
                self._files.setdefault(anchor, file.address)

    def of(self, anchor: str, file: str = "") -> str | None:
        """Return the shortest address: of a whole file, within ``file``, or in another."""
        found = self._files.get(anchor)
        if found is None or found == f"{anchor}.xhtml":
            return found
        return f"#{anchor}" if found == file else f"{found}#{anchor}"

    def resolve(self, file: File, page: Page) -> tuple[bytes, tuple[Diagnostic, ...]]:
        """Return a file whose links lead somewhere; those that cannot become text."""
        dead: list[str] = []

        def address(link: re.Match[bytes]) -> bytes:
            anchor = link[2].decode()
            found = self.of(anchor, file.address)
            if found is None:
                dead.append(anchor)
                return link[0]
            return link[1] + found.encode()

        content = _LINK.sub(address, file.content)
        if not dead:
            return content, ()
        return _without(content, frozenset(dead)), tuple(_dead_link(name, page) for name in dead)


def _without(content: bytes, dead: frozenset[str]) -> bytes:
    """Take the links to some anchors out of a file, but leave their text."""
    root = parse_page_bytes(content)
    for link in root.iter(f"{XHTML}a"):
        if link.get("href", "")[:1] == "#" and link.get("href", "")[1:] in dead:
            link.tag = f"{XHTML}span"
            for name in ("href", "role", f"{EPUB}type"):
                link.attrib.pop(name, "")
    return page_bytes(root)


def _dead_link(anchor: str, page: Page) -> Diagnostic:
    made_of = page.manuscript
    return Diagnostic(
        code="dead-link",
        severity=Severity.WARNING,
        message=f"a link to {anchor!r} leads nowhere; its text stays",
        path=made_of.chapter.post.path if made_of is not None else None,
        hint="this is a fault of kexue-book or of the theme, not of the post",
    )
