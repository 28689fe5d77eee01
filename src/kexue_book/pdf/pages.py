"""Names of paper sizes → pages with room for a whole number of characters and lines.

A Chinese page is designed from the inside: the type area (版心) holds so many characters a
line and so many lines, and the margins are what is left over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from kexue_book.errors import UsageError

_POINTS_PER_MM = 72 / 25.4
_AT_SPINE = 0.57
"""Of the white beside the type area, in a bound book: on A5 18 mm and 13.6 mm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSize:
    """A page and its type area; lengths in pt."""

    width: float
    height: float
    font_size: float
    characters: int
    """In a full line."""
    lines: int
    """On a full page."""
    leading: float
    """From baseline to baseline."""
    two_sided: bool = False
    """Whether the leaf is printed on both sides and bound: left and right pages are mirrored."""

    @property
    def inner_margin(self) -> float:
        """At the spine, where the binding takes some of it."""
        return self._sides * (_AT_SPINE if self.two_sided else 0.5)

    @property
    def outer_margin(self) -> float:
        """Away from the spine."""
        return self._sides - self.inner_margin

    @property
    def _sides(self) -> float:
        """Left and right of the type area together."""
        return self.width - self.characters * self.font_size

    @property
    def top_margin(self) -> float:
        """Above the type area; a little less than below it, for the eye."""
        return (self.height - self.lines * self.leading) * 0.51

    @property
    def bottom_margin(self) -> float:
        """Below the type area."""
        return self.height - self.lines * self.leading - self.top_margin


def _size(
    width: float, height: float, font: float, characters: int, lines: int, leading: float
) -> PageSize:
    """Width and height in mm, font and leading in pt."""
    return PageSize(
        width=width * _POINTS_PER_MM,
        height=height * _POINTS_PER_MM,
        font_size=font,
        characters=characters,
        lines=lines,
        leading=leading,
    )


PAGE_SIZES = {
    "a4": _size(210, 297, 11, 42, 38, 18.5),
    "a5": _size(148, 210, 10, 33, 30, 16.5),
    "b5": _size(176, 250, 10.5, 36, 34, 17.5),
    "16k": _size(185, 260, 10.5, 38, 36, 17.5),
    "32k": _size(140, 203, 10, 31, 29, 16.5),
    "letter": _size(215.9, 279.4, 11, 42, 35, 18.5),
}
"""``16k`` and ``32k`` are the Chinese 16 开 and 大 32 开."""


def page_size(name: str, *, two_sided: bool = False) -> PageSize:
    """Return the page called ``name``.

    Raises:
        UsageError: there is no such page.
    """
    try:
        return replace(PAGE_SIZES[name.lower()], two_sided=two_sided)
    except KeyError:
        raise UsageError(
            f"there is no page size “{name}”", hint=f"use one of {', '.join(PAGE_SIZES)}"
        ) from None
