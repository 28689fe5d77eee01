"""Values → pages: the templates and style sheets that both writers share."""

from kexue_book.layout.labels import Labels, labels_for
from kexue_book.layout.theme import Layout

__all__ = ["Labels", "Layout", "labels_for"]
