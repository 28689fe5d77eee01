"""Colours in a formula → colours of the same hue that are legible by day and by night.

Authors choose colours for a white page: pure blue cannot be read on a black one, sky blue on
neither, and black is invisible at night. A luminance of 0.179 has a contrast of 4.58 : 1 to white
as to black, which is what WCAG 2 asks of text (4.5 : 1, success criterion 1.4.3).
"""

from __future__ import annotations

import re

from lxml import etree

_COLOR = re.compile(r"#[0-9a-f]{6}")
_MIDDLE = 0.179
_SHARES = (0.2126, 0.7152, 0.0722)
"""Of red, green and blue in the luminance."""


def make_legible(math: etree._Element) -> None:
    """Change the colours of a ``<math>``, in place.

    On a background of the author's own they stay: what is legible there is the author's choice.
    """
    if any("mathbackground" in element.attrib for element in math.iter()):
        return
    for element in math.iter():
        color = element.get("mathcolor")
        if color == "#000000":
            del element.attrib["mathcolor"]  # the text's own, whichever that is
        elif color is not None and _COLOR.fullmatch(color):
            element.set("mathcolor", legible(color))


def legible(color: str) -> str:
    """Return ``#rrggbb`` darker or lighter, so that it can be read on white and on black."""
    channels = [_linear(int(color[place : place + 2], 16) / 255) for place in (1, 3, 5)]
    luminance = sum(share * one for share, one in zip(_SHARES, channels, strict=True))
    if luminance > _MIDDLE:
        mixed = [one * _MIDDLE / luminance for one in channels]
    else:
        white = (_MIDDLE - luminance) / (1 - luminance)
        mixed = [one + (1 - one) * white for one in channels]
    return "#" + "".join(f"{round(255 * _encoded(one)):02x}" for one in mixed)


def _linear(channel: float) -> float:
    """Return the light of a channel of sRGB."""
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _encoded(light: float) -> float:
    return light * 12.92 if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
