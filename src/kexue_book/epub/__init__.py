"""A book and its manuscripts → an EPUB 3. ebooklib is loaded when one is written, not before."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kexue_book.errors import Diagnostic
from kexue_book.files import written_aside
from kexue_book.layout import Layout
from kexue_book.model import Book, Manuscript, Typesetting

__all__ = ["write_epub"]


def write_epub(
    book: Book,
    manuscripts: Sequence[Manuscript],
    typesetting: Typesetting,
    layout: Layout,
    path: Path,
) -> tuple[Diagnostic, ...]:
    """Write the book to ``path``; a failure leaves an old file as it was.

    Raises:
        OutputError: the file cannot be written.
        MissingDependencyError: there is no Chinese font for the cover.
        RenderError: ebooklib gave up on the book.
        ThemeError: a template is broken.
    """
    from kexue_book.epub.write import render_epub

    with written_aside(path) as aside:
        return render_epub(book, manuscripts, typesetting, layout, aside)
