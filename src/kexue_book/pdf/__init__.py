"""A book and its manuscripts → a PDF. WeasyPrint is loaded by those who lay it out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kexue_book.files import written_aside
from kexue_book.layout import Layout
from kexue_book.model import Book, Manuscript, PdfVariant, Typesetting
from kexue_book.pdf.design import design_of
from kexue_book.pdf.fonts import require_chinese_font
from kexue_book.pdf.pages import PAGE_SIZES, page_size
from kexue_book.pdf.plans import Plans, plans_folder
from kexue_book.pdf.shelf import records_folder
from kexue_book.pdf.workers import Crew

if TYPE_CHECKING:
    from kexue_book.cover import Cover
    from kexue_book.pdf.write import PdfResult

__all__ = [
    "PAGE_SIZES",
    "Crew",
    "Plans",
    "make_crew",
    "page_size",
    "plans_folder",
    "records_folder",
    "write_pdf",
]


def make_crew(
    jobs: int,
    layout: Layout,
    *,
    page: str,
    two_sided: bool,
    variants: Sequence[PdfVariant],
) -> Crew:
    """Return processes that get ready to lay a book out; the options are those of the book.

    Raises:
        ThemeError: a style sheet cannot be read.
    """
    crew = Crew(jobs, design_of(layout, page_size(page, two_sided=two_sided), variants))
    crew.prepare()
    return crew


def write_pdf(
    book: Book,
    manuscripts: Sequence[Manuscript],
    typesetting: Typesetting,
    layout: Layout,
    path: Path,
    *,
    cover: Cover | None = None,
    page: str = "a5",
    two_sided: bool = False,
    page_references: bool = True,
    crew: Crew | None = None,
    cache: Path | None = None,
    advance: Callable[[int], None] = lambda done: None,
    variants: tuple[PdfVariant, ...] = (),
    plans: Plans | None = None,
) -> PdfResult:
    """Write the book to ``path``: aside first, so that a failure leaves an old file as it was.

    Chapters are laid out by ``crew``, or in this process if there is none; those that are in the
    folder ``cache`` are not. ``advance`` is told how many are done. ``variants`` are standards that
    the PDF is to keep, ``two_sided`` is for printing and binding, ``page_references`` say on which
    pages links to other chapters lead. ``cover`` is drawn of the posts if it is None; a two-sided
    book has none. What ``plans`` know of the book need not be found out.

    Raises:
        UsageError: there is no such page size.
        MissingDependencyError: Pango or a Chinese font is not installed.
        OutputError: the file cannot be written.
        RenderError: WeasyPrint gave up on the book.
    """
    from kexue_book.cover import draw_cover
    from kexue_book.pdf.press import Workshop
    from kexue_book.pdf.write import render_pdf

    size = page_size(page, two_sided=two_sided)
    require_chinese_font()
    cover = cover or draw_cover(book, manuscripts, layout.labels)
    workshop = Workshop(
        page=size,
        page_references=page_references,
        crew=crew,
        cache=cache,
        advance=advance,
        variants=variants,
    )
    plans = plans or Plans(book, manuscripts, layout, size, None)
    with written_aside(path) as aside:
        return render_pdf(book, manuscripts, typesetting, layout, aside, workshop, plans, cover)
