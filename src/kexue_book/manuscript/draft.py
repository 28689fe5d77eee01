"""A chapter before its links and images are resolved, and the same as it is kept on disk.

A draft depends on its post alone, so that one which was made before is good for any book. All of it
is text: what is kept cannot do more than what a post can.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from lxml import etree

from kexue_book.errors import Diagnostic
from kexue_book.kept import from_plain, to_plain
from kexue_book.model import Chapter, EquationNumber, Formula, FormulaKey, Heading

_QUICK = 1
"""Level of compression: more takes longer than reading the rest."""
_RESOLVED = ("noteref", "noteref again", "eqref")
"""Classes of links that lead to their targets from the beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """What the links and images of a piece of text lead to, as written, in their order."""

    links: tuple[str, ...]
    images: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftText:
    """What a chapter says."""

    body: str
    """A ``div``, as XML."""
    notes: tuple[str, ...]
    """Likewise."""
    formulas: tuple[Formula, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A chapter, complete but for links and images; its text is packed."""

    chapter: Chapter
    title: str
    """Inline XHTML."""
    plain_title: str
    headings: tuple[Heading, ...]
    ids: Mapping[str, str]
    """The post's own ids, as written → in the book."""
    addresses: tuple[Addresses, ...]
    """Of the body, and of each note."""
    formula_marks: tuple[str, ...]
    """A short hash of each formula's key."""
    length: int
    """Characters of the body, formulas left out."""
    diagnostics: tuple[Diagnostic, ...]
    packed: bytes
    """See :func:`pack_text`."""
    name: bytes = b""
    """Hash of all that shaped it; empty when it may come out otherwise another time."""

    def text(self) -> DraftText:
        """Unpack the text."""
        return unpack_text(self.packed)

    def to_bytes(self) -> bytes:
        """Return it as it is kept, without the chapter."""
        facts = [
            *(self.title, self.plain_title),
            [(heading.anchor, heading.level, heading.text) for heading in self.headings],
            list(self.ids.items()),
            [(found.links, found.images) for found in self.addresses],
            self.formula_marks,
            self.length,
            [to_plain(diagnostic) for diagnostic in self.diagnostics],
        ]
        return _json(facts) + b"\n" + self.packed


def read_draft(data: bytes, chapter: Chapter, name: bytes) -> Draft:
    """Read what :meth:`Draft.to_bytes` wrote, for a chapter whose file may have moved.

    Raises:
        ValueError: it is something else.
    """
    try:
        facts, _, packed = data.partition(b"\n")
        title, plain_title, headings, ids, addresses, marks, length, said = _parsed(facts)
        place = str(chapter.post.path)
        return Draft(
            chapter=chapter,
            title=title,
            plain_title=plain_title,
            headings=tuple(Heading(anchor=a, level=n, text=text) for a, n, text in headings),
            ids=dict(ids),
            addresses=tuple(
                Addresses(links=tuple(links), images=tuple(images)) for links, images in addresses
            ),
            formula_marks=tuple(marks),
            length=length,
            diagnostics=tuple(from_plain([*f[:3], f[3] and place, *f[4:]]) for f in said),
            packed=packed,
            name=name,
        )
    except (TypeError, KeyError) as problem:
        raise ValueError(str(problem)) from problem


def pack_text(
    body: etree._Element, notes: Sequence[etree._Element], formulas: Sequence[Formula]
) -> bytes:
    """Return trees and formulas in little room."""
    body_text, *note_texts = (etree.tostring(tree, encoding="unicode") for tree in (body, *notes))
    fields = [_formula_fields(formula) for formula in formulas]
    return zlib.compress(_json((body_text, note_texts, fields)), _QUICK)


def unpack_text(packed: bytes) -> DraftText:
    """Return what :func:`pack_text` was given."""
    body, notes, formulas = _parsed(zlib.decompress(packed))
    return DraftText(body=body, notes=tuple(notes), formulas=tuple(map(_formula, formulas)))


def find_addresses(tree: etree._Element) -> Addresses:
    """Return what is to be resolved in a tree."""
    return Addresses(
        links=tuple(str(link.get("href") or "").strip() for link in open_links(tree)),
        images=tuple(str(image.get("src") or "") for image in tree.iter("img")),
    )


def open_links(tree: etree._Element) -> list[etree._Element]:
    """Return the links that do not lead to their targets yet."""
    return [link for link in tree.iter("a") if link.get("class") not in _RESOLVED]


def mark(formula: Formula) -> str:
    """Return a short hash of a formula's key."""
    key = formula.key
    text = repr((key.tex, key.display, key.preamble))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _json(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def _parsed(data: bytes) -> Any:
    return json.loads(data.decode("utf-8", "surrogatepass"))


def _formula_fields(formula: Formula) -> list[Any]:
    key = formula.key
    numbers = [(number.text, number.anchor, number.bare) for number in formula.numbers]
    return [
        *(formula.source, key.tex, key.display, key.preamble, formula.line),
        *(numbers, formula.anchors),
    ]


def _formula(fields: list[Any]) -> Formula:
    source, tex, display, preamble, line, numbers, anchors = fields
    return Formula(
        source=source,
        key=FormulaKey(tex=tex, display=display, preamble=preamble),
        line=line,
        numbers=tuple(EquationNumber(text=t, anchor=a, bare=bare) for t, a, bare in numbers),
        anchors=tuple(anchors),
    )


def inner_xml(root: etree._Element) -> str:
    """Return what is inside an element that has no attributes, as XHTML."""
    opening, _, rest = etree.tostring(root, encoding="unicode").partition(">")
    return "" if opening.endswith("/") else rest.rpartition("<")[0]


def line_of(chapter: Chapter, text: str) -> int | None:
    """Return the line of the file on which ``text``, or what it encodes, first stands."""
    body = chapter.post.body
    for needle in (text, unquote(text)):
        position = body.find(needle) if needle else -1
        if position >= 0:
            return chapter.post.body_line + body.count("\n", 0, position)
    return None
