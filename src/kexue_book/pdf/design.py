"""What all sheets of a book share when they are laid out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

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
