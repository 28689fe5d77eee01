"""The glyphs that a book's formulas use → one TrueType font in its PDF.

The outlines are MathJax's. Codes are handed out as glyphs are met, in each sheet from 1, and a map
leads from them to the glyphs of the file, of which a book has one. ``ToUnicode`` gives each glyph
its character, for readers that ignore ``ActualText``.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Mapping, Sequence

from kexue_book.model import Glyph
from kexue_book.pdf.object_file import ObjectFile, reference

RESOURCE = "KM"
"""Name of the font in the pages' resources."""
_NAME = b"/KXMATH+KexueMath"
_SYMBOLIC = 4
"""Font descriptor flag: PDF 32000-1, table 123."""


class MathFont:
    """Glyphs by their codes in the pages of one sheet, from 1."""

    def __init__(self, glyphs: Mapping[str, Glyph]) -> None:
        """``glyphs`` are all that may be asked for."""
        self._glyphs = glyphs
        self._shown: dict[str, tuple[str, float]] = {}

    def shown(self, glyph: str) -> tuple[str, float]:
        """Return a glyph's code in hexadecimal and its width in thousandths of an em.

        Codes are handed out at first use.
        """
        known = self._shown.get(glyph)
        if known is None:
            code = f"{len(self._shown) + 1:04x}"
            known = self._shown[glyph] = code, self._glyphs[glyph].advance
        return known

    @property
    def glyphs_used(self) -> tuple[str, ...]:
        """The glyphs that have codes, in the order of those."""
        return tuple(self._shown)


class BookMathFont:
    """The one font file that all sheets share; each has codes of its own for the glyphs."""

    def __init__(self, file: ObjectFile, glyphs: Mapping[str, Glyph], data: bytes) -> None:
        """Embed ``data``, which is what :func:`true_type` made of ``glyphs``."""
        self._file = file
        self._ids = {name: number for number, name in enumerate(glyphs, start=1)}
        self._advances = {name: b"%d" % round(glyph.advance) for name, glyph in glyphs.items()}
        self._characters = {name: _character(name) for name in glyphs}
        embedded = file.add_compressed(b"<</Length1 %d>>" % len(data), data)
        self._descriptor = file.add(
            b"<</Type/FontDescriptor/FontName%b/Flags %d/FontBBox[-1000 -3000 4000 3000]"
            b"/ItalicAngle 0/Ascent 900/Descent -300/CapHeight 700/StemV 80/FontFile2 %b>>"
            % (_NAME, _SYMBOLIC, reference(embedded))
        )

    def put(self, number: int, used: Sequence[str]) -> None:
        """Put the font of a sheet that uses these glyphs, by their codes from 1."""
        file = self._file
        characters = [self._characters[name] for name in used]
        ids = b"\0\0" + b"".join(self._ids[name].to_bytes(2, "big") for name in used)
        descendant = file.add(
            b"<</Type/Font/Subtype/CIDFontType2/BaseFont%b/CIDSystemInfo"
            b"<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
            b"/CIDToGIDMap %b/DW 1000/W[1[%b]]/FontDescriptor %b>>"
            % (
                *(_NAME, reference(file.add_compressed(b"<<>>", ids))),
                b" ".join(self._advances[name] for name in used),
                reference(self._descriptor),
            )
        )
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


def _to_unicode(characters: Sequence[str]) -> bytes:
    """Return the CMap from codes, from 1, to characters in hexadecimal (PDF 32000-1, 9.10.3)."""
    lines = [
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
        "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def",
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
        "1 begincodespacerange <0000> <ffff> endcodespacerange",
    ]
    codes = list(enumerate(characters, start=1))
    for start in range(0, len(codes), 100):
        chunk = codes[start : start + 100]
        lines.append(f"{len(chunk)} beginbfchar")
        lines += [f"<{code:04x}> <{character}>" for code, character in chunk]
        lines.append("endbfchar")
    lines.append("endcmap CMapName currentdict /CMap defineresource pop end end")
    return "\n".join(lines).encode("ascii")


def _character(glyph: str) -> str:
    """Return the plain character of a glyph, in hexadecimal.

    The glyph's id ends with the code point: ``MJMATHI-1D465``.
    """
    plain = unicodedata.normalize("NFKC", chr(int(glyph.rsplit("-", 1)[1], 16))) or " "
    return plain.encode("utf-16-be").hex()
