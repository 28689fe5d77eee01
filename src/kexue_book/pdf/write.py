"""A book → a PDF file: its sheets, their records, and these put together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from weasyprint import __version__ as weasyprint_version

import kexue_book
from kexue_book.errors import Diagnostic, KexueBookError, RenderError, Severity
from kexue_book.kept import forget_old
from kexue_book.layout import Labels, Layout
from kexue_book.model import Book, Manuscript, PdfVariant, Typesetting
from kexue_book.pdf.assemble import Assembly, Entry, Facts
from kexue_book.pdf.page_numbers import mark_page_numbers
from kexue_book.pdf.press import Press, Workshop
from kexue_book.pdf.record import Record
from kexue_book.pdf.render import Design
from kexue_book.pdf.settling import print_settled
from kexue_book.pdf.sheet import SIDES, Sheet, SheetMaker
from kexue_book.pdf.weasy import draws_as_known, subset_everywhere_alike

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
    workshop: Workshop,
) -> PdfResult:
    """Lay the book out and write it to ``path``, which must not matter if this fails.

    Raises:
        RenderError: WeasyPrint gave up.
        ThemeError: a template is broken.
    """
    design = Design(
        page=workshop.page,
        styles=(layout.style("base.css"), layout.style("print.css")),
        theme=layout.theme,
        formulas_as_text=draws_as_known(),
        tagged=bool(workshop.variants),
    )
    two_sided = workshop.page.two_sided
    maker = SheetMaker(book, manuscripts, typesetting, layout, two_sided=two_sided)
    sheets = list(maker.body())
    try:
        press = Press(design, workshop)
        labels = _labels(workshop, layout)
        made, numbers = print_settled(press.print, sheets, workshop.page, labels)
        entries = list(_entries(book, sheets, made))
        front = press.print_here(_numbered(maker.front(), numbers))
        folios = {
            (style, side): press.print_here(maker.folios(style, side))
            for style in ("decimal", "roman")
            for side in SIDES[two_sided]
        }
        subset_everywhere_alike()
        entries.insert(0, Entry(record=front, is_front=True, unnumbered=_before_contents(front)))
        assembly = Assembly(
            *(entries, folios, typesetting.glyphs, press.fonts, press.shelf, numbers),
            tagged=design.tagged,
        )
        pages = assembly.write(path, _facts(book, workshop.variants))
    except KexueBookError:
        raise
    except (Exception, RecursionError) as problem:
        raise RenderError(
            f"WeasyPrint could not make the PDF: {type(problem).__name__}: {problem}",
            hint="build single posts with --title to find the one that stops it",
        ) from problem
    if workshop.cache is not None:
        forget_old(workshop.cache)
    records = [*folios.values(), *(entry.record for entry in entries)]
    diagnostics = [*press.diagnostics, *_diagnose(records)]
    if not design.formulas_as_text:
        diagnostics.append(_unknown_weasyprint())
    return PdfResult(pages=pages, diagnostics=tuple(diagnostics))


def _labels(workshop: Workshop, layout: Layout) -> Labels | None:
    """Return the words of page references, if there are any."""
    return layout.labels if workshop.page_references and mark_page_numbers() else None


def _entries(book: Book, sheets: Sequence[Sheet], records: Sequence[Record]) -> Iterator[Entry]:
    parts = {part.anchor for part in book.parts} if book.has_parts else set()
    for sheet, record in zip(sheets, records, strict=True):
        yield Entry(
            record=record,
            unnumbered=int(sheet.anchor in parts),
            opens_part=sheet.anchor in parts,
            ends_part=sheet.anchor == "colophon",
        )


def _before_contents(front: Record) -> int:
    """Return how many pages, without numbers, there are before the contents."""
    return next((page for name, page, _, _ in front.anchors if name == "contents"), 0)


def _numbered(front: Sheet, pages: Mapping[str, int]) -> Sheet:
    """Fill the page numbers into the contents: every link there leads to the body."""
    html = re.sub(
        r'<a href="#([^"]+)"',
        lambda link: f'<a href="#{link[1]}" data-page="{pages.get(link[1], "")}"',
        front.html,
    )
    return replace(front, html=html)


def _facts(book: Book, variants: tuple[PdfVariant, ...]) -> Facts:
    return Facts(
        title=book.meta.title,
        authors=tuple(book.meta.authors),
        language=book.meta.language,
        creator=f"kexue-book {kexue_book.__version__}",
        date=book.meta.modified.strftime("%Y-%m-%dT%H:%M:%SZ"),
        variants=variants,
    )


def _unknown_weasyprint() -> Diagnostic:
    return Diagnostic(
        code="formulas-as-pictures",
        severity=Severity.WARNING,
        message=f"WeasyPrint {weasyprint_version} draws otherwise, so formulas are pictures",
        hint="install the one kexue-book was made for: `pip install 'weasyprint>=70,<71'`",
    )


def _diagnose(records: Sequence[Record]) -> Iterator[Diagnostic]:
    messages: Mapping[str, None] = dict.fromkeys(
        message for record in records for message in record.messages
    )
    refused = dict.fromkeys(url for record in records for url in record.refused)
    for message in messages:
        if (missing := _NO_GLYPH.match(message)) is not None:
            yield Diagnostic(
                code="missing-glyph",
                severity=Severity.WARNING,
                message=f"no installed font has {missing[1]!r} ({missing[2]}); the PDF shows a box",
                hint="install a font that has it, or write it otherwise",
            )
        elif not _QUIET.match(message) and not any(url in message for url in refused):
            yield Diagnostic(code="weasyprint", severity=Severity.WARNING, message=message)
    for url in refused:
        yield Diagnostic(
            code="refused-resource",
            severity=Severity.WARNING,
            message=f"{url[:100]} is neither an image of the book nor a file of the theme",
            hint="put the file into the theme's folder and name it by a relative address",
        )
