"""A book and its manuscripts → an EPUB 3. ebooklib is loaded when one is written, not before."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kexue_book.cover import Cover
from kexue_book.epub.devices import profile_for
from kexue_book.errors import Diagnostic, MissingDependencyError
from kexue_book.layout import Layout
from kexue_book.model import (
    TOC_DEPTH,
    Book,
    Device,
    EpubMath,
    Manuscript,
    PagePlace,
    Typesetting,
)

__all__ = ["WrittenEpub", "images_folder", "pages_folder", "require_shapes", "write_epub"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenEpub:
    """What was written."""

    files: tuple[Path, ...]
    """One, or the volumes of a book that is too large for its device."""
    diagnostics: tuple[Diagnostic, ...]


def images_folder(formulas: Path) -> Path:
    """Return the folder of converted images that belongs to a file of typeset formulas."""
    return formulas.parent / "images"


def pages_folder(formulas: Path) -> Path:
    """Return the folder of filled pages that belongs to a file of typeset formulas."""
    return formulas.parent / "pages"


def require_shapes(math: EpubMath | None, device: Device = Device.GENERIC) -> None:
    """Check that formulas can be shown as a device or ``math`` asks, before a long build finds out.

    Raises:
        MissingDependencyError: the library that makes pictures is not installed.
    """
    wanted = profile_for(device, math).math
    if wanted is EpubMath.PNG and importlib.util.find_spec("resvg_py") is None:
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
    device: Device = Device.GENERIC,
    cover: Cover | None = None,
    math: EpubMath | None = None,
    embed_fonts: bool = False,
    toc_depth: int = TOC_DEPTH,
    images: Path | None = None,
    pages: Path | None = None,
    places: Sequence[PagePlace] = (),
) -> WrittenEpub:
    """Write the book to ``path``, or its volumes beside it; a failure leaves old files alone.

    Args:
        book: the outline.
        manuscripts: its chapters, in any order.
        typesetting: of their formulas.
        layout: templates and styles.
        path: its ending is the device's to choose.
        device: what the book is for.
        cover: drawn of the posts if it is None.
        math: how formulas are shown, if not as is best on the device.
        embed_fonts: whether it brings the text's font along.
        toc_depth: level of heading down to which the contents go; a chapter's title is of level 1.
        images: folder in which converted images are kept.
        pages: folder in which filled pages are kept.
        places: where the pages of the book's PDF begin, which the EPUB lists.

    Raises:
        OutputError: a file cannot be written.
        MissingDependencyError: there is no Chinese font for the cover or to embed, or see
            :func:`require_shapes`.
        RenderError: ebooklib gave up on the book, or an image went away.
        ThemeError: a template is broken.
    """
    require_shapes(math, device)
    from kexue_book.epub.volumes import VolumeWriter
    from kexue_book.epub.write import Making

    making = Making(
        profile=profile_for(device, math),
        embed_fonts=embed_fonts,
        toc_depth=toc_depth,
        kept=pages,
        places=tuple(places),
    )
    writer = VolumeWriter(
        *(book, manuscripts, typesetting, layout, making),
        cover=cover,
        kept=images,
    )
    return WrittenEpub(files=writer.write(path), diagnostics=tuple(writer.diagnostics))
