"""A font file and the glyphs a book uses → a font file with those alone.

HarfBuzz does it, from its own wheel: what Debian 12 brings gives up on some sets of glyphs of LXGW
WenKai, and fontTools takes seconds for what takes HarfBuzz hundredths of one.

Pages name glyphs by the numbers they have in the whole font. A CFF font may say itself by what
numbers its glyphs are asked for, as fonts of Chinese do; then its tables need not have 65,535
entries, which take 80 to 160 KB compressed. Other fonts keep the numbers.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping

import uharfbuzz
from fontTools.ttLib import TTFont

_DROPPED = (
    *("BASE", "DSIG", "EBDT", "EBLC", "EBSC", "GPOS", "GSUB", "JSTF", "LTSH", "PCLT", "SVG "),
    *("GDEF", "VORG", "cmap", "gasp", "vhea", "vmtx"),
)
"""Tables that a PDF's reader has no use for (PDF 32000-1, 9.9), which asks for glyphs by number."""


def subset_font(data: bytes, index: int, glyphs: Iterable[int]) -> bytes:
    """Return the face number ``index`` of a font file with no outlines but those of ``glyphs``.

    They keep their numbers.
    """
    face = uharfbuzz.Face(data, index)
    flags = uharfbuzz.SubsetFlags.RETAIN_GIDS
    return bytes(uharfbuzz.subset(face, _wanted(glyphs, flags)).blob.data)


def bare_cff(data: bytes, index: int, glyphs: Iterable[int]) -> bytes | None:
    """Return the CFF table of a face with no glyphs but some, each under its old number as CID.

    None if the font is no CFF font, or numbers its glyphs otherwise (Adobe's note 5176, 18).
    """
    face = uharfbuzz.Face(data, index)
    if b"CFF " not in {tag.encode() for tag in face.table_tags}:
        return None
    plan = uharfbuzz.SubsetPlan(face, _wanted(glyphs))
    with TTFont(io.BytesIO(plan.execute().blob.data), lazy=True) as font:
        top = font["CFF "].cff[0]
        old: Mapping[int, int] = dict(plan.new_to_old_glyph_mapping.items())
        names = top.charset[1:] if hasattr(top, "ROS") else ()
        if len(names) != len(old) - 1 or any(
            name != f"cid{old[new]:05d}" for new, name in enumerate(names, 1)
        ):
            return None
        return bytes(font.reader["CFF "])


def _wanted(glyphs: Iterable[int], flags: int = 0) -> uharfbuzz.SubsetInput:
    wanted = uharfbuzz.SubsetInput()
    wanted.sets(uharfbuzz.SubsetInputSets.GLYPH_INDEX).update(sorted(glyphs))
    wanted.sets(uharfbuzz.SubsetInputSets.DROP_TABLE_TAG).update(map(_tag, _DROPPED))
    wanted.flags = (
        flags
        | uharfbuzz.SubsetFlags.PASSTHROUGH_UNRECOGNIZED
        | uharfbuzz.SubsetFlags.DESUBROUTINIZE
        | uharfbuzz.SubsetFlags.NO_HINTING
        | uharfbuzz.SubsetFlags.NOTDEF_OUTLINE
    )
    return wanted


def _tag(name: str) -> int:
    return int.from_bytes(name.encode("ascii"), "big")
