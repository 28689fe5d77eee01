"""WeasyPrint's trees, text and fonts, beyond its documented interface.

Written for WeasyPrint 70 (pyproject.toml pins ``>=70,<71``); ``tests/test_pdf.py`` tells
when one of these changed:

- ``HTML`` without a parse: its constructor only takes text, and its HTML parser needs fifty
  times as long as an XML parser for our well-formed pages;
- a line of text drawn into a page's stream, as WeasyPrint draws the text of SVG images;
- the embedding of fonts, which is put off until the whole book's use of them is known;
- the subsetting of fonts, which should not depend on the HarfBuzz of the system;
- its ICC profile.
"""

from __future__ import annotations

import inspect
import io
import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from typing import Any, ClassVar
from xml.etree.ElementTree import Element

import cssselect2
import pydyf
from weasyprint import DEFAULT_OPTIONS, HTML
from weasyprint import pdf as pdf_module
from weasyprint.css.properties import INITIAL_VALUES
from weasyprint.draw.text import draw_first_line
from weasyprint.matrix import Matrix
from weasyprint.pdf import fonts as fonts_module
from weasyprint.pdf.fonts import Font
from weasyprint.pdf.stream import Stream
from weasyprint.svg.text import Style, TextBox
from weasyprint.text.ffi import ffi, gobject, pango
from weasyprint.text.fonts import FontConfiguration
from weasyprint.text.line_break import split_first_line
from weasyprint.urls import URLFetcher

from kexue_book.pdf.clips import without_needless_clips
from kexue_book.pdf.deflating import compressed
from kexue_book.pdf.hidden_gaps import Blanks, hide_gaps
from kexue_book.pdf.own_images import own_images_possible
from kexue_book.pdf.pen import write_lines
from kexue_book.pdf.states import settle_states
from kexue_book.pdf.subset import bare_cff, dense_font, subset_font
from kexue_book.pdf.taking_apart import BEGIN_ARTIFACT
from kexue_book.pdf.text_codes import TextCodes
from kexue_book.pdf.tidy import NamedFont, in_bytes, short_name, tidy

_OPENTYPE = b"OTTO"
_NEAR = 1.0
"""px that do not matter."""
_USUAL_WIDTH = 1000
"""Of characters of which the PDF says nothing; thousandths of an em."""


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
    same = all(
        list(inspect.signature(function).parameters)[: len(names)] == names
        for function, names in known.items()
    )
    return same and hasattr(Stream, "stacked") and own_images_possible()


ffi.cdef("PangoFontDescription * pango_font_description_from_string (const char *str);")


class _Capture:
    """Stands in for WeasyPrint's embedding of fonts: notes what was used, embeds nothing."""

    fonts: ClassVar[list[Font]] = []

    def __call__(self, _pdf: Any, fonts: Any, *_options: Any) -> pydyf.Dictionary:
        _Capture.fonts = list(fonts.values())
        return pydyf.Dictionary({})


@contextmanager
def _no_font_files() -> Iterator[None]:
    """Keep WeasyPrint from copying font files of 25 MB that nobody will embed."""
    build, data = pdf_module.build_fonts_dictionary, fonts_module.get_hb_object_data
    pdf_module.build_fonts_dictionary = _Capture()
    fonts_module.get_hb_object_data = lambda *_: b"OTTO"
    try:
        yield
    finally:
        pdf_module.build_fonts_dictionary, fonts_module.get_hb_object_data = build, data


