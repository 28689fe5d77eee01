"""The values that flow from room to room: frozen, without behaviour beyond small look-ups.

    Post ─▶ Book(Part(Chapter)) ─▶ Manuscript ─▶ the writers

Lengths of formulas are in em of the surrounding text; everything else says its unit.
"""

from kexue_book.model.books import Book, BookMeta, BuildSummary, Chapter, PagePlace, Part
from kexue_book.model.choices import (
    TOC_DEPTH,
    Device,
    EpubMath,
    EquationNumbers,
    Grouping,
    Order,
    PdfVariant,
)
from kexue_book.model.formulas import (
    Broken,
    EquationNumber,
    Formula,
    FormulaKey,
    Glyph,
    Packed,
    Typeset,
    Typesetting,
    Unpacking,
    find_broken,
)
from kexue_book.model.manuscripts import Asset, Footnote, Heading, Manuscript, Text
from kexue_book.model.posts import CategoryPath, Post, Selection

__all__ = [
    "TOC_DEPTH",
    "Asset",
    "Book",
    "BookMeta",
    "Broken",
    "BuildSummary",
    "CategoryPath",
    "Chapter",
    "Device",
    "EpubMath",
    "EquationNumber",
    "EquationNumbers",
    "Footnote",
    "Formula",
    "FormulaKey",
    "Glyph",
    "Grouping",
    "Heading",
    "Manuscript",
    "Order",
    "Packed",
    "PagePlace",
    "Part",
    "PdfVariant",
    "Post",
    "Selection",
    "Text",
    "Typeset",
    "Typesetting",
    "Unpacking",
    "find_broken",
]
