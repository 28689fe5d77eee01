"""A typeset formula ↔ bytes: as little as possible, in memory and in the cache."""

from __future__ import annotations

import hashlib
import json
import sys
import zlib

from kexue_book.formulas.mathjax import glyph_names
from kexue_book.model import Packed, Typeset

_LEVEL = 6


def pack(typeset: Typeset) -> Packed:
    """Compress a typeset formula."""
    rest = (typeset.mathml, typeset.operators, typeset.tag_rows, typeset.lines)
    data = zlib.compress(json.dumps(rest, ensure_ascii=False).encode("utf-8"), _LEVEL)
    return Packed(
        width=typeset.width,
        height=typeset.height,
        depth=typeset.depth,
        error=typeset.error,
        glyphs=tuple(map(sys.intern, sorted(glyph_names(typeset)))),
        digest=hashlib.sha256(data).digest(),
        data=data,
    )


def packed_bytes(packed: Packed) -> bytes:
    """Return a formula as it is kept on disk."""
    sizes = (packed.width, packed.height, packed.depth)
    head = (*sizes, packed.error, packed.glyphs, packed.digest.hex())
    return json.dumps(head, ensure_ascii=False).encode("utf-8") + b"\n" + packed.data


def read_packed(kept: bytes) -> Packed:
    """Read what :func:`packed_bytes` wrote.

    Raises:
        ValueError: it is something else, or damaged.
    """
    head, _, data = kept.partition(b"\n")
    width, height, depth, error, glyphs, written = json.loads(head)
    digest = hashlib.sha256(data).digest()
    if digest.hex() != written:
        raise ValueError("it is damaged")
    return Packed(
        width=width,
        height=height,
        depth=depth,
        error=error,
        glyphs=tuple(map(sys.intern, glyphs)),
        digest=digest,
        data=data,
    )
