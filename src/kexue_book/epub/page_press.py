"""Pages → filled pages: taken from the shelf, or filled, split and kept.

A page is found by a hash of its text and of all that its formulas are made of; a change of the
program, and for drawings of fonts, makes all of them anew (docs/decisions/0013-epub-files.md).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from lxml import etree

from kexue_book.epub.adapting import adapt_page
from kexue_book.epub.devices import DeviceProfile
from kexue_book.epub.fill import fill_page
from kexue_book.epub.filled import File, Filled, read_filled
from kexue_book.epub.images import ImageShelf
from kexue_book.epub.math_font import math_characters
from kexue_book.epub.pages import Page
from kexue_book.epub.shapes import Shapes, shapes_of
from kexue_book.epub.splitting import split_page
from kexue_book.epub.xhtml import MATHML, SVG, XHTML, page_bytes
from kexue_book.kept import Kept
from kexue_book.layout import Layout
from kexue_book.model import EpubMath, Formula, Typesetting
from kexue_book.surroundings import digest, fonts_fingerprint, program_fingerprint


class PagePress:
    """Fills the pages of one book."""

    def __init__(
        self,
        folder: Path | None,
        typesetting: Typesetting,
        profile: DeviceProfile,
        images: ImageShelf,
        layout: Layout,
    ) -> None:
        """``folder`` is that of filled pages; None keeps none.

        Raises:
            MissingDependencyError: the library that makes pictures is not installed.
        """
        self._kept = Kept(folder)
        self._typesetting = typesetting
        self._profile = profile
        self._images = images
        self._labels = layout.labels
        self._shapes: Shapes = shapes_of(
            *(profile.math, typesetting.glyphs), opaque=profile.opaque, kept=images.kept
        )
        self._outlines: dict[str, str] = {}
        self._is_drawn = profile.math is not EpubMath.MATHML
        self._base = ""
        if folder is not None:
            fonts = fonts_fingerprint() if self._is_drawn else ""
            device = (profile.device, profile.math, layout.language)
            self._base = digest((program_fingerprint(), *device, fonts))

    def fill(self, page: Page) -> Filled:
        """Return a page as files.

        Raises:
            RenderError: the page is not well-formed.
        """
        if self._kept.folder is None or page.manuscript is None:
            return self._made(page)
        name = self._name(page).encode()
        data = self._kept.recall(name)
        if data is not None:
            try:
                return read_filled(data)
            except ValueError:
                pass
        filled = self._made(page)
        self._kept.store(name, filled.to_bytes())
        return filled

    def once(self, shape: str, make: Callable[[], bytes]) -> bytes:
        """Return what ``make`` makes, which depends on ``shape`` and the program alone."""
        name = digest((self._base, shape)).encode()
        data = self._kept.recall(name)
        if data is None:
            data = make()
            self._kept.store(name, data)
        return data

    def _made(self, page: Page) -> Filled:
        root, blocks = fill_page(page, self._typesetting.formulas, self._shapes, self._images)
        trees = split_page(root, page.title)
        for tree in trees:
            adapt_page(tree, self._profile, self._labels)
        formulas = [math for tree in trees for math in tree.iter(f"{MATHML}math")]
        shown = [image for tree in trees for image in tree.iter(f"{XHTML}img")]
        images = [str(image.get("src")) for image in shown]
        drawn = self._shapes.files
        return Filled(
            files=tuple(_files(page.name, trees, frozenset(blocks))),
            characters="".join(sorted(math_characters(formulas))) if formulas else "",
            pictures={name: drawn[name] for name in images if name in drawn},
            wordless=sum(not image.get("alt") for image in shown),
        )

    def _name(self, page: Page) -> str:
        """Return a hash of all that shapes a page."""
        assets = page.manuscript.assets if page.manuscript is not None else ()
        images = json.dumps([(asset.name, self._images.name(asset.name)) for asset in assets])
        said = (self._base, page.title, page.text, images)
        return digest((*said, *self._formulas(page.formulas)))

    def _formulas(self, formulas: Sequence[Formula]) -> Iterator[str | bytes]:
        glyphs: set[str] = set()
        for formula in formulas:
            packed = self._typesetting.packed[formula.key]
            numbers = [(number.text, number.anchor, number.bare) for number in formula.numbers]
            sizes = (packed.width, packed.height, packed.depth, packed.error)
            yield repr((formula.source, formula.display, numbers, formula.anchors, sizes))
            yield packed.digest
            if self._is_drawn:
                glyphs.update(packed.glyphs)
        for name in sorted(glyphs):
            if name not in self._outlines:
                self._outlines[name] = f"{name} {self._typesetting.glyphs[name]}"
            yield self._outlines[name]


def _files(name: str, trees: Sequence[etree._Element], blocks: frozenset[str]) -> Iterator[File]:
    """Yield the files of a page; the second is ``name_2``, which no other page is called."""
    for number, tree in enumerate(trees, 1):
        ids = [anchor for e in tree.iter(etree.Element) if (anchor := e.get("id"))]
        yield File(
            name=name if number == 1 else f"{name}_{number}",
            content=page_bytes(tree),
            properties=tuple(_properties(tree)),
            anchors=tuple(ids),
            blocks=tuple(anchor for anchor in ids if anchor in blocks),
        )


def _properties(tree: etree._Element) -> Iterator[str]:
    if next(tree.iter(f"{MATHML}math"), None) is not None:
        yield "mathml"
    if next(tree.iter(f"{SVG}svg"), None) is not None:
        yield "svg"