def write_without_fonts(
    document: Any, drawn_over: Mapping[int, bytes], *, heads: int = 0, tagged: bool = False
) -> tuple[bytes, tuple[Font, ...], frozenset[int]]:
    """Return a document as PDF whose dictionary of fonts is empty, the fonts it uses, and pages.

    These have a ground beyond their type area, which would hide a page number drawn before it.

    Args:
        document: WeasyPrint's.
        drawn_over: operators for some pages; in px, from the top left corner downwards.
        heads: so many of its first pages are drawn on the others, in turn.
        tagged: whether it has a structure tree.
    """
    grounds: set[int] = set()

    def finish(document: Any, pdf: pydyf.PDF) -> None:
        numbers = [pdf.objects[page]["Contents"].split(b" ")[0] for page in pdf.pages["Kids"][::3]]
        contents = [pdf.objects[int(number)] for number in numbers]
        for number, operators in drawn_over.items():
            scaled = b"q .75 0 0 .75 0 0 cm\n%b\nQ" % operators
            contents[number].stream.append(scaled)
        for number, content in enumerate(contents[heads:] if heads else ()):
            head = [b"q", *contents[number % heads].stream, b"Q"]
            if tagged:
                head = [BEGIN_ARTIFACT, *head, b"EMC"]
            content.stream[:] = [b"q", *content.stream, b"Q", *head]
        _tidy(document, pdf)
        for number, (page, content) in enumerate(zip(document.pages, contents, strict=True)):
            if any(_reaches_out(operator, page._page_box) for operator in content.stream):
                grounds.add(number)

    with _no_font_files():
        data = document.write_pdf(pdf_identifier=b"0" * 16, pdf_tags=tagged, finisher=finish)
    return data, tuple(_Capture.fonts), frozenset(grounds)


def _reaches_out(operator: object, page: Any) -> bool:
    """Whether an operator is a rectangle that reaches out of the type area; px."""
    if not isinstance(operator, bytes) or not operator.endswith(b" re"):
        return False
    x, y, width, height = map(float, operator.split()[:4])
    left, top = page.content_box_x(), page.content_box_y()
    return not (
        left - _NEAR <= x
        and x + width <= left + page.width + _NEAR
        and top - _NEAR <= y
        and y + height <= top + page.height + _NEAR
    )


def _tidy(document: Any, pdf: pydyf.PDF) -> None:
    fonts = {f"/{font.hash}".encode(): font for font in document.fonts.values()}
    for number, font in enumerate(fonts.values()):
        font.kexue_name = short_name(number)
    blanks = Blanks(fonts)
    widths = {name: font.widths for name, font in fonts.items() if not font.bitmap}
    named = {
        name: NamedFont(font.kexue_name.encode(), TextCodes.of(font) if name in widths else None)
        for name, font in fonts.items()
    }
    for item in pdf.objects:
        if isinstance(item, Stream):
            is_page = "Type" not in item.extra
            operators = item.stream
            if is_page:
                operators = settle_states(without_needless_clips(operators, widths))
            tidied = tidy(hide_gaps(operators, blanks.find))
            item.stream = list(in_bytes(write_lines(tidied, widths), named))


def srgb_profile() -> bytes:
    """Return the ICC profile of sRGB that WeasyPrint brings."""
    return (files(pdf_module) / "sRGB2014.icc").read_bytes()


def describe_font(font: Font) -> str:
    """Return Pango's description of a font, from which it can be loaded again."""
    return str(font.kexue_description)


def load_font(description: str, size: float, config: FontConfiguration) -> Font:
    """Load a font again that :func:`describe_font` described; ``size`` in px."""
    written = ffi.new("char[]", description.encode())
    wanted = ffi.gc(
        pango.pango_font_description_from_string(written), pango.pango_font_description_free
    )
    context = ffi.gc(pango.pango_font_map_create_context(config.font_map), gobject.g_object_unref)
    found = ffi.gc(
        pango.pango_font_map_load_font(config.font_map, context, wanted), gobject.g_object_unref
    )
    described = ffi.gc(
        pango.pango_font_describe_with_absolute_size(found), pango.pango_font_description_free
    )
    mask = pango.PANGO_FONT_MASK_SIZE + pango.PANGO_FONT_MASK_GRAVITY
    pango.pango_font_description_unset_fields(described, mask)
    font = Font(found, described, size)
    font.kexue_held = (context, found, described)
    return font


