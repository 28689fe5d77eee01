"""What WeasyPrint lays out and draws of images that are our own: formulas.

Written for WeasyPrint 70, none of it documented:

- such an image stands on the line by its own baseline (``depth``, em), where WeasyPrint lets images
  stand on their lower edge and a rule of style for each depth would have to move them;
- it draws itself where it stands (``draw_at``), without coordinates of its own, which would be half
  the formulas' share of a page.
"""

from __future__ import annotations

import inspect
from typing import Any

from weasyprint import draw
from weasyprint.layout import inline

_ATOMIC = ["context", "box", "position_x", "skip_stack", "containing_block"]


def own_images_possible() -> bool:
    """Whether WeasyPrint lays out and draws images as it did."""
    known = {draw.draw_replacedbox: ["stream", "box"], inline.atomic_box: _ATOMIC}
    return all(
        hasattr(function, "kexue_book")
        or list(inspect.signature(function).parameters)[: len(names)] == names
        for function, names in known.items()
    )


def allow_own_images() -> None:
    """Let images that have a ``depth`` and a ``draw_at`` use them. Safe to call again."""
    if hasattr(draw.draw_replacedbox, "kexue_book"):
        return
    draw_image, place_image = draw.draw_replacedbox, inline.atomic_box

    def draw_in_place(stream: Any, box: Any) -> None:
        draw_at = getattr(box.replacement, "draw_at", None)
        if draw_at is None:
            draw_image(stream, box)
        elif box.style["visibility"] == "visible" and box.width and box.height:
            x, y = box.content_box_x(), box.content_box_y()
            draw_at(stream, x, y, box.width, box.height, box.style)

    def stand_on_baseline(context: Any, box: Any, *place: Any) -> Any:
        placed = place_image(context, box, *place)
        depth = getattr(getattr(placed, "replacement", None), "depth", None)
        if depth is not None:
            placed.baseline -= depth * placed.style["font_size"]
        return placed

    for function in (draw_in_place, stand_on_baseline):
        vars(function)["kexue_book"] = True
    draw.draw_replacedbox = draw_in_place
    inline.atomic_box = stand_on_baseline
