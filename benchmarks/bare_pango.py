"""Posts → how long Pango alone takes to shape their text and break it into lines.

usage: python benchmarks/bare_pango.py POSTS

The physical limit of layout through Pango: every paragraph, heading, item and cell of the chapters
once, as wide as the page's measure, in its main font; a formula in the text counts as one Chinese
character, displays and code as nothing. Prints JSON; loading posts and fonts is not counted.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path

from composed import TITLE
from weasyprint.text.ffi import ffi, gobject, pango, pangoft2

from kexue_book.layout import Layout
from kexue_book.library import read_library
from kexue_book.manuscript import compose
from kexue_book.model import Grouping, Order, Selection
from kexue_book.outline import choose, make_book
from kexue_book.pdf.pages import page_size

PAGE = page_size("a5")
_SCALE = 1024
_CODE = re.compile(r"<pre\b.*?</pre>", re.DOTALL)
_FORMULA = re.compile(r'<span class="formula"[^>]*>')
_BLOCK = re.compile(
    r"</?(?:p|h\d|li|ul|ol|td|th|tr|table|div|figure|figcaption|blockquote)\b[^>]*>"
)
_TAG = re.compile(r"<[^>]*>")


def paragraphs(posts: Path) -> Iterator[str]:
    """Yield the texts of a folder's posts, as a build cleans them."""
    chosen = choose(read_library(posts).posts, Selection(), Order.DATE)
    book = make_book(chosen, Selection(), Grouping.NONE, title=TITLE)
    made = compose(book, root=posts, missing_image=Layout(None).labels.missing_image)
    for manuscript in made.manuscripts:
        for body in (manuscript.body, *(note.body for note in manuscript.footnotes)):
            for block in _BLOCK.split(_FORMULA.sub("式", _CODE.sub("", body))):
                text = " ".join(unescape(_TAG.sub("", block)).split())
                if text:
                    yield text


class Breaker:
    """Breaks paragraphs into lines."""

    def __init__(self) -> None:
        fonts = ffi.gc(pangoft2.pango_ft2_font_map_new(), gobject.g_object_unref)
        context = ffi.gc(pango.pango_font_map_create_context(fonts), gobject.g_object_unref)
        font = ffi.gc(pango.pango_font_description_new(), pango.pango_font_description_free)
        pango.pango_font_description_set_family(font, b"Noto Serif CJK SC")
        pango.pango_font_description_set_absolute_size(font, PAGE.font_size * _SCALE)
        self._keep = fonts, font
        self._context = context

    def lines(self, text: str) -> None:
        """Shape one paragraph and break it; the first line asked for makes all of them."""
        layout = pango.pango_layout_new(self._context)
        pango.pango_layout_set_font_description(layout, self._keep[1])
        width = PAGE.characters * PAGE.font_size * _SCALE
        pango.pango_layout_set_width(layout, int(width))
        data = text.encode()
        pango.pango_layout_set_text(layout, data, len(data))
        pango.pango_layout_get_line_readonly(layout, 0)
        gobject.g_object_unref(layout)


def main() -> None:
    texts = list(paragraphs(Path(sys.argv[1])))
    breaker = Breaker()
    breaker.lines("字体 font")
    start = time.process_time()
    for text in texts:
        breaker.lines(text)
    seconds = time.process_time() - start
    print(json.dumps({"seconds": seconds, "characters": sum(map(len, texts))}))


if __name__ == "__main__":
    main()
