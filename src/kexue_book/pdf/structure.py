"""The structure trees of sheets → the book's: ``Document``, in it parts, in them chapters.

The elements of a sheet are objects among its others. What is done here is to hang them up in the
book's tree, and to number what the pages and links have in the book's ``ParentTree``, by which a
reader finds the element that a mark on a page or a link belongs to (PDF 32000-1, 14.7.4.4).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from kexue_book.pdf.navigation import write_tree
from kexue_book.pdf.object_file import ObjectFile, reference


class Structure:
    """The structure tree of a book that grows sheet by sheet."""

    def __init__(self, file: ObjectFile) -> None:
        self._file = file
        self._root = file.reserve()
        self._document = file.reserve()
        self._kids: dict[int, list[int]] = {self._document: []}
        self.part = self._document
        """The element in which the sheet stands that comes now."""
        self._parents = array("Q")
        self._identifiers: dict[str, int] = {}

    @property
    def next_key(self) -> int:
        """The first key of ``ParentTree`` that is free."""
        return len(self._parents)

    def open_part(self) -> None:
        """Let what is added from now on stand in a new part."""
        self.part = self._file.reserve()
        self._kids[self._document].append(self.part)
        self._kids[self.part] = []

    def close_part(self) -> None:
        """Let what is added from now on stand in no part."""
        self.part = self._document

    def add(
        self, kids: Iterable[int], parents: Iterable[int], identifiers: Iterable[tuple[str, int]]
    ) -> None:
        """Hang up what a sheet has; elements and arrays of elements by their objects."""
        self._kids[self.part] += kids
        self._parents.extend(parents)
        self._identifiers.update(identifiers)

    def write(self) -> bytes:
        """Write the tree; return the catalog's entries."""
        file = self._file
        for element, kids in self._kids.items():
            role, parent = b"Part", self._document
            if element == self._document:
                role, parent = b"Document", self._root
            listed = b" ".join(map(reference, kids))
            text = b"<</S/%b/P %b/K[%b]>>" % (role, reference(parent), listed)
            file.put(element, text)
        keys = [(b"%d" % key, reference(item)) for key, item in enumerate(self._parents)]
        text = b"<</Type/StructTreeRoot/K %b/ParentTree %b/ParentTreeNextKey %d" % (
            *(reference(self._document), write_tree(file, b"Nums", keys)),
            len(keys),
        )
        if self._identifiers:
            named = sorted((bytes.fromhex(n), item) for n, item in self._identifiers.items())
            entries = [(b"<%b>" % n.hex().encode(), reference(item)) for n, item in named]
            text += b"/IDTree %b" % write_tree(file, b"Names", entries)
        file.put(self._root, text + b">>")
        return b"/StructTreeRoot %b/MarkInfo<</Marked true>>" % reference(self._root)
