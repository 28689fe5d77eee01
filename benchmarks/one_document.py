"""Posts → a PDF, or a page for browsers, in one document: the same HTML and style as our sheets.

usage: python benchmarks/one_document.py pdf|svg|html POSTS FILE

``pdf`` is WeasyPrint as it comes: it parses the HTML, counts pages, makes running heads and page
numbers in margin boxes, and looks up the numbers in the contents. Of ours it has the formulas,
which draw themselves, and what they cannot do without; not flush lines, page references, records,
workers, or shorter ways through its layout. ``svg`` is the same with formulas as SVG images, which
is how they come into WeasyPrint when nobody has made anything for it. ``html`` has formulas as
MathML, and images by their files' addresses; browsers know neither footnotes, running heads nor
numbers in the contents.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any
from xml.etree.ElementTree import Element, SubElement, fromstring, tostring

import pikepdf
from composed import Composed, compose_posts
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from kexue_book.model import Formula, Glyph, Typeset
from kexue_book.pdf.document import Formulas, fill_sheet, page_rules
from kexue_book.pdf.extents import Extents
from kexue_book.pdf.fetcher import BASE_URL, BookFetcher
from kexue_book.pdf.formula_image import Studio
from kexue_book.pdf.glyph_codes import glyph_codes
from kexue_book.pdf.layout_hooks import keep_punctuation, tell_measure
from kexue_book.pdf.math_font import RESOURCE, BookMathFont, MathFont, true_type
from kexue_book.pdf.object_file import ObjectFile
from kexue_book.pdf.own_images import allow_own_images
from kexue_book.pdf.pages import page_size
from kexue_book.pdf.picture_formulas import PictureFormulas
from kexue_book.pdf.sheet import ENTRIES, SheetMaker
from kexue_book.pdf.text_formulas import TextFormulas

PAGE = page_size("a5")
RUNNING = """
.head-page { page: body; break-before: page; break-after: auto; height: 0; }
.chapter, .colophon { break-before: auto; }
.toc a::after { content: leader(dotted) " " target-counter(attr(href), page); }
.toc-fill::after { content: none; }
page-number { display: none; }
@page body {
  @bottom-center { content: counter(page); font: 9pt "Noto Serif CJK SC"; }
  @top-left { content: string(part); font: 8pt "Noto Sans CJK SC"; vertical-align: bottom;
    padding-bottom: 9pt; white-space: nowrap; }
  @top-right { content: string(chapter); font: 8pt "Noto Sans CJK SC"; vertical-align: bottom;
    padding-bottom: 9pt; white-space: nowrap; max-width: 80%; overflow: hidden; }
}
@page front {
  @bottom-center { content: counter(page, lower-roman); font: 8.5pt "Noto Serif CJK SC"; }
}
"""
BROWSER = """
.head-page { display: none; }
.toc-fill::after { content: none; }
page-number { display: none; }
math { font-family: "Latin Modern Math", math; }
.display { text-align: center; position: relative; }
.number { position: absolute; right: 0; }
/* Chromium shrinks the whole book when anything is wider than the page. */
.chapter-body, .chapter-body > *, .contents, .colophon { overflow: clip; }
@page { @bottom-center { content: counter(page); font: 9pt "Noto Serif CJK SC"; } }
"""


class OneSheet:
    """The sheets of a book, joined, with formulas of one kind."""

    def __init__(self, composed: Composed) -> None:
        self._composed = composed
        maker = SheetMaker(
            composed.book, composed.manuscripts, composed.typesetting, composed.layout
        )
        starts = range(0, len(composed.manuscripts), ENTRIES)
        contents = [maker.contents(first, 1) for first in starts]
        self._sheets = [maker.front, *contents, *(make() for _, make in maker.body())]

    def fill(self, formulas: Formulas) -> Element:
        """Return the joined tree."""
        whole = fill_sheet(self._sheets[0], formulas)
        body = whole.find("body")
        assert body is not None
        for sheet in self._sheets[1:]:
            part = fill_sheet(sheet, formulas).find("body")
            assert part is not None
            body.extend(list(part))
        return whole

    def styles(self) -> Iterator[str]:
        """Yield what every way of layout shares, the weakest first."""
        yield page_rules(PAGE)
        yield self._composed.layout.style("base.css")
        yield self._composed.layout.style("print.css")


class MathmlFormulas:
    """Shows formulas as the MathML that MathJax made."""

    style = ""
    images = MappingProxyType[str, Any]({})
    pictures = MappingProxyType[str, bytes]({})

    def fill_inline(self, element: Element, formula: Formula, typeset: Typeset) -> None:
        """Show a formula in the text."""
        element.append(_math(typeset))

    def fill_display(self, element: Element, formula: Formula, typeset: Typeset) -> None:
        """Show a display; its numbers stand beside it, all on one line."""
        numbers = [n.text if n.bare else f"({n.text})" for n in formula.numbers]
        if numbers:
            SubElement(element, "span", {"class": "number"}).text = " ".join(numbers)
        element.append(_math(typeset))


def _math(typeset: Typeset) -> Element:
    tree = fromstring(typeset.mathml)
    for part in tree.iter():
        part.tag = part.tag.rpartition("}")[2]  # HTML's parser knows MathML without namespaces
    return tree


def write_pdf(composed: Composed, path: Path, *, as_text: bool = True) -> None:
    """Lay the book out with WeasyPrint, in one document."""
    for allow in (keep_punctuation, tell_measure, allow_own_images):
        allow()
    fonts = FontConfiguration()
    font, glyphs = MathFont(composed.typesetting.glyphs), composed.typesetting.glyphs
    height = PAGE.lines * PAGE.leading * 96 / 72
    formulas: Formulas = PictureFormulas(glyphs)
    if as_text:
        formulas = TextFormulas(Studio(font, Extents(glyphs), fonts, height))
    sheet = OneSheet(composed)
    text = tostring(sheet.fill(formulas), encoding="unicode", method="html")
    assets = {asset.name: asset for made in composed.manuscripts for asset in made.assets}
    fetcher = BookFetcher(assets, None, formulas.pictures)
    page = HTML(string=text, base_url=BASE_URL, url_fetcher=fetcher)
    rules = (*sheet.styles(), RUNNING, formulas.style)
    styles = [CSS(string=text, font_config=fonts) for text in rules]
    page.write_pdf(path, font_config=fonts, stylesheets=styles, cache=dict(formulas.images))
    if as_text:
        _embed(path, font, composed)


def _embed(path: Path, font: MathFont, composed: Composed) -> None:
    """Add the font that the formulas are drawn with, which WeasyPrint does not know of."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        used = font.glyphs_used
        with pikepdf.open(_math_font(used, composed.typesetting.glyphs)) as source:
            made = pdf.copy_foreign(source.Root.Font)
        for page in pdf.pages:
            page.obj.Resources.Font[f"/{RESOURCE}"] = made
        pdf.save(path)


