"""The posts' folder → posts. A file that cannot be read costs that post, never the book."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from kexue_book.errors import Diagnostic, LibraryError, Severity
from kexue_book.library.post import read_post
from kexue_book.model import Post

SUFFIXES = frozenset((".md", ".markdown"))
MAX_BYTES = 20 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """All posts of a folder, in the order of their paths."""

    root: Path
    posts: tuple[Post, ...]
    diagnostics: tuple[Diagnostic, ...]


def read_library(root: Path) -> Library:
    """Read every ``.md`` and ``.markdown`` file under ``root``.

    Raises:
        LibraryError: there is no such folder, or no post in it can be read.
    """
    if not root.is_dir():
        raise LibraryError(
            f"there is no posts folder {root}", hint="name the folder with --posts DIR"
        )
    posts: list[Post] = []
    diagnostics: list[Diagnostic] = []
    for path in _files(root):
        text = _read(path, diagnostics)
        if text is None:
            continue
        post, findings = read_post(text, path, path.relative_to(root))
        posts.append(post)
        diagnostics.extend(findings)
    if not posts:
        raise _nothing(root, diagnostics)
    return Library(
        root=root, posts=tuple(_with_unique_slugs(posts)), diagnostics=tuple(diagnostics)
    )


def _files(root: Path) -> Iterator[Path]:
    """Yield the Markdown files under ``root``, sorted; hidden folders and README are no posts."""
    for folder, names, files in os.walk(root):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in sorted(files):
            path = Path(folder) / name
            if path.suffix.lower() in SUFFIXES and not name.startswith("."):
                if path.stem.lower() == "readme":
                    continue
                yield path


def _read(path: Path, diagnostics: list[Diagnostic]) -> str | None:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise OSError(0, f"it has more than {MAX_BYTES >> 20} MB")
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as problem:
        code, message = "not-utf8", f"the post is not UTF-8 (byte {problem.start}); it is left out"
        hint = f"convert it: iconv -f GB18030 -t UTF-8 {path.name}"
    except OSError as problem:
        code = "unreadable-post"
        message = f"the post cannot be read and is left out: {problem.strerror}"
        hint = "check the file and its permissions"
    diagnostics.append(
        Diagnostic(code=code, severity=Severity.ERROR, message=message, path=path, hint=hint)
    )
    return None


def _with_unique_slugs(posts: list[Post]) -> Iterator[Post]:
    """``a-b.md`` and ``a/b.md`` would share a slug: the later one gets a number."""
    used: set[str] = set()
    for post in posts:
        slug, number = post.slug, 1
        while slug in used:
            number += 1
            slug = f"{post.slug}-{number}"
        used.add(slug)
        yield post if slug == post.slug else replace(post, slug=slug)


def _nothing(root: Path, diagnostics: list[Diagnostic]) -> LibraryError:
    if diagnostics:
        first = diagnostics[0]
        return LibraryError(
            f"none of the {len(diagnostics)} posts in {root} can be read; {first}",
            hint=first.hint,
        )
    return LibraryError(
        f"there are no posts in {root}", hint="a post is a file whose name ends in .md or .markdown"
    )
