"""A book and its manuscripts → an EPUB 3. ebooklib is loaded when one is written, not before."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path

from kexue_book.cover import Cover, draw_cover
from kexue_book.errors import Diagnostic, MissingDependencyError
from kexue_book.files import written_aside
from kexue_book.layout import Layout
from kexue_book.model import TOC_DEPTH, Book, EpubMath, Manuscript, PagePlace, Typesetting

__all__ = ["pages_folder", "require_shapes", "write_epub"]


def pages_folder(formulas: Path) -> Path:
    """Return the folder of filled pages that belongs to a file of typeset formulas."""
    return formulas.parent / "pages"


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
    toc_depth: int = TOC_DEPTH,
    cache: Path | None = None,
    pages: Sequence[PagePlace] = (),
) -> tuple[Diagnostic, ...]:
    """Write the book to ``path``; a failure leaves an old file as it was.

    ``cover`` is drawn of the posts if it is None. The contents go down to headings of level
    ``toc_depth``. Chapters that are in the folder ``cache`` are not made again. ``pages`` are those
    of the book's PDF, which the EPUB lists.

    Raises:
        OutputError: the file cannot be written.
        MissingDependencyError: there is no Chinese font for the cover, or see
            :func:`require_shapes`.
        RenderError: ebooklib gave up on the book.
        ThemeError: a template is broken.
    """
    require_shapes(math)
    from kexue_book.epub.write import Making, render_epub

    making = Making(
        cover=cover or draw_cover(book, manuscripts, layout.labels),
        math=math,
        toc_depth=toc_depth,
        cache=cache,
        pages=tuple(pages),
    )
    with written_aside(path) as aside:
        return render_epub(book, manuscripts, typesetting, layout, aside, making)
