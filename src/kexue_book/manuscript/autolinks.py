"""Bare addresses in the text → links.

A link without a word (what a script on the web page would fill) shows its address, too.

The address ends where ASCII does: Chinese text follows an address without a space, and
pandoc's own ``autolink_bare_uris`` would swallow it.
"""

from __future__ import annotations

import re

from lxml import etree

_ADDRESS = re.compile(r"https?://[A-Za-z0-9\-._~:/?#@!$&'()*+,;=%\[\]]+")
_SKIPPED = frozenset(("a", "code", "pre", "kbd", "samp"))


def link_addresses(root: etree._Element) -> None:
    """Make the bare http(s) addresses under ``root`` links, in place."""
    walk = [root]
    while walk:
        element = walk.pop()
        address = element.get("href", "") if element.tag == "a" else ""
        if _ADDRESS.match(address) and not len(element) and not (element.text or "").strip():
            element.text = address
        if element.tag in _SKIPPED:
            continue
        children = list(element)
        walk.extend(children)
        text, links = _split(element.text or "")
        if links:
            element.text = text
            for offset, link in enumerate(links):
                element.insert(offset, link)
        for child in children:
            text, links = _split(child.tail or "")
            if links:
                child.tail = text
                position = element.index(child) + 1
                for offset, link in enumerate(links):
                    element.insert(position + offset, link)


def _split(text: str) -> tuple[str, list[etree._Element]]:
    links: list[etree._Element] = []
    leading, end = "", 0
    for found in _ADDRESS.finditer(text):
        address = _trim(found[0])
        before = text[end : found.start()]
        if links:
            links[-1].tail = before
        else:
            leading = before
        link = etree.Element("a", {"href": address})
        link.text = address
        links.append(link)
        end = found.start() + len(address)
    if links:
        links[-1].tail = text[end:]
    return leading, links


def _trim(address: str) -> str:
    """Leave out punctuation that belongs to the sentence, and unbalanced brackets."""
    while address:
        if address[-1] in ".,;:!?'*":
            address = address[:-1]
        elif address[-1] in ")]":
            opening = "(" if address[-1] == ")" else "["
            if address.count(opening) >= address.count(address[-1]):
                break
            address = address[:-1]
        else:
            break
    return address
