"""Records, in the order of the book → one PDF: numbers, running heads, links, outline, fonts.

One sheet is in memory at a time, however many the book has.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kexue_book.pdf.binding import Binder, Surroundings
from kexue_book.pdf.cover_figure import ROOM
from kexue_book.pdf.describing import Facts, describe
from kexue_book.pdf.embedding import BookFonts
from kexue_book.pdf.folios import Folios, roman
from kexue_book.pdf.navigation import (
    OutlineItem,
    Place,
    write_destinations,
    write_outline,
)
from kexue_book.pdf.object_file import ObjectFile, reference
from kexue_book.pdf.page_numbers import fill_page_numbers
from kexue_book.pdf.press import Printed
from kexue_book.pdf.record import FontUse, Outline, Record
from kexue_book.pdf.structure import Structure
from kexue_book.pdf.taking_apart import as_artifact

_BOX = re.compile(rb"/(?:MediaBox|TrimBox|BleedBox) \[[^]]*\]")
FolioKind = tuple[str, str]
"""``decimal`` or ``roman``, and the side of the page on which the number stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A sheet that has been laid out, and its place in the book."""

    printed: Printed
    is_front: bool = False
    unnumbered: int = 0
    """So many of its first pages show no number."""
    opens_part: bool = False
    """Whether what follows stands below it in the outline, up to what ends it."""
    ends_part: bool = False


class Assembly:
    """A PDF that grows record by record."""

    def __init__(
        self,
        file: ObjectFile,
        fonts: BookFonts,
        numbers: Mapping[str, int],
        *,
        tagged: bool,
        figure: bytes = b"",
    ) -> None:
        """``numbers`` are the page numbers of all anchors, ``figure`` draws the cover's.

        ``tagged`` says that the records have structure trees.
        """
        self._file = file
        self._fonts = fonts
        self._numbers = numbers
        self._figure = figure
        self._binder = Binder(file)
        self._tree = file.reserve()
        self._structure = Structure(file) if tagged else None
        self._pages: list[int] = []
        self._boxes = b""
        self._folios: dict[FolioKind, Folios] = {}
        self._sides: list[str] = []
        self._figures = b""
        self._places: dict[str, Place] = {}
        self._outline: list[OutlineItem] = []
        self._part: OutlineItem | None = None
        self._labels: list[tuple[int, bool]] = []

    def add_folios(self, style: str, side: str, printed: Printed) -> None:
        """Add the figures of page numbers of a kind, for pages on one side."""
        uses, pieces = printed.matter()
        numbers = self._binder.bind(pieces, self._around(printed.record, uses))
        forms = [numbers[stamp] for stamp in pieces.stamps]
        # Roman figures are letters. Of sides there may be two, whose figures have other names.
        suffix = "" if not self._sides or side == self._sides[0] else side[0]
        folios = Folios(printed.record, forms, suffix, side)
        self._folios[style, side] = folios
        self._figures += folios.resources + b" "
        if side not in self._sides:
            self._sides.append(side)

    def add_all(self, entries: Sequence[Entry]) -> None:
        """Add the records of the whole book."""
        names = {name for entry in entries for name, *_ in entry.printed.record.anchors}
        for entry in entries:
            self._add(entry, names)

    def _around(
        self, record: Record, uses: Sequence[FontUse], names: Collection[str] = ()
    ) -> Surroundings:
        widths = {use.name: use.widths for use in uses}

        def number_of(name: str) -> str:
            return str(self._numbers[name])

        def fill(content: bytes) -> bytes:
            return fill_page_numbers(content.replace(ROOM, self._figure), widths, number_of)

        structure = self._structure
        return Surroundings(
            fonts=self._fonts.dictionary(uses, record.math_glyphs),
            figures=self._figures,
            pages=self._tree,
            first_key=structure.next_key if structure is not None else 0,
            part=structure.part if structure is not None else 0,
            names=names,
            number_of=number_of,
            fill=fill,
        )

    def _add(self, entry: Entry, names: set[str]) -> None:
        if len(self._sides) > 1 and len(self._pages) % 2:
            self._add_blank_page()
        if self._structure is not None and entry.opens_part:
            self._structure.open_part()
        elif self._structure is not None and entry.ends_part:
            self._structure.close_part()
        record = entry.printed.record
        uses, pieces = entry.printed.matter()
        first = len(self._pages)
        stamps = list(self._stamps(entry, first, len(pieces.pages)))
        numbers = self._binder.bind(pieces, self._around(record, uses, names), stamps)
        self._pages += [numbers[page] for page in pieces.pages]
        self._boxes = b"".join(_BOX.findall(pieces.objects[pieces.pages[-1]].text))
        if self._structure is not None:
            self._structure.add(
                [numbers[kid] for kid in pieces.kids],
                [numbers[parent] for parent in pieces.parents],
                [(name, numbers[element]) for name, element in pieces.identifiers],
            )
        for name, page, x, y in record.anchors:
            self._places.setdefault(name, (self._pages[first + page - record.heads], x, y))
        self._add_outline(entry, first - record.heads)

    def _stamps(self, entry: Entry, first: int, pages: int) -> Iterator[bytes]:
        """Yield the operators that draw page numbers."""
        if not self._labels or self._labels[-1][1] != entry.is_front:
            self._labels.append((first, entry.is_front))
        for index in range(pages):
            number = first - self._labels[-1][0] + index + 1
            style = "roman" if entry.is_front else "decimal"
            folios = self._folios[style, self._sides[index % len(self._sides)]]
            if index < entry.unnumbered:
                yield b""
                continue
            drawn = folios.draw(roman(number) if entry.is_front else str(number)).encode()
            yield b"%b\n" % (drawn if self._structure is None else as_artifact(drawn))

    def _add_blank_page(self) -> None:
        """Add the back of a leaf on which nothing stands: what comes next opens on the right."""
        text = b"<</Type/Page/Parent %b/Resources<<>>%b>>" % (reference(self._tree), self._boxes)
        self._pages.append(self._file.add(text))

    def _add_outline(self, entry: Entry, offset: int) -> None:
        items = [self._item(outline, offset) for outline in entry.printed.record.outline]
        if entry.ends_part or entry.opens_part:
            self._part = None
        if self._part is not None:
            self._part.below += items
        else:
            self._outline += items
        if entry.opens_part and items:
            self._part = items[-1]

    def _item(self, outline: Outline, offset: int) -> OutlineItem:
        label, page, x, y, is_open, below = outline
        place = (self._pages[max(0, page + offset)], x, y)
        return OutlineItem(label, place, is_open, [self._item(entry, offset) for entry in below])

    def write(self, facts: Facts) -> int:
        """Write what belongs to the whole book; return the number of its pages."""
        file = self._file
        self._fonts.write()
        kids = b" ".join(map(reference, self._pages))
        file.put(self._tree, b"<</Type/Pages/Count %d/Kids[%b]>>" % (len(self._pages), kids))
        entries = [b"/Type/Catalog/Pages %b" % reference(self._tree)]
        labels = [(b"%d" % n, b"<</S/%b>>" % (b"r" if f else b"D")) for n, f in self._labels]
        entries.append(b"/PageLabels<</Nums[%b]>>" % b" ".join(b"%b %b" % pair for pair in labels))
        if self._places:
            names = write_destinations(file, self._places)
            entries.append(b"/Names<</Dests %b>>" % names)
        if self._outline:
            entries.append(b"/Outlines %b" % reference(write_outline(file, self._outline)))
        if len(self._sides) > 1:
            entries.append(b"/PageLayout/TwoPageRight")
        if self._structure is not None:
            entries.append(self._structure.write())
        said, info = describe(file, facts)
        root = file.add(b"<<%b%b>>" % (b"".join(entries), said))
        file.finish(root, info)
        return len(self._pages)
