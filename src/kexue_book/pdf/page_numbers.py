"""A page's content with room for page numbers → the same with the numbers, when they are known.

A point in the content says whose number belongs there, and which glyphs are the figures in the font
of that place; the noughts after it give way to the number (``number_room.py`` has put both there).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from kexue_book.pdf.object_file import in_brackets

_MARK = re.compile(
    rb"/KxPage<</Of<([0-9a-f]*)>/Figures<([0-9a-f]{40})>/Font/(\S+?)(/End true)?>>DP\s+"
    rb"\[<([0-9a-f]+)>\] TJ"
)


def fill_page_numbers(
    content: bytes,
    widths: Mapping[str, Mapping[int, float]],
    number_of: Callable[[str], str],
) -> bytes:
    """Put numbers into a page's content; ``widths`` are those of glyphs by font and glyph."""
    return _MARK.sub(lambda mark: _number(mark, widths, number_of), content)


def _number(
    mark: re.Match[bytes],
    widths: Mapping[str, Mapping[int, float]],
    number_of: Callable[[str], str],
) -> bytes:
    target, figures, font, at_end, noughts = mark.groups()
    glyphs = [figures[4 * int(c) : 4 * int(c) + 4] for c in number_of(_decoded(target))]
    width = widths[font.decode()]
    room = len(noughts) // 4 * width[int(figures[:4], 16)]
    spare = room - sum(width[int(glyph, 16)] for glyph in glyphs)
    # In the contents numbers end at the margin. Elsewhere a number seldom has other figures than
    # were foreseen: it stands in the middle of its room.
    ahead = round(spare if at_end else spare / 2)
    shown = in_brackets(bytes.fromhex(b"".join(glyphs).decode("ascii")))
    return b"[%d%b] TJ" % (-ahead, shown) if ahead else b"%bTj" % shown


def _decoded(target: bytes) -> str:
    return bytes.fromhex(target.decode()).decode()
