"""A book's data → its cover, which is drawn when a writer asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kexue_book.cover.drawing import figure_svg
from kexue_book.cover.figure import Figure, arrange_posts
from kexue_book.cover.own import OwnCover, read_cover
from kexue_book.cover.palette import Palette, palette_of
from kexue_book.cover.raster import FittedTitle, fit_title, paint_cover
from kexue_book.cover.statistics import count_posts
from kexue_book.cover.words import CoverWords, cover_words
from kexue_book.layout import Labels
from kexue_book.model import Book, Manuscript

__all__ = ["Cover", "DrawnCover", "OwnCover", "draw_cover", "read_cover"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnCover:
    """A cover of our own."""

    words: CoverWords
    figure: Figure
    palette: Palette
    media_type = "image/png"
    is_own = False

    def image(self) -> bytes:
        """Return the whole cover as a picture.

        Raises:
            MissingDependencyError: no Chinese font is installed.
        """
        return paint_cover(self.words, self.figure, self.palette)

    def title(self) -> FittedTitle:
        """Return the title as the picture has it, for a page that says it in letters.

        Raises:
            MissingDependencyError: no Chinese font is installed.
        """
        return fit_title(self.words)

    def page_image(self) -> bytes:
        """Return the figure alone, as SVG, for a page that says the words."""
        return figure_svg(self.figure, self.palette).encode()


Cover = DrawnCover | OwnCover


def draw_cover(book: Book, manuscripts: Sequence[Manuscript], labels: Labels) -> DrawnCover:
    """Return the cover of a book."""
    return DrawnCover(
        words=cover_words(book, labels),
        figure=arrange_posts(count_posts(book, manuscripts)),
        palette=palette_of("\n".join((book.meta.title, *book.meta.authors[:1]))),
    )
