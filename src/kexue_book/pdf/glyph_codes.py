"""Glyphs of formulas → their codes in the pages of all sheets.

Sheets are laid out apart from one another, and yet share one font in the book: so a glyph's code
may depend on its name alone. ``glyph_codes.txt`` has the glyphs that 35,000 formulas show, the most
frequent first; code 1 is its first line. Of the others the code is a hash. Should two glyphs of a
sheet have the same, the second takes the next that is free; the font of such a sheet may be another
(``embedding.py``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_RARE = 0x1000
"""The first code of glyphs that are not in the list."""
_CODES = 0xE000
"""So many codes there are for these."""


@cache
def _frequent() -> dict[str, int]:
    names = Path(__file__).with_suffix(".txt").read_text("ascii").split()
    return {name: code for code, name in enumerate(names, start=1)}


def glyph_codes(names: Iterable[str]) -> dict[str, int]:
    """Return the codes of a sheet's glyphs, which are named in the order they were met."""
    frequent = _frequent()
    codes = {name: frequent.get(name, 0) for name in names}
    taken: set[int] = set()
    for name in [name for name, code in codes.items() if not code]:
        codes[name] = add_code(name, taken)
    return codes


def add_code(name: str, taken: set[int]) -> int:
    """Return the code of a glyph where those of others are taken, and take it."""
    code = _frequent().get(name)
    if code is None:
        code = _RARE + int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % _CODES
        while code in taken:
            code += 1
    taken.add(code)
    return code
