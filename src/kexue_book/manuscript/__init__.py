"""Chapters → manuscripts: clean XHTML with links, images, notes and formulas in place."""

from kexue_book.manuscript.compose import Composition, compose

__all__ = ["Composition", "compose"]
