"""A book's data, or the user's picture → its cover, for both writers."""

from kexue_book.cover.covers import Cover, DrawnCover, OwnCover, draw_cover, read_cover
from kexue_book.cover.text import CoverFont

__all__ = ["Cover", "CoverFont", "DrawnCover", "OwnCover", "draw_cover", "read_cover"]
