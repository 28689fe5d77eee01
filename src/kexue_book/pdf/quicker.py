"""Shorter ways through WeasyPrint's layout that come to the same pages.

Half of WeasyPrint's time goes into looking up properties that nobody set, turning lengths without
per cent into lengths, and laying out margin boxes without content. Each function here takes a
shorter way where the long one is sure to come to the same, and leaves everything else to it.
Written for WeasyPrint 70.0; where the original is not what it was, nothing is replaced.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import math
import re
import sys
from collections.abc import Callable
from typing import Any

from weasyprint import css, layout
from weasyprint.formatting_structure import boxes
from weasyprint.layout import percent
from weasyprint.text import line_break

_KNOWN = {
    css.ComputedStyle.__missing__: "b318d8efc8ac",
    percent.resolve_percentages: "71673078096f",
    boxes.Box.is_in_normal_flow: "5f49d6ab23da",
    layout.make_margin_boxes: "4a2d2e301eb3",
    line_break.strut: "b57885b70dd0",
}
_contexts: list[Any] = []
_MARGIN_BOXES = tuple(
    f"@{side}"
    for side in (
        *("top-left-corner", "top-left", "top-center", "top-right", "top-right-corner"),
        *("right-top", "right-middle", "right-bottom", "bottom-right-corner", "bottom-right"),
        *("bottom-center", "bottom-left", "bottom-left-corner", "left-bottom", "left-middle"),
        "left-top",
    )
)


def lay_out_quicker() -> tuple[str, ...]:
    """Take the shorter ways; return the names of those that cannot be taken. Safe to call again."""
    if hasattr(boxes.Box, "kexue_book_quicker"):
        return tuple(boxes.Box.kexue_book_quicker)
    left = tuple(original.__qualname__ for original in _KNOWN if not _is_known(original))
    if not left:
        css.ComputedStyle.__missing__ = _quick_style(css.ComputedStyle.__missing__)
        boxes.Box.is_in_normal_flow = _is_in_normal_flow
        layout.make_margin_boxes = _quick_margin_boxes(layout.make_margin_boxes)
        _replace_everywhere(line_break.strut, _quick_strut(line_break.strut))
        _replace_everywhere(
            percent.resolve_percentages, _quick_percentages(percent.resolve_percentages)
        )
    boxes.Box.kexue_book_quicker = left
    return left


def remember_contexts() -> None:
    """Let :func:`let_go` know of what WeasyPrint lays out with. Safe to call again."""
    original = layout.LayoutContext.__init__
    if hasattr(original, "kexue_book"):
        return

    @functools.wraps(original)
    def init(context: Any, *arguments: Any, **options: Any) -> None:
        _contexts.append(context)
        original(context, *arguments, **options)

    init.kexue_book = True  # type: ignore[attr-defined]
    layout.LayoutContext.__init__ = init


def let_go() -> None:
    """Give up all that was laid out: through its context it refers to itself.

    The search for such cycles would take a twentieth of the time, and come when it likes.
    """
    while _contexts:
        vars(_contexts.pop()).clear()


def _is_known(original: Callable[..., Any]) -> bool:
    source = inspect.getsource(original)
    return hashlib.sha256(source.encode()).hexdigest()[:12] == _KNOWN[original]


def _replace_everywhere(original: Any, replacement: Any) -> None:
    """Modules of WeasyPrint import functions by their names."""
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith("weasyprint"):
            for name, value in list(vars(module).items()):
                if value is original:
                    setattr(module, name, replacement)


def _quick_style(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return the parent's or the initial value of what no rule has set."""
    special = {"float", "display", "position", "page"}
    plain = {
        key
        for key in css.INITIAL_VALUES
        if key not in special and not key.startswith("text_decoration_")
    }
    inherited = {key for key in plain if key in css.INHERITED and key not in css.PHYSICAL_FUNCTIONS}
    initial = {
        key: value
        for key, value in css.INITIAL_VALUES.items()
        if key in plain
        and key not in css.INHERITED
        and key not in css.INITIAL_NOT_COMPUTED
        and not css.check_math(value)
        and value not in ("initial", "inherit")
    }
    logical = re.compile("inline|block|_start|_end")

    def missing(self: Any, key: str) -> Any:
        parent = self.parent_style
        if parent is None or key in self.cascaded:
            return original(self, key)
        if key in inherited:
            value = self[key] = parent[key]
            return value
        if key not in initial:
            return original(self, key)
        if key in css.PHYSICAL_FUNCTIONS:
            has_logical = self.__dict__.get("kexue_logical")
            if has_logical is None:
                has_logical = self.kexue_logical = any(map(logical.search, self.cascaded))
            if has_logical:
                return original(self, key)
        value = self[key] = initial[key]
        return value

    return missing


