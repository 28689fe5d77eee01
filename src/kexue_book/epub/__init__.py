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
from kexue_book.model import Book, Device, EpubMath, Manuscript, Typesetting

__all__ = ["WrittenEpub", "images_folder", "require_shapes", "write_epub"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenEpub:
    """What was written."""

    files: tuple[Path, ...]
    """One, or the volumes of a book that is too large for its device."""
    diagnostics: tuple[Diagnostic, ...]


def images_folder(formulas: Path) -> Path:
    """Return the folder of converted images that belongs to a file of typeset formulas."""
    return formulas.parent / "images"


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
    kept: Path | None = None,
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
        kept: folder in which converted images are kept.

    Raises:
        OutputError: a file cannot be written.
        MissingDependencyError: there is no Chinese font for the cover or to embed, or see
            :func:`require_shapes`.
        RenderError: ebooklib gave up on the book, or an image went away.
        ThemeError: a template is broken.
    """
    require_shapes(math, device)
    from kexue_book.epub.volumes import VolumeWriter

    writer = VolumeWriter(
        *(book, manuscripts, typesetting, layout, profile_for(device, math)),
        cover=cover,
        embed_fonts=embed_fonts,
        kept=kept,
    )
    return WrittenEpub(files=writer.write(path), diagnostics=tuple(writer.diagnostics))
