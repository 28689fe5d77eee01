"""A sheet → its record, through WeasyPrint; in a worker process or here."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element

from weasyprint import CSS
from weasyprint.text.fonts import FontConfiguration

from kexue_book.pdf.bitmap_image import bitmap_images, bitmaps_possible
from kexue_book.pdf.bitmaps import Bitmaps
from kexue_book.pdf.cover_figure import FigureRoom
from kexue_book.pdf.design import AS_PICTURES, Design
from kexue_book.pdf.document import Formulas, fill_sheet, page_rules
from kexue_book.pdf.extents import Extents
from kexue_book.pdf.fetcher import BASE_URL, BookFetcher
from kexue_book.pdf.formula_image import Studio
from kexue_book.pdf.justify import justify_chinese
from kexue_book.pdf.layout_hooks import join_leaders, keep_punctuation, tell_measure
from kexue_book.pdf.listings import classes_in, continuation_marks, hang_long_lines, join_words
from kexue_book.pdf.math_font import MathFont
from kexue_book.pdf.number_room import mark_page_numbers
from kexue_book.pdf.own_images import allow_own_images
from kexue_book.pdf.page_links import drop_inner_links, take_foreign_links
from kexue_book.pdf.page_starts import page_starts
from kexue_book.pdf.picture_formulas import PictureFormulas
from kexue_book.pdf.pieces import Pieces
from kexue_book.pdf.quicker import lay_out_quicker, let_go, remember_contexts
from kexue_book.pdf.record import FontUse, Outline, Record
from kexue_book.pdf.sheet import Sheet
from kexue_book.pdf.stack_room import with_room
from kexue_book.pdf.substitutes import find_substitutes, substitute
from kexue_book.pdf.tables import ATTEMPTS, mark_long_tables, shrink_wide_tables
from kexue_book.pdf.tagging import write_tagged
from kexue_book.pdf.taking_apart import take_apart
from kexue_book.pdf.text_codes import TextCodes
from kexue_book.pdf.text_formulas import TextFormulas
from kexue_book.pdf.vector_image import Drawings
from kexue_book.pdf.weasy import (
    ParsedHTML,
    describe_font,
    draws_as_known,
    fonts_as_pdf,
    load_font,
    remember_descriptions,
    subset_everywhere_alike,
    write_without_fonts,
)

_PX_PER_PT = 96 / 72
_FEW_WORDS = (
    '<html lang="zh-CN"><body><div class="body-matter"><section class="chapter">'
    '<h1 class="chapter-title" data-label="">题</h1><div class="chapter-body">'
    "<p>文 <strong>字</strong> Aa <code>b</code></p></div></section></div></body></html>"
)
_LOGGER = logging.getLogger("weasyprint")


class Renderer:
    """Lays sheets out, one after the other."""

    def __init__(self, design: Design) -> None:
        keep_punctuation()
        tell_measure()
        join_leaders()
        allow_own_images()
        justify_chinese()
        remember_descriptions()
        lay_out_quicker()
        remember_contexts()
        self._as_text = draws_as_known()
        self._has_references = mark_page_numbers()
        self._bitmaps, self._drawings = Bitmaps(), Drawings()
        self._own_images = bitmaps_possible()
        self._design = design
        self._styled = classes_in(design.styles)
        self.fonts = FontConfiguration()
        fetcher = BookFetcher({}, design.theme, {})
        rules = page_rules(design.page)
        with _logged() as self._style_messages:
            # The author's rules come before: a theme may set another page.
            self._styles = [
                CSS(string=text, base_url=BASE_URL, url_fetcher=fetcher, font_config=self.fonts)
                for text in (rules, *design.styles)
            ]
        self._refused = tuple(fetcher.refused)
        if not self._as_text:
            self._style_messages.append(AS_PICTURES)

    def warm_up(self) -> None:
        """Lay a few words out: the first sheet takes longer, since fonts are looked for."""
        self.render(Sheet(anchor="", html=_FEW_WORDS))

    def embed(self, uses: Sequence[FontUse]) -> bytes:
        """Return a PDF whose only page has a dictionary of fonts, subset to their uses."""
        subset_everywhere_alike()
        return fonts_as_pdf(_loaded(use, self.fonts) for use in uses)

    def render(self, sheet: Sheet) -> bytes:
        """Lay a sheet out; return its record with all that belongs to it."""
        return with_room(self._render, sheet)

    def _render(self, sheet: Sheet) -> bytes:
        is_tagged = self._design.tagged and not sheet.is_stamp
        if not self._has_references:
            sheet = replace(sheet, references=None)
        with _collecting_later():
            record, fonts, pieces = self._lay_out(sheet, {}, is_tagged=is_tagged)
        substitutes = find_substitutes(fonts) if is_tagged else {}
        if substitutes:
            messages = record.messages
            with _collecting_later():
                record, fonts, pieces = self._lay_out(sheet, substitutes, is_tagged=is_tagged)
            record = replace(record, messages=messages)
        return record.to_bytes(fonts, pieces)

    def _lay_out(
        self, sheet: Sheet, substitutes: Mapping[int, str], *, is_tagged: bool
    ) -> tuple[Record, tuple[FontUse, ...], Pieces]:
        math_font = MathFont(sheet.glyphs)
        formulas = self._formulas(sheet, math_font, substitutes, in_lines=not is_tagged)
        root = fill_sheet(sheet, formulas)
        if substitutes:
            substitute(root, substitutes)
        if self._design.theme is None:  # a theme may style what has no class
            join_words(root, self._styled)
        has_long_lines = hang_long_lines(root)
        assets = {asset.name: asset for asset in sheet.assets}
        fetcher = BookFetcher(
            assets,
            self._design.theme,
            {**formulas.pictures, **sheet.pictures},
            only_rgb=is_tagged,
        )
        with _logged() as messages:
            images = {**formulas.images, **{place: FigureRoom() for place in sheet.drawings}}
            if self._own_images:
                images |= bitmap_images(sheet.assets, self._bitmaps)
                images |= self._drawings.images(sheet.assets)
            document = self._fitted(root, fetcher, formulas.style, images)
            if sheet.goes_on:
                document = document.copy(document.pages[: self._full(len(document.pages))])
            drop_inner_links(document)
            links = () if is_tagged else tuple(take_foreign_links(document))
            marks = continuation_marks(document) if has_long_lines else {}
            heads = _heads(sheet, document)
            if is_tagged:
                data, fonts, grounds = write_tagged(document, marks, heads=heads)
            else:
                data, fonts, grounds = write_without_fonts(document, marks, heads=heads)
        stamps = len(document.pages) if sheet.is_stamp else heads
        pieces = take_apart(data, stamps=stamps, grounds=grounds, foreign=links)
        record = Record(
            pages=len(document.pages),
            heads=heads,
            starts=tuple(page_starts(document, heads)),
            math_glyphs=math_font.glyphs_used,
            anchors=tuple(_anchors(document)),
            outline=tuple(map(_entry, document.make_bookmark_tree(0.75, transform_pages=True))),
            messages=tuple(dict.fromkeys((*self._style_messages, *messages))),
            refused=tuple(dict.fromkeys((*self._refused, *fetcher.refused))),
        )
        return record, tuple(map(_use, fonts)), pieces

    def _fitted(
        self, root: Element, fetcher: BookFetcher, style: str, images: Mapping[str, Any]
    ) -> Any:
        """Return the document of a tree, whose tables may have to be made smaller."""
        has_tables = mark_long_tables(root)
        for attempt in range(ATTEMPTS):
            document = ParsedHTML(root, BASE_URL, fetcher).render(
                font_config=self.fonts,
                stylesheets=[*self._styles, CSS(string=style)],
                cache=dict(images),
            )
            if not has_tables or attempt == ATTEMPTS - 1 or not shrink_wide_tables(document):
                break
        return document

    def _full(self, pages: int) -> int:
        """Return how many of the pages are full, and end with the leaf they are on."""
        full = pages - 1
        return full - full % 2 if self._design.page.two_sided else full

    def _formulas(
        self, sheet: Sheet, font: MathFont, substitutes: Mapping[int, str], *, in_lines: bool
    ) -> Formulas:
        if not self._as_text:
            return PictureFormulas(sheet.glyphs)
        page = self._design.page
        height = page.lines * page.leading * _PX_PER_PT
        extents = Extents(sheet.glyphs)
        return TextFormulas(
            Studio(font, extents, self.fonts, height, substitutes, in_lines=in_lines)
        )


def _loaded(use: FontUse, configuration: FontConfiguration) -> Any:
    font = load_font(use.description, use.size, configuration)
    font.name = f"/{use.key}+".encode() + font.name.split(b"+", 1)[1]
    font.hash = use.key
    font.widths, font.to_unicode = dict(use.widths), dict(use.to_unicode)
    font.missing = dict(use.missing)
    return font


def _heads(sheet: Sheet, document: Any) -> int:
    """Return how many pages are running heads: none if a theme does not set them apart."""
    first = (n for n, page in enumerate(document.pages) if sheet.anchor in page.anchors)
    return sheet.heads if next(first, 0) >= sheet.heads else 0


def _anchors(document: Any) -> Iterator[tuple[str, int, float, float]]:
    met: set[str] = set()
    for number, page in enumerate(document.pages):
        for name, (x, y, *_) in page.anchors.items():
            if name not in met:
                met.add(name)
                yield name, number, round(0.75 * x, 2), round(0.75 * (page.height - y), 2)


def _entry(entry: Any) -> Outline:
    label, (page, x, y), children, state = entry
    below = tuple(map(_entry, children))
    return label, page, round(x, 2), round(y, 2), state == "open", below


def _use(font: Any) -> FontUse:
    codes = TextCodes.of(font).codes
    return FontUse(
        description=describe_font(font),
        size=font.font_size,
        key=font.hash,
        name=font.kexue_name,
        widths={codes[glyph]: width for glyph, width in font.widths.items()},
        to_unicode={codes[glyph]: text for glyph, text in font.to_unicode.items()},
        missing={character: codes[glyph] for character, glyph in font.missing.items()},
    )


@contextmanager
def _collecting_later() -> Iterator[None]:
    """Look for no garbage in cycles meanwhile: a seventh of the time, and next to none is found.

    All of WeasyPrint's boxes are in use until a sheet is written; then none is.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        let_go()
        if was_enabled:
            gc.enable()


@contextmanager
def _logged() -> Iterator[list[str]]:
    """Collect what WeasyPrint logs: it says there, and only there, what it left out."""
    messages: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: messages.append(record.getMessage())  # type: ignore[method-assign]
    level = _LOGGER.level
    handlers, _LOGGER.handlers = _LOGGER.handlers, [handler]
    _LOGGER.setLevel(logging.WARNING)
    try:
        yield messages
    finally:
        _LOGGER.handlers = handlers
        _LOGGER.setLevel(level)
