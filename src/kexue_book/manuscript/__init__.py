"""Chapters → manuscripts: clean XHTML with links, images, notes and formulas in place."""

from kexue_book.manuscript.compose import Composition, compose
from kexue_book.manuscript.drafts import drafts_folder

__all__ = ["Composition", "compose", "drafts_folder"]
