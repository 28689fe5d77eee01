"""A chapter's page → the same with its formulas as MathML and its links as file names.

Numbers stand outside ``<math>``: MathML Core has no numbered rows, and an id inside a formula
is no place a reading system can go to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lxml import etree

from kexue_book.errors import Diagnostic, Severity
from kexue_book.model import Chapter, EquationNumber, Formula, Typesetting

XHTML = "http://www.w3.org/1999/xhtml"
EPUB = "http://www.idpf.org/2007/ops"
_MATHML = "{http://www.w3.org/1998/Math/MathML}"


class PageFiller:
    """Fills the pages of one book."""

    def __init__(self, typesetting: Typesetting, files: Mapping[str, str]) -> None:
        """``files`` gives for each anchor of the book the file it is in."""
        self._typesetting = typesetting
        self._files = files
        self.diagnostics: list[Diagnostic] = []

    def fill(self, page: str, chapter: Chapter | None, formulas: Sequence[Formula]) -> bytes:
        """Return the page's bytes. ``page`` is well-formed XHTML."""
        root = etree.fromstring(page.encode(), etree.XMLParser(resolve_entities=False))
        for element in list(root.iter(f"{{{XHTML}}}span", f"{{{XHTML}}}div")):
            if element.get("data-n") is not None:
                _place(element, formulas[int(element.attrib.pop("data-n"))], self._typesetting)
        for element in list(root.iter(f"{{{XHTML}}}a", f"{{{XHTML}}}img")):
            self._resolve(element, chapter)
        return etree.tostring(
            root, encoding="utf-8", xml_declaration=True, doctype="<!DOCTYPE html>"
        )

    def _resolve(self, element: etree._Element, chapter: Chapter | None) -> None:
        source = element.get("src")
        if source is not None and source.startswith("asset:"):
            element.set("src", "images/" + source.removeprefix("asset:"))
        if element.get("class") == "noteref":
            element.set(f"{{{EPUB}}}type", "noteref")
            element.set("role", "doc-noteref")
        href = element.get("href", "")
        if not href.startswith("#"):
            return
        anchor = href[1:]
        file = self._files.get(anchor)
        if file is not None:
            own = chapter is not None and self._files.get(chapter.anchor) == file
            whole = file == f"{anchor}.xhtml"
            element.set("href", file if whole else f"#{anchor}" if own else f"{file}#{anchor}")
            return
        element.tag = f"{{{XHTML}}}span"
        element.attrib.pop("href")
        self.diagnostics.append(
            Diagnostic(
                code="dead-link",
                severity=Severity.WARNING,
                message=f"a link to {anchor!r} leads nowhere; its text stays",
                path=chapter.post.path if chapter is not None else None,
                hint="this is a fault of kexue-book or of the theme, not of the post",
            )
        )


def anchors_of(page: str) -> Iterator[str]:
    """Yield every id of a page."""
    root = etree.fromstring(page.encode(), etree.XMLParser(resolve_entities=False))
    for element in root.iter(etree.Element):
        if element.get("id"):
            yield str(element.get("id"))


def _place(element: etree._Element, formula: Formula, typesetting: Typesetting) -> None:
    typeset = typesetting.formulas[formula.key]
    for anchor in formula.anchors:
        etree.SubElement(element, f"{{{XHTML}}}span", {"id": anchor})
    if typeset.error is not None:
        failed = etree.SubElement(element, f"{{{XHTML}}}code", {"class": "formula-error"})
        failed.text = formula.source
        math = failed
    else:
        math = etree.fromstring(typeset.mathml)
        math.set("alttext", " ".join(formula.source.split()))
        _keep_spaces(math)
    if not formula.numbers:
        if math is not element:
            element.append(math)
        return
    element.set("class", "display equation")
    body = etree.SubElement(element, f"{{{XHTML}}}div", {"class": "equation-body"})
    body.append(math)
    column = etree.SubElement(element, f"{{{XHTML}}}div", {"class": "equation-numbers"})
    for number in formula.numbers:
        shown = etree.SubElement(column, f"{{{XHTML}}}span", {"id": number.anchor})
        shown.text = _number_text(number)


def _number_text(number: EquationNumber) -> str:
    return number.text if number.bare else f"({number.text})"


def _keep_spaces(math: etree._Element) -> None:
    """Reading systems trim ``<mtext>``; its outer spaces become no-break spaces."""
    for element in math.iter(f"{_MATHML}mtext"):
        words = element.text or ""
        stripped = words.strip(" ")
        if words != stripped:
            before = len(words) - len(words.lstrip(" "))
            after = len(words) - len(words.rstrip(" ")) if stripped else 0
            element.text = "\u00a0" * before + stripped + "\u00a0" * after
