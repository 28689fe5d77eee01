"""Paragraphs that hold one image → figures with captions; images that are not there → boxes.

科学空间 wraps an image in a link to itself and repeats its name in the next paragraph: that
paragraph is the caption. Elsewhere the image's title is, or a description that says something.
"""

from __future__ import annotations

import re

from lxml import etree

from kexue_book.manuscript.markup import MAX_NOTES, NOTE

_IMAGE_FILE = re.compile(r"\.(?:png|jpe?g|gif|webp|svg|bmp)(?:[?#].*)?$", re.IGNORECASE)
_NO_CAPTION = re.compile(
    r"\s*(?:点击查看原图|(?:image|img|图片|图|pic|figure|screenshot|alt)?[\s\d_.-]*|.*\.\w{3,4})\s*",
    re.IGNORECASE,
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_CALLS = re.compile(f"[{chr(NOTE)}-{chr(NOTE + MAX_NOTES - 1)}]")
"""What stands for the calls of notes."""


def make_figures(root: etree._Element) -> None:
    """Turn each paragraph under ``root`` that is only an image into a figure, in place."""
    for paragraph in list(root.iter("p")):
        image = _only_image(paragraph)
        if image is not None:
            _make_figure(paragraph, image)


def replace_image(image: etree._Element, address: str, label: str) -> None:
    """Put a box with the image's address in place of an image that cannot be shown."""
    box = etree.Element("span", {"class": "missing-image"})
    box.tail, image.tail = image.tail, None
    text = etree.SubElement(box, "span", {"class": "missing-image-label"})
    alternative = (image.get("alt") or "").strip()
    inside = image.getparent()
    captioned = (
        inside is not None and inside.tag == "figure" and inside.find("figcaption") is not None
    )
    text.text = label if captioned or not alternative else f"{label}：{alternative}"
    text.tail = " "
    if re.match(r"https?://", address):
        link = etree.SubElement(box, "a", {"href": address})
        link.text = address
    else:
        etree.SubElement(box, "code").text = address
    parent = image.getparent()
    assert parent is not None
    parent.replace(image, box)


def _only_image(paragraph: etree._Element) -> etree._Element | None:
    """Return the image when ``paragraph`` holds nothing else."""
    element = paragraph
    while len(element) == 1 and not (element.text or "").strip():
        child = element[0]
        if _CALLS.sub("", child.tail or "").strip():
            return None
        if child.tag == "img":
            return child
        if child.tag not in ("a", "span", "em", "strong"):
            return None
        element = child
    return None


def _make_figure(paragraph: etree._Element, image: etree._Element) -> None:
    link = image.getparent()
    assert link is not None
    address = str(link.get("href") or "") if link.tag == "a" else ""
    to_itself = bool(address) and (
        address == image.get("src") or _IMAGE_FILE.search(address) is not None
    )
    caption = _following_caption(paragraph, image, to_itself)
    paragraph.tag = "figure"
    paragraph.attrib.pop("class", "")
    calls = "".join(_CALLS.findall("".join(map(str, paragraph.itertext()))))
    if address and not to_itself:
        content: etree._Element = link
    else:
        content = image
    image.tail = content.tail = None
    for child in list(paragraph):
        paragraph.remove(child)
    paragraph.text = None
    paragraph.append(content)
    if caption is None and calls:
        caption = etree.Element("figcaption")
    if caption is not None:
        paragraph.append(caption)
        _append_text(caption, calls)
    image.attrib.pop("title", "")


def _append_text(element: etree._Element, text: str) -> None:
    if len(element):
        element[-1].tail = f"{element[-1].tail or ''}{text}"
    else:
        element.text = f"{element.text or ''}{text}"


def _following_caption(
    paragraph: etree._Element, image: etree._Element, to_itself: bool
) -> etree._Element | None:
    """Return a ``figcaption``: the next paragraph, the title or the description."""
    name = (image.get("alt") or "").strip()
    following = paragraph.getnext()
    if following is not None and following.tag == "p" and not (paragraph.tail or "").strip():
        text = " ".join("".join(map(str, following.itertext())).split())
        repeats = bool(name) and text == " ".join(name.split())
        short = to_itself and not name and 0 < len(text) <= 40 and text[-1] not in "。：！？.:"
        if repeats or short:
            parent = following.getparent()
            assert parent is not None
            paragraph.tail = following.tail
            following.tail = None
            parent.remove(following)
            following.tag = "figcaption"
            following.attrib.pop("class", "")
            return following
    title = (image.get("title") or "").strip()
    for text in (title, name if _HAN.search(name) else ""):
        if text and not _NO_CAPTION.fullmatch(text):
            caption = etree.Element("figcaption")
            caption.text = text
            return caption
    return None