_LENGTHS = (
    *("margin_left", "margin_right", "margin_top", "margin_bottom"),
    *("padding_left", "padding_right", "padding_top", "padding_bottom"),
    *("width", "min_width", "max_width", "height", "min_height", "max_height"),
)


def _quick_percentages(original: Callable[..., Any]) -> Callable[..., Any]:
    """Set all lengths of a box at once when none of them depends on another."""

    def resolve(box: Any, containing_block: Any) -> None:
        style = box.style
        lengths = style.__dict__.get("kexue_lengths")
        if lengths is None:
            lengths = style.kexue_lengths = _fixed_lengths(style) or False
        if lengths is False:
            original(box, containing_block)
        else:
            box.__dict__.update(lengths)

    return resolve


_SIZES = frozenset(
    name
    for name in css.INITIAL_VALUES
    if re.match(r"margin|padding|border|box_sizing|(min_|max_)?(width|height|inline|block)", name)
    and name != "border_collapse"  # which is inherited
)
_UNSET = {
    **dict.fromkeys(_LENGTHS, 0),
    **dict.fromkeys(("width", "height"), "auto"),
    **dict.fromkeys(("max_width", "max_height"), math.inf),
    **{f"border_{side}_width": 0 for side in ("top", "right", "bottom", "left")},
}
"""The lengths of a box for which no rule sets any."""


def _fixed_lengths(style: Any) -> dict[str, Any] | None:
    """Return a box's used lengths if they are the computed ones, else None."""
    if style["border_collapse"] == "collapse":
        return None
    cascaded = getattr(style, "cascaded", None)
    if cascaded is not None and _SIZES.isdisjoint(style) and _SIZES.isdisjoint(cascaded):
        return _UNSET
    if style["box_sizing"] != "content-box":
        return None
    lengths: dict[str, Any] = {}
    for name in _LENGTHS:
        value = style[name]
        if value == "auto":
            lengths[name] = 0 if name.startswith("min_") else "auto"
        elif getattr(value, "unit", None) == "px":
            lengths[name] = value.value
        else:
            return None
    for side in ("top", "right", "bottom", "left"):
        lengths[f"border_{side}_width"] = style[f"border_{side}_width"]
    return lengths


def _is_in_normal_flow(self: Any) -> bool:
    style = self.style
    known = style.__dict__.get("kexue_flow")
    key = (style["float"], style["position"])
    if known is None or known[0] != key:
        in_flow = not (
            self.is_floated()
            or self.is_absolutely_positioned()
            or self.is_running()
            or self.is_footnote()
            or self.is_note()
        )
        known = style.kexue_flow = (key, in_flow)
    return bool(known[1])


def _quick_strut(original: Callable[..., Any]) -> Callable[..., Any]:
    """Remember a style's line height and baseline; WeasyPrint puts the whole style in words."""

    def strut(style: Any) -> Any:
        known = style.__dict__.get("kexue_strut")
        if known is None:
            known = style.kexue_strut = original(style)
        return known

    return strut


def _quick_margin_boxes(original: Callable[..., Any]) -> Callable[..., Any]:
    """Make no margin boxes where no rule gives them content."""

    def make(context: Any, page: Any, state: Any) -> Any:
        if all(context.style_for(page.page_type, name) is None for name in _MARGIN_BOXES):
            return ()
        return original(context, page, state)

    return make
