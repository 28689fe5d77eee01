"""A text box → its next line, cut where Chinese typesetting wants it.

WeasyPrint lets Pango break lines, which knows nothing of the white that punctuation loses at the
end of a line, nor of gaps. Here a text box is measured once (``ruler.py``), and its lines are cut
from that. What text stands next to is noted when the boxes are made. Text that Chinese rules do not
concern (hyphenated, spaced out, from right to left) is left to WeasyPrint, and so is a word longer
than a line. Lines of preformatted text are measured here if they fit, and left to WeasyPrint if
not. Written for WeasyPrint 70's ``layout.inline.split_text_box``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from weasyprint import document
from weasyprint.formatting_structure import boxes
from weasyprint.layout import inline, preferred
from weasyprint.text import line_break
from weasyprint.text.line_break import pyphen

from kexue_book.pdf.ruler import Around, Ruler
from kexue_book.pdf.set_line import SetLine
from kexue_book.pdf.spacing import IMAGE

_FOREIGN = re.compile("[\x00-\x1f\x7f-\x9f\xad\u0590-\u08ff\u200e\u200f\u2028-\u202e\ufb1d-\ufdff]")
_CODE = frozenset(("code", "kbd", "samp", "pre", "tt"))
_FLOWING, _AS_WRITTEN = ("normal", "nowrap"), ("pre", "pre-wrap")
"""Values of ``white-space``."""
_LETTER = "x"
"""What all code is like to what stands next to it."""
_SMALL = 0.85
"""Of the size of the text beside it: what is smaller is an index or a note's number."""


def cut_lines() -> None:
    """Let lines be cut here."""
    inline.split_text_box = _split_with(inline.split_text_box)
    document.build_formatting_structure = _noting(document.build_formatting_structure)
    preferred.inline_max_content_width = _with_gaps(preferred.inline_max_content_width)


def _split_with(original: Callable[..., Any]) -> Callable[..., Any]:
    def split_text_box(
        context: Any, box: Any, available_width: Any, skip: int, is_line_start: bool = True
    ) -> Any:
        if available_width is None and _lost_spaces(box):
            return _without_spaces(box), None, False
        ruler = _ruler(box)
        if ruler is None:
            row = _row(box, skip, available_width)
            return row or original(context, box, available_width, skip, is_line_start)
        if skip >= ruler.offsets[-1]:
            return original(context, box, available_width, skip, is_line_start)
        start = ruler.starts_at[skip]
        found: Any
        if available_width is None or box.style["white_space"] == "nowrap":
            found = ruler.rest(start), None
        else:
            found = ruler.fit(start, available_width)
            if found is None and is_line_start:
                return original(context, box, available_width, skip, is_line_start)
            found = found or ruler.first_word(start)
        cut, following = found
        made = _piece(box, ruler, cut, available_width)
        return made, None if following is None else ruler.offsets[following], False

    return split_text_box


def _lost_spaces(box: Any) -> bool:
    """Whether WeasyPrint has just taken the spaces from the end of a piece of a line."""
    layout = box.__dict__.get("pango_layout")
    return (
        isinstance(layout, SetLine)
        and layout.origin is not None
        and layout.text != box.text
        and layout.text.rstrip(" ") == box.text
    )


def _without_spaces(box: Any) -> Any:
    """Set such a piece anew; WeasyPrint takes no more than the width from what is returned."""
    ruler, cut = box.pango_layout.origin
    shorter = ruler.without_spaces(cut, len(box.text))
    box.pango_layout = ruler.lay(shorter, box.pango_layout.max_width)
    made = box.copy()
    made.width = shorter.width
    return made


def _piece(box: Any, ruler: Ruler, cut: Any, max_width: Any) -> Any:
    """Return the box of a stretch of text; what follows is as in WeasyPrint."""
    made = box.copy_with_text(ruler.text[cut.start : cut.end])
    made.width = cut.width
    made.pango_layout = ruler.lay(cut, max_width)
    above, below = ruler.heights(cut.start, cut.end)
    made.height = above + below
    line_height, _ = line_break.strut(box.style)
    half_leading = (line_height - made.height) / 2
    made.margin_top = made.margin_bottom = half_leading
    made.baseline = above + half_leading
    return made


