"""What the posts are, and which of them were asked for."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

CategoryPath = tuple[str, ...]
"""A category with its ancestors, outermost first: ``("数学", "概率论")``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One Markdown file, its front matter understood and its body untouched."""

    slug: str
    """Stable ASCII name made from the file name, unique in the library: ``2023-03-07-9512``."""
    title: str
    """May hold inline Markdown and formulas; never empty."""
    date: dt.datetime | None
    """When it was published; naive, the author's wall clock."""
    updated: dt.datetime | None
    categories: tuple[CategoryPath, ...]
    tags: tuple[str, ...]
    author: str | None
    url: str | None
    """Where the post lives on the web."""
    site_id: str | None
    """The number the site gives it, as in ``/archives/9512``."""
    aliases: tuple[str, ...] = ()
    """Other paths or addresses under which the post is linked (permalink, slug, Hugo aliases)."""
    rights: str | None = None
    """The licence its front matter states."""
    summary: str | None = None
    draft: bool = False
    """``draft: true``, ``published: false``: left out unless the selection asks for drafts."""
    body: str
    """Markdown after the front matter, newlines as ``\\n``, no BOM."""
    path: Path
    """The file, as reached from the posts folder the user named."""
    body_line: int
    """1-based line of the file on which ``body`` begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which posts: every condition given must hold; within one condition any value does."""

    categories: tuple[str, ...] = ()
    """A name at any level of a post's category paths, or a path ``数学>概率论``."""
    tags: tuple[str, ...] = ()
    since: dt.date | None = None
    """First day, included."""
    until: dt.date | None = None
    """Last day, included."""
    titles: tuple[str, ...] = ()
    """Texts of which a title must contain one, case-insensitively."""
    excludes: tuple[str, ...] = ()
    """Texts none of which a title may contain."""
    limit: int | None = None
    """At most so many posts: the first ones in the book's order."""
    drafts: bool = False
