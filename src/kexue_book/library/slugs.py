"""File names → slugs: ASCII, stable from edition to edition, unique in the library.

A slug is made from the path of its own file alone, so adding a post never changes another's.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import PurePath


def slug_of(path: PurePath) -> str:
    """Return the slug of a post, ``path`` being relative to the posts' folder."""
    parts = list(path.with_suffix("").parts)
    if len(parts) > 1 and parts[-1].lower() in ("index", "_index"):
        parts.pop()
    name = unicodedata.normalize("NFC", "/".join(parts))
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:80].strip("-")
    if re.fullmatch(r"[a-z0-9/_. -]+", name):
        return slug or _digest(name)
    # Something was lost on the way: Chinese, capitals, punctuation.
    return f"{slug}-{_digest(name)}" if slug else _digest(name)


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
