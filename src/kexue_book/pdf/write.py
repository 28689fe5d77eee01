"""A book → a PDF file, through WeasyPrint; imported only when a PDF is wanted."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from weasyprint import CSS
from weasyprint import __version__ as weasyprint_version
from weasyprint.text.fonts import FontConfiguration

from kexue_book.errors import Diagnostic, KexueBookError, RenderError, Severity
from kexue_book.layout import Layout
from kexue_book.model import Book, Manuscript, Typesetting
from kexue_book.pdf.document import BookDocument
from kexue_book.pdf.extents import Extents
from kexue_book.pdf.fetcher import BASE_URL, BookFetcher
from kexue_book.pdf.formula_image import Studio
from kexue_book.pdf.justify import justify_chinese
from kexue_book.pdf.math_font import MathFont
from kexue_book.pdf.pages import PageSize
from kexue_book.pdf.picture_formulas import PictureFormulas
from kexue_book.pdf.text_formulas import TextFormulas
from kexue_book.pdf.weasy import (
    ParsedHTML,
    draws_as_known,
    keep_punctuation,
    subset_with_fallback,
    tell_measure,
)

_PX_PER_PT = 96 / 72
_LOGGER = logging.getLogger("weasyprint")
_QUIET = re.compile(
    r"Ignored |Invalid|Expected|This table row|Step |Unable to subset |Too many glyphs missing"
)
_NO_GLYPH = re.compile(r'\.notdef glyph rendered .*?"(.+)" \((U\+[^)]*)\)')


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfResult:
    """What came of writing."""

    pages: int
    diagnostics: tuple[Diagnostic, ...]


def render_pdf(
    book: Book,
    manuscripts: Sequence[Manuscript],
    typesetting: Typesetting,
    layout: Layout,
    path: Path,
    page: PageSize,
    *,
    formulas_as_text: bool = True,
) -> PdfResult:
    """Lay the book out and write it to ``path``, which must not matter if this fails.

    Formulas become pictures where WeasyPrint's way of drawing is not the one we know, or when
    ``formulas_as_text`` is false.

    Raises:
        RenderError: WeasyPrint gave up.
        ThemeError: a template is broken.
    """
    fonts = FontConfiguration()
    math_font = MathFont(typesetting.glyphs)
    height = page.lines * page.leading * _PX_PER_PT
    studio = Studio(math_font, Extents(typesetting.glyphs), fonts, height)
    formulas: TextFormulas | PictureFormulas = TextFormulas(studio)
    if not (formulas_as_text and draws_as_known()):
        formulas = PictureFormulas(typesetting.glyphs)
    document = BookDocument(book, manuscripts, typesetting, layout, formulas)
    assets = {asset.name: asset for manuscript in manuscripts for asset in manuscript.assets}
    fetcher = BookFetcher(assets, layout.theme, getattr(formulas, "pictures", {}))
    subset_with_fallback()
    tell_measure()
    keep_punctuation()
    justify_chinese()
    with _logged() as messages:
        try:
            styles = [
                CSS(string=text, base_url=BASE_URL, url_fetcher=fetcher, font_config=fonts)
                for text in (layout.style("base.css"), layout.style("print.css"))
            ]
            # The author's rules come before: a theme may set another page.
            styles.insert(0, CSS(string=document.style(page), font_config=fonts))
            rendered = ParsedHTML(document.root, BASE_URL, fetcher).render(
                font_config=fonts,
                stylesheets=styles,
                cache=dict(formulas.images),
            )
            rendered.write_pdf(
                path,
                finisher=math_font.embed,
                pdf_identifier=hashlib.sha256(book.meta.identifier.encode()).digest()[:16],
            )
        except KexueBookError:
            raise
        except (Exception, RecursionError) as problem:
            raise RenderError(
                f"WeasyPrint could not make the PDF: {type(problem).__name__}: {problem}",
                hint="build single posts with --title to find the one that stops it",
            ) from problem
    diagnostics = list(_diagnose(messages, fetcher))
    if formulas_as_text and isinstance(formulas, PictureFormulas):
        diagnostics.append(_unknown_weasyprint())
    return PdfResult(pages=len(rendered.pages), diagnostics=tuple(diagnostics))


def _unknown_weasyprint() -> Diagnostic:
    return Diagnostic(
        code="formulas-as-pictures",
        severity=Severity.WARNING,
        message=f"WeasyPrint {weasyprint_version} draws otherwise, so formulas are pictures",
        hint="install the one kexue-book was made for: `pip install 'weasyprint>=70,<71'`",
    )


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


def _diagnose(messages: Sequence[str], fetcher: BookFetcher) -> Iterator[Diagnostic]:
    for message in dict.fromkeys(messages):
        if (missing := _NO_GLYPH.match(message)) is not None:
            yield Diagnostic(
                code="missing-glyph",
                severity=Severity.WARNING,
                message=f"no installed font has {missing[1]!r} ({missing[2]}); the PDF shows a box",
                hint="install a font that has it, or write it otherwise",
            )
        elif not _QUIET.match(message) and not any(url in message for url in fetcher.refused):
            yield Diagnostic(code="weasyprint", severity=Severity.WARNING, message=message)
    for url in dict.fromkeys(fetcher.refused):
        yield Diagnostic(
            code="refused-resource",
            severity=Severity.WARNING,
            message=f"{url[:100]} is neither an image of the book nor a file of the theme",
            hint="put the file into the theme's folder and name it by a relative address",
        )
