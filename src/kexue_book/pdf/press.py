"""Sheets → their records: taken from the shelf, or laid out, in worker processes or here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from kexue_book.errors import Diagnostic, MissingDependencyError, RenderError, Severity
from kexue_book.kept import recall_or_make
from kexue_book.model import PdfVariant
from kexue_book.pdf.design import Design
from kexue_book.pdf.loading import load_renderer
from kexue_book.pdf.pages import PageSize
from kexue_book.pdf.pagination import Plan
from kexue_book.pdf.record import FontUse, Matter, Record, read_matter, read_record
from kexue_book.pdf.references import References
from kexue_book.pdf.sheet import Sheet
from kexue_book.pdf.shelf import Shelf
from kexue_book.pdf.spool import Spool
from kexue_book.pdf.workers import Crew, Failure, Required

if TYPE_CHECKING:
    from kexue_book.pdf.render import Renderer


_AT_HAND = 300
"""Sheets whose matter stays in memory; that of others is read again when it is needed."""
_LONG = 800
"""Sheets of a book so long that memory counts for more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """How a PDF is made."""

    page: PageSize
    page_references: bool = True
    """Whether links to other chapters say on which page they lead."""
    crew: Crew | None = None
    """Processes that lay out; None to do it in this one."""
    cache: Path | None = None
    """Folder of records; None keeps none."""
    advance: Callable[[int], None] = lambda done: None
    variants: tuple[PdfVariant, ...] = ()
    """Standards that the PDF keeps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A sheet that has been laid out."""

    record: Record
    matter: Callable[[], Matter]
    """Reads what its pages are made of."""


@dataclass(frozen=True, slots=True)
class Order:
    """A sheet that is to be laid out, and made when its turn comes."""

    plan: Plan
    references: References | None = None
    """The page references in it, if it has any."""

    @property
    def length(self) -> int:
        """Characters of its XHTML."""
        return self.plan.sketch.length

    def sheet(self) -> Sheet:
        """Make the sheet."""
        return replace(self.plan.make(), references=self.references)

    def fingerprint(self) -> bytes:
        """Return a hash of everything that shapes it."""
        return self.plan.sketch.fingerprint + repr(self.references).encode()


