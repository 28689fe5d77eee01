"""A draft → a manuscript: its links lead into the book or out of it, its images are files.

What leads nowhere keeps its text; what cannot be shown becomes a box with its address; each
with a diagnostic.
"""

from __future__ import annotations

from html import escape
from urllib.parse import urljoin

from lxml import etree

from kexue_book.errors import Diagnostic, Severity
from kexue_book.manuscript.chapter import Draft, line_of
from kexue_book.manuscript.figures import replace_image
from kexue_book.manuscript.images import ImageStore, NoImage
from kexue_book.manuscript.links import LinkIndex
from kexue_book.manuscript.placing import note_anchor
from kexue_book.model import Asset, Footnote, Manuscript

_OUTWARD = ("http://", "https://", "mailto:")


def finish_chapter(
    draft: Draft, links: LinkIndex, images: ImageStore, missing_image: str
) -> Manuscript:
    """Resolve the links and the images of a draft."""
    chapter = draft.chapter
    assets: dict[str, Asset] = {}
    trees = (draft.body, *draft.notes)
    for tree in trees:
        for link in list(tree.iter("a")):
            _resolve_link(link, draft, links)
        for image in list(tree.iter("img")):
            _resolve_image(image, draft, images, missing_image, assets)
    notes = tuple(
        Footnote(anchor=note_anchor(chapter.anchor, n), number=n, body=_inner(note))
        for n, note in enumerate(draft.notes, 1)
    )
    return Manuscript(
        chapter=chapter,
        title=_inner(draft.title).strip(),
        plain_title=draft.plain_title,
        body=_inner(draft.body),
        headings=draft.headings,
        formulas=draft.formulas,
        footnotes=notes,
        assets=tuple(assets.values()),
    )


def _resolve_link(link: etree._Element, draft: Draft, links: LinkIndex) -> None:
    if link.get("class") in ("noteref", "eqref"):
        return
    address = str(link.get("href") or "").strip()
    if not address:
        link.tag = "span"
        link.attrib.pop("href", "")
        return
    anchor = links.find(address, draft.chapter)
    if anchor is not None:
        link.set("href", f"#{anchor}")
        return
    if address.startswith("//"):
        address = f"https:{address}"
    elif not address.startswith(("#", *_OUTWARD)) and draft.chapter.post.url:
        address = urljoin(draft.chapter.post.url, address)
    if address.lower().startswith(_OUTWARD):
        link.set("href", address)
        return
    link.tag = "span"
    link.attrib.pop("href", "")
    draft.diagnostics.append(
        Diagnostic(
            code="dead-link",
            severity=Severity.WARNING,
            message=f"the link to {address} leads nowhere; its text stays",
            path=draft.chapter.post.path,
            line=line_of(draft.chapter, address),
            hint="link to a post by its file, to a section by its heading, or give a full url",
        )
    )


def _resolve_image(
    image: etree._Element,
    draft: Draft,
    images: ImageStore,
    missing_image: str,
    assets: dict[str, Asset],
) -> None:
    post = draft.chapter.post
    address = str(image.get("src") or "")
    found = images.find(address, post.path)
    if isinstance(found, NoImage):
        draft.diagnostics.append(
            Diagnostic(
                code=found.code,
                severity=Severity.WARNING,
                message=found.message,
                path=post.path,
                line=line_of(draft.chapter, address),
                hint=found.hint,
            )
        )
        replace_image(image, address[:300], missing_image)
        return
    assets[found.name] = found
    image.set("src", f"asset:{found.name}")
    if image.get("alt") is None:
        image.set("alt", "")


def _inner(root: etree._Element) -> str:
    """Return what is inside an element, as XHTML."""
    parts = [escape(root.text or "", quote=False)]
    parts += (etree.tostring(child, encoding="unicode") for child in root)
    return "".join(parts)
