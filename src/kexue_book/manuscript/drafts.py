"""Chapters → their drafts: those that were kept, the rest through pandoc.

What makes a draft of a post is loaded only when there is one to make.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kexue_book.kept import Kept, forget_old, recall_or_make
from kexue_book.manuscript.draft import Draft, read_draft
from kexue_book.model import Chapter, EquationNumbers
from kexue_book.surroundings import program_fingerprint

if TYPE_CHECKING:
    from kexue_book.manuscript.pandoc import Parsed

Advance = Callable[[int], None]
Reading = Future[tuple["Parsed", ...]]
_TOGETHER = 20
"""Posts that pandoc reads at a time."""


def drafts_folder(formulas: Path) -> Path:
    """Return the folder of drafts that belongs to a file of typeset formulas."""
    return formulas.parent / "drafts"


def make_drafts(
    chapters: Sequence[Chapter],
    numbers: EquationNumbers,
    kept: Path | None,
    advance: Advance,
    fresh: Callable[[int], None],
) -> list[Draft]:
    """Return a draft for each chapter.

    Args:
        chapters: those of the book.
        numbers: whether equations carry the chapter's number.
        kept: folder of drafts; None keeps none.
        advance: told how many are done.
        fresh: told how many have to be made, before they are.
    """
    shelf = Kept(kept)
    prefixes = [f"{c.number}." if numbers is EquationNumbers.CHAPTER else "" for c in chapters]
    names = [_name(*pair) if kept else b"" for pair in zip(chapters, prefixes, strict=True)]
    done = 0

    def recall(index: int) -> Draft | None:
        return _find(shelf, names[index], chapters[index])

    def make(left: Sequence[int], meanwhile: Callable[[], None]) -> Iterator[tuple[int, Draft]]:
        wanted = [(chapters[index], prefixes[index]) for index in left]
        fresh(len(wanted))
        for index, (draft, is_lasting) in zip(left, _make(wanted, meanwhile), strict=True):
            if is_lasting:
                shelf.store(names[index], draft.to_bytes())
            yield index, replace(draft, name=names[index]) if is_lasting else draft

    def count(indices: Collection[int]) -> None:
        nonlocal done
        done += len(indices)
        advance(done)

    drafts = recall_or_make(names, shelf.has, recall, make, count)
    if kept is not None:
        forget_old(kept)
    return drafts


def _name(chapter: Chapter, prefix: str) -> bytes:
    """Return a hash of all that shapes a draft; where its file is does not."""
    post = chapter.post
    parts = (program_fingerprint(), chapter.anchor, prefix, post.title, post.body_line, post.body)
    return hashlib.sha256(json.dumps(parts).encode()).digest()


def _find(shelf: Kept, name: bytes, chapter: Chapter) -> Draft | None:
    data = shelf.recall(name)
    try:
        return read_draft(data, chapter, name) if data is not None else None
    except ValueError:
        return None


def _make(
    wanted: Sequence[tuple[Chapter, str]], meanwhile: Callable[[], None]
) -> Iterator[tuple[Draft, bool]]:
    """Yield the drafts, each with whether it would come out the same another time.

    While chapters are drafted, pandoc reads the next; no more are in memory than these. While it
    reads the first, ``meanwhile`` is called.
    """
    if not wanted:
        meanwhile()
        return
    from kexue_book.manuscript.chapter import Source, draft_chapter, read_source
    from kexue_book.manuscript.pandoc import Parsed, parse_markdown

    def draft(source: Source, title: Parsed, body: Parsed) -> tuple[Draft, bool]:
        """Draft a chapter; a text nested beyond all reason is shown as its source."""
        try:
            # pandoc may have given up for want of time or memory.
            lasting = title.error is None and body.error is None
            return draft_chapter(source, title, body), lasting
        except RecursionError:
            return draft_chapter(source, Parsed(), Parsed(error="it is nested too deeply")), False

    def drafts(sources: Sequence[Source], reading: Reading) -> Iterator[tuple[Draft, bool]]:
        parsed = reading.result()
        for three in zip(sources, parsed[::2], parsed[1::2], strict=True):
            yield draft(*three)

    ready: Iterator[tuple[Draft, bool]] = iter(())
    with ThreadPoolExecutor(max_workers=1) as pandoc:
        for start in range(0, len(wanted), _TOGETHER):
            batch = wanted[start : start + _TOGETHER]
            sources = [read_source(chapter, prefix) for chapter, prefix in batch]
            texts = [text for source in sources for text in (source.title.text, source.body.text)]
            reading: Reading = pandoc.submit(parse_markdown, texts)
            if start == 0:
                meanwhile()
            yield from ready
            ready = drafts(sources, reading)
        yield from ready
