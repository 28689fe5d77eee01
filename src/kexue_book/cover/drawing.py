"""A figure → a picture of it: pixels for a cover image, SVG for a page."""

from __future__ import annotations

import math
from collections.abc import Iterator

from PIL import Image, ImageDraw

from kexue_book.cover.figure import Arc, Disc, Figure, Point, seed_place
from kexue_book.cover.palette import Palette

_OVERSAMPLING = 3
"""Pillow does not smooth what it draws: it is drawn larger, then made smaller."""
_STEPS = 24
"""Straight pieces of a curve."""
_FINE = 100
"""Coordinates of seeds, between which the distance is about 1.8, are written in so many parts."""
_STROKE = 0.0045
"""Width of a line; the figure's radius is 1."""


def paint_figure(figure: Figure, palette: Palette, side: int) -> Image.Image:
    """Return a square picture, ``side`` px wide."""
    large = side * _OVERSAMPLING
    image = Image.new("RGB", (large, large), palette.paper)
    draw = ImageDraw.Draw(image)
    half = large / 2

    def dot(x: float, y: float, radius: float, color: str) -> None:
        r = radius * half
        left, top = half * (1 + x) - r, half * (1 + y) - r
        draw.ellipse((left, top, left + 2 * r, top + 2 * r), fill=color)

    for arc in figure.arcs:
        points = [(half * (1 + x), half * (1 + y)) for x, y in _points(arc)]
        draw.line(points, fill=palette.line, width=max(2, round(_STROKE * half)), joint="curve")
    for disc in figure.discs:
        dot(disc.x, disc.y, disc.radius, palette.of_age(disc.age))
        for x, y in disc.seeds:
            dot(x, y, disc.seed_radius, palette.seed)
    return image.reduce(_OVERSAMPLING)


def figure_svg(figure: Figure, palette: Palette) -> str:
    """Return the figure as a file of SVG: flat colours only, which every PDF may hold."""
    shapes = "".join((*_curves(figure, palette), *_circles(figure, palette)))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="1000" height="1000"'
        f' viewBox="-1000 -1000 2000 2000">{shapes}</svg>'
    )


def _curves(figure: Figure, palette: Palette) -> Iterator[str]:
    paths = "".join(
        f"M{_pair(arc.start)}Q{_pair(arc.middle)} {_pair(arc.end)}" for arc in figure.arcs
    )
    if paths:
        width = round(1000 * _STROKE, 1)
        yield f'<path d="{paths}" fill="none" stroke="{palette.line}" stroke-width="{width}"/>'


def _circles(figure: Figure, palette: Palette) -> Iterator[str]:
    for disc in figure.discs:
        yield _circle((disc.x, disc.y), disc.radius, palette.of_age(disc.age))
        if disc.count == 1:
            yield _circle((disc.x, disc.y), disc.seed_radius, palette.seed)
        elif disc.count:
            yield _seeds(disc, palette.seed)


def _circle(place: Point, radius: float, color: str) -> str:
    x, y, r = (round(1000 * value, 1) for value in (*place, radius))
    return f'<circle cx="{x}" cy="{y}" r="{r}" fill="{color}"/>'


def _seeds(disc: Disc, color: str) -> str:
    """Return circles as the round ends of lines without length, which take least room.

    Each disc has coordinates of its own: their seeds stand at the same places, so that a file that
    is compressed has these once.
    """
    places = map(seed_place, range(disc.count))
    path = "".join(f"M{_FINE * x:.0f} {_FINE * y:.0f}h0" for x, y in places)
    scale = 1000 * disc.spread / _FINE
    cos, sin = scale * math.cos(disc.turn), scale * math.sin(disc.turn)
    turned = f"{cos:.5f} {sin:.5f} {-sin:.5f} {cos:.5f} {_pair((disc.x, disc.y))}"
    width = f"{2000 * disc.seed_radius / scale:.0f}"
    style = f'stroke="{color}" stroke-width="{width}" stroke-linecap="round"'
    return f'<path transform="matrix({turned})" d="{path}" fill="none" {style}/>'


def _pair(point: Point) -> str:
    """Return coordinates in thousandths, as they are written."""
    return f"{1000 * point[0]:.1f} {1000 * point[1]:.1f}"


def _points(arc: Arc) -> Iterator[Point]:
    (ax, ay), (bx, by), (cx, cy) = arc.start, arc.middle, arc.end
    for step in range(_STEPS + 1):
        t = step / _STEPS
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t**2
        yield a * ax + b * bx + c * cx, a * ay + b * by + c * cy
