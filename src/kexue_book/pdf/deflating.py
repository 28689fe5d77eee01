"""Compressed streams (RFC 1950 and 1951): smaller than zlib's, and some without their beginning.

A page's number is known when the book is put together, and its content was compressed long before.
A stream of its own for each number takes more room than the number; so the operators that draw it
come first, in a block of their own, and what was compressed follows.

libdeflate looks for the best way among many: a fiftieth less for pages, a tenth for images.
"""

from __future__ import annotations

import zlib

import deflate

_THOROUGH = 10
"""libdeflate's level: twice zlib's time at its best, 12 four times for a thousandth more."""
_QUICK = 6
_LARGE = 4_000_000
"""Bytes that would take more than an eighth of a second."""
_HEADER = b"\x78\xda"
_LEVEL = 9
_WINDOW_BITS, _MEMORY_LEVEL = -9, 1
"""The least there is, without a header: what is added is short."""
_MODULUS = 65521
"""Of Adler-32: the largest prime number below 65536."""


def compressed(data: bytes) -> bytes:
    """Return a stream of data."""
    return bytes(deflate.zlib_compress(data, _THOROUGH if len(data) <= _LARGE else _QUICK))


def without_beginning(data: bytes) -> bytes:
    """Return data as :func:`with_beginning` needs them, with their checksum and length."""
    return bytes(deflate.deflate_compress(data, _THOROUGH))


def with_beginning(more: bytes, rest: bytes, checksum: int, length: int) -> bytes:
    """Return a stream of ``more`` and what :func:`without_beginning` made of other data.

    ``checksum`` is Adler-32 of these, ``length`` how many they are.
    """
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW_BITS, _MEMORY_LEVEL)
    first = packer.compress(more) + packer.flush(zlib.Z_SYNC_FLUSH) if more else b""
    whole = _joined(zlib.adler32(more), checksum, length)
    return _HEADER + first + rest + whole.to_bytes(4, "big")


def _joined(first: int, second: int, length: int) -> int:
    """Return Adler-32 of data behind others (RFC 1950, 8.2); ``length`` is that of the second."""
    a, b = first & 0xFFFF, first >> 16
    low = (a + (second & 0xFFFF) - 1) % _MODULUS
    high = (b + (second >> 16) + length * (a - 1)) % _MODULUS
    return high << 16 | low
