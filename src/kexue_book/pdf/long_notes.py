"""A footnote too long for the foot of a page → parts, each of which may stand on the next page.

WeasyPrint moves notes to the next page as wholes, and lets one that is higher than a page run over
the text. So a long note is several, the first with its number, at ends of sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

PART = "footnote note-part"
"""Class of the parts after the first."""

AFTER = "footnote note-after"
"""Class of a note called after a long one: it may have to wait for the end of that."""

_LONG = 420
"""Characters: about a third of a page of A5."""
_PIECE = 90
"""Characters, at least, in a part: some lines."""
_SENTENCE = re.compile(r".*?[。！？；][”’」』）]*|.+", re.DOTALL)


def split_long_notes(root: Element) -> None:
    """Divide the notes that are called in a tree."""
    for parent in list(root.iter()):
        split = False
        for note in [child for child in parent if child.get("class") == "footnote"]:
            parts = _parts(note)
            if split:
                note.set("class", AFTER)
            if parts:
                split = True
                place = list(parent).index(note) + 1
                parts[-1].tail, note.tail = note.tail, None
                parent[place:place] = parts


def _parts(note: Element) -> list[Element]:
    """Take what is too much out of a note, and return it."""
    if _length(note) <= _LONG:
        return []
    note[:], *others = _grouped(piece for child in list(note) for piece in _pieces(child))
    made = []
    for pieces in others:
        part = Element("span", {"class": PART})
        part[:] = pieces
        made.append(part)
    return made


def _length(element: Element) -> int:
    return len("".join(element.itertext()))


def _grouped(pieces: Iterator[Element]) -> list[list[Element]]:
    """Return the content of each part: pieces that are short belong to what is before them."""
    groups: list[list[Element]] = [[]]
    length = 0
    for piece in pieces:
        if length >= _PIECE:
            groups.append([])
            length = 0
        if not groups[-1] and piece.get("class") == "note-paragraph":
            piece.set("class", "note-first")
        groups[-1].append(piece)
        length += _length(piece)
    return groups


def _pieces(child: Element) -> Iterator[Element]:
    """Yield the sentences of a paragraph, anything else as it is."""
    child.tail = None
    if child.get("class") not in ("note-first", "note-paragraph"):
        yield child
        return
    piece = Element("span", {"class": str(child.get("class"))})
    for content in (child.text, *child):
        if isinstance(content, Element):
            text, content.tail = content.tail, None
            piece.append(content)
        else:
            text = content
        for sentence in _SENTENCE.findall(text or ""):
            if (len(piece) or piece.text) and _ends(piece):
                yield piece
                piece = Element("span", {"class": "note-first"})
            _append(piece, sentence)
    yield piece


def _ends(piece: Element) -> bool:
    """Whether a sentence is complete."""
    text = (piece[-1].tail if len(piece) else piece.text) or ""
    return re.search(r"[。！？；][”’」』）]*\Z", text) is not None


def _append(piece: Element, text: str) -> None:
    if len(piece):
        piece[-1].tail = (piece[-1].tail or "") + text
    else:
        piece.text = (piece.text or "") + text
