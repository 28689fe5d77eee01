"""A book and its manuscripts → an EPUB 3. ebooklib is loaded when one is written, not before."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path

from kexue_book.cover import Cover, draw_cover
from kexue_book.errors import Diagnostic, MissingDependencyError
from kexue_book.files import written_aside
from kexue_book.layout import Layout
from kexue_book.model import Book, EpubMath, Manuscript, Typesetting

__all__ = ["require_shapes", "write_epub"]


def require_shapes(math: EpubMath) -> None:
    """Check that formulas can be shown as ``math``, before a long build finds out.

    Raises:
        MissingDependencyError: the library that makes pictures is not installed.
    """
    if math is EpubMath.PNG and importlib.util.find_spec("resvg_py") is None:
        raise MissingDependencyError(
            "pictures of formulas cannot be made without resvg_py",
            hint="install it with `pip install 'kexue-book[png]'`, or use --epub-math svg",
        )


def write_epub(
    book: Book,
    manuscripts: Sequence[Manuscript],
    typesetting: Typesetting,
    layout: Layout,
    path: Path,
    *,
    cover: Cover | None = None,
    math: EpubMath = EpubMath.MATHML,
    embed_fonts: bool = False,
) -> tuple[Diagnostic, ...]:
    """Write the book to ``path``; a failure leaves an old file as it was.

    ``cover`` is drawn of the posts if it is None; ``embed_fonts`` brings the text's font along.

    Raises:
        OutputError: the file cannot be written.
        MissingDependencyError: there is no Chinese font for the cover or to embed, or see
            :func:`require_shapes`.
        RenderError: ebooklib gave up on the book.
        ThemeError: a template is broken.
    """
    require_shapes(math)
    cover = cover or draw_cover(book, manuscripts, layout.labels)
    from kexue_book.epub.write import render_epub

    with written_aside(path) as aside:
        return render_epub(
            *(book, manuscripts, typesetting, layout, aside, math, cover), embed_fonts=embed_fonts
        )
