"""A tree of structure elements → objects in the PDF that WeasyPrint writes of a record.

The record's tree has no ``Document``: ``StructTreeRoot`` holds what the book's will hold, without
``P``. ``ParentTree`` has a key for each page, then one for each link.
"""

from __future__ import annotations

from typing import Any

import pydyf

from kexue_book.pdf.elements import Annotation, Element

ELSEWHERE = "elsewhere:"
"""Before the name of a place in another sheet, in the address of a link."""
_PRINTED = 4
"""Flag of annotations (PDF 32000-1, table 165), which PDF/A demands."""


def write_elements(pdf: Any, root: Element, pages: int) -> None:
    """Write a tree into a PDF of so many pages."""
    _Writer(pdf, pages).write(root)


class _Writer:
    """Writes elements as objects of WeasyPrint's PDF."""

    def __init__(self, pdf: Any, pages: int) -> None:
        self._pdf = pdf
        self._marks: list[dict[int, Any]] = [{} for _ in range(pages)]
        self._links: list[Any] = []
        self._named: list[Any] = []

    def write(self, root: Element) -> None:
        """Write the tree, and the ways back to it from pages and links."""
        pdf = self._pdf
        tree = pydyf.Dictionary({"Type": "/StructTreeRoot"})
        pdf.add_object(tree)
        tree["K"] = pydyf.Array(
            self._write(kid, None) for kid in root.kids if isinstance(kid, Element)
        )
        numbers = pydyf.Array()
        for page, marks in enumerate(self._marks):
            last = max(marks, default=-1)
            numbers += [page, pydyf.Array(marks.get(n, "null") for n in range(last + 1))]
        for key, element in enumerate(self._links, start=len(self._marks)):
            numbers += [key, element]
        tree["ParentTree"] = pydyf.Dictionary({"Nums": numbers})
        tree["IDTree"] = pydyf.Dictionary({"Names": pydyf.Array(self._named)})
        pdf.catalog["StructTreeRoot"] = tree.reference

    def _write(self, element: Element, parent: Any) -> Any:
        """Write an element and what it holds; return the reference to it."""
        written = pydyf.Dictionary({"S": f"/{element.role}"})
        self._pdf.add_object(written)
        if parent is not None:
            written["P"] = parent
        if element.alternative:
            written["Alt"] = pydyf.String(element.alternative)
        if element.source:
            written["ActualText"] = pydyf.String(element.source)
        if element.attributes:
            written["A"] = pydyf.Dictionary(element.attributes)
        if element.identifier:
            written["ID"] = pydyf.String(element.identifier)
            self._named += [pydyf.String(element.identifier), written.reference]
        pages = [kid.page for kid in element.kids if not isinstance(kid, Element)]
        if pages:
            written["Pg"] = self._pdf.page_references[pages[0]]
        kids = [self._kid(kid, element, written.reference, pages) for kid in element.kids]
        written["K"] = kids[0] if len(kids) == 1 else pydyf.Array(kids)
        return written.reference

    def _kid(self, kid: Any, element: Element, parent: Any, pages: list[int]) -> Any:
        if isinstance(kid, Element):
            return self._write(kid, parent)
        place = self._pdf.page_references[kid.page]
        if isinstance(kid, Annotation):
            self._finish_link(kid.object, element, parent)
            values = {"Type": "/OBJR", "Obj": kid.object.reference, "Pg": place}
            return pydyf.Dictionary(values)
        self._marks[kid.page][kid.mark] = parent
        if kid.page == pages[0]:
            return kid.mark
        return pydyf.Dictionary({"Type": "/MCR", "Pg": place, "MCID": kid.mark})

    def _finish_link(self, annotation: Any, element: Element, parent: Any) -> None:
        """Let a link say where it is in the tree, that it is printed, and what it is called."""
        annotation["StructParent"] = len(self._marks) + len(self._links)
        annotation["F"] = _PRINTED
        action = annotation.get("A")
        address = action["URI"].string if action else annotation["Dest"].string
        if address.startswith(ELSEWHERE):
            address = address.removeprefix(ELSEWHERE)
            del annotation["A"]
            annotation["Dest"] = pydyf.String(address)
        annotation["Contents"] = pydyf.String(" ".join(element.text().split()) or address)
        self._links.append(parent)
