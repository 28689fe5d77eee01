"""What all sheets of a book share when they are laid out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kexue_book.layout import Layout
from kexue_book.model import PdfVariant
from kexue_book.pdf.pages import PageSize

AS_PICTURES = "formulas are pictures"
"""The message of a sheet when WeasyPrint does not draw as it is known to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """What all sheets of a book share; picklable."""

    page: PageSize
    styles: tuple[str, ...]
    """Style sheets, the later ones stronger."""
    theme: Path | None
    tagged: bool = False
    """Whether records have structure trees."""


def design_of(layout: Layout, page: PageSize, variants: Sequence[PdfVariant]) -> Design:
    """Return the design of a book.

    Raises:
        ThemeError: a style sheet cannot be read.
    """
    return Design(
        page=page,
        styles=(layout.style("base.css"), layout.style("print.css")),
        theme=layout.theme,
        tagged=bool(variants),
    )
