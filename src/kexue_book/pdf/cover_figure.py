"""The cover's figure, as ``cover/drawing.py`` writes it → operators, for room that a page has left.

WeasyPrint takes seconds for the 25,000 seeds of a book of 500 posts, shape by shape. Here circles
are the round ends of lines without length (PDF 32000-1, 8.5.3.2), a few bytes each. They come into
the page when the book is put together: nearly every edit changes the figure, but not the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, fromstring

_SVG = "{http://www.w3.org/2000/svg}"
_RADIUS = 1000
"""Of the figure, whose middle is the origin."""
_NUMBER = re.compile(r"-?[\d.]+")
_CURVE = re.compile(r"M([^MQh]+)Q([^MQh]+)")


ROOM = b"/KxFigure MP"
"""What stands in a page's content for the figure."""


class FigureRoom:
    """Implements WeasyPrint's image protocol."""

    def __init__(self) -> None:
        self.id = id(self)  # WeasyPrint counts a document's images by it

    def get_intrinsic_size(self, _resolution: float, _font_size: float) -> tuple[int, int, int]:
        """Return width, height (px) and their ratio."""
        return _RADIUS, _RADIUS, 1

    def draw(self, stream: Any, width: float, height: float, _style: Any) -> None:
        """Leave room with its top left corner at the origin, y downwards, px."""
        scale = width / (2 * _RADIUS)
        with stream.stacked():
            stream.transform(scale, 0, 0, scale, width / 2, height / 2)
            stream.stream.append(ROOM)


def figure_content(svg: bytes) -> bytes:
    """Return the operators that draw a figure, with its middle at the origin, y downwards."""
    return b"\n".join(_operators(fromstring(svg)))


def _operators(figure: Element) -> Iterator[bytes]:
    yield b"1 J"
    for shape in figure:
        if shape.tag == f"{_SVG}circle":
            place = f"{shape.get('cx')} {shape.get('cy')}"
            width = f"{2 * float(shape.get('r', '0')):.1f}"
            yield _stroke(shape.get("fill", ""), width, f"{place} m {place} l")
        else:
            path = shape.get("d", "")
            if "Q" in path:
                drawn = "\n".join(map(_curve, _CURVE.findall(path)))
            else:
                drawn = "\n".join(f"{place} m {place} l" for place in path[1:-2].split("h0M"))
            stroke = _stroke(shape.get("stroke", ""), shape.get("stroke-width", ""), drawn)
            turned = shape.get("transform", "")[len("matrix(") : -1]
            yield b"q %b cm\n%b\nQ" % (turned.encode("ascii"), stroke) if turned else stroke


def _stroke(color: str, width: str, path: str) -> bytes:
    channels = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    shown = " ".join(f"{channel:.4g}" for channel in channels)
    return f"{shown} RG {width} w\n{path}\nS".encode("ascii")


def _curve(places: tuple[str, str]) -> str:
    """Return a quadratic curve, start and then middle and end, as a cubic one."""
    numbers = [float(number) for text in places for number in _NUMBER.findall(text)]
    (ax, ay), (bx, by), (cx, cy) = numbers[0:2], numbers[2:4], numbers[4:6]
    near = (ax + 2 * (bx - ax) / 3, ay + 2 * (by - ay) / 3)
    far = (cx + 2 * (bx - cx) / 3, cy + 2 * (by - cy) / 3)
    points = " ".join(f"{number:.1f}" for number in (*near, *far, cx, cy))
    return f"{ax:.1f} {ay:.1f} m {points} c"
