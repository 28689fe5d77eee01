"""WeasyPrint's layout → the same, which asks us three things on its way.

Written for WeasyPrint 70, as ``weasy.py`` is; ``tests/test_pdf_breaking.py`` tells when one of
these changed:

- the layout of images that are blocks: those that want to know how wide the measure is are told
  before their size is asked for;
- the dots between a title and its page number, which are boxes of their own;
- where a line may end between two pieces: Pango allows a break before ``·`` and ``～``, and after
  an image before ``；`` and ``：`` (UAX 14 has rule LB20 before LB21), which may not begin a line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from weasyprint.layout import block as block_layout
from weasyprint.layout import inline as inline_layout
from weasyprint.layout.leader import leader_index
from weasyprint.text.line_break import create_layout

from kexue_book.pdf.spacing import IMAGE, may_break


def _replace_once(module: Any, name: str, make: Callable[[Any], Any]) -> bool:
    """Put what ``make`` makes of a module's function in its place, unless that has been done.

    Returns:
        Whether there is such a function.
    """
    original = getattr(module, name, None)
    if original is None or getattr(original, "kexue_book", False):
        return original is not None
    replacement = make(original)
    replacement.kexue_book = True
    setattr(module, name, replacement)
    return True


def tell_measure() -> bool:
    """Let images that have a ``fit`` know the measure and style they are laid out in.

    Returns:
        Whether that was possible. Safe to call again.
    """

    def telling(original: Any) -> Any:
        def layout(context: Any, box: Any, containing_block: Any) -> Any:
            fit = getattr(box.replacement, "fit", None)
            if fit is not None:
                fit(containing_block.width, box.style)
            return original(context, box, containing_block)

        return layout

    return _replace_once(block_layout, "block_replaced_box_layout", telling)


def join_leaders() -> bool:
    """Let the dots of a line in the contents be one text, not fifty: drawing them took longest.

    Returns:
        Whether that was possible. Safe to call again.
    """

    def joining(original: Any) -> Any:
        def handle_leader(context: Any, line: Any, containing_block: Any) -> Any:
            done = original(context, line, containing_block)
            index, leader = leader_index(line)
            if index is not None and len(leader.children) > 1:
                leader.children = (_joined(context, leader.children),)
            return done

        return handle_leader

    return _replace_once(inline_layout, "handle_leader", joining)


def _joined(context: Any, dots: Sequence[Any]) -> Any:
    """Return one box for boxes with the same text, the leftmost of which is the last."""
    box = dots[-1].copy()
    box.text = box.text * len(dots)
    box.width = box.width * len(dots)
    box.pango_layout = create_layout(box.text, box.style, context, None, 0)
    return box


_IMAGES = ("\ufffc", "\u2e80")
"""What WeasyPrint takes images for when it asks where a line may end."""


def keep_punctuation() -> bool:
    """Let no line begin or end between two pieces with a mark that may not stand there.

    Returns:
        Whether that was possible. Safe to call again.
    """

    def keeping(original: Any) -> Any:
        def can_break_text(text: str, lang: str) -> bool:
            if text and len(text) == 2:
                before = IMAGE if text[0] in _IMAGES else text[0]
                if not may_break(before, text[1]):
                    return False
            return bool(original(text, lang))

        return can_break_text

    return _replace_once(inline_layout, "can_break_text", keeping)