class Press:
    """Makes records of sheets, unless they are on the shelf."""

    def __init__(self, design: Design, workshop: Workshop, spool: Spool) -> None:
        self._spool = spool
        self._design = design
        self._workshop = workshop
        self._crew = workshop.crew
        self.shelf = Shelf(workshop.cache, design)
        self.diagnostics: list[Diagnostic] = []
        self.in_the_meantime: Callable[[], None] = lambda: None
        """Done once, while others lay sheets out."""
        self.ahead: Generator[Sheet, Printed, None] = _nothing()
        """Sheets that will be required, as far as is known, laid out beside the first others."""
        self._made: dict[bytes, Printed] = {}
        """What came of those."""
        self._at_hand = _AT_HAND

    @cached_property
    def _renderer(self) -> Renderer:
        """The renderer of this process, where there are no others."""
        try:
            make_renderer = load_renderer()
        except OSError as problem:
            raise pango_missing() from problem
        return make_renderer(self._design)

    def embed(self, uses: Sequence[FontUse]) -> bytes:
        """Return a PDF with the fonts, subset to their uses.

        Raises:
            RenderError: they cannot be embedded.
        """
        if self._crew is None:
            return self._renderer.embed(uses)
        return _required(self._crew.embed(self._design, uses))

    def _lay_out(self, sheet: Sheet) -> bytes:
        if self._crew is None:
            return self._renderer.render(sheet)
        return _required(self._crew.render(self._design, sheet))

    def print_required(self, sheet: Sheet) -> Printed:
        """Return the record of a sheet that no book can do without.

        Raises:
            RenderError: it cannot be laid out.
        """
        name = sheet.fingerprint()
        printed = self._made.get(name) or self._find(name)
        if printed is None:
            printed = self._stored(name, self._lay_out(sheet))
        return printed

    def _stored(self, name: bytes, data: bytes) -> Printed:
        self.shelf.store(name, data)
        return self._printed(data)

    def _print_ahead(self) -> Required:
        """Yield the sheets that will be required and are not on the shelf."""
        sheets, self.ahead = self.ahead, _nothing()
        with suppress(StopIteration):
            sheet = next(sheets)
            while True:
                name = sheet.fingerprint()
                printed = self._find(name)
                if printed is None:
                    result = yield sheet
                    if isinstance(result, Failure):
                        return  # it is said when the sheet is required
                    printed = self._stored(name, result)
                self._made[name] = printed
                sheet = sheets.send(printed)

    def print(self, orders: Sequence[Order], *, again: bool = False) -> list[Printed]:
        """Return the records of sheets, in their order; ``again`` if they were made before.

        Progress counts the chapters, once.
        """
        advance = self._workshop.advance if not again else lambda done: None
        if len(orders) > _LONG:
            self._at_hand = 0
        names = [order.fingerprint() for order in orders]
        chapters = 0

        def make(
            left: Sequence[int], meanwhile: Callable[[], None]
        ) -> Iterator[tuple[int, Printed | Failure]]:
            def read_and_more() -> None:
                meanwhile()
                self.in_the_meantime()
                self.in_the_meantime = lambda: None

            for position, result in self._render([orders[index] for index in left], read_and_more):
                index = left[position]
                if isinstance(result, Failure):
                    yield index, result
                else:
                    yield index, self._stored(names[index], result)

        def recall(index: int) -> Printed | None:
            return self._find(names[index])

        def count(indices: Collection[int]) -> None:
            nonlocal chapters
            chapters += sum(orders[index].plan.is_chapter for index in indices)
            advance(chapters)

        made = recall_or_make(names, self.shelf.has, recall, make, count)
        return [
            self._replaced(order, result) if isinstance(result, Failure) else result
            for order, result in zip(orders, made, strict=True)
        ]

    def _replaced(self, order: Order, failure: Failure) -> Printed:
        """Lay out what says that a sheet is missing."""
        if failure.is_pango_missing:
            raise pango_missing()
        sheet = order.sheet()
        self.diagnostics.append(_unset(sheet, failure))
        return self._printed(self._lay_out(_in_place_of(sheet)))

    def _find(self, name: bytes) -> Printed | None:
        data = self.shelf.recall(name)
        try:
            return self._printed(data) if data is not None else None
        except (ValueError, TypeError):
            return None

    def _printed(self, data: bytes) -> Printed:
        record = read_record(data)
        if self._at_hand > 0:
            self._at_hand -= 1
            matter = read_matter(data)
            return Printed(record=record, matter=lambda: matter)
        place = self._spool.add(data)
        return Printed(record=record, matter=lambda: read_matter(self._spool.read(place)))

    def _render(
        self, orders: Sequence[Order], meanwhile: Callable[[], None]
    ) -> Iterator[tuple[int, bytes | Failure]]:
        """Yield what became of each sheet; call ``meanwhile`` when others have begun to work."""
        if self._crew is not None and orders:
            yield from self._crew.render_all(self._design, orders, self._print_ahead(), meanwhile)
            return
        meanwhile()
        for index, order in enumerate(orders):
            try:
                yield index, self._renderer.render(order.sheet())
            except (Exception, RecursionError) as problem:
                yield index, Failure(f"{type(problem).__name__}: {problem}")


def _nothing() -> Generator[Sheet, Printed, None]:
    yield from ()


def _required(result: bytes | Failure) -> bytes:
    if isinstance(result, Failure):
        if result.is_pango_missing:
            raise pango_missing()
        raise gave_up(result.reason)
    return result


def gave_up(reason: str) -> RenderError:
    """Return what to say when WeasyPrint fails at what no book can do without."""
    return RenderError(
        f"WeasyPrint could not make the PDF: {reason}",
        hint="build single posts with --title to find the one that stops it",
    )


def pango_missing() -> MissingDependencyError:
    """Return what to say when WeasyPrint cannot be loaded."""
    return MissingDependencyError(
        "the Pango library, which sets the PDF's text, cannot be loaded",
        hint="`apt install libpangoft2-1.0-0 libharfbuzz-subset0` on Debian and Ubuntu, "
        "`brew install pango` on macOS",
    )


def _in_place_of(sheet: Sheet) -> Sheet:
    """Return a sheet that says what is missing, under the same anchor."""
    title = sheet.manuscript.plain_title if sheet.manuscript is not None else sheet.anchor
    head = sheet.heads * '<div class="head-page" data-part="" data-chapter=""></div>'
    html = (
        f'<html lang="zh"><head><title>{escape(title)}</title></head><body>{head}'
        f'<div class="body-matter"><section class="chapter" id="{escape(sheet.anchor)}">'
        f'<h1 class="chapter-title" data-label="{escape(title)}">{escape(title)}</h1>'
        "<p>……</p></section></div></body></html>"
    )
    return replace(sheet, html=html, manuscript=None, typesets={}, glyphs={})


def _unset(sheet: Sheet, failure: Failure) -> Diagnostic:
    manuscript = sheet.manuscript
    return Diagnostic(
        code="unset-chapter",
        severity=Severity.ERROR,
        message=f"the chapter is missing in the PDF, only its title stands there: {failure.reason}",
        path=manuscript.chapter.post.path if manuscript is not None else None,
        hint="leave parts of the post out to find what stops it",
    )
