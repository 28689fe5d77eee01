"""A glyph's outline → the same as short SVG path data, at a size, y downwards.

Only where it begins is absolute; all the rest is relative and in whole thousandths of an em.
So a glyph is the same run of characters wherever it stands, and a zip file holds it once.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_TOKEN = re.compile(r"[A-Za-z]|-?(?:\d+\.?\d*|\.\d+)")
_POINTS = {"M": 1, "L": 1, "T": 1, "Q": 2, "S": 2, "C": 3}
"""How many points a command takes; ``H`` and ``V`` take one coordinate."""

Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Outline:
    """Where the path data begins, and how it goes on from there."""

    x: int
    y: int
    data: str

    def at(self, x: float, y: float) -> str:
        """Return the path data with the glyph's origin there; empty for a space."""
        return f"M{joined((round(x) + self.x, round(y) + self.y))}{self.data}" if self.data else ""


@functools.lru_cache(maxsize=4096)
def outline(path: str, width: float, height: float) -> Outline:
    """Return ``path`` (absolute commands, y upwards) made ``width`` and ``height`` times larger.

    Raises:
        ValueError: it has a command that MathJax's outlines do not have.
    """
    first: tuple[int, int] | None = None
    here = begin = (0, 0)
    data: list[str] = []
    for command, points in _segments(path):
        scaled = [(round(x * width), round(-y * height)) for x, y in points]
        if command == "M" and first is None:
            first = here = begin = scaled[0]
            continue
        data.append(_relative(command, scaled, here))
        here = scaled[-1] if scaled else begin
        begin = here if command == "M" else begin
    return Outline(*(first or (0, 0)), "".join(data))


def joined(numbers: Iterable[int]) -> str:
    """Return numbers as path data wants them: a minus sign parts them, too."""
    return " ".join(map(str, numbers)).replace(" -", "-")


def _segments(path: str) -> Iterator[tuple[str, list[Pair]]]:
    """Yield commands with their points; a horizontal or vertical line is a line."""
    tokens = _TOKEN.findall(path)
    x = y = 0.0
    command, place = "", 0
    while place < len(tokens):
        if tokens[place].isalpha():
            command, place = tokens[place], place + 1
        if command in "Zz":
            yield "Z", []
            continue
        if command in "HV":
            value = float(tokens[place])
            x, y, place = (value, y, place + 1) if command == "H" else (x, value, place + 1)
            yield "L", [(x, y)]
            continue
        if command not in _POINTS:
            raise ValueError(f"unknown command {command!r} in an outline")
        count = 2 * _POINTS[command]
        numbers = [float(token) for token in tokens[place : place + count]]
        points = list(zip(numbers[::2], numbers[1::2], strict=True))
        x, y = points[-1]
        place += count
        yield command, points


def _relative(command: str, points: list[tuple[int, int]], here: tuple[int, int]) -> str:
    steps = [(x - here[0], y - here[1]) for x, y in points]
    if command == "L" and steps[0][1] == 0:
        return f"h{steps[0][0]}"
    if command == "L" and steps[0][0] == 0:
        return f"v{steps[0][1]}"
    return command.lower() + joined(value for step in steps for value in step)
