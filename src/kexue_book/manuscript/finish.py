"""A draft → a manuscript: its links lead into the book or out of it, its images are files.

What leads nowhere keeps its text; what cannot be shown becomes a box with its address; each
with a diagnostic.
"""

from __future__ import annotations

from urllib.parse import urljoin

from lxml import etree

from kexue_book.errors import Diagnostic, Severity
from kexue_book.manuscript.draft import Draft, inner_xml, line_of
from kexue_book.manuscript.figures import replace_image
from kexue_book.manuscript.images import ImageStore, NoImage
from kexue_book.manuscript.links import LinkIndex
from kexue_book.manuscript.placing import note_anchor
from kexue_book.model import Asset, Chapter, Footnote, Manuscript

_OUTWARD = ("http://", "https://", "mailto:")


def finish_chapter(
    draft: Draft, links: LinkIndex, images: ImageStore, missing_image: str
) -> tuple[Manuscript, tuple[Diagnostic, ...]]:
    """Resolve the links and the images of a draft; return what there is to say of them, too."""
    chapter = draft.chapter
    finisher = _Finisher(chapter, links, images, missing_image)
    body, *notes = (finisher.finish(text) for text in (draft.body, *draft.notes))
    footnotes = tuple(
        Footnote(anchor=note_anchor(chapter.anchor, n), number=n, body=note)
        for n, note in enumerate(notes, 1)
    )
    manuscript = Manuscript(
        chapter=chapter,
        title=draft.title,
        plain_title=draft.plain_title,
        body=body,
        headings=draft.headings,
        formulas=draft.formulas,
        footnotes=footnotes,
        assets=tuple(finisher.assets.values()),
    )
    return manuscript, tuple(finisher.diagnostics)


class _Finisher:
    """Resolves what the texts of one chapter name."""

    def __init__(
        self, chapter: Chapter, links: LinkIndex, images: ImageStore, missing_image: str
    ) -> None:
        self._chapter = chapter
        self._links = links
        self._images = images
        self._missing_image = missing_image
        self._parser = etree.XMLParser(resolve_entities=False, huge_tree=True)
        self.assets: dict[str, Asset] = {}
        self.diagnostics: list[Diagnostic] = []

    def finish(self, text: str) -> str:
        """Return what is inside an element, resolved."""
        tree = etree.fromstring(text, self._parser)
        for link in list(tree.iter("a")):
            self._resolve_link(link)
        for image in list(tree.iter("img")):
            self._resolve_image(image)
        return inner_xml(tree)

    def _resolve_link(self, link: etree._Element) -> None:
        if link.get("class") in ("noteref", "eqref"):
            return
        address = str(link.get("href") or "").strip()
        if not address:
            link.tag = "span"
            link.attrib.pop("href", "")
            return
        anchor = self._links.find(address, self._chapter)
        if anchor is not None:
            link.set("href", f"#{anchor}")
            return
        if address.startswith("//"):
            address = f"https:{address}"
        elif not address.startswith(("#", *_OUTWARD)) and self._chapter.post.url:
            address = urljoin(self._chapter.post.url, address)
        if address.lower().startswith(_OUTWARD):
            link.set("href", address)
            return
        link.tag = "span"
        link.attrib.pop("href", "")
        self.diagnostics.append(
            Diagnostic(
                code="dead-link",
                severity=Severity.WARNING,
                message=f"the link to {address} leads nowhere; its text stays",
                path=self._chapter.post.path,
                line=line_of(self._chapter, address),
                hint="link to a post by its file, to a section by its heading, or give a full url",
            )
        )

    def _resolve_image(self, image: etree._Element) -> None:
        post = self._chapter.post
        address = str(image.get("src") or "")
        found = self._images.find(address, post.path)
        if isinstance(found, NoImage):
            self.diagnostics.append(
                Diagnostic(
                    code=found.code,
                    severity=Severity.WARNING,
                    message=found.message,
                    path=post.path,
                    line=line_of(self._chapter, address),
                    hint=found.hint,
                )
            )
            replace_image(image, address[:300], self._missing_image)
            return
        self.assets[found.name] = found
        image.set("src", f"asset:{found.name}")
        if image.get("alt") is None:
            image.set("alt", "")
