"""A page as the templates make it → the same with formulas, file names and EPUB semantics."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from kexue_book.epub.equations import place_formula
from kexue_book.epub.headers import name_headers
from kexue_book.epub.images import ImageShelf
from kexue_book.epub.listings import hang_long_lines
from kexue_book.epub.pages import Page
from kexue_book.epub.punctuation import keep_together
from kexue_book.epub.shapes import Shapes
from kexue_book.epub.xhtml import EPUB, XHTML
from kexue_book.errors import Diagnostic, Severity
from kexue_book.model import Formula, Typesetting

_SECTIONS = {
    "chapter": "chapter",
    "part": "part",
    "colophon": "colophon",
    "title-page": "titlepage",
}
"""What the templates' sections are in EPUB's vocabulary, by class."""

_WIDE = 8.0
"""em: readers do not break formulas, and stretch the line before a wide one."""


class PageFiller:
    """Fills the pages of one book, in place."""

    def __init__(
        self,
        typesetting: Typesetting,
        shapes: Shapes,
        images: ImageShelf,
        files: Mapping[str, str],
    ) -> None:
        """``files`` gives for each anchor of the book the file it is in."""
        self._images = images
        self._typesetting = typesetting
        self._shapes = shapes
        self._files = files
        self.diagnostics: list[Diagnostic] = []

    def fill(self, page: Page) -> None:
        """Put in the formulas, resolve the links and say what is what."""
        for element in list(page.root.iter(f"{XHTML}span", f"{XHTML}div")):
            number = element.attrib.pop("data-n", "")
            if number:
                self._place(element, page.formulas[int(number)])
        for link in list(page.root.iter(f"{XHTML}a")):
            self._resolve(link, page)
        for image in page.root.iter(f"{XHTML}img"):
            source = image.get("src", "")
            if source.startswith("asset:"):
                image.set("src", "images/" + self._images.name(source.removeprefix("asset:")))
        for section in page.root.iter(f"{XHTML}section"):
            kind = _SECTIONS.get(section.get("class", ""))
            if kind is not None:
                section.set(f"{EPUB}type", kind)
        for table in list(page.root.iter(f"{XHTML}table")):
            name_headers(table)
            _wrap(table)
        for listing in page.root.iter(f"{XHTML}pre"):
            hang_long_lines(listing)
        for details in page.root.iter(f"{XHTML}details"):
            # Not every reading system can open it, and none in print.
            details.set("open", "open")

    def _place(self, element: etree._Element, formula: Formula) -> None:
        typeset = self._typesetting.formulas[formula.key]
        place_formula(element, formula, typeset, self._shapes)
        if element.tag == f"{XHTML}span" and typeset.error is None:
            keep_together(element)
            if typeset.width > _WIDE:
                _leave_ragged(element)

    def _resolve(self, link: etree._Element, page: Page) -> None:
        if link.get("class") == "noteref":
            link.set(f"{EPUB}type", "noteref")
            link.set("role", "doc-noteref")
        href = link.get("href", "")
        if not href.startswith("#"):
            return
        anchor = href[1:]
        file = self._files.get(anchor)
        if file is not None:
            link.set("href", _address(anchor, file, page))
            return
        link.tag = f"{XHTML}span"
        for name in ("href", "role", f"{EPUB}type"):
            link.attrib.pop(name, "")
        self.diagnostics.append(_dead_link(anchor, page))


def _leave_ragged(element: etree._Element) -> None:
    """Let the lines of the paragraph that holds ``element`` end where they do."""
    for parent in element.iterancestors(f"{XHTML}p"):
        names = parent.get("class", "").split()
        if "ragged" not in names:
            parent.set("class", " ".join([*names, "ragged"]))
        return


def _address(anchor: str, file: str, page: Page) -> str:
    """Return the shortest address: to a whole file, within the page, or into another."""
    if file == f"{anchor}.xhtml":
        return file
    return f"#{anchor}" if file == page.file else f"{file}#{anchor}"


def _dead_link(anchor: str, page: Page) -> Diagnostic:
    return Diagnostic(
        code="dead-link",
        severity=Severity.WARNING,
        message=f"a link to {anchor!r} leads nowhere; its text stays",
        path=page.chapter.post.path if page.chapter is not None else None,
        hint="this is a fault of kexue-book or of the theme, not of the post",
    )


def _wrap(table: etree._Element) -> None:
    """Put a table into a box that scrolls sideways: a narrow screen must not cut it."""
    parent = table.getparent()
    assert parent is not None
    box = etree.Element(f"{XHTML}div", {"class": "wide"})
    box.tail, table.tail = table.tail, None
    parent.replace(table, box)
    box.append(table)
