"""A font file and the glyphs a book uses → a font file with those alone, under their old numbers.

HarfBuzz does it, from its own wheel: what Debian 12 brings gives up on some sets of glyphs of LXGW
WenKai, and fontTools takes seconds for what takes HarfBuzz hundredths of one.
"""

from __future__ import annotations

from collections.abc import Iterable

import uharfbuzz

_DROPPED = ("BASE", "DSIG", "EBDT", "EBLC", "EBSC", "GPOS", "GSUB", "JSTF", "LTSH", "PCLT", "SVG ")
"""Tables that a PDF's reader has no use for."""


def subset_font(data: bytes, index: int, glyphs: Iterable[int]) -> bytes:
    """Return the face number ``index`` of a font file with no outlines but those of ``glyphs``."""
    face = uharfbuzz.Face(data, index)
    wanted = uharfbuzz.SubsetInput()
    wanted.sets(uharfbuzz.SubsetInputSets.GLYPH_INDEX).update(sorted(glyphs))
    wanted.sets(uharfbuzz.SubsetInputSets.DROP_TABLE_TAG).update(map(_tag, _DROPPED))
    wanted.flags = (
        uharfbuzz.SubsetFlags.RETAIN_GIDS
        | uharfbuzz.SubsetFlags.PASSTHROUGH_UNRECOGNIZED
        | uharfbuzz.SubsetFlags.DESUBROUTINIZE
        | uharfbuzz.SubsetFlags.NO_HINTING
        | uharfbuzz.SubsetFlags.NOTDEF_OUTLINE
    )
    made = uharfbuzz.subset(face, wanted)
    return bytes(made.blob.data)


def _tag(name: str) -> int:
    return int.from_bytes(name.encode("ascii"), "big")