def _ruler(box: Any) -> Ruler | None:
    """Return the box's ruler, made when it is first asked for; None if it is not for us."""
    known: tuple[str, Ruler | None] | None = box.__dict__.get("kexue_ruler")
    if known is None or known[0] != box.text:
        is_ours = (
            box.text and box.style["white_space"] in _FLOWING and _is_ours(box.text, box.style)
        )
        around = box.__dict__.get("kexue_around", Around())
        ruler = Ruler(box.text, box.style, around) if is_ours else None
        known = box.kexue_ruler = (box.text, ruler)
    return known[1]


def _row(box: Any, skip: int, width: float | None) -> tuple[Any, int | None, bool] | None:
    """Return the next line of preformatted text, where the text goes on, and whether it is there.

    Places are in bytes. None if the line is not for us, or wider than ``width`` (px).
    """
    if box.style["white_space"] not in _AS_WRITTEN:
        return None
    rows = box.__dict__.get("kexue_rows")
    if rows is None or rows[0] != box.text:
        rows = box.kexue_rows = (box.text, box.text.encode(), {})
    _, text, rulers = rows
    end = text.find(b"\n", skip)
    if skip not in rulers:
        line = text[skip : end if end >= 0 else None].decode()
        is_ours = line and _is_ours(line, box.style)
        rulers[skip] = Ruler(line, box.style, Around(is_code=True)) if is_ours else None
    ruler = rulers[skip]
    cut = ruler.rest(0) if ruler is not None else None
    if cut is None or (width is not None and cut.width > width):
        return None
    return _piece(box, ruler, cut, width), end + 1 if end >= 0 else None, end >= 0


def _is_ours(text: str, style: Any) -> bool:
    return _is_plain(style) and not _FOREIGN.search(text)


def _is_plain(style: Any) -> bool:
    known = style.__dict__.get("kexue_plain")
    if known is None:
        lang = style["lang"]
        known = style.kexue_plain = (
            style["font_size"] > 0
            and style["letter_spacing"] == "normal"
            and not style["word_spacing"]
            and style["word_break"] == "normal"
            and style["direction"] == "ltr"
            and not (style["hyphens"] == "auto" and lang and pyphen.language_fallback(lang))
        )
    return bool(known)


def _noting(original: Callable[..., Any]) -> Callable[..., Any]:
    """Note on all text what it stands next to."""

    def build(*arguments: Any, **options: Any) -> Any:
        root = original(*arguments, **options)
        for line in _lines(root):
            pieces = list(_pieces(line, is_code=False))
            for index, (piece, is_code) in enumerate(pieces):
                if isinstance(piece, boxes.TextBox) and piece.text:
                    before = _edge(piece, *pieces[index - 1], -1) if index else ""
                    ends = index + 1 == len(pieces)
                    after = "" if ends else _edge(piece, *pieces[index + 1], 0)
                    piece.kexue_around = Around(before, after, is_code)
        return root

    return build


def _lines(box: Any) -> Iterator[Any]:
    if isinstance(box, boxes.LineBox):
        yield box
    for child in getattr(box, "children", ()):
        yield from _lines(child)


def _pieces(box: Any, *, is_code: bool) -> Iterator[tuple[Any, bool]]:
    """Yield what a line holds, and whether it is code."""
    is_code = is_code or box.element_tag in _CODE
    for child in box.children:
        if not child.is_in_normal_flow():
            continue
        if isinstance(child, boxes.InlineBox):
            yield from _pieces(child, is_code=is_code)
        elif not isinstance(child, boxes.TextBox) or child.text:
            yield child, is_code


def _edge(box: Any, neighbour: Any, is_code: bool, index: int) -> str:
    """Return the character of the neighbour that stands next to a text."""
    if not isinstance(neighbour, boxes.TextBox):
        return IMAGE
    if neighbour.style["font_size"] < _SMALL * box.style["font_size"]:
        return IMAGE
    character = str(neighbour.text[index])
    return _LETTER if is_code and character != " " else character


def _with_gaps(original: Callable[..., Any]) -> Callable[..., Any]:
    """Let cells of tables have room for the gaps; WeasyPrint measures them without."""

    def width(context: Any, box: Any, *arguments: Any, **options: Any) -> Any:
        found = original(context, box, *arguments, **options)
        return found + sum(
            ruler.gaps * piece.style["font_size"] / 1000
            for piece, _ in _pieces(box, is_code=False)
            if isinstance(piece, boxes.TextBox) and (ruler := _ruler(piece)) is not None
        )

    return width
