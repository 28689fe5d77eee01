"""A book's chapters → their manuscripts: every post read, cleaned and linked.

::

    scan formulas ─▶ repair ─▶ pandoc (in batches) ─▶ markup ─▶ sanitise ─▶ place ─▶ link

Chapters are first made one by one (``chapter.py``), then linked, since a link needs the
headings of the chapter it leads to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kexue_book.errors import Diagnostic
from kexue_book.manuscript.chapter import Draft, Source, draft_chapter, read_source
from kexue_book.manuscript.finish import finish_chapter
from kexue_book.manuscript.images import ImageStore
from kexue_book.manuscript.links import LinkIndex
from kexue_book.manuscript.pandoc import Parsed, parse_markdown
from kexue_book.model import Book, EquationNumbers, Manuscript


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """The manuscripts of a book, in its order, and what there is to say of them."""

    manuscripts: tuple[Manuscript, ...]
    diagnostics: tuple[Diagnostic, ...]


def compose(
    book: Book,
    *,
    root: Path,
    equation_numbers: EquationNumbers = EquationNumbers.PLAIN,
    missing_image: str = "图片未收入",
    advance: Callable[[int], None] | None = None,
) -> Composition:
    """Make the manuscript of every chapter.

    Args:
        book: the outline.
        root: the posts' folder; no file outside it is read.
        equation_numbers: whether they carry the chapter's number.
        missing_image: what readers see in place of an image that the book cannot carry.
        advance: told how many chapters pandoc has read.

    Raises:
        MissingDependencyError: pandoc cannot be run.
    """
    sources = [read_source(chapter, equation_numbers) for chapter in book.chapters]
    drafts = _draft(sources, advance)
    links = LinkIndex(book.chapters, root)
    for draft in drafts:
        links.add_fragments(draft.chapter, draft.headings, draft.ids)
    images = ImageStore(root)
    manuscripts = tuple(finish_chapter(draft, links, images, missing_image) for draft in drafts)
    return Composition(
        manuscripts=manuscripts,
        diagnostics=tuple(finding for draft in drafts for finding in draft.diagnostics),
    )


def _draft(sources: Sequence[Source], advance: Callable[[int], None] | None) -> list[Draft]:
    texts = [text for source in sources for text in (source.title.text, source.body.text)]
    told = (lambda done: advance(done // 2)) if advance is not None else None
    parsed = parse_markdown(texts, advance=told)
    return [
        _draft_one(source, title, body)
        for source, title, body in zip(sources, parsed[::2], parsed[1::2], strict=True)
    ]


def _draft_one(source: Source, title: Parsed, body: Parsed) -> Draft:
    """Draft a chapter; a text nested beyond all reason is shown as its source."""
    try:
        return draft_chapter(source, title, body)
    except RecursionError:
        return draft_chapter(source, Parsed(), Parsed(error="it is nested too deeply"))
