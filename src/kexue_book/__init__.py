"""kexue-book: Markdown posts of a science blog → one EPUB and one PDF."""

__version__ = "0.1.0"
