"""A profile → the maker of what stands for a formula on a page: MathML, a drawing, a picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from lxml import etree

from kexue_book.epub.drawings import SvgShapes
from kexue_book.epub.mathml import MathmlShapes
from kexue_book.kept import Kept
from kexue_book.model import EpubMath, Formula, Glyph, Typeset


class Shapes(Protocol):
    """Makes elements, and collects the files that they refer to."""

    files: dict[str, bytes]
    """By name in the book."""

    def element(self, formula: Formula, typeset: Typeset) -> etree._Element:
        """Return a new element for a formula that was typeset without an error."""


def shapes_of(
    math: EpubMath,
    glyphs: Mapping[str, Glyph],
    *,
    opaque: bool = False,
    kept: Kept | None = None,
) -> Shapes:
    """Return the maker for one book; pictures that are ``opaque`` have a white ground.

    Pictures are looked for in what is ``kept``, and kept there.

    Raises:
        MissingDependencyError: the library that makes pictures is not installed.
    """
    if math is EpubMath.SVG:
        return SvgShapes(glyphs)
    if math is EpubMath.PNG:
        from kexue_book.epub.pictures import PngShapes

        return PngShapes(glyphs, opaque=opaque, kept=kept)
    return MathmlShapes()
