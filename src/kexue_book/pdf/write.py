"""A book → a PDF file: its sheets, their records, and these put together."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import kexue_book
from kexue_book.errors import Diagnostic, KexueBookError, Severity
from kexue_book.kept import forget_old
from kexue_book.layout import Labels, Layout
from kexue_book.model import Book, Manuscript, PagePlace, PdfVariant, Typesetting
from kexue_book.pdf.assemble import Assembly, Entry
from kexue_book.pdf.describing import Facts
from kexue_book.pdf.design import AS_PICTURES, design_of
from kexue_book.pdf.embedding import BookFonts
from kexue_book.pdf.object_file import ObjectFile
from kexue_book.pdf.pagination import Guess, Plan, page_places
from kexue_book.pdf.plans import Plans
from kexue_book.pdf.press import Press, Printed, Workshop, gave_up
from kexue_book.pdf.record import Record
from kexue_book.pdf.settling import print_settled
from kexue_book.pdf.sheet import SIDES, Sheet, SheetMaker
from kexue_book.pdf.spool import Spool

if TYPE_CHECKING:
    from kexue_book.cover import Cover

_QUIET = re.compile(
    r"Ignored |Invalid|Expected|This table row|Step |Unable to subset |Too many glyphs missing"
)
_Sheets = Generator[Sheet, Printed, None]
"""Sheets that are told what became of one before they make the next."""
_NO_GLYPH = re.compile(r'\.notdef glyph rendered .*?"(.+)" \((U\+[^)]*)\)')


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfResult:
    """What came of writing."""

    pages: int
    places: tuple[PagePlace, ...]
    """Where the numbered pages of the body begin."""
    diagnostics: tuple[Diagnostic, ...]


def render_pdf(
    book: Book,
    manuscripts: Sequence[Manuscript],
    typesetting: Typesetting,
    layout: Layout,
    path: Path,
    workshop: Workshop,
    plans: Plans,
    cover: Cover,
) -> PdfResult:
    """Lay the book out and write it to ``path``, which must not matter if this fails.

    Raises:
        RenderError: WeasyPrint gave up.
        ThemeError: a template is broken.
    """
    design = design_of(layout, workshop.page, workshop.variants)
    maker = SheetMaker(
        *(book, manuscripts, typesetting, layout),
        two_sided=workshop.page.two_sided,
        cover=cover,
    )
    try:
        with closing(Spool()) as spool, path.open("wb") as output:
            if workshop.crew is not None:
                workshop.crew.call()
            press = Press(design, workshop, spool)
            body = plans.all(maker, lasting=typesetting.is_lasting)
            printed = _print(press, maker, body, workshop, _labels(workshop, layout))
            made = (press, printed, ObjectFile(output), maker.figure)
            pages = _assemble(*made, book, typesetting, workshop)
    except KexueBookError:
        raise
    except (Exception, RecursionError) as problem:
        raise gave_up(f"{type(problem).__name__}: {problem}") from problem
    if workshop.cache is not None:
        forget_old(workshop.cache)
    diagnostics = [*press.diagnostics, *_diagnose(printed.records())]
    records = [entry.printed.record for entry in printed.entries[-len(printed.sheets) :]]
    places = page_places(printed.sheets, records, two_sided=workshop.page.two_sided)
    return PdfResult(pages=pages, places=tuple(places), diagnostics=tuple(diagnostics))


@dataclass(frozen=True, slots=True, kw_only=True)
class _PrintedBook:
    """All that is laid out of a book."""

    entries: tuple[Entry, ...]
    """The front matter, then the body."""
    sheets: tuple[str, ...]
    """Anchors of the sheets of the body."""
    folios: Mapping[tuple[str, str], Printed]
    """By style and side."""
    numbers: Mapping[str, int]
    """The page numbers of all anchors."""

    def records(self) -> Iterator[Record]:
        """Yield all records."""
        entries = (entry.printed for entry in self.entries)
        return (printed.record for printed in (*self.folios.values(), *entries))


def _print(
    press: Press,
    maker: SheetMaker,
    plans: Sequence[Plan],
    workshop: Workshop,
    labels: Labels | None,
) -> _PrintedBook:
    two_sided = workshop.page.two_sided
    guess = Guess(plans, two_sided=two_sided)
    sides = [(style, side) for style in ("decimal", "roman") for side in SIDES[two_sided]]
    press.in_the_meantime = maker.draw_cover
    press.ahead = _required(maker, _figures(guess.numbers), sides)
    made, numbers = print_settled(press.print, plans, guess, labels, two_sided=two_sided)
    front = press.print_required(maker.front)
    before = Entry(printed=front, is_front=True, unnumbered=front.record.pages)
    figures = _figures({anchor: numbers[anchor] for anchor, _ in maker.body()})
    contents = _print_all(press, _contents(maker, figures))
    colophon = _print_all(press, _colophon(maker))
    folios = {
        (style, side): press.print_required(maker.folios(style, side)) for style, side in sides
    }
    entries = (
        before,
        *(Entry(printed=one, is_front=True) for one in contents),
        *_entries(maker.parts(), plans, made),
        *(Entry(printed=one, ends_part=True) for one in colophon),
    )
    sheets = (*(sheet.anchor for sheet in plans), *("colophon" for _ in colophon))
    return _PrintedBook(entries=entries, sheets=sheets, folios=folios, numbers=numbers)


def _assemble(
    press: Press,
    printed: _PrintedBook,
    file: ObjectFile,
    figure: bytes,
    book: Book,
    typesetting: Typesetting,
    workshop: Workshop,
) -> int:
    fonts = BookFonts(file, typesetting.glyphs, press.shelf, press.embed)
    tagged = bool(workshop.variants)
    assembly = Assembly(file, fonts, printed.numbers, tagged=tagged, figure=figure)
    for (style, side), figures in printed.folios.items():
        assembly.add_folios(style, side, figures)
    assembly.add_all(printed.entries)
    return assembly.write(_facts(book, workshop.variants))


def _labels(workshop: Workshop, layout: Layout) -> Labels | None:
    """Return the words of page references, if there are any."""
    return layout.labels if workshop.page_references else None


def _entries(
    parts: Collection[str], plans: Sequence[Plan], printed: Sequence[Printed]
) -> Iterator[Entry]:
    for sheet, one in zip(plans, printed, strict=True):
        yield Entry(
            printed=one,
            unnumbered=int(sheet.anchor in parts),
            opens_part=sheet.anchor in parts,
        )


def _figures(numbers: Mapping[str, int]) -> int:
    """Return how many figures the longest page number has."""
    return len(str(max(numbers.values(), default=0)))


def _required(maker: SheetMaker, figures: int, sides: Iterable[tuple[str, str]]) -> _Sheets:
    """Yield all sheets but those of parts and chapters, if page numbers have so many figures."""
    yield from _contents(maker, figures)
    for style, side in sides:
        yield maker.folios(style, side)
    yield maker.front
    yield from _colophon(maker)


def _contents(maker: SheetMaker, figures: int) -> _Sheets:
    return _one_after_the_other(lambda first: maker.contents(first, figures), maker.chapters())


def _colophon(maker: SheetMaker) -> _Sheets:
    return _one_after_the_other(maker.colophon, maker.chapters())


def _one_after_the_other(make: Callable[[int], Sheet], chapters: Sequence[str]) -> _Sheets:
    """Yield the sheets of a list of chapters, each beginning where the one before has no room."""
    first = 0
    while True:
        sheet = make(first)
        printed = yield sheet
        if not sheet.goes_on:
            return
        _, pieces = printed.matter()
        shown = {target for _, _, target in pieces.links}
        first += sum(anchor in shown for anchor in chapters[first:])


def _print_all(press: Press, sheets: _Sheets) -> list[Printed]:
    """Print sheets that wait for one another."""
    made: list[Printed] = []
    with suppress(StopIteration):
        sheet = next(sheets)
        while True:
            made.append(press.print_required(sheet))
            sheet = sheets.send(made[-1])
    return made


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
        message=f"WeasyPrint {version('weasyprint')} draws otherwise, so formulas are pictures",
        hint="install the one kexue-book was made for: `pip install 'weasyprint>=70,<71'`",
    )


def _diagnose(records: Iterable[Record]) -> Iterator[Diagnostic]:
    messages: dict[str, None] = {}
    refused: dict[str, None] = {}
    for record in records:
        messages |= dict.fromkeys(record.messages)
        refused |= dict.fromkeys(record.refused)
    for message in messages:
        if message == AS_PICTURES:
            yield _unknown_weasyprint()
        elif (missing := _NO_GLYPH.match(message)) is not None:
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
