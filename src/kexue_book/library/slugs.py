"""File names → slugs: ASCII, unique in the library, stable from edition to edition.

A slug is made from the path of its own file alone, so that adding a post never changes
another's, and a reader's highlights survive. Wherever a name loses something on its way to
lower-case letters, digits and hyphens, a hash of the path makes up for it; ``a/b.md`` becomes
``a--b``, since no other name can.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import PurePath

MAX_LENGTH = 80

_PLAIN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FOLDER_FILES = frozenset(("index", "_index", "readme"))
"""Files that are named by their folder: page bundles and the like."""


def slug_of(path: PurePath) -> str:
    """Return the slug of a post, ``path`` being relative to the posts' folder."""
    parts = [unicodedata.normalize("NFC", part) for part in named_parts(path)]
    slug = "--".join(filter(None, map(_ascii, parts)))[:MAX_LENGTH].strip("-")
    if all(map(_PLAIN.fullmatch, parts)) and len("--".join(parts)) <= MAX_LENGTH:
        return slug
    return "-".join(filter(None, (slug, _digest("/".join(parts)))))


def assign_slugs(paths: Iterable[PurePath]) -> Mapping[PurePath, str]:
    """Return a slug for each path; of ``a.md`` and ``a/index.md``, the first is ``a``."""
    claims: dict[str, list[PurePath]] = {}
    for path in paths:
        claims.setdefault(slug_of(path), []).append(path)
    slugs: dict[PurePath, str] = {}
    used = set(claims)
    for slug, twins in claims.items():
        first, *others = sorted(twins, key=_rank)
        slugs[first] = slug
        for twin in others:
            longer = f"{slug}-{_digest(twin.as_posix())}"
            while longer in used:
                longer = f"{slug}-{_digest(longer)}"
            used.add(longer)
            slugs[twin] = longer
    return slugs


def named_parts(path: PurePath) -> tuple[str, ...]:
    """Return the names that tell a post from others: ``a/b/index.md`` is called a, b."""
    parts = path.with_suffix("").parts
    if len(parts) > 1 and parts[-1].lower() in _FOLDER_FILES:
        return parts[:-1]
    return parts


def _ascii(part: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-")


def _rank(path: PurePath) -> tuple[bool, int, str]:
    """Order the files of one name by how plainly they bear it."""
    return path.suffix != ".md", len(path.parts), path.as_posix()


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
