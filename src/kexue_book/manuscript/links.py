"""Addresses in posts → anchors in the book, where the post they name is one of its chapters.

A post is known by its file, by its url, by ``/archives/ID`` on the site's hosts, and by the
other names its front matter gives. A fragment finds the heading it names.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from kexue_book.manuscript.headings import fold
from kexue_book.model import Chapter, Heading

SITE_HOSTS = frozenset({"kexue.fm", "spaces.ac.cn"})
"""Hosts of 科学空间, whose posts link to one another under both."""

_ARCHIVE = re.compile(r"^/archives/(\d+)/?$")
_WEB = re.compile(r"^(?:https?:)?//", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A place in the book."""

    anchor: str
    chapter: str
    """Anchor of the chapter that it is in."""


class LinkIndex:
    """Knows where every chapter of the book can be reached."""

    def __init__(self, chapters: Sequence[Chapter], root: Path) -> None:
        """``root`` is the posts' folder."""
        self._root = root.resolve()
        self._files: dict[Path, Chapter] = {}
        self._urls: dict[str, Chapter] = {}
        self._ids: dict[str, Chapter] = {}
        self._paths: dict[str, Chapter] = {}
        self._hosts = set(SITE_HOSTS)
        self._fragments: dict[str, Mapping[str, str]] = {}
        for chapter in chapters:
            self._add(chapter)

    def _add(self, chapter: Chapter) -> None:
        post = chapter.post
        self._files.setdefault(post.path.resolve(), chapter)
        if post.url:
            self._urls.setdefault(_normalise(post.url), chapter)
            self._hosts.add(_host(post.url))
        if post.site_id:
            self._ids.setdefault(post.site_id, chapter)
        for alias in post.aliases:
            if _WEB.match(alias):
                self._urls.setdefault(_normalise(alias), chapter)
            else:
                self._paths.setdefault(alias.strip("/").lower(), chapter)

    def add_fragments(
        self, chapter: Chapter, headings: Iterable[Heading], ids: Mapping[str, str]
    ) -> None:
        """Tell the headings of a chapter and its own ids (as written → in the book)."""
        found = {fold(heading.text): heading.anchor for heading in reversed(tuple(headings))}
        found.update({fold(written): anchor for written, anchor in ids.items()})
        self._fragments[chapter.anchor] = found

    def find(self, address: str, origin: Chapter) -> Target | None:
        """Return what ``address`` leads to, or None when it leaves the book."""
        try:
            parts = urlsplit(address)
        except ValueError:  # `http://[`
            return None
        chapter = (
            origin if not address or address.startswith("#") else self._chapter(address, origin)
        )
        if chapter is None:
            return None
        if not parts.fragment:
            return Target(anchor=chapter.anchor, chapter=chapter.anchor)
        found = self._fragments.get(chapter.anchor, {}).get(fold(unquote(parts.fragment)))
        if found is None and chapter is origin:
            return None
        return Target(anchor=found or chapter.anchor, chapter=chapter.anchor)

    def _chapter(self, address: str, origin: Chapter) -> Chapter | None:
        parts = urlsplit(address)
        path = unquote(parts.path)
        if _WEB.match(address):
            if (chapter := self._urls.get(_normalise(address))) is not None:
                return chapter
            if _host(address) not in self._hosts:
                return None
        elif parts.scheme:
            return None
        if archive := _ARCHIVE.match(path):
            return self._ids.get(archive[1])
        if (chapter := self._paths.get(path.strip("/").lower())) is not None:
            return chapter
        return None if _WEB.match(address) else self._file(path, origin)

    def _file(self, path: str, origin: Chapter) -> Chapter | None:
        folder = self._root if path.startswith("/") else origin.post.path.parent
        name = posixpath.normpath(path.lstrip("/")) if path else ""
        if not name or "\0" in name:
            return None
        for suffix in ("", ".md", ".markdown", "/index.md"):
            try:
                target = (folder / (re.sub(r"\.html?$", "", name) + suffix)).resolve()
            except (OSError, ValueError):
                return None
            if target in self._files:
                return self._files[target]
        return None


def _normalise(url: str) -> str:
    """Return host and path: scheme, ``www.``, query, fragment and a last slash do not count."""
    parts = urlsplit(url)
    return _host(url) + unquote(parts.path).rstrip("/").lower()


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
