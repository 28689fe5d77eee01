"""The posts' folder → posts. A file that cannot be read costs that post, never the book."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from kexue_book.errors import Diagnostic, LibraryError, Severity
from kexue_book.library.folder import PostFile, read_files
from kexue_book.library.post import read_post
from kexue_book.library.slugs import assign_slugs, slug_of
from kexue_book.model import Post

_FENCE = re.compile(r"\s*(?:---|\+\+\+)[ \t]*\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """All posts of a folder."""

    root: Path
    posts: tuple[Post, ...]
    """In the order of their paths."""
    diagnostics: tuple[Diagnostic, ...]


def read_texts(root: Path) -> tuple[PostFile | Diagnostic, ...]:
    """Read every ``.md`` and ``.markdown`` file under ``root``: its text, or what is wrong with it.

    Raises:
        LibraryError: there is no such folder.
    """
    if not root.is_dir():
        raise LibraryError(
            f"there is no posts folder {root}", hint="name the folder with --posts DIR"
        )
    return tuple(read_files(root))


def read_library(root: Path, texts: Sequence[PostFile | Diagnostic] | None = None) -> Library:
    """Make posts of what was read from ``root``; of what is there now if ``texts`` is None.

    Raises:
        LibraryError: there is no such folder, or no post in it can be read.
    """
    files: list[PostFile] = []
    diagnostics: list[Diagnostic] = []
    for found in read_texts(root) if texts is None else texts:
        if isinstance(found, Diagnostic):
            diagnostics.append(found)
        elif not _is_notice(found):
            files.append(found)
    if not files:
        raise _nothing(root, diagnostics)
    files.sort(key=lambda file: file.relative.parts)
    slugs = assign_slugs(file.relative for file in files)
    diagnostics.extend(_shared_names(files, slugs))
    posts: list[Post] = []
    for file in files:
        post, findings = read_post(file.text, file.path, file.relative, slugs[file.relative])
        posts.append(post)
        diagnostics.extend(findings)
    return Library(root=root, posts=tuple(posts), diagnostics=tuple(diagnostics))


def _is_notice(file: PostFile) -> bool:
    """Whether it is the folder's README, for whoever looks into the folder, and no post."""
    named = file.relative.name.lower().startswith("readme.")
    return named and len(file.relative.parts) == 1 and _FENCE.match(file.text) is None


def _shared_names(files: Sequence[PostFile], slugs: Mapping[PurePath, str]) -> Iterator[Diagnostic]:
    for file in files:
        slug = slug_of(file.relative)
        if slugs[file.relative] != slug:
            yield Diagnostic(
                code="same-name",
                severity=Severity.WARNING,
                message=f"another post has the same name, “{slug}”, and keeps it",
                path=file.path,
                hint="rename one of the two files, or delete one",
            )


def _nothing(root: Path, diagnostics: Sequence[Diagnostic]) -> LibraryError:
    lost = [finding for finding in diagnostics if finding.severity is Severity.ERROR]
    if lost:
        first = lost[0]
        return LibraryError(
            f"no post in {root} can be read, {len(lost)} are left out; the first: {first}",
            hint=first.hint,
        )
    return LibraryError(
        f"there are no posts in {root}", hint="a post is a file whose name ends in .md or .markdown"
    )
