"""Values → pages: the templates and style sheets that both writers share."""

from kexue_book.layout.blocks import BODY, blocks_of, local_name
from kexue_book.layout.labels import Labels, labels_for
from kexue_book.layout.theme import Layout

__all__ = ["BODY", "Labels", "Layout", "blocks_of", "labels_for", "local_name"]
