"""A text → the curve of a harmonograph: two damped pendulums and a pen.

x and y are damped sines whose frequencies stand in a ratio of small integers, a little out of
tune; the text chooses ratio and phase.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator

from PIL import Image, ImageColor, ImageDraw

_OVERSAMPLING = 2
"""Pillow does not smooth lines: the curve is drawn larger, then made smaller."""
_STEPS = 8000
_TURNS = 26
_DAMPING = 1.15
"""The pen's swing falls to exp(-damping) of what it was at first."""
_RATIOS = ((2, 3), (3, 4), (1, 2), (3, 5), (4, 5), (2, 5))
_DETUNE = 0.0045


def draw_ornament(
    seed: str, size: tuple[int, int], *, paper: str, near: str, far: str
) -> Image.Image:
    """Return a picture of ``size`` px; the line fades from ``near`` to ``far`` inwards."""
    width, height = (side * _OVERSAMPLING for side in size)
    image = Image.new("RGB", (width, height), paper)
    draw = ImageDraw.Draw(image)
    first, last = _rgb(near), _rgb(far)
    points = [
        (width / 2 + x * (width / 2 - 12), height / 2 + y * (height / 2 - 12))
        for x, y in _curve(seed)
    ]
    # From the inside outwards: the stronger line lies on top.
    for step in range(_STEPS - 1, -1, -1):
        share = (step / _STEPS) ** 0.7
        color = tuple(round(a + (b - a) * share) for a, b in zip(first, last, strict=True))
        draw.line((points[step], points[step + 1]), fill=color, width=3)
    return image.resize(size, Image.Resampling.LANCZOS)


def _curve(seed: str) -> Iterator[tuple[float, float]]:
    """Yield the pen's places, each coordinate between -1 and 1."""
    digest = hashlib.sha256(seed.encode("utf-8", "replace")).digest()
    a, b = _RATIOS[digest[0] % len(_RATIOS)]
    phase = math.pi * (0.3 + 0.4 * digest[1] / 255)
    for step in range(_STEPS + 1):
        share = step / _STEPS
        t = 2 * math.pi * _TURNS * share / a
        swing = math.exp(-_DAMPING * share)
        yield (
            swing * math.sin(a * (1 + _DETUNE) * t + phase),
            swing * math.sin(b * t),
        )


def _rgb(color: str) -> tuple[int, ...]:
    return ImageColor.getrgb(color)[:3]
