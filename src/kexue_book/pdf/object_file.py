"""Objects, as they come → a PDF file: none is held longer than it takes to write it.

What is no stream goes into object streams, many together and compressed, and the table of all
objects is a stream as well (PDF 32000-1, 7.5.7 and 7.5.8). Streams are compressed in a second
thread, a few at a time; it does not depend on its speed in which order they are written.
"""

from __future__ import annotations

import hashlib
import re
from array import array
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import BinaryIO

from kexue_book.pdf.deflating import compressed

_HEADER = b"%PDF-1.7\n%\xbf\xf7\xa2\xfe\n"
_TOGETHER = 500
"""Objects in an object stream, at most."""
_AHEAD = 16
"""Streams that are being compressed while others are made, at most."""
_FREE, _PLAIN, _PACKED = 0, 1, 2
"""Types of entries in the table."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Characters that are others in strings of one byte a character (PDF 32000-1, D.2)."""
_SPECIAL = re.compile(rb"[\\()\r]")
_ESCAPED = {b"\\": rb"\\", b"(": rb"\(", b")": rb"\)", b"\r": rb"\r"}
_ROW = 1 + 5 + 2
"""Bytes of an entry in the table."""
_AS_DIFFERENCES = b"/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns %d>>" % _ROW
_SMALL = 100
"""Bytes that are not worth compressing."""


def reference(number: int) -> bytes:
    """Return how other objects name the object of that number."""
    return b"%d 0 R" % number


def string(text: str) -> bytes:
    """Return a text string (PDF 32000-1, 7.9.2.2), in few bytes."""
    if text.isascii() and not _CONTROL.search(text):
        return in_brackets(text.encode("ascii"))
    return in_brackets(b"\xfe\xff" + text.encode("utf-16-be", "replace"))


def in_brackets(data: bytes) -> bytes:
    """Return bytes as a string (PDF 32000-1, 7.3.4.2)."""
    return b"(%b)" % _SPECIAL.sub(lambda special: _ESCAPED[special[0]], data)


def rounded(number: float, decimals: int = 2) -> bytes:
    """Return a number as it is written: with so many decimals at most, without a nought before."""
    written = f"{number:.{decimals}f}"
    if decimals:
        written = written.rstrip("0").rstrip(".")
    if written.startswith(("0.", "-0.")):
        written = written.replace("0.", ".", 1)
    return written.encode() if written != "-0" else b"0"


class ObjectFile:
    """A PDF file that grows object by object; each has a number, which may be given out before."""

    def __init__(self, file: BinaryIO) -> None:
        """Begin to write; ``file`` has to be closed by whoever opened it."""
        self._file = file
        self._hash = hashlib.md5(usedforsecurity=False)
        self._offset = 0
        self._kinds = array("B", [_FREE])
        self._places = array("Q", [0])
        """Of a plain object its offset, of a packed one the number of its stream."""
        self._indices = array("H", [0])
        """Of a packed object its place in its stream."""
        self._packed: list[tuple[int, bytes]] = []
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._waiting: deque[tuple[int, bytes, bytes, Future[bytes]]] = deque()
        self._write(_HEADER)

    def reserve(self) -> int:
        """Return a number for an object that will be put later."""
        self._kinds.append(_FREE)
        self._places.append(0)
        self._indices.append(0)
        return len(self._kinds) - 1

    def add(self, text: bytes, data: bytes | None = None) -> int:
        """Put an object, or a stream; return its number."""
        number = self.reserve()
        self.put(number, text, data)
        return number

    def put(self, number: int, text: bytes, data: bytes | None = None) -> None:
        """Put the object of a number.

        ``text`` is the object, for a stream its dictionary without ``Length``; ``data`` is what is
        in a stream, already compressed if the dictionary says so.
        """
        if data is None:
            self._packed.append((number, text))
            if len(self._packed) == _TOGETHER:
                self._pack()
            return
        self._kinds[number], self._places[number] = _PLAIN, self._offset
        head = text.rstrip().removesuffix(b">>")
        self._write(b"%d 0 obj\n%b/Length %d>>\nstream\n" % (number, head, len(data)))
        self._write(data)
        self._write(b"\nendstream\nendobj\n")

    def add_compressed(self, text: bytes, data: bytes) -> int:
        """Put a stream, compressed; return its number."""
        number = self.reserve()
        self.put_compressed(number, text, data)
        return number

    def put_compressed(self, number: int, text: bytes, data: bytes) -> None:
        """Put the stream of a number, compressed if that makes it smaller."""
        if len(data) <= _SMALL:
            self.put(number, text, data)
            return
        self._waiting.append((number, text, data, self._thread.submit(compressed, data)))
        self._put_waiting(_AHEAD)

    def _put_waiting(self, left: int) -> None:
        """Put the streams that have been waiting longest, until so many are left."""
        while len(self._waiting) > left:
            number, text, data, compressing = self._waiting.popleft()
            packed = compressing.result()
            if len(packed) + len(b"/Filter/FlateDecode") < len(data):
                text = text.rstrip().removesuffix(b">>") + b"/Filter/FlateDecode>>"
                data = packed
            self.put(number, text, data)

    def finish(self, root: int, info: int) -> None:
        """Write the table of all objects; nothing can be put any more.

        Raises:
            ValueError: a number was given out whose object was never put.
        """
        self._pack()
        self._put_waiting(0)
        table = self.reserve()
        self._kinds[table], self._places[table] = _PLAIN, self._offset
        missing = [n for n, kind in enumerate(self._kinds) if kind == _FREE and n > 0]
        if missing:
            raise ValueError(f"object {missing[0]} was never put")
        rows = zip(self._kinds, self._places, self._indices, strict=True)
        data = _differences(
            kind.to_bytes(1, "big") + place.to_bytes(5, "big") + index.to_bytes(2, "big")
            for kind, place, index in rows
        )
        start = self._offset
        identifier = self._hash.hexdigest().encode()
        head = b"<</Type/XRef/W[1 5 2]/Size %d/Root %b/Info %b/ID[<%b><%b>]%b>>" % (
            *(len(self._kinds), reference(root), reference(info)),
            *(identifier, identifier, _AS_DIFFERENCES),
        )
        self.put(table, head, compressed(data))
        self._thread.shutdown()
        self._write(b"startxref\n%d\n%%%%EOF\n" % start)

    def _pack(self) -> None:
        if not self._packed:
            return
        stream = self.reserve()
        index = bytearray()
        body = bytearray()
        for position, (number, text) in enumerate(self._packed):
            index += b"%d %d " % (number, len(body))
            body += text + b"\n"
            self._kinds[number], self._places[number] = _PACKED, stream
            self._indices[number] = position
        head = b"<</Type/ObjStm/N %d/First %d>>" % (len(self._packed), len(index))
        self._packed = []
        self.put_compressed(stream, head, bytes(index + body))

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._hash.update(data)
        self._offset += len(data)


def _differences(rows: Iterable[bytes]) -> bytes:
    """Return rows of a table, each as what differs from the one before (PNG's filter "up").

    See PDF 32000-1, 7.4.4.4.
    """
    written = bytearray()
    last = bytes(_ROW)
    for row in rows:
        written.append(2)
        written += bytes((new - old) % 256 for new, old in zip(row, last, strict=True))
        last = row
    return bytes(written)
