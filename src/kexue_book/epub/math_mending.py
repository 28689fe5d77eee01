"""STIX Two Math as it is published → the same, for engines that lay out MathML as Chromium does.

Five things stand in the way of formulas that look right; each is mended in the font, where all
reading systems profit and none is harmed:

- the heads of arrows have their connectors the wrong way round, so that nothing joins them
  (STIX Two Math 2.12; look again with a newer one);
- wide shapes belong to combining accents only, which are not those that MathML uses;
- the shapes that primes have as indices must be asked for (``ssty``), which Chromium does not;
- a bracket must be as high as what it holds: TeX lets it fall short by a tenth;
- Chromium keeps for a root or a bracket the width of its widest shape, whichever it draws:
  a gap of 0.4 em behind each small root. So the large shapes are made narrower, about to
  TeX's proportions.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

_GROWS_LIKE = {"ˆ": "\u0302", "˜": "\u0303", "ˇ": "\u030c"}
"""Accents that stand alone, and the combining ones whose wide shapes they get."""
_PRIMES = "′″‴⁗"
_BRACKETS = "()[]{}⌊⌋⌈⌉⟨⟩⟦⟧"
_SHORTFALL = 0.901
"""A bracket need not be quite as high as what it holds: plain TeX's ``delimiterfactor``."""
_WIDEST = {"√": 1.1} | dict.fromkeys(_BRACKETS, 1.3)
"""What grows in height, and how much wider than its smallest shape the others may be."""


def mend_math_font(font: TTFont) -> None:
    """Change the font in place."""
    variants = font["MATH"].table.MathVariants
    horizontal = _constructions(variants, "Horiz")
    for construction in horizontal.values():
        _turn_last_connector(construction, variants.MinConnectorOverlap)
    _let_accents_grow(font, horizontal)
    ordered = sorted(horizontal, key=font.getGlyphID)
    variants.HorizGlyphCoverage.glyphs = ordered
    variants.HorizGlyphConstruction = [horizontal[name] for name in ordered]
    variants.HorizGlyphCount = len(ordered)
    vertical = _constructions(variants, "Vert")
    _let_brackets_fall_short(font, vertical)
    _narrow(font, vertical)
    _raise_primes(font)


def _constructions(variants: Any, direction: str) -> dict[str, Any]:
    """Return by glyph what it grows into."""
    names = getattr(variants, f"{direction}GlyphCoverage").glyphs
    return dict(zip(names, getattr(variants, f"{direction}GlyphConstruction"), strict=True))


def _turn_last_connector(construction: Any, least: int) -> None:
    if construction.GlyphAssembly is not None:
        last = construction.GlyphAssembly.PartRecords[-1]
        if last.StartConnectorLength < least:
            ends = last.EndConnectorLength, last.StartConnectorLength
            last.StartConnectorLength, last.EndConnectorLength = ends


def _let_accents_grow(font: TTFont, horizontal: dict[str, Any]) -> None:
    names = font.getBestCmap()
    for mark, model in _GROWS_LIKE.items():
        construction = copy.deepcopy(horizontal[names[ord(model)]])
        construction.MathGlyphVariantRecord[0].VariantGlyph = names[ord(mark)]
        horizontal[names[ord(mark)]] = construction


def _let_brackets_fall_short(font: TTFont, vertical: dict[str, Any]) -> None:
    names = font.getBestCmap()
    for bracket in {names[ord(mark)] for mark in _BRACKETS}:
        for record in vertical[bracket].MathGlyphVariantRecord:
            record.AdvanceMeasurement = round(record.AdvanceMeasurement / _SHORTFALL)


def _narrow(font: TTFont, vertical: dict[str, Any]) -> None:
    names, widths = font.getBestCmap(), font["hmtx"].metrics
    narrowed: dict[str, float] = {}
    for mark, most in _WIDEST.items():
        base = names[ord(mark)]
        for shape in _shapes(vertical[base]):
            factor = most * widths[base][0] / widths[shape][0]
            narrowed[shape] = min(factor, narrowed.get(shape, 1.0))
    for shape, factor in narrowed.items():
        if factor < 1:
            _scale(font, shape, factor)


def _raise_primes(font: TTFont) -> None:
    """Show primes as what they are, indices, always."""
    table = font["GSUB"].table
    places = next(
        record.Feature.LookupListIndex
        for record in table.FeatureList.FeatureRecord
        if record.FeatureTag == "ssty"
    )
    for subtable in (s for place in places for s in table.LookupList.Lookup[place].SubTable):
        found = getattr(subtable, "ExtSubTable", subtable)
        for cmap in (cmap for cmap in font["cmap"].tables if cmap.isUnicode()):
            for prime in _PRIMES:
                shapes = found.alternates.get(cmap.cmap.get(ord(prime)))
                if shapes:
                    cmap.cmap[ord(prime)] = shapes[0]


def _shapes(construction: Any) -> Iterator[str]:
    """Yield the larger shapes of a glyph and the parts it is assembled of."""
    yield from (record.VariantGlyph for record in construction.MathGlyphVariantRecord[1:])
    if construction.GlyphAssembly is not None:
        yield from (part.glyph for part in construction.GlyphAssembly.PartRecords)


def _scale(font: TTFont, name: str, factor: float) -> None:
    """Make a glyph narrower; all else about it stays."""
    top = font["CFF "].cff.topDictIndex[0]
    old = top.CharStrings[name]
    width, bearing = font["hmtx"].metrics[name]
    pen = T2CharStringPen(round(width * factor), None, roundTolerance=0.5)
    font.getGlyphSet()[name].draw(TransformPen(pen, (factor, 0, 0, 1, 0, 0)))
    new = pen.getCharString(private=old.private, globalSubrs=old.globalSubrs)
    top.CharStrings[name] = new
    font["hmtx"].metrics[name] = (round(width * factor), round(bearing * factor))
