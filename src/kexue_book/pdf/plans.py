"""A book's chapters → plans of their sheets; of some, known from before, without a look.

Whether a sheet has changed is seen by making it, which takes its text and all its formulas. What
was seen is therefore kept, under a hash of what shapes a sheet: the fingerprint of its manuscript,
and what the templates put around its text. A theme's templates may do with a text what they like,
so nothing is kept for these.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from kexue_book.kept import Kept, forget_old
from kexue_book.layout import Layout
from kexue_book.model import Book, Broken, Manuscript, Typesetting, find_broken
from kexue_book.pdf.pages import PageSize
from kexue_book.pdf.pagination import Plan, Sketch, sketch
from kexue_book.pdf.sheet import Sheet, SheetMaker
from kexue_book.surroundings import program_fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a chapter from an earlier build."""

    sketch: Sketch
    glyphs: tuple[str, ...]
    """Names of those in its formulas."""
    broken: tuple[Broken, ...]


_FEW = 200
"""Sheets that are kept after they were looked at; of a longer book, all are made again when their
turn comes."""


class Plans:
    """The plans of one book."""

    def __init__(
        self,
        book: Book,
        manuscripts: Sequence[Manuscript],
        layout: Layout,
        page: PageSize,
        folder: Path | None,
    ) -> None:
        """Look in ``folder`` for what is known; without one, nothing is."""
        self._page = page
        self._kept = Kept(folder if layout.theme is None else None)
        self._names: dict[str, bytes] = {}
        self.known: dict[str, Known] = {}
        """By anchor."""
        if self._kept.folder is not None:
            nothing = Typesetting(packed={}, glyphs={})
            maker = SheetMaker(book, manuscripts, nothing, layout, two_sided=page.two_sided)
            self._names = dict(_names(maker, page))
            self.known = dict(self._find())

    def _find(self) -> Iterator[tuple[str, Known]]:
        for anchor, name in self._names.items():
            data = self._kept.recall(name)
            known = _read(data) if data is not None else None
            if known is not None:
                yield anchor, known

    @property
    def glyphs(self) -> frozenset[str]:
        """The glyphs in the formulas of known chapters."""
        return frozenset(name for known in self.known.values() for name in known.glyphs)

    def forget(self) -> None:
        """Take nothing for known."""
        self.known.clear()

    def all(self, maker: SheetMaker, *, lasting: bool) -> list[Plan]:
        """Return the plans of all sheets in the book's body.

        ``lasting`` says whether the formulas would come out the same another time.
        """
        body = list(maker.body())
        keeps = len(body) <= _FEW
        plans = [self._plan(anchor, make, lasting=lasting, keeps=keeps) for anchor, make in body]
        if self._kept.folder is not None:
            forget_old(self._kept.folder)
        return plans

    def _plan(self, anchor: str, make: Callable[[], Sheet], *, lasting: bool, keeps: bool) -> Plan:
        known = self.known.get(anchor)
        if known is not None:
            return Plan(anchor=anchor, is_chapter=True, make=make, sketch=known.sketch)
        sheet = make()
        seen = sketch(sheet, self._page)
        if lasting and anchor in self._names:
            self._kept.store(self._names[anchor], _bytes(seen, sheet))
        if keeps:
            make = partial(_given, sheet)
        return Plan(anchor=anchor, is_chapter=sheet.is_chapter, make=make, sketch=seen)


def _given(sheet: Sheet) -> Sheet:
    return sheet


def plans_folder(formulas: Path) -> Path:
    """Return the folder of plans that belongs to a file of typeset formulas."""
    return formulas.parent / "plans"


def _names(maker: SheetMaker, page: PageSize) -> Iterator[tuple[str, bytes]]:
    """Yield the anchors of chapters of known texts, each with a hash of all that shapes it."""
    for manuscript, shell in maker.shells():
        if manuscript.fingerprint:
            parts = (program_fingerprint(), repr(page), manuscript.fingerprint.hex(), shell)
            yield manuscript.chapter.anchor, hashlib.sha256(repr(parts).encode()).digest()


def _bytes(seen: Sketch, sheet: Sheet) -> bytes:
    """Return what is kept of a sheet."""
    formulas = sheet.manuscript.formulas if sheet.manuscript is not None else ()
    facts = (
        *(seen.fingerprint.hex(), seen.length, seen.pages, seen.places, seen.links),
        *(tuple(sheet.glyphs), find_broken(formulas, sheet.typesets)),
    )
    return json.dumps(facts, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _read(data: bytes) -> Known | None:
    """Return what :func:`_bytes` wrote; nothing when it is something else."""
    try:
        facts = json.loads(data.decode("utf-8", "surrogatepass"))
        fingerprint, length, pages, places, links, glyphs, broken = facts
        return Known(
            sketch=Sketch(
                fingerprint=bytes.fromhex(fingerprint),
                length=length,
                pages=pages,
                places=tuple((name, before) for name, before in places),
                links=tuple(links),
            ),
            glyphs=tuple(glyphs),
            broken=tuple((line, source, error) for line, source, error in broken),
        )
    except (ValueError, TypeError):
        return None
