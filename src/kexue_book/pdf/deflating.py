"""Compressed streams that are begun in one process and ended in another (RFC 1950 and 1951).

A page's number is known when the book is put together, and its content was compressed long before.
A stream of its own for each number takes more room than the number.
"""

from __future__ import annotations

import zlib

_LEVEL = 9
_WINDOW_BITS, _MEMORY_LEVEL = -9, 1
"""The least there is, without a header: what is added is short."""


def begun(data: bytes, level: int) -> tuple[bytes, int]:
    """Return a stream that does not end, and a checksum of what is in it."""
    packer = zlib.compressobj(level)
    return packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH), zlib.adler32(data)


def ended(stream: bytes, checksum: int, more: bytes) -> bytes:
    """Return a stream that :func:`begun` began, with more data in it, and its end."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW_BITS, _MEMORY_LEVEL)
    added = packer.compress(more) + packer.flush()
    return stream + added + zlib.adler32(more, checksum).to_bytes(4, "big")
