"""A document that WeasyPrint has laid out → the structure tree in the PDF that it writes.

WeasyPrint 70 writes one of its own, page by page: a paragraph that goes on on the next page becomes
two, each line an element, a formula a figure, and notes come after everything else. Here an HTML
element becomes one structure element, wherever its boxes are. Takes the place of ``add_tags`` in
``weasyprint.pdf``; what it needs to know of WeasyPrint beside that is how boxes are called and that
streams have ``_tags``, the marks by their boxes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pydyf
from weasyprint import pdf as pdf_module
from weasyprint.formatting_structure import boxes
from weasyprint.layout.absolute import AbsolutePlaceholder
from weasyprint.pdf.fonts import Font

from kexue_book.pdf.element_objects import ELSEWHERE, write_elements
from kexue_book.pdf.elements import FORMULA, SOURCE, Annotation, Content, Element, mend, role_of
from kexue_book.pdf.marks import drop_marks, join_marks
from kexue_book.pdf.references import NUMBER, ROOM
from kexue_book.pdf.weasy import write_without_fonts

_PT_PER_PX = 0.75
_NUMBERED = {"decimal": "Decimal", "disc": "Disc", "circle": "Circle", "square": "Square"}


def write_tagged(
    document: Any, drawn_over: Mapping[int, bytes], *, heads: int
) -> tuple[bytes, tuple[Font, ...], frozenset[int]]:
    """Return what :func:`write_without_fonts` does, but with a structure tree.

    Its first ``heads`` pages are drawn on others, so nothing on them is marked.
    """
    here = {name for page in document.pages for name in page.anchors}
    for page in document.pages:
        page.links[:] = [_lasting(link, here) for link in page.links]
    with _tagging(heads):
        return write_without_fonts(document, drawn_over, heads=heads, tagged=True)


def _lasting(link: Any, here: set[str]) -> Any:
    """Return a link that WeasyPrint keeps: those to other sheets are external for it."""
    kind, target, rectangle, box = link
    if kind == "internal" and target not in here:
        return "external", f"{ELSEWHERE}{target}", rectangle, box
    return link


@contextmanager
def _tagging(heads: int) -> Iterator[None]:
    original = pdf_module.add_tags

    def add_tags(pdf: Any, document: Any, _version: Any, streams: Any) -> None:
        for stream in streams[:heads]:
            drop_marks(stream)
        for item in pdf.objects:
            if isinstance(item, pydyf.Stream) and "Interpolate" in item.extra:
                item.extra["Interpolate"] = "false"  # PDF/A knows nothing else
        _Tagger(pdf, document, streams).tag(heads)

    pdf_module.add_tags = add_tags
    try:
        yield
    finally:
        pdf_module.add_tags = original


class _Tagger:
    """Goes through the boxes of all pages, and writes what it found."""

    def __init__(self, pdf: Any, document: Any, streams: Any) -> None:
        self._pdf = pdf
        self._document = document
        self._streams = streams
        self._root = Element("Document")
        self._made: dict[tuple[int, str], tuple[Element, int]] = {}
        self._page = 0
        self._height = 0.0
        self._in_contents = False
        self._artifacts: set[tuple[int, int]] = set()

    def tag(self, first: int) -> None:
        """Write the structure of the pages from ``first`` on."""
        for page in range(first, len(self._streams)):
            self._page = page
            box = self._document.pages[page]._page_box
            self._height = box.margin_height()
            self._walk(box, self._root, drawn_before=False)
            # Whatever was drawn and not met is in nobody's way.
            for left in self._streams[page]._tags.values():
                self._artifacts.add((page, left["mcid"]))
        lang = self._document.metadata.lang or ""
        mend(self._root, "图" if lang.startswith("zh") else "figure")
        join_marks(self._streams, self._root, self._artifacts)
        write_elements(self._pdf, self._root, len(self._streams))

    def _walk(self, box: Any, parent: Element, *, drawn_before: bool) -> None:
        if isinstance(box, AbsolutePlaceholder):
            box = box._box
        if isinstance(box, boxes.TextBox):
            text = NUMBER if box.element_tag == ROOM else box.text
            self._add_content(box, parent, text, drawn_before=drawn_before)
            return
        was, self._in_contents = self._in_contents, self._in_contents or _begins_contents(box)
        element, is_known = self._element(box, parent)
        if box.link_annotation is not None:
            if element.role != "Link":
                element = element.add("Link")
            element.kids.append(Annotation(self._page, box.link_annotation))
        drawn_before |= bool(box.is_leader) or (is_known and _is_repeated(box))
        if isinstance(box, boxes.ReplacedBox):
            self._add_content(box, element, "", drawn_before=drawn_before)
        for child in getattr(box, "children", ()):
            self._walk(child, element, drawn_before=drawn_before)
        self._in_contents = was

    def _add_content(self, box: Any, parent: Element, text: str, *, drawn_before: bool) -> None:
        mark = self._streams[self._page]._tags.pop(box, None)
        if mark is None:
            return
        if drawn_before:
            self._artifacts.add((self._page, mark["mcid"]))
        else:
            parent.kids.append(Content(self._page, mark["mcid"], text))

    def _element(self, box: Any, parent: Element) -> tuple[Element, bool]:
        """Return a box's structure element, and whether an earlier page had it."""
        if box.element is None:
            return parent, False
        tag, _, pseudo = box.element_tag.partition("::")
        key = (id(box.element), pseudo)
        if key in self._made:
            element, page = self._made[key]
            return element, page < self._page
        made = self._make(box, tag, pseudo, parent)
        self._made[key] = (made, self._page)
        return made, False

    def _make(self, box: Any, tag: str, pseudo: str, parent: Element) -> Element:
        if pseudo == "footnote-call":
            call = parent.add("Reference")
            note = parent.add("Note")
            note.identifier = box.element.get("id") or f"note-{len(self._made)}"
            self._made[id(box.element), ""] = (note, self._page)
            return call.add("Lbl")
        if pseudo in ("marker", "footnote-marker"):
            return parent.add("Lbl")
        if pseudo:
            return parent
        formula = box.element.get(FORMULA)
        names = box.element.get("class") or ""
        role = "Formula" if formula else role_of(tag, names, in_contents=self._in_contents)
        if role is None or parent.role == "Formula":
            return parent
        element = parent.add(role)
        element.alternative = formula or (box.element.get("alt") or "").strip()
        if tag == "pre":
            element.source = box.element.get(SOURCE) or "".join(box.element.itertext())
        element.attributes = self._attributes(box, role)
        return element

    def _attributes(self, box: Any, role: str) -> dict[str, Any]:
        if role == "Figure":
            x, y = box.content_box_x(), box.content_box_y()
            sides = (x, self._height - y - box.height, x + box.width, self._height - y)
            return {"O": "/Layout", "BBox": pydyf.Array(round(_PT_PER_PX * s, 2) for s in sides)}
        if role in ("TH", "TD"):
            given: dict[str, Any] = {}
            if role == "TH":
                given["Scope"] = "/Row" if box.element.get("scope") == "row" else "/Column"
            spans = {"ColSpan": box.colspan, "RowSpan": box.rowspan}
            given |= {name: span for name, span in spans.items() if span != 1}
            return {"O": "/Table", **given} if given else {}
        if role == "L":
            marked = _NUMBERED.get(str(box.style["list_style_type"]))
            return {"O": "/List", "ListNumbering": f"/{marked}"} if marked else {}
        return {}


def _is_repeated(box: Any) -> bool:
    """Whether the box is a table's head or foot, which each of its pages has."""
    return isinstance(box, boxes.TableRowGroupBox) and bool(box.is_header or box.is_footer)


def _begins_contents(box: Any) -> bool:
    return box.element is not None and "toc" in (box.element.get("class") or "").split()
