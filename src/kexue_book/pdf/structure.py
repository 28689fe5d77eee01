"""The structure trees of records → the book's: ``Document``, in it parts, in them chapters.

A record's tree is copied as it is, by qpdf, and hung up in the book's. What is done for each page
and link is to give it a key of the book's ``ParentTree``, by which a reader finds the element that
a mark on a page or a link belongs to (PDF 32000-1, 14.7.4.4).
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name, Page, Pdf

_LEAF = 128
"""Entries in each leaf of a tree of numbers or names."""
_ARTIFACT = "/Artifact<</Type/Pagination>>BDC {} EMC"


@dataclass(frozen=True, slots=True)
class _Link:
    """A link to a place by its name."""

    page: pikepdf.Object
    annotation: pikepdf.Object
    element: pikepdf.Object
    target: str


class Structure:
    """The structure tree of a book that grows record by record."""

    def __init__(self, pdf: Pdf) -> None:
        self._pdf = pdf
        self._root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        self._document = self._part = self._element("/Document", self._root)
        self._kids: list[tuple[pikepdf.Object, list[pikepdf.Object]]] = [(self._document, [])]
        self._in_part: list[pikepdf.Object] | None = None
        self._parents: list[tuple[int, pikepdf.Object]] = []
        self._next_key = 0
        self._names: dict[bytes, pikepdf.Object] = {}
        self._links: list[_Link] = []

    def _element(self, role: str, parent: pikepdf.Object) -> pikepdf.Object:
        return self._pdf.make_indirect(Dictionary(S=Name(role), P=parent))

    def open_part(self) -> None:
        """Let what is added from now on stand in a new part."""
        self._part = self._element("/Part", self._document)
        self._kids[0][1].append(self._part)
        self._kids.append((self._part, []))

    def close_part(self) -> None:
        """Let what is added from now on stand in no part."""
        self._part = self._document

    def add(self, source: Pdf, pages: Sequence[Page]) -> None:
        """Hang up the tree of a record, whose pages have been copied as ``pages``."""
        tree = self._pdf.copy_foreign(source.Root.StructTreeRoot)
        siblings = self._kids[0 if self._part.objgen == self._document.objgen else -1][1]
        for kid in tree.K.as_list():
            kid.P = self._part
            siblings.append(kid)
        parents = tree.ParentTree.Nums.as_list()[1::2]
        first = int(pages[0].obj.StructParents)  # a running head may have come before it
        self._parents += enumerate(parents[first:], start=self._next_key + first)
        for page in pages:
            page.obj.StructParents = self._next_key + int(page.obj.StructParents)
            for link in page.obj.get("/Annots", ()):
                key = int(link.StructParent)
                link.StructParent = self._next_key + key
                if "/Dest" in link:
                    self._links.append(_Link(page.obj, link, parents[key], str(link.Dest)))
        self._next_key += len(parents)
        names = tree.IDTree.Names.as_list()
        self._names |= {
            bytes(name): element for name, element in zip(*[iter(names)] * 2, strict=True)
        }

    def write(self, places: Container[str]) -> None:
        """Write the tree; links to what is in none of the ``places`` are only text."""
        for link in self._links:
            if link.target not in places:
                _remove(link)
        for parent, kids in self._kids:
            parent.K = Array(kids)
        root = self._root
        root.K = self._document
        root.ParentTree = self._tree("Nums", self._parents)
        root.ParentTreeNextKey = self._next_key
        if self._names:
            root.IDTree = self._tree(
                "Names", [(pikepdf.String(name), self._names[name]) for name in sorted(self._names)]
            )
        self._pdf.Root.StructTreeRoot = root
        self._pdf.Root.MarkInfo = Dictionary(Marked=True)

    def _tree(self, kind: str, entries: Sequence[tuple[object, pikepdf.Object]]) -> pikepdf.Object:
        """Return a tree of numbers or names (PDF 32000-1, 7.9.6 and 7.9.7)."""
        leaves = Array()
        for start in range(0, len(entries), _LEAF):
            part = entries[start : start + _LEAF]
            listed = Array([item for entry in part for item in entry])
            leaf = Dictionary({f"/{kind}": listed, "/Limits": Array([part[0][0], part[-1][0]])})
            leaves.append(self._pdf.make_indirect(leaf))
        return self._pdf.make_indirect(Dictionary(Kids=leaves))


def as_artifact(drawn: str) -> str:
    """Return operators that draw what is no part of the text: heads and folios."""
    return _ARTIFACT.format(drawn)


def _remove(link: _Link) -> None:
    annotations = [kept for kept in link.page.Annots if kept.objgen != link.annotation.objgen]
    link.page.Annots = Array(annotations)
    kids = link.element.K
    if isinstance(kids, Array):
        link.element.K = Array([kid for kid in kids if not _leads_to(kid, link.annotation)])
    else:
        del link.element.K


def _leads_to(kid: pikepdf.Object, annotation: pikepdf.Object) -> bool:
    if not isinstance(kid, Dictionary) or kid.get("/Type") != Name.OBJR:
        return False
    return bool(kid.Obj.objgen == annotation.objgen)
