"""A book's data → the package's metadata: what a library shows, what a screen reader asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ebooklib import epub

from kexue_book.epub.xhtml import clean_text
from kexue_book.layout import Labels, Layout
from kexue_book.model import Book, EpubMath

_FEATURES = (
    *("tableOfContents", "readingOrder", "structuralNavigation", "ARIA"),
    *("displayTransformability", "latex"),
)
"""https://www.w3.org/TR/epub-a11y-11/, section 2. Nothing is said to conform to WCAG: that takes
someone who looked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a book offers to those who do not see it, or do not see it well."""

    math: EpubMath
    wordless: int
    """Images without alternative text."""
    may_flash: bool
    """Whether an image may move."""
    page_source: str | None = None
    """What book the list of pages is of, if there is one."""

    @property
    def facts(self) -> Iterator[tuple[str, str]]:
        """Return properties of schema.org with their values."""
        has_words = not self.wordless
        yield from (("accessMode", mode) for mode in ("textual", "visual"))
        if has_words:
            yield "accessModeSufficient", "textual"
        yield "accessModeSufficient", "textual,visual"
        yield from (("accessibilityFeature", feature) for feature in _FEATURES)
        if has_words:
            yield "accessibilityFeature", "alternativeText"
        if self.math is EpubMath.MATHML:
            for feature in ("MathML", "describedMath"):
                yield "accessibilityFeature", feature
        if self.page_source is not None:
            yield from (
                ("accessibilityFeature", f"page{name}") for name in ("BreakMarkers", "Navigation")
            )
        yield "accessibilityHazard", "unknown" if self.may_flash else "none"

    def summary(self, labels: Labels) -> str:
        """Return it in words."""
        math = labels.summary if self.math is EpubMath.MATHML else labels.summary_drawn
        images = labels.summary_wordless.format(count=self.wordless) if self.wordless else ""
        pages = labels.summary_pages if self.page_source is not None else ""
        return "".join((math, labels.summary_navigation, pages, images)).strip()


def add_metadata(package: epub.EpubBook, book: Book, layout: Layout, access: Access) -> None:
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
    for name, value in access.facts:
        _add_property(package, f"schema:{name}", value)
    _add_property(package, "schema:accessibilitySummary", access.summary(layout.labels))
    if access.page_source is not None:
        _add_property(package, "pageBreakSource", clean_text(access.page_source))


def _subjects(book: Book) -> list[str]:
    """Return the outermost categories, each once, in reading order."""
    paths = (chapter.post.categories[0] for chapter in book.chapters if chapter.post.categories)
    return list(dict.fromkeys(name for path in paths if (name := clean_text(path[0]).strip())))


def _add_property(package: epub.EpubBook, name: str, value: str) -> None:
    package.add_metadata(None, "meta", value, {"property": name})
