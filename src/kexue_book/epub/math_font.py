"""The characters of a book's MathML → a font of just these, which knows how to stretch them.

Brackets, roots and big operators grow only where the font has a MATH table, and few reading
systems bring such a font. STIX Two Math (``fonts/``, under the OFL, which reserves no name) is
made smaller without losing what its characters grow into. It stays an uncompressed OpenType
font: the EPUB's own zip brings it within 3 KB of WOFF2, which would need another library.
"""

from __future__ import annotations

import functools
import io
import unicodedata
from collections.abc import Iterable
from importlib.resources import files

from fontTools import subset
from fontTools.ttLib import TTFont
from lxml import etree

from kexue_book.epub.math_mending import mend_math_font

FAMILY = "STIX Two Math"
"""As style sheets name it."""
FILE = "fonts/STIXTwoMath-subset.otf"
MEDIA_TYPE = "font/otf"

FACE = f"""
/* The book's formulas; see the file's own name table for its authors and its licence. */
@font-face {{
  font-family: "{FAMILY}";
  src: url("../{FILE}");
}}
"""

_SOURCE = "STIXTwoMath-Regular.otf"
_ALWAYS = "√−"
"""The sign of ``<msqrt>``, and what a hyphen in ``<mo>`` is shown as: no text holds them."""
_NAMES = (0, 1, 2, 3, 4, 5, 6, 7, 13, 14)
"""Copyright, names, version, trademark and licence, which the OFL wants kept."""
_ITALIC = (
    *(0x210E, *range(0x1D434, 0x1D455), *range(0x1D456, 0x1D468)),
    *(0x1D6A4, 0x1D6A5, *range(0x1D6E2, 0x1D71C)),
)
"""The italic letters of Latin and Greek; h stood elsewhere before."""


def math_characters(formulas: Iterable[etree._Element]) -> frozenset[str]:
    """Return what ``<math>`` elements show.

    A letter alone in ``<mi>`` is shown in italics, which are other characters to a font.
    """
    shown = {character for math in formulas for character in "".join(map(str, math.itertext()))}
    return frozenset(shown | {_italics()[letter] for letter in shown if letter in _italics()})


def subset_math_font(characters: Iterable[str]) -> bytes:
    """Return the font file for ``characters``; those the font does not have are left out."""
    source = files("kexue_book.epub") / "fonts" / _SOURCE
    font = TTFont(io.BytesIO(source.read_bytes()), recalcTimestamp=False)
    mend_math_font(font)
    options = subset.Options(
        layout_features=[],  # Chromium asks for no ssty, which makes a file half as large again
        name_IDs=list(_NAMES),
        drop_tables=["DSIG", "GPOS"],
        desubroutinize=True,  # longer, but shorter when zipped
        hinting=False,
        glyph_names=False,
        notdef_outline=True,
    )
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=sorted({ord(c) for c in (*characters, *_ALWAYS)}))
    subsetter.subset(font)
    file = io.BytesIO()
    font.save(file)
    return file.getvalue()


@functools.cache
def _italics() -> dict[str, str]:
    # Not NFKC, which takes ϱ for ρ as well.
    return {_letter(chr(code)): chr(code) for code in _ITALIC}


def _letter(italic: str) -> str:
    """Return the letter that Unicode says is italic here: ``<font> 03C1``."""
    return chr(int(unicodedata.decomposition(italic).split()[1], 16))
