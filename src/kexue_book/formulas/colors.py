"""A colour as a post names it → its red, green and blue, if it is one.

TeX passes anything on, a name that LaTeX knows and CSS does not, an address too. What is no
colour, and the colour of the text itself, is None: then the text's colour holds.
"""

from __future__ import annotations

import math

from tinycss2.color4 import parse_color


def channels(color: str | None) -> tuple[float, float, float] | None:
    """Return red, green and blue of a CSS colour, from 0 to 1."""
    parsed = parse_color(color) if color else None
    if parsed is None or isinstance(parsed, str):
        return None
    try:
        red, green, blue = list(parsed.to("srgb").coordinates)[:3]
    except NotImplementedError:  # tinycss2 1.5 cannot convert lab(), oklch() and their like
        return None
    if not all(map(math.isfinite, (red, green, blue))):
        return None
    return _clamped(red), _clamped(green), _clamped(blue)


def hexadecimal(color: str | None) -> str | None:
    """Return a CSS colour as ``#rrggbb``, all that MathML and every drawing program know."""
    found = channels(color)
    return "#" + "".join(f"{round(255 * one):02x}" for one in found) if found else None


def _clamped(channel: float) -> float:
    return min(max(channel, 0.0), 1.0)
