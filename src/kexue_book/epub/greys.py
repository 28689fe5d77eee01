"""An image of 256 levels → the same in few, each pixel a number: a third of the file's size."""

from __future__ import annotations

from PIL import Image


def in_few_levels(image: Image.Image, count: int) -> tuple[Image.Image, bytes]:
    """Return an image of mode L with ``count`` levels, its palette still to be set, and the levels.

    What a level means, a grey or how opaque ink is, only the caller knows.
    """
    last = count - 1
    numbers = image.point([round(level / 255 * last) for level in range(256)])
    levels = bytes(round(number / last * 255) for number in range(count))
    return Image.frombytes("P", numbers.size, numbers.tobytes()), levels
