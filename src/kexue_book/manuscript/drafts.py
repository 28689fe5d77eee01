"""Chapters → their drafts: those that were kept, the rest through pandoc.

What makes a draft of a post is loaded only when there is one to make.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from kexue_book.kept import Kept, forget_old
from kexue_book.manuscript.draft import Draft, read_draft
from kexue_book.model import Chapter, EquationNumbers
from kexue_book.surroundings import program_fingerprint

Advance = Callable[[int], None]


def drafts_folder(formulas: Path) -> Path:
    """Return the folder of drafts that belongs to a file of typeset formulas."""
    return formulas.parent / "drafts"


def make_drafts(
    chapters: Sequence[Chapter], numbers: EquationNumbers, kept: Path | None, advance: Advance
) -> list[Draft]:
    """Return a draft for each chapter.

    Args:
        chapters: those of the book.
        numbers: whether equations carry the chapter's number.
        kept: folder of drafts; None keeps none.
        advance: told how many are done.
    """
    shelf = Kept(kept)
    prefixes = [f"{c.number}." if numbers is EquationNumbers.CHAPTER else "" for c in chapters]
    names = [_name(*pair) if kept else b"" for pair in zip(chapters, prefixes, strict=True)]
    drafts: dict[int, Draft] = {}
    for index, name in enumerate(names):
        if (draft := _find(shelf, name, chapters[index])) is not None:
            drafts[index] = draft
    advance(len(drafts))
    left = [index for index in range(len(chapters)) if index not in drafts]
    if left:
        done = len(drafts)
        wanted = [(chapters[index], prefixes[index]) for index in left]
        made = _make(wanted, lambda count: advance(done + count))
        for index, (draft, is_lasting) in zip(left, made, strict=True):
            drafts[index] = draft
            if is_lasting:
                shelf.store(names[index], draft.to_bytes())
        if kept is not None:
            forget_old(kept)
    return [drafts[index] for index in range(len(chapters))]


def _name(chapter: Chapter, prefix: str) -> bytes:
    """Return all that shapes a draft; where its file is does not."""
    post = chapter.post
    parts = (program_fingerprint(), chapter.anchor, prefix, post.title, post.body_line, post.body)
    return json.dumps(parts).encode()


def _find(shelf: Kept, name: bytes, chapter: Chapter) -> Draft | None:
    data = shelf.recall(name)
    try:
        return read_draft(data, chapter) if data is not None else None
    except ValueError:
        return None


def _make(wanted: Sequence[tuple[Chapter, str]], advance: Advance) -> list[tuple[Draft, bool]]:
    """Return the drafts, each with whether it would come out the same another time."""
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

    sources = [read_source(chapter, prefix) for chapter, prefix in wanted]
    texts = [text for source in sources for text in (source.title.text, source.body.text)]
    parsed = parse_markdown(texts, advance=lambda done: advance(done // 2))
    return [draft(*three) for three in zip(sources, parsed[::2], parsed[1::2], strict=True)]
