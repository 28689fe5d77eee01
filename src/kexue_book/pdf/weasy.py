"""Everything of WeasyPrint that is not its documented interface, in one place.

Written for WeasyPrint 70 (pyproject.toml pins ``>=70,<71``); ``tests/test_pdf.py`` tells
when one of these changed:

- ``HTML`` without a parse: its constructor only takes text, and its HTML parser needs fifty
  times as long as an XML parser for our well-formed pages;
- a line of text drawn into a page's stream, as WeasyPrint draws the text of SVG images;
- the dictionary of fonts that all pages share, to which the math font is added;
- the layout of images that are blocks: those that want to know how wide the measure is are told
  before their size is asked for;
- where a line may end: after an image Pango allows a break before ``；`` and ``：`` (UAX 14 has
  rule LB20 before LB21), which may not begin a line;
- the subsetting of fonts: HarfBuzz 6 (Debian 12) gives up on some sets of glyphs of LXGW WenKai,
  and WeasyPrint then embeds all 16 MB of it.
"""

from __future__ import annotations

import inspect
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from xml.etree.ElementTree import Element

import cssselect2
import pydyf
from weasyprint import HTML
from weasyprint.css.properties import INITIAL_VALUES
from weasyprint.draw.text import draw_first_line
from weasyprint.layout import block as block_layout
from weasyprint.layout import inline as inline_layout
from weasyprint.matrix import Matrix
from weasyprint.pdf.fonts import Font
from weasyprint.pdf.stream import Stream
from weasyprint.svg.text import Style, TextBox
from weasyprint.text.fonts import FontConfiguration
from weasyprint.text.line_break import split_first_line
from weasyprint.urls import URLFetcher


class ParsedHTML(HTML):  # type: ignore[misc]
    """An ``HTML`` made from a tree whose elements have no namespace."""

    def __init__(self, root: Element, base_url: str, url_fetcher: URLFetcher) -> None:
        """Take the place of the original, which parses."""
        self.base_url = base_url
        self.url_fetcher = url_fetcher
        self.media_type = "print"
        self.wrapper_element = cssselect2.ElementWrapper.from_html_root(root, content_language=None)
        self.etree_element = self.wrapper_element.etree_element


class TextLine:
    """A line of text in a font of the book, ready to be measured and drawn."""

    def __init__(
        self, text: str, style: Any, font_config: FontConfiguration, size: float, *, bold: bool
    ) -> None:
        """``style`` is that of the surrounding text; ``size`` in px."""
        own = Style()
        own.update(INITIAL_VALUES)
        own.font_config = font_config
        own["font_family"] = style["font_family"]
        own["lang"] = style["lang"]
        own["font_weight"] = 700 if bold else style["font_weight"]
        own["font_size"] = size
        own["color"] = style["color"]
        self._style = own
        self._layout, _, _, self.width, _, self._baseline = split_first_line(
            text, own, None, math.inf, 0
        )

    def draw(
        self, stream: Any, x: float, y: float, color: Any, *, scale: float | None = None
    ) -> None:
        """Draw the line with its baseline's left end at (x, y).

        In px with y downwards; with ``scale``, in units of which so many make a px, y upwards.
        """
        self._layout.reactivate(self._style)
        with stream.stacked():
            stream.set_color(color)
            stream.begin_text()
            box = TextBox(self._layout, self._style)
            box.baseline = self._baseline
            matrix = Matrix(d=-1, e=x, f=y) if scale is None else Matrix(scale, 0, 0, scale, x, y)
            draw_first_line(stream, box, "none", "none", matrix)
            stream.end_text()
        self._layout.deactivate()


def draws_as_known() -> bool:
    """Whether what formulas need to draw themselves as text is what it was."""
    known = {
        draw_first_line: ["stream", "textbox", "text_overflow", "block_ellipsis", "matrix"],
        split_first_line: ["text", "style", "context", "max_width", "justification_spacing"],
        Stream.transform: ["self", "a", "b", "c", "d", "e", "f"],
        Stream.set_color: ["self", "color", "stroke"],
    }
    return all(
        list(inspect.signature(function).parameters)[: len(names)] == names
        for function, names in known.items()
    ) and hasattr(Stream, "stacked")


def add_font(pdf: pydyf.PDF, name: str, font: pydyf.Object) -> None:
    """Make ``font`` known to every page under the resource name ``name``."""
    page = pdf.objects[pdf.pages["Kids"][0]]
    resources = pdf.objects[_number(page["Resources"])]
    fonts = pdf.objects[_number(resources["Font"])]
    fonts[name] = font.reference


def _number(reference: bytes | str) -> int:
    """Return the object number of a reference: ``b"12 0 R"`` → 12."""
    return int(reference.split()[0])


@contextmanager
def _no_clock() -> Iterator[None]:
    """Keep fontTools from writing the time of day into a font (reproducible-builds.org)."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = "0"
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before


def subset_with_fallback() -> None:
    """Let fontTools subset a font that HarfBuzz cannot. Safe to call again."""
    if getattr(Font, "kexue_book_fallback", False):
        return
    original = Font._harfbuzz_subset

    def subset(font: Font, to_unicode: dict[int, str], hinting: bool) -> None:
        whole = font.file_content
        original(font, to_unicode, hinting)
        if font.file_content is whole:
            with _no_clock():
                font._fonttools_subset(to_unicode, hinting)

    Font._harfbuzz_subset = subset
    Font.kexue_book_fallback = True


def tell_measure() -> bool:
    """Let images that have a ``fit`` know the measure and style they are laid out in.

    Returns:
        Whether that was possible. Safe to call again.
    """
    original = getattr(block_layout, "block_replaced_box_layout", None)
    if original is None or getattr(original, "kexue_book", False):
        return original is not None

    def layout(context: Any, box: Any, containing_block: Any) -> Any:
        fit = getattr(box.replacement, "fit", None)
        if fit is not None:
            fit(containing_block.width, box.style)
        return original(context, box, containing_block)

    layout.kexue_book = True  # type: ignore[attr-defined]
    block_layout.block_replaced_box_layout = layout
    return True


_IMAGE = "\ufffc"
_NEVER_FIRST = "：；…—～·）》」』】〕〉”’％‰℃:;!?,.)]}%"


def keep_punctuation() -> bool:
    """Let no line begin with punctuation that follows an image.

    Returns:
        Whether that was possible. Safe to call again.
    """
    original = getattr(inline_layout, "can_break_text", None)
    if original is None or getattr(original, "kexue_book", False):
        return original is not None

    def can_break_text(text: str, lang: str) -> bool:
        if text and len(text) == 2 and text[0] == _IMAGE and text[1] in _NEVER_FIRST:
            return False
        return bool(original(text, lang))

    can_break_text.kexue_book = True  # type: ignore[attr-defined]
    inline_layout.can_break_text = can_break_text
    return True
