"""A font file and the glyphs a book uses → a font file with those alone.

HarfBuzz does it, from its own wheel: what Debian 12 brings gives up on some sets of glyphs of LXGW
WenKai, and fontTools takes seconds for what takes HarfBuzz hundredths of one.

Pages name glyphs by codes (``text_codes.py``). A CFF font may say itself by what codes its glyphs
are asked for, as fonts of Chinese do, and a TrueType font has a table beside it: then its tables
need not have 65,535 entries, which take 80 to 160 KB compressed. Other fonts keep their numbers.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence

import uharfbuzz
from fontTools.ttLib import TTFont

_DROPPED = (
    *("BASE", "DSIG", "EBDT", "EBLC", "EBSC", "GPOS", "GSUB", "JSTF", "LTSH", "PCLT", "SVG "),
    *("GDEF", "VORG", "cmap", "gasp", "vhea", "vmtx"),
)
"""Tables that a PDF's reader has no use for (PDF 32000-1, 9.9), which asks for glyphs by number."""
_LONG, _CHARSET = b"\x1d", b"\x0f"
"""Of a CFF font's dictionary: a number of four bytes follows, and where the charset is."""


def subset_font(data: bytes, index: int, glyphs: Iterable[int]) -> bytes:
    """Return the face number ``index`` of a font file with no outlines but those of ``glyphs``.

    They keep their numbers.
    """
    face = uharfbuzz.Face(data, index)
    flags = uharfbuzz.SubsetFlags.RETAIN_GIDS
    return bytes(uharfbuzz.subset(face, _wanted(glyphs, flags)).blob.data)


def dense_font(data: bytes, index: int, codes: Mapping[int, int]) -> tuple[bytes, bytes]:
    """Return a TrueType font with no glyphs but some, and which glyph each code stands for.

    The latter as ``CIDToGIDMap`` has it (PDF 32000-1, 9.7.4.2). ``codes`` are those of glyphs.
    """
    plan = uharfbuzz.SubsetPlan(uharfbuzz.Face(data, index), _wanted(codes))
    new: Mapping[int, int] = dict(plan.old_to_new_glyph_mapping.items())
    glyphs = bytearray(2 * (max(codes.values()) + 1))
    for old, code in codes.items():
        glyphs[2 * code : 2 * code + 2] = new.get(old, 0).to_bytes(2, "big")
    return bytes(plan.execute().blob.data), bytes(glyphs)


def bare_cff(data: bytes, index: int, codes: Mapping[int, int]) -> bytes | None:
    """Return the CFF table of a face with no glyphs but some, each with its code as CID.

    None if the font is no CFF font, or has names for its glyphs (Adobe's note 5176, 18).
    """
    face = uharfbuzz.Face(data, index)
    if b"CFF " not in {tag.encode() for tag in face.table_tags}:
        return None
    plan = uharfbuzz.SubsetPlan(face, _wanted(codes))
    with TTFont(io.BytesIO(plan.execute().blob.data), lazy=True) as font:
        top = font["CFF "].cff[0]
        if not hasattr(top, "ROS"):
            return None
        old: Mapping[int, int] = dict(plan.new_to_old_glyph_mapping.items())
        glyphs = [old[new] for new in range(1, len(old))]
        outlines = bytes(font.reader["CFF "])
        return _with_charset(outlines, top.rawDict["charset"], [codes[glyph] for glyph in glyphs])


def _with_charset(cff: bytes, offset: int, codes: Sequence[int]) -> bytes:
    """Return a CFF table whose glyphs, but for the first, have these codes (note 5176, 13)."""
    charset = b"\0%b" % b"".join(code.to_bytes(2, "big") for code in codes)
    if cff[offset] == 0:  # as long as the new one
        return cff[:offset] + charset + cff[offset + len(charset) :]
    named = _LONG + offset.to_bytes(4, "big") + _CHARSET
    if cff.count(named) != 1:
        raise ValueError("HarfBuzz writes CFF otherwise than before")
    return cff.replace(named, _LONG + len(cff).to_bytes(4, "big") + _CHARSET) + charset


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
