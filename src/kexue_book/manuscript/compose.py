"""A book's chapters → their manuscripts: every post read, cleaned and linked.

::

    scan formulas ─▶ repair ─▶ pandoc (in batches) ─▶ markup ─▶ sanitise ─▶ place ─▶ link

Chapters are first made one by one (``chapter.py``), then linked, since a link needs the
headings of the chapter it leads to. Those that were made before are kept (``drafts.py``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kexue_book.errors import Diagnostic
from kexue_book.lookups import Answers
from kexue_book.manuscript.drafts import make_drafts
from kexue_book.manuscript.finish import finish_chapters
from kexue_book.manuscript.images import ImageStore
from kexue_book.manuscript.links import LinkIndex
from kexue_book.model import Book, EquationNumbers, Manuscript


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """The manuscripts of a book, in its order, and what there is to say of them."""

    manuscripts: tuple[Manuscript, ...]
    diagnostics: tuple[Diagnostic, ...]
    images: Answers
    """Where images were looked for."""


def compose(
    book: Book,
    *,
    root: Path,
    equation_numbers: EquationNumbers = EquationNumbers.PLAIN,
    missing_image: str = "图片未收入",
    kept: Path | None = None,
    advance: Callable[[int], None] = lambda done: None,
    fresh: Callable[[int], None] = lambda count: None,
) -> Composition:
    """Make the manuscript of every chapter.

    Args:
        book: the outline.
        root: the posts' folder; no file outside it is read.
        equation_numbers: whether they carry the chapter's number.
        missing_image: what readers see in place of an image that the book cannot carry.
        kept: folder of drafts and verdicts on images that were made before; None for none.
        advance: told how many chapters are drafts.
        fresh: told how many are new, before they are made.

    Raises:
        MissingDependencyError: pandoc cannot be run.
    """
    drafts = make_drafts(book.chapters, equation_numbers, kept, advance, fresh)
    links = LinkIndex(book.chapters, root)
    for draft in drafts:
        links.add_fragments(draft.chapter, draft.headings, draft.ids)
    images = ImageStore(root, kept)
    manuscripts, diagnostics = finish_chapters(drafts, links, images, missing_image)
    return Composition(manuscripts=manuscripts, diagnostics=diagnostics, images=images.answers)
