"""The glyphs that a book's formulas use → one TrueType font in its PDF.

The outlines are MathJax's; codes are handed out as glyphs are met, so the font holds just what
the book needs. ``ToUnicode`` gives each glyph its character, for readers that ignore
``ActualText``.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Mapping

import pydyf
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.svgLib.path import parse_path

from kexue_book.model import Glyph
from kexue_book.pdf.weasy import add_font

RESOURCE = "KxMath"
"""Name of the font in the pages' resources."""
_NAME = "KXMATH+KexueMath"
_SYMBOLIC = 4
"""Font descriptor flag: PDF 32000-1, table 123."""


class MathFont:
    """Glyphs by their code in the PDF, from 1."""

    def __init__(self, glyphs: Mapping[str, Glyph]) -> None:
        """``glyphs`` are all that may be asked for."""
        self._glyphs = glyphs
        self._codes: dict[str, int] = {}

    def code(self, glyph: str) -> int:
        """Return the code of a glyph, handing one out at first use."""
        return self._codes.setdefault(glyph, len(self._codes) + 1)

    def advance(self, glyph: str) -> float:
        """Return the glyph's width in thousandths of an em."""
        return self._glyphs[glyph].advance

    def embed(self, _document: object, pdf: pydyf.PDF) -> None:
        """Add the font to the file: a ``finisher`` of ``Document.write_pdf``."""
        if not self._codes:
            return
        data = self._true_type()
        file = pydyf.Stream([data], pydyf.Dictionary({"Length1": len(data)}), compress=True)
        pdf.add_object(file)
        descriptor = pydyf.Dictionary(
            {
                "Type": "/FontDescriptor",
                "FontName": f"/{_NAME}",
                "Flags": _SYMBOLIC,
                "FontBBox": pydyf.Array([-1000, -3000, 4000, 3000]),
                "ItalicAngle": 0,
                "Ascent": 900,
                "Descent": -300,
                "CapHeight": 700,
                "StemV": 80,
                "FontFile2": file.reference,
            }
        )
        pdf.add_object(descriptor)
        widths = pydyf.Array([round(self.advance(glyph)) for glyph in self._codes])
        descendant = pydyf.Dictionary(
            {
                "Type": "/Font",
                "Subtype": "/CIDFontType2",
                "BaseFont": f"/{_NAME}",
                "CIDSystemInfo": pydyf.Dictionary(
                    {
                        "Registry": pydyf.String("Adobe"),
                        "Ordering": pydyf.String("Identity"),
                        "Supplement": 0,
                    }
                ),
                "CIDToGIDMap": "/Identity",
                "DW": 1000,
                "W": pydyf.Array([1, widths]),
                "FontDescriptor": descriptor.reference,
            }
        )
        pdf.add_object(descendant)
        unicode_map = pydyf.Stream([self._to_unicode()], compress=True)
        pdf.add_object(unicode_map)
        font = pydyf.Dictionary(
            {
                "Type": "/Font",
                "Subtype": "/Type0",
                "BaseFont": f"/{_NAME}",
                "Encoding": "/Identity-H",
                "DescendantFonts": pydyf.Array([descendant.reference]),
                "ToUnicode": unicode_map.reference,
            }
        )
        pdf.add_object(font)
        add_font(pdf, RESOURCE, font)

    def _true_type(self) -> bytes:
        """Return the font file; glyph ids are the codes."""
        outlines = {".notdef": TTGlyphPen(None).glyph()}
        metrics = {".notdef": (500, 0)}
        for name, code in self._codes.items():
            pen = TTGlyphPen(None)
            if self._glyphs[name].path:
                # TrueType fills by the non-zero rule and MathJax's outlines are quadratic.
                parse_path(self._glyphs[name].path, pen)
            outline = pen.glyph()
            outline.recalcBounds(None)
            outlines[f"g{code}"] = outline
            # FreeType moves an outline by the difference of bearing and left edge.
            metrics[f"g{code}"] = (round(self.advance(name)), outline.xMin)
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

    def _to_unicode(self) -> bytes:
        """Return the CMap from codes to characters (PDF 32000-1, 9.10.3)."""
        lines = [
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
            "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def",
            "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
            "1 begincodespacerange <0000> <ffff> endcodespacerange",
        ]
        codes = list(self._codes.items())
        for start in range(0, len(codes), 100):
            chunk = codes[start : start + 100]
            lines.append(f"{len(chunk)} beginbfchar")
            for glyph, code in chunk:
                lines.append(f"<{code:04x}> <{_character(glyph).encode('utf-16-be').hex()}>")
            lines.append("endbfchar")
        lines.append("endcmap CMapName currentdict /CMap defineresource pop end end")
        return "\n".join(lines).encode("ascii")


def _character(glyph: str) -> str:
    """Return the plain character of a glyph: its id ends with the code point, ``MJMATHI-1D465``."""
    return unicodedata.normalize("NFKC", chr(int(glyph.rsplit("-", 1)[1], 16))) or " "
