"""What is asked of a build, and whether it can be done at all."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from pathlib import Path

from kexue_book.errors import UsageError
from kexue_book.model import (
    TOC_DEPTH,
    Device,
    EpubMath,
    EquationNumbers,
    Grouping,
    Order,
    PdfVariant,
    Selection,
)

FORMATS = ("epub", "pdf")
_NOT_ASKED = dict.fromkeys(("jobs", "dump", "cache", "keeping"))
"""Options that change nothing in the books."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """Everything a build depends on beside the posts."""

    posts: Path
    output: Path = Path("dist")
    name: str | None = None
    """Stem of the files; made from the title when None."""
    formats: tuple[str, ...] = FORMATS
    selection: Selection = field(default_factory=Selection)
    order: Order = Order.DATE
    grouping: Grouping = Grouping.NONE
    equation_numbers: EquationNumbers = EquationNumbers.PLAIN
    title: str | None = None
    theme: Path | None = None
    cover: Path | None = None
    """Picture that is the cover; one is drawn when None."""
    page: str = "a5"
    pdf_variants: tuple[PdfVariant, ...] = ()
    """Standards that the PDF is to keep."""
    two_sided: bool = False
    """Whether the PDF is for printing on both sides, and binding."""
    page_references: bool = True
    """Whether links to other chapters say, in the PDF, on which page they lead."""
    device: Device = Device.GENERIC
    """What the EPUB is for."""
    epub_math: EpubMath | None = None
    """How the EPUB shows formulas; None for what is best on the device."""
    embed_fonts: bool = False
    """Whether the EPUB brings the font of its text along."""
    toc_depth: int = TOC_DEPTH
    """Level of heading down to which the EPUB's contents go; a chapter's title is of level 1."""
    jobs: int = 0
    """Processes; 0 for one a core."""
    strict: bool = False
    """Any warning stops the build before a file is written."""
    dump: Path | None = None
    """Folder for the manuscripts, to be looked at."""
    cache: Path | None = None
    """File of typeset formulas, beside which laid-out chapters are kept; None for the one that
    all builds share."""
    keeping: bool = True
    """Whether what was made before is used, and what is made now is kept."""

    @property
    def shaping(self) -> str:
        """All that changes the books, in words."""
        return repr({f.name: getattr(self, f.name) for f in fields(self)} | _NOT_ASKED)

    @property
    def processes(self) -> int:
        """How many processes work at the same time."""
        return self.jobs or os.cpu_count() or 1


def check_options(options: BuildOptions) -> None:
    """Find out before the work what would stop it after the work.

    Raises:
        UsageError: there is no such format, page size or name.
        MissingDependencyError: a library that the options need is not installed.
    """
    for name in options.formats:
        if name not in FORMATS:
            raise UsageError(f"there is no format “{name}”", hint="use epub or pdf")
    if "epub" in options.formats:
        from kexue_book.epub import require_shapes

        require_shapes(options.epub_math, options.device)
    if "pdf" in options.formats:
        from kexue_book.pdf import page_size

        page_size(options.page)
    if options.name is not None and (
        not options.name.strip(". ") or any(mark in options.name for mark in '/\\\0:*?"<>|')
    ):
        raise UsageError(
            f"“{options.name}” is no name for a file", hint="give --name without folder and dots"
        )
