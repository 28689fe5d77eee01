"""The glyphs that a book's formulas use → one TrueType font in its PDF.

The outlines are MathJax's. A map leads from the codes (``glyph_codes.py``) to the glyphs of the
file, of which a book has one. ``ToUnicode`` gives each glyph its character, for readers that ignore
``ActualText``.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Mapping

from kexue_book.model import Glyph
from kexue_book.pdf.deflating import compressed
from kexue_book.pdf.glyph_codes import add_code
from kexue_book.pdf.object_file import ObjectFile, reference

RESOURCE = "K"
"""Name of the font in the pages' resources."""
_NAME = b"/KXMATH+KexueMath"
_SYMBOLIC = 4
"""Font descriptor flag: PDF 32000-1, table 123."""


class MathFont:
    """Glyphs by their codes in the pages of one sheet."""

    def __init__(self, glyphs: Mapping[str, Glyph]) -> None:
        """``glyphs`` are all that may be asked for."""
        self._glyphs = glyphs
        self._shown: dict[str, tuple[str, float]] = {}
        self._taken: set[int] = set()

    def shown(self, glyph: str) -> tuple[str, float]:
        """Return a glyph's code in hexadecimal and its width in thousandths of an em."""
        known = self._shown.get(glyph)
        if known is None:
            code = f"{add_code(glyph, self._taken):04x}"
            known = self._shown[glyph] = code, self._glyphs[glyph].advance
        return known

    @property
    def glyphs_used(self) -> tuple[str, ...]:
        """The glyphs that were shown, in the order they were met."""
        return tuple(self._shown)


class BookMathFont:
    """The one font file that all sheets share."""

    def __init__(self, file: ObjectFile, glyphs: Mapping[str, Glyph], data: bytes) -> None:
        """Embed ``data``, which is what :func:`true_type` made of ``glyphs``."""
        self._file = file
        self._ids = {name: number for number, name in enumerate(glyphs, start=1)}
        self._advances = {name: b"%d" % round(glyph.advance) for name, glyph in glyphs.items()}
        self._characters = {name: character(name).encode("utf-16-be").hex() for name in glyphs}
        head = b"<</Length1 %d/Filter/FlateDecode>>" % len(data)
        embedded = file.add(head, compressed(data))
        self._descriptor = file.add(
            b"<</Type/FontDescriptor/FontName%b/Flags %d/FontBBox[-1000 -3000 4000 3000]"
            b"/ItalicAngle 0/Ascent 900/Descent -300/CapHeight 700/StemV 80/FontFile2 %b>>"
            % (_NAME, _SYMBOLIC, reference(embedded))
        )

    def put(self, number: int, used: Mapping[int, str]) -> None:
        """Put the font of pages that show these glyphs by these codes."""
        file = self._file
        codes = sorted(used)
        ids = bytearray(2 * (codes[-1] + 1))
        for code in codes:
            ids[2 * code : 2 * code + 2] = self._ids[used[code]].to_bytes(2, "big")
        widths = b"".join(b"%d[%b]" % (code, self._advances[used[code]]) for code in codes)
        descendant = file.add(
            b"<</Type/Font/Subtype/CIDFontType2/BaseFont%b/CIDSystemInfo"
            b"<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
            b"/CIDToGIDMap %b/DW 1000/W[%b]/FontDescriptor %b>>"
            % (
                *(_NAME, reference(file.add_compressed(b"<<>>", bytes(ids)))),
                *(widths, reference(self._descriptor)),
            )
        )
        characters = {code: self._characters[used[code]] for code in codes}
        to_unicode = file.add_compressed(b"<<>>", _to_unicode(characters))
        file.put(
            number,
            b"<</Type/Font/Subtype/Type0/BaseFont%b/Encoding/Identity-H"
            b"/DescendantFonts[%b]/ToUnicode %b>>"
            % (_NAME, reference(descendant), reference(to_unicode)),
        )


def true_type(glyphs: Mapping[str, Glyph]) -> bytes:
    """Return a font file; glyph ids count from 1, in the order of ``glyphs``."""
    # Most books find theirs on the shelf.
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen
    from fontTools.svgLib.path import parse_path

    outlines = {".notdef": TTGlyphPen(None).glyph()}
    metrics = {".notdef": (500, 0)}
    for code, glyph in enumerate(glyphs.values(), start=1):
        pen = TTGlyphPen(None)
        if glyph.path:
            # TrueType fills by the non-zero rule and MathJax's outlines are quadratic.
            parse_path(glyph.path, pen)
        outline = pen.glyph()
        outline.recalcBounds(None)
        outlines[f"g{code}"] = outline
        # FreeType moves an outline by the difference of bearing and left edge.
        metrics[f"g{code}"] = (round(glyph.advance), outline.xMin)
    builder = FontBuilder(1000, isTTF=True)
    builder.font.recalcTimestamp = False
    builder.updateHead(created=0, modified=0)
    builder.setupGlyphOrder(list(outlines))
    builder.setupCharacterMap({})
    builder.setupGlyf(outlines)
    builder.setupHorizontalMetrics(metrics)
    builder.setupHorizontalHeader(ascent=900, descent=-300)
    builder.setupPost(keepGlyphNames=False)
    for table in ("cmap", "name", "OS/2"):  # a PDF's reader needs none of them
        if table in builder.font:
            del builder.font[table]
    file = io.BytesIO()
    builder.save(file)
    return file.getvalue()


def _to_unicode(characters: Mapping[int, str]) -> bytes:
    """Return the CMap from codes to characters in hexadecimal (PDF 32000-1, 9.10.3)."""
    lines = [
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
        "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def",
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
        "1 begincodespacerange <0000> <ffff> endcodespacerange",
    ]
    codes = list(characters.items())
    for start in range(0, len(codes), 100):
        chunk = codes[start : start + 100]
        lines.append(f"{len(chunk)} beginbfchar")
        lines += [f"<{code:04x}> <{character}>" for code, character in chunk]
        lines.append("endbfchar")
    lines.append("endcmap CMapName currentdict /CMap defineresource pop end end")
    return "\n".join(lines).encode("ascii")


def character(glyph: str) -> str:
    """Return the plain character of a glyph, whose name ends with the code point: ``I-1D465``."""
    return unicodedata.normalize("NFKC", chr(int(glyph.rsplit("-", 1)[1], 16))) or " "
