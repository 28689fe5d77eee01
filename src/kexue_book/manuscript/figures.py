"""Paragraphs that hold one image → figures with captions; images that are not there → boxes.

The image's title is the caption, if it says something, and the description stays what it is.
科学空间 wraps an image in a link to itself and repeats its name in the next paragraph: that
paragraph is the caption. Elsewhere a description is that says something.
"""

from __future__ import annotations

import re

from lxml import etree

from kexue_book.manuscript.inline_markup import MAX_NOTES, NOTE

_SUFFIX = r"\.(?:png|jpe?g|gif|webp|svg|bmp|avif|heic|tiff?)"
_IMAGE_FILE = re.compile(_SUFFIX + r"(?:[?#].*)?$", re.IGNORECASE)
_NO_CAPTION = re.compile(
    r"\s*(?:点击查看原图|(?:image|img|图片|图|pic|figure|screenshot|alt)?[\s\d_.-]*"
    rf"|.*{_SUFFIX})\s*",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\s*(?:图|figure|fig\.?)\s*\d[\d.-]*\s*", re.IGNORECASE)
"""A title like this is what the text calls the figure."""
_HAN = re.compile(r"[\u4e00-\u9fff]")
_CALLS = re.compile(f"[{chr(NOTE)}-{chr(NOTE + MAX_NOTES - 1)}]")
"""What stands for the calls of notes."""
_GOES_ON = "。：！？.:"
"""At the end of a short paragraph: it is text, no caption."""


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
    caption = _caption(paragraph, image, link if to_itself else None)
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


def _caption(
    paragraph: etree._Element, image: etree._Element, link: etree._Element | None
) -> etree._Element | None:
    """Return a ``figcaption``: the title, the next paragraph or the description.

    A paragraph that says something else than the title stays where it is: nothing is lost.
    """
    name = _words(image.get("alt"))
    title = _title(image, link)
    following = paragraph.getnext()
    if following is not None and following.tag == "p" and not (paragraph.tail or "").strip():
        text = _words("".join(map(str, following.itertext())))
        short = link is not None and not name and 0 < len(text) <= 40 and text[-1] not in _GOES_ON
        if text and (text == title or (not title and (text == name or short))):
            return _taken(paragraph, following)
    text = title or (name if _HAN.search(name) and not _NO_CAPTION.fullmatch(name) else "")
    if not text:
        return None
    caption = etree.Element("figcaption")
    caption.text = text
    return caption


def _title(image: etree._Element, link: etree._Element | None) -> str:
    """Return the title, the image's or its link's, that says something; or nothing."""
    for element in (image, link):
        title = _words(element.get("title")) if element is not None else ""
        if not _NO_CAPTION.fullmatch(title) or _NUMBERED.fullmatch(title):
            return title
    return ""


def _words(text: str | None) -> str:
    return " ".join((text or "").split())


def _taken(paragraph: etree._Element, following: etree._Element) -> etree._Element:
    """Take the paragraph that follows out of the text, and make it a caption."""
    parent = following.getparent()
    assert parent is not None
    paragraph.tail = following.tail
    following.tail = None
    parent.remove(following)
    following.tag = "figcaption"
    following.attrib.pop("class", "")
    return following