def _math_font(used: Sequence[str], all_glyphs: Mapping[str, Glyph]) -> io.BytesIO:
    """Return a PDF whose catalog has the font."""
    written = io.BytesIO()
    file = ObjectFile(written)
    number, pages = file.reserve(), file.add(b"<</Type/Pages/Kids[]/Count 0>>")
    glyphs = {name: all_glyphs[name] for name in used}
    codes = {code: name for name, code in glyph_codes(used).items()}
    BookMathFont(file, glyphs, true_type(glyphs)).put(number, codes)
    root = file.add(b"<</Type/Catalog/Pages %d 0 R/Font %d 0 R>>" % (pages, number))
    file.finish(root, file.add(b"<<>>"))
    return written


def write_html(composed: Composed, path: Path) -> None:
    """Write the page for browsers."""
    sheet = OneSheet(composed)
    tree = sheet.fill(MathmlFormulas())
    files = {f"asset:{a.name}": a.path for made in composed.manuscripts for a in made.assets}
    for image in tree.iter("img"):
        source = image.get("src", "")
        if source in files:
            image.set("src", files[source].resolve().as_uri())
    head = tree.find("head")
    assert head is not None
    head.insert(0, Element("meta", {"charset": "utf-8"}))
    for rules in (*sheet.styles(), BROWSER):
        SubElement(head, "style").text = rules
    text = tostring(tree, encoding="unicode", method="html")
    path.write_text(f"<!DOCTYPE html>\n{text}", "utf-8")


def main() -> None:
    kind, posts, path = sys.argv[1:]
    composed = compose_posts(Path(posts))
    start = time.monotonic()
    ways = {"pdf": write_pdf, "svg": partial(write_pdf, as_text=False), "html": write_html}
    ways[kind](composed, Path(path))
    print(f"layout {time.monotonic() - start:.1f} s")


if __name__ == "__main__":
    main()
