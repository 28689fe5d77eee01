"""A book's data → the package's metadata: what a library shows, what a screen reader asks."""

from __future__ import annotations

from ebooklib import epub

from kexue_book.epub.xhtml import clean_text
from kexue_book.layout import Layout
from kexue_book.model import Book, EpubMath

_ACCESSIBILITY = {
    "accessMode": ("textual", "visual"),
    "accessModeSufficient": ("textual,visual", "textual"),
    "accessibilityFeature": (
        *("structuralNavigation", "tableOfContents", "readingOrder", "latex"),
        *("alternativeText", "displayTransformability"),
    ),
    "accessibilityHazard": ("none",),
}
"""https://www.w3.org/TR/epub-a11y-11/, section 2."""


def add_metadata(package: epub.EpubBook, book: Book, layout: Layout, math: EpubMath) -> None:
    """Put the book's metadata into the package."""
    meta = book.meta
    package.set_identifier(meta.identifier)
    package.set_title(clean_text(meta.title))
    package.set_language(meta.language)
    for number, author in enumerate(meta.authors, 1):
        package.add_author(clean_text(author), role="aut", uid=f"author-{number}")
    package.add_metadata("DC", "date", meta.modified.strftime("%Y-%m-%d"))
    for name, value in (
        ("description", meta.subtitle),
        ("source", meta.source),
        ("rights", meta.rights),
    ):
        if value:
            package.add_metadata("DC", name, clean_text(value))
    for subject in _subjects(book):
        package.add_metadata("DC", "subject", subject)
    # EPUB 2's way to name the cover, which Kindle and old readers still look for.
    package.add_metadata(None, "meta", "", {"name": "cover", "content": "cover-image"})
    if math is EpubMath.MATHML:
        _add_property(package, "accessibilityFeature", "MathML")
        _add_accessibility(package, layout.labels.summary)
    else:
        _add_accessibility(package, layout.labels.summary_drawn)


def _subjects(book: Book) -> list[str]:
    """Return the outermost categories, each once, in reading order."""
    paths = (chapter.post.categories[0] for chapter in book.chapters if chapter.post.categories)
    return list(dict.fromkeys(name for path in paths if (name := clean_text(path[0]).strip())))


def _add_accessibility(package: epub.EpubBook, summary: str) -> None:
    for name, values in _ACCESSIBILITY.items():
        for value in values:
            _add_property(package, name, value)
    _add_property(package, "accessibilitySummary", summary)


def _add_property(package: epub.EpubBook, name: str, value: str) -> None:
    package.add_metadata(None, "meta", value, {"property": f"schema:{name}"})