def fonts_as_pdf(fonts: Iterable[Font]) -> bytes:
    """Return a PDF whose only page has a dictionary of the fonts, embedded as subsets.

    No two of them may have one hash. One is taken after the other: a file of 25 MB comes with each.
    """
    pdf = pydyf.PDF()
    made = pydyf.Dictionary()
    for font in fonts:
        made |= pdf_module.build_fonts_dictionary(pdf, {0: font}, True, True, dict(DEFAULT_OPTIONS))
        _put_files(pdf, font)
    page = pydyf.Dictionary(
        {
            "Type": "/Page",
            "MediaBox": pydyf.Array([0, 0, 1, 1]),
            "Resources": pydyf.Dictionary({"Font": made}),
        }
    )
    pdf.add_page(page)
    output = io.BytesIO()
    pdf.write(output, version=b"1.7", identifier=False, compress=True)
    return output.getvalue()


def _put_files(pdf: pydyf.PDF, font: Font) -> None:
    """Put a CFF table in the place of a font's file, or a table of codes beside it; compressed.

    See PDF 32000-1, 9.9 and 9.7.4.2. Nothing is said of widths that need not be said.
    """
    for item in list(pdf.objects):
        if isinstance(item, pydyf.Stream) and item.stream and item.stream[0] is font.file_content:
            if font.bare:
                item.extra["Subtype"] = "/CIDFontType0C"
            item.stream = [compressed(font.bare or font.file_content)]
            item.extra["Filter"] = "/FlateDecode"
            item.compress = False
        elif isinstance(item, pydyf.Dictionary) and "CIDToGIDMap" in item:
            if item["BaseFont"] != font.name:
                continue
            item["W"] = _unusual(font.widths)
            if font.glyph_map:
                table = pydyf.Stream([font.glyph_map], compress=True)
                pdf.add_object(table)
                item["CIDToGIDMap"] = table.reference


def _unusual(widths: Mapping[int, int]) -> pydyf.Array:
    """Return the array of widths, without those that are 1000 (PDF 32000-1, 9.7.4.3)."""
    written = pydyf.Array()
    last = None
    for code, width in sorted(widths.items()):
        if width == _USUAL_WIDTH:
            continue
        if last is None or code != last + 1:
            row = pydyf.Array()
            written.extend((code, row))
        row.append(width)
        last = code
    return written


def remember_descriptions() -> None:
    """Let fonts know their descriptions, and give missing characters lasting numbers."""
    if getattr(Font, "kexue_book_remembers", False):
        return
    original = Font.__init__

    def init(font: Font, pango_font: Any, description: Any, font_size: float) -> None:
        original(font, pango_font, description, font_size)
        written = pango.pango_font_description_to_string(description)
        font.kexue_description = ffi.string(written).decode()

    def unused(font: Font, codepoint: int) -> int:
        room = 0x10000 - font.glyph_count
        glyph = font.glyph_count + codepoint % room if room > 0 else 0xFFFF
        font.missing[codepoint] = glyph
        return int(glyph)

    Font.__init__ = init
    Font.get_unused_glyph_id = unused
    Font.kexue_book_remembers = True


def subset_everywhere_alike() -> None:
    """Let fonts be subset by the HarfBuzz of our own dependencies. Safe to call again."""
    Font.subset = _subset


def _subset(font: Font, to_unicode: dict[int, str], _hinting: bool) -> None:
    font.bare = font.glyph_map = None
    if not to_unicode:
        return
    data, own = font.file_content, TextCodes.of(font)
    codes = {own.glyphs[code]: code for code in to_unicode}
    font.bare = bare_cff(data, font.index, codes)
    if font.bare is not None:
        # WeasyPrint asks whether it is OpenType; what is written: see _put_files.
        font.file_content = _OPENTYPE + font.bare
    elif own.is_own:
        font.file_content, font.glyph_map = dense_font(data, font.index, codes)
    else:
        font.file_content = subset_font(data, font.index, codes)
