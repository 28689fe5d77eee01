"""A filled page: its files but for the links between them, and what the package must know of it.

All of it depends on the page alone, so it can be kept on disk as it is.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

_QUICK = 1
"""zlib's level: most of a chapter is MathML, which hardly becomes smaller with more effort."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An XHTML file in which links into the book are ``#ANCHOR``."""

    name: str
    """Stem of the file."""
    content: bytes
    properties: tuple[str, ...]
    """What the package must say the file has: neither less nor more is valid."""
    anchors: tuple[str, ...]
    """Ids in it that links may lead to."""
    blocks: tuple[str, ...]
    """Ids of its blocks, in reading order."""

    @property
    def address(self) -> str:
        """Name of the file."""
        return f"{self.name}.xhtml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A page that has been filled."""

    files: tuple[File, ...]
    characters: str
    """What its MathML shows, for the font."""
    pictures: Mapping[str, bytes]
    """Files of its formulas, by name."""
    wordless: int = 0
    """Images without alternative text."""

    def to_bytes(self) -> bytes:
        """Return it as it is kept."""
        facts = [
            [(f.name, len(f.content), f.properties, f.anchors, f.blocks) for f in self.files],
            self.characters,
            [(name, len(data)) for name, data in self.pictures.items()],
            self.wordless,
        ]
        head = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
        texts = b"".join(file.content for file in self.files)
        packed = zlib.compress(head + texts, _QUICK)
        sizes = struct.pack("<II", len(head), len(packed))
        return sizes + packed + b"".join(self.pictures.values())


def read_filled(data: bytes) -> Filled:
    """Read what :meth:`Filled.to_bytes` wrote.

    Raises:
        ValueError: it is something else.
    """
    try:
        start = struct.calcsize("<II")
        head, packed = struct.unpack_from("<II", data)
        text = zlib.decompress(data[start : start + packed])
        files, characters, pictures, wordless = json.loads(text[:head])
        contents = _cut(text[head:], [length for _, length, *_ in files])
        images = _cut(data[start + packed :], [length for _, length in pictures])
        return Filled(
            files=tuple(
                File(
                    name=name,
                    content=content,
                    properties=tuple(properties),
                    anchors=tuple(anchors),
                    blocks=tuple(blocks),
                )
                for (name, _, properties, anchors, blocks), content in zip(
                    files, contents, strict=True
                )
            ),
            characters=characters,
            pictures=dict(zip((name for name, _ in pictures), images, strict=True)),
            wordless=wordless,
        )
    except (struct.error, zlib.error, TypeError) as problem:
        raise ValueError(str(problem)) from problem


def _cut(data: bytes, lengths: list[int]) -> list[bytes]:
    pieces, start = [], 0
    for length in lengths:
        pieces.append(data[start : start + length])
        start += length
    return pieces
