"""Text of a page → a tree, and back to bytes that every reading system can read."""

from __future__ import annotations

import re

from lxml import etree

from kexue_book.layout import BODY

XHTML = "{http://www.w3.org/1999/xhtml}"
EPUB = "{http://www.idpf.org/2007/ops}"
MATHML = "{http://www.w3.org/1998/Math/MathML}"
SVG = "{http://www.w3.org/2000/svg}"

_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no place for, and the noncharacters that EPUBCheck refuses."""

_VOID = frozenset(f"{XHTML}{name}" for name in ("br", "col", "hr", "img", "link", "meta", "wbr"))


def clean_text(text: str) -> str:
    """Return ``text`` without the characters that no XML file may hold."""
    return _FORBIDDEN.sub("", text)


def one_line(text: str) -> str:
    """Return ``text`` for an attribute: clean, and its spaces and line breaks single spaces."""
    return " ".join(clean_text(text).split())


def parse_page(text: str) -> etree._Element:
    """Return the root of a page.

    Raises:
        lxml.etree.XMLSyntaxError: it is not well-formed.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    return etree.fromstring(clean_text(text).encode(), parser)


def parse_page_bytes(data: bytes) -> etree._Element:
    """Return the root of a page that :func:`page_bytes` wrote."""
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, huge_tree=True))


def find_body(element: etree._Element) -> etree._Element | None:
    """Return the part of a page that holds a post's text; None where there is none."""
    divs = element.iter(f"{XHTML}div")
    return next((div for div in divs if div.get("class") == BODY), None)


def page_bytes(root: etree._Element) -> bytes:
    """Return a page as a file.

    Empty elements get an end tag: some reading systems parse XHTML as HTML, where ``<span/>``
    is left open and swallows what follows.
    """
    for element in root.iter(f"{XHTML}*"):
        if element.text is None and not len(element) and element.tag not in _VOID:
            element.text = ""
    page: bytes = etree.tostring(
        root, encoding="utf-8", xml_declaration=True, doctype="<!DOCTYPE html>"
    )
    return page + b"\n"
