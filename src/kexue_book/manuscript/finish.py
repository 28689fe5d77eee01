"""A draft → a manuscript: its links lead into the book or out of it, its images are files.

What leads nowhere keeps its text; what cannot be shown becomes a box with its address; each
with a diagnostic. All of this is known from the addresses alone, so that a text is made only when
somebody asks for it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from urllib.parse import urljoin

from lxml import etree

from kexue_book.errors import Diagnostic, Severity
from kexue_book.manuscript.draft import Draft, inner_xml, line_of, open_links
from kexue_book.manuscript.figures import replace_image
from kexue_book.manuscript.images import ImageStore, NoImage
from kexue_book.manuscript.links import LinkIndex
from kexue_book.manuscript.placing import note_anchor
from kexue_book.model import Asset, Chapter, Footnote, Manuscript, Text

_OUTWARD = ("http://", "https://", "mailto:")
_AT_HAND = 3
"""Chapters whose texts are not made again: a writer asks for one of them several times."""


def finish_chapters(
    drafts: Sequence[Draft], links: LinkIndex, images: ImageStore, missing_image: str
) -> tuple[tuple[Manuscript, ...], tuple[Diagnostic, ...]]:
    """Resolve the links and the images of drafts; return what there is to say of them, too."""
    resolver = _Resolver(links, images)
    resolved = [resolver.resolve(draft) for draft in drafts]

    @lru_cache(maxsize=_AT_HAND)
    def text(index: int) -> Text:
        return _text(drafts[index], resolved[index], missing_image)

    manuscripts = tuple(
        _manuscript(draft, found, missing_image, partial(text, index))
        for index, (draft, found) in enumerate(zip(drafts, resolved, strict=True))
    )
    pairs = zip(drafts, resolved, strict=True)
    said = (one for draft, found in pairs for one in (*draft.diagnostics, *found.diagnostics))
    return manuscripts, tuple(said)


@dataclass(frozen=True, slots=True)
class _Resolved:
    """What the addresses of a draft lead to."""

    links: list[str | None] = field(default_factory=list)
    """None: nowhere, but the text stays."""
    chapters: dict[str, None] = field(default_factory=dict)
    """Anchors of other chapters that some lead to, in their order."""
    images: list[Asset | None] = field(default_factory=list)
    """None: it cannot be shown."""
    diagnostics: list[Diagnostic] = field(default_factory=list)


class _Resolver:
    """Looks addresses up, and says what is not there."""

    def __init__(self, links: LinkIndex, images: ImageStore) -> None:
        self._links = links
        self._images = images

    def resolve(self, draft: Draft) -> _Resolved:
        """Return what the addresses of a draft lead to."""
        resolved = _Resolved()
        for addresses in draft.addresses:
            for address in addresses.links:
                resolved.links.append(self._link(address, draft.chapter, resolved))
            for address in addresses.images:
                resolved.images.append(self._image(address, draft.chapter, resolved.diagnostics))
        return resolved

    def _link(self, address: str, chapter: Chapter, resolved: _Resolved) -> str | None:
        if not address:
            return None
        target = self._links.find(address, chapter)
        if target is not None:
            if target.chapter != chapter.anchor:
                resolved.chapters[target.chapter] = None
            return f"#{target.anchor}"
        if address.startswith("//"):
            address = f"https:{address}"
        elif not address.startswith(("#", *_OUTWARD)) and chapter.post.url:
            address = urljoin(chapter.post.url, address)
        if address.lower().startswith(_OUTWARD):
            return address
        resolved.diagnostics.append(
            Diagnostic(
                code="dead-link",
                severity=Severity.WARNING,
                message=f"the link to {address} leads nowhere; its text stays",
                path=chapter.post.path,
                line=line_of(chapter, address),
                hint="link to a post by its file, to a section by its heading, or give a full url",
            )
        )
        return None

    def _image(self, address: str, chapter: Chapter, diagnostics: list[Diagnostic]) -> Asset | None:
        found = self._images.find(address, chapter.post.path)
        if not isinstance(found, NoImage):
            return found
        diagnostics.append(
            Diagnostic(
                code=found.code,
                severity=Severity.WARNING,
                message=found.message,
                path=chapter.post.path,
                line=line_of(chapter, address),
                hint=found.hint,
            )
        )
        return None


def _manuscript(
    draft: Draft, resolved: _Resolved, missing_image: str, text: Callable[[], Text]
) -> Manuscript:
    shown = {asset.name: asset for asset in resolved.images if asset is not None}
    return Manuscript(
        chapter=draft.chapter,
        title=draft.title,
        plain_title=draft.plain_title,
        text=text,
        headings=draft.headings,
        assets=tuple(shown.values()),
        fingerprint=_fingerprint(draft, resolved, missing_image),
        formula_marks=draft.formula_marks,
        length=draft.length,
        leads_to=tuple(resolved.chapters),
    )


def _fingerprint(draft: Draft, resolved: _Resolved, missing_image: str) -> bytes:
    if not draft.name:
        return b""
    images = [asset and (asset.name, asset.width, asset.height) for asset in resolved.images]
    shaping = (draft.name.hex(), resolved.links, images, missing_image)
    return hashlib.sha256(json.dumps(shaping).encode()).digest()


def _text(draft: Draft, resolved: _Resolved, missing_image: str) -> Text:
    """Make the text of a manuscript."""
    packed = draft.text()
    links, images = iter(resolved.links), iter(resolved.images)
    parser = etree.XMLParser(resolve_entities=False, huge_tree=True)
    body, *notes = (
        _filled(etree.fromstring(text, parser), links, images, missing_image)
        for text in (packed.body, *packed.notes)
    )
    return Text(
        body=body,
        formulas=packed.formulas,
        footnotes=tuple(
            Footnote(anchor=note_anchor(draft.chapter.anchor, n), number=n, body=note)
            for n, note in enumerate(notes, 1)
        ),
    )


def _filled(
    tree: etree._Element,
    links: Iterator[str | None],
    images: Iterator[Asset | None],
    missing_image: str,
) -> str:
    """Return what is inside an element, with its addresses resolved."""
    for link in open_links(tree):
        href = next(links)
        if href is not None:
            link.set("href", href)
        else:
            link.tag = "span"
            link.attrib.pop("href", "")
    for image in list(tree.iter("img")):
        _show(image, next(images), missing_image)
    return inner_xml(tree)


def _show(image: etree._Element, asset: Asset | None, missing_image: str) -> None:
    if asset is None:
        replace_image(image, str(image.get("src") or "")[:300], missing_image)
        return
    image.set("src", f"asset:{asset.name}")
    if image.get("alt") is None:
        image.set("alt", "")
