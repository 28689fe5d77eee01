"""A post's formulas: found, numbered, typeset.

``scan_formulas`` and ``resolve_formulas`` work on a post's text before pandoc sees it;
``typeset_formulas`` turns what they found into MathML and display lists.
"""

from kexue_book.formulas.cache import default_cache_path
from kexue_book.formulas.cache_file import CacheInfo, clear_cache, read_cache_info
from kexue_book.formulas.colors import channels, hexadecimal
from kexue_book.formulas.display_list import (
    Break,
    ClipOp,
    EllipseOp,
    GlyphOp,
    Operator,
    PathOp,
    RectOp,
    Row,
    StrokeOp,
    TextOp,
    parse_display_list,
    parse_rows,
)
from kexue_book.formulas.engine import typeset_formulas
from kexue_book.formulas.items import (
    FIRST_PLACEHOLDER,
    ChapterFormulas,
    Definition,
    FoundFormula,
    FoundReference,
    Item,
    Literal,
    Reference,
    ScannedText,
)
from kexue_book.formulas.mathjax import glyph_names
from kexue_book.formulas.numbering import resolve_formulas
from kexue_book.formulas.scan import scan_formulas
from kexue_book.formulas.standby import Standby
from kexue_book.formulas.svg import Box, draw_svg, formula_box
from kexue_book.formulas.tags import TAG

__all__ = [
    "FIRST_PLACEHOLDER",
    "TAG",
    "Box",
    "Break",
    "CacheInfo",
    "ChapterFormulas",
    "ClipOp",
    "Definition",
    "EllipseOp",
    "FoundFormula",
    "FoundReference",
    "GlyphOp",
    "Item",
    "Literal",
    "Operator",
    "PathOp",
    "RectOp",
    "Reference",
    "Row",
    "ScannedText",
    "Standby",
    "StrokeOp",
    "TextOp",
    "channels",
    "clear_cache",
    "default_cache_path",
    "draw_svg",
    "formula_box",
    "glyph_names",
    "hexadecimal",
    "parse_display_list",
    "parse_rows",
    "read_cache_info",
    "resolve_formulas",
    "scan_formulas",
    "typeset_formulas",
]
