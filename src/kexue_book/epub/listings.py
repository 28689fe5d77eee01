"""Listings with long lines → the same, in which what goes on below stands deeper than its line.

A reading system breaks lines of code where the screen ends. Each line becomes a block that hangs,
with its line break in it: a reader without styles still sees lines, and a copy has them.
"""

from __future__ import annotations

import re

from lxml import etree

from kexue_book.epub.xhtml import XHTML

_SHORT = 20
"""Columns that fit on a phone in large letters: listings with shorter lines stay as they are."""
_STEP = 2
"""Columns between depths for which epub.css has a rule."""
_DEEPEST = 12
"""Columns: code that stands deeper hangs no deeper, or a phone has no room left for it."""


def hang_long_lines(listing: etree._Element) -> None:
    """Make blocks of the lines of a listing, if any is long."""
    code = listing[0] if len(listing) == 1 and not (listing.text or "").strip() else listing
    texts = "".join(map(str, code.itertext())).split("\n")
    if max(map(_columns, texts)) <= _SHORT or any(len(token) for token in code):
        return
    lines = _split(code)
    for line in lines:
        text = "".join(map(str, line.itertext())).expandtabs()
        depth = min(len(text) - len(text.lstrip(" ")), _DEEPEST) // _STEP
        if depth:
            line.set("class", f"{line.get('class')} deep-{depth}")
    code.text = None
    code[:] = lines


def _columns(text: str) -> int:
    return sum(1 if character < "\u2e80" else 2 for character in text.expandtabs())


def _split(code: etree._Element) -> list[etree._Element]:
    """Return the lines of code whose tokens hold only text; a token may go over several."""
    lines = [_line()]
    _pour(lines, code.text, None)
    for token in code:
        _pour(lines, token.text, token)
        _pour(lines, token.tail, None)
    return lines if len(lines[-1]) or lines[-1].text else lines[:-1]


def _line() -> etree._Element:
    return etree.Element(f"{XHTML}span", {"class": "code-line"})


def _pour(lines: list[etree._Element], text: str | None, token: etree._Element | None) -> None:
    """Append text, as a token like ``token`` if there is one, and begin lines where it does."""
    for part in re.findall(r"[^\n]*\n|[^\n]+", text or ""):
        if token is None:
            _append(lines[-1], part)
        else:
            like = etree.SubElement(lines[-1], token.tag)
            like.attrib.update(token.attrib)
            like.text = part
        if part.endswith("\n"):
            lines.append(_line())


def _append(line: etree._Element, text: str) -> None:
    if len(line):
        line[-1].tail = (line[-1].tail or "") + text
    else:
        line.text = (line.text or "") + text
