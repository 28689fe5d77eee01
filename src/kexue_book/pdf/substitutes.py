"""Characters that no font has → ones that one has: PDF/UA and PDF/A want a glyph for everything.

What a font has is known when a sheet has been laid out; then it is laid out again. Characters
for private use go the same way, because a reader could not tell what they mean.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element

from kexue_book.pdf.record import FontUse

_BOX = "□"
"""What Chinese books print for a character that cannot be read."""
_SHOWN = ("data-part", "data-chapter", "data-number")
"""Attributes that the style sheet shows."""


def find_substitutes(fonts: Iterable[FontUse]) -> dict[int, str]:
    """Return a translation of the characters that a record should not show."""
    substitutes: dict[int, str] = {}
    for font in fonts:
        substitutes |= dict.fromkeys(font.missing, _BOX)
        for text in font.to_unicode.values():
            private = (ord(character) for character in text if _is_private(character))
            substitutes |= dict.fromkeys(private, _BOX)
    return substitutes


def _is_private(character: str) -> bool:
    return unicodedata.category(character) == "Co"


def substitute(root: Element, substitutes: Mapping[int, str]) -> None:
    """Replace characters in all that a tree shows, in place."""
    for element in root.iter():
        if element.text:
            element.text = element.text.translate(substitutes)
        if element.tail:
            element.tail = element.tail.translate(substitutes)
        for name in _SHOWN:
            if name in element.attrib:
                element.set(name, element.attrib[name].translate(substitutes))
