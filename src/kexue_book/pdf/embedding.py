"""What sheets use of fonts → the fonts of the book, each face embedded once.

A font's number is given out when the first sheet needs it; the font itself is written when all are
known, subset to what the whole book uses.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from pikepdf import Pdf

from kexue_book.model import Glyph
from kexue_book.pdf.binding import put_objects
from kexue_book.pdf.glyph_codes import glyph_codes
from kexue_book.pdf.math_font import RESOURCE, BookMathFont, true_type
from kexue_book.pdf.object_file import ObjectFile, reference
from kexue_book.pdf.record import FontUse
from kexue_book.pdf.shelf import Shelf
from kexue_book.pdf.taking_apart import take_objects


class BookFonts:
    """The fonts of a book that grows sheet by sheet."""

    def __init__(
        self,
        file: ObjectFile,
        glyphs: Mapping[str, Glyph],
        shelf: Shelf,
        embed: Callable[[Sequence[FontUse]], bytes],
    ) -> None:
        """``embed`` takes time: it is asked for what is not on the shelf."""
        self._file = file
        self._glyphs = glyphs
        self._shelf = shelf
        self._make = embed
        self._uses: dict[str, FontUse] = {}
        self._numbers: dict[str, int] = {}
        self._math: list[tuple[int, dict[int, str]]] = []
        """The math font, with its glyphs by their codes: one, unless two glyphs claim a code."""

    def dictionary(self, uses: Sequence[FontUse], math_glyphs: Sequence[str]) -> bytes:
        """Return a sheet's dictionary of fonts, having noted what it uses."""
        entries = []
        for use in uses:
            if use.key not in self._uses:
                self._uses[use.key] = use
                self._numbers[use.key] = self._file.reserve()
            else:
                _unite(self._uses[use.key], use)
            entries.append(b"/%b %b" % (use.name.encode(), reference(self._numbers[use.key])))
        if math_glyphs:
            number = self._math_font(glyph_codes(math_glyphs))
            entries.append(b"/%b %b" % (RESOURCE.encode(), reference(number)))
        return b"<<%b>>" % b"".join(entries)

    def _math_font(self, codes: Mapping[str, int]) -> int:
        """Return the number of the first math font in which no other glyphs have these codes."""
        glyphs_here = {code: name for name, code in codes.items()}
        for number, glyphs in self._math:
            if glyphs.items() >= glyphs_here.items():
                return number
            if all(glyphs.get(code, name) == name for code, name in glyphs_here.items()):
                glyphs.update(glyphs_here)
                return number
        self._math.append((self._file.reserve(), glyphs_here))
        return self._math[-1][0]

    def write(self) -> None:
        """Embed the fonts; no more sheets can come."""
        if self._uses:
            self._embed()
        if self._math:
            self._embed_math()

    def _embed(self) -> None:
        uses = [_sorted(self._uses[key]) for key in sorted(self._uses)]
        name = hashlib.sha256(repr(uses).encode()).digest()
        data = self._shelf.recall(name)
        if data is None:
            data = self._make(uses)
            self._shelf.store(name, data)
        with Pdf.open(io.BytesIO(data)) as source:
            embedded = source.pages[0].obj.Resources.Font
            roots = [embedded[f"/{use.key}"] for use in uses]
            numbers = [self._numbers[use.key] for use in uses]
            put_objects(self._file, take_objects(source, roots), numbers)

    def _embed_math(self) -> None:
        names = {name for _, glyphs in self._math for name in glyphs.values()}
        used = {name: self._glyphs[name] for name in sorted(names)}
        key = hashlib.sha256(repr(used).encode()).digest()
        data = self._shelf.recall(key)
        if data is None:
            data = true_type(used)
            self._shelf.store(key, data)
        font = BookMathFont(self._file, used, data)
        for number, glyphs in self._math:
            font.put(number, glyphs)


def _unite(known: FontUse, more: FontUse) -> None:
    """Add what another sheet uses of a font; where they differ, the last is right."""
    known.widths.update(more.widths)
    known.to_unicode.update(more.to_unicode)
    known.missing.update(more.missing)


def _sorted(use: FontUse) -> FontUse:
    return replace(
        use,
        widths=dict(sorted(use.widths.items())),
        to_unicode=dict(sorted(use.to_unicode.items())),
        missing=dict(sorted(use.missing.items())),
    )
