"""The blocks of a chapter → ids made of what they say, the same in every edition.

A reading system remembers a highlight by the way to its paragraph: the fifth, then the ninth. With
an id on the way it finds the paragraph again after the post has been edited before it. The ids
are short, since there are many, and unique in their chapter only: no link leads to them but those
of the list of pages.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from lxml import etree

from kexue_book.epub.xhtml import XHTML, find_body
from kexue_book.layout import blocks_of
from kexue_book.model import Formula

_LENGTH = 5
"""Of 32 characters each: of 300 blocks one in 700 chapters has the twin of another's."""


def name_blocks(root: etree._Element, formulas: Sequence[Formula]) -> tuple[str, ...]:
    """Give the blocks of a page that is not filled yet ids, unless they have some; return all."""
    body = find_body(root)
    if body is None:
        return ()
    used = {name for element in root.iter() if (name := element.get("id"))}
    blocks = []
    for block in blocks_of(body):
        name = block.get("id") or _free(_name(_words(block, formulas)), used)
        block.set("id", name)
        used.add(name)
        blocks.append(name)
    return tuple(blocks)


def _words(block: etree._Element, formulas: Sequence[Formula]) -> str:
    """Return what a block says, formulas as their source."""
    numbers = [number for e in block.iter() if (number := e.get("data-n")) is not None]
    sources = (formulas[int(number)].source for number in numbers)
    images = (str(image.get("src")) for image in block.iter(f"{XHTML}img"))
    return "\n".join(("".join(map(str, block.itertext())), *sources, *images))


def _name(words: str) -> str:
    digest = hashlib.sha256(words.encode("utf-8", "surrogatepass")).digest()
    return "t" + base64.b32encode(digest).decode("ascii")[:_LENGTH].lower()


def _free(name: str, used: set[str]) -> str:
    """Return the name, or with a number where a block says the same as one before."""
    candidate, number = name, 1
    while candidate in used:
        number += 1
        candidate = f"{name}-{number}"
    return candidate
