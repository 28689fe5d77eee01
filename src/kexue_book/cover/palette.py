"""A book's name → the colours of its cover, so that books on a shelf differ."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """Colours as ``#rrggbb``."""

    paper: str
    ink: str
    quiet: str
    """Of small print."""
    line: str
    """Of links between posts."""
    ages: tuple[str, ...]
    """Of posts, from the oldest to the newest; between them they are mixed."""
    seed: str
    """Of formulas, on any of ``ages``."""

    def of_age(self, age: float) -> str:
        """Return the colour of a post; ``age`` is between 0 and 1."""
        scaled = age * (len(self.ages) - 1)
        first = min(int(scaled), len(self.ages) - 2)
        older, newer = list(pairwise(self.ages))[first]
        return _mixed(older, newer, scaled - first)


PALETTES = (
    Palette(
        paper="#f7f4ec",
        ink="#17263a",
        quiet="#5c6570",
        line="#a9b6c2",
        seed="#fbf9f3",
        ages=("#14304f", "#1f6f8b", "#e0912f"),
    ),
    Palette(
        paper="#14202e",
        ink="#f5f0e4",
        quiet="#a9b4bf",
        line="#43596f",
        seed="#14202e",
        ages=("#5d8fbd", "#86c9bd", "#f3cb74"),
    ),
    Palette(
        paper="#f6f1ea",
        ink="#34172a",
        quiet="#6b5a62",
        line="#cbb5b2",
        seed="#fcf8f2",
        ages=("#4a1c3c", "#a8433f", "#d99a3d"),
    ),
    Palette(
        paper="#f2f4ec",
        ink="#14302a",
        quiet="#56645d",
        line="#a9bfb0",
        seed="#fafbf5",
        ages=("#12433a", "#4b8a5f", "#c59f2f"),
    ),
)


def palette_of(name: str) -> Palette:
    """Return the palette of a book, always the same."""
    digest = hashlib.sha256(name.encode("utf-8", "replace")).digest()
    return PALETTES[digest[0] % len(PALETTES)]


def _mixed(one: str, other: str, share: float) -> str:
    pairs = zip(bytes.fromhex(one[1:]), bytes.fromhex(other[1:]), strict=True)
    return "#" + bytes(round(a + (b - a) * share) for a, b in pairs).hex()
