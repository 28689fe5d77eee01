"""Room for page numbers on the pages of a sheet: drawn so that ``page_numbers.py`` finds it again.

WeasyPrint lays out as many noughts as a number has figures, or more where its
end is what matters. When it draws them, a point in the
page's content says whose number belongs there, and which glyphs are the figures in the font of
that place. Written for WeasyPrint 70's ``draw.text.draw_first_line``; when that is not what it was,
:func:`mark_page_numbers` says so, and there are no references.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable
from typing import Any

from weasyprint.draw import text as drawing
from weasyprint.svg.text import TextBox
from weasyprint.text.line_break import create_layout

from kexue_book.pdf.references import ROOM

_FIGURES = "0123456789"
_SHOWN = re.compile(rb"<([0-9a-f]+)>")
_FONT = re.compile(rb"/(\S+) \S+ Tf\Z")
_PARAMETERS = ["stream", "textbox", "text_overflow", "block_ellipsis", "matrix"]


def mark_page_numbers() -> bool:
    """Let room for page numbers be found again; return whether that works. Safe to call again."""
    original = drawing.draw_first_line
    if getattr(original, "kexue_book", False):
        return True
    if list(inspect.signature(original).parameters) != _PARAMETERS:
        return False

    @functools.wraps(original)  # justify.py looks whether it is WeasyPrint's
    def draw(stream: Any, box: Any, overflow: Any, ellipsis: Any, matrix: Any) -> Any:
        if getattr(box, "element_tag", None) == ROOM:
            return _draw_room(original, stream, box, matrix)
        return original(stream, box, overflow, ellipsis, matrix)

    draw.kexue_book = True  # type: ignore[attr-defined]
    drawing.draw_first_line = draw
    return True


def _draw_room(original: Callable[..., Any], stream: Any, box: Any, matrix: Any) -> Any:
    """Draw all ten figures, so that the font has them, then put noughts in their place."""
    layout = create_layout(_FIGURES, box.style, None, None, 0)
    # The font is named anew, so that it can be read off.
    stream._current_font = None
    start = len(stream.stream)
    nothing = original(stream, TextBox(layout, box.style), "none", "none", matrix)
    drawn = stream.stream[start:]
    glyphs = b"".join(_SHOWN.findall(drawn[-1]))
    font = next(found[1] for operator in drawn if (found := _FONT.match(operator)))
    if len(glyphs) != 4 * len(_FIGURES):
        raise ValueError(f"figures are not drawn as expected: {drawn[-1]!r}")
    target = box.element.get("data-target").encode().hex().encode()
    noughts = glyphs[:4] * len(box.text)
    end = b"/End true" if box.element.get("data-end") else b""
    mark = b"/KxPage<</Of<%b>/Figures<%b>/Font/%b%b>>DP" % (target, glyphs, font, end)
    stream.stream[-1] = b"%b\n[<%b>] TJ" % (mark, noughts)
    return nothing
