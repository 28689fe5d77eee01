"""A chapter before its links and images are resolved, and the same as it is kept on disk.

A draft depends on its post alone, so that one which was made before is good for any book. All of it
is text: what is kept cannot do more than what a post can.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from lxml import etree

from kexue_book.errors import Diagnostic
from kexue_book.kept import from_plain, to_plain
from kexue_book.model import Chapter, EquationNumber, Formula, FormulaKey, Heading

_QUICK = 1
"""Level of compression: more takes longer than reading the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A chapter, complete but for links and images."""

    chapter: Chapter
    title: str
    """Inline XHTML."""
    plain_title: str
    body: str
    """A ``div``, as XML."""
    notes: tuple[str, ...]
    """Likewise."""
    headings: tuple[Heading, ...]
    ids: Mapping[str, str]
    """The post's own ids, as written → in the book."""
    formulas: tuple[Formula, ...]
    diagnostics: tuple[Diagnostic, ...]

    def to_bytes(self) -> bytes:
        """Return it as it is kept, without the chapter."""
        facts = [
            *(self.title, self.plain_title, self.body, self.notes),
            [(heading.anchor, heading.level, heading.text) for heading in self.headings],
            list(self.ids.items()),
            [_formula_fields(formula) for formula in self.formulas],
            [to_plain(diagnostic) for diagnostic in self.diagnostics],
        ]
        text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
        return zlib.compress(text.encode("utf-8", "surrogatepass"), _QUICK)


def read_draft(data: bytes, chapter: Chapter) -> Draft:
    """Read what :meth:`Draft.to_bytes` wrote, for a chapter whose file may have moved.

    Raises:
        ValueError: it is something else.
    """
    try:
        facts = json.loads(zlib.decompress(data).decode("utf-8", "surrogatepass"))
        title, plain_title, body, notes, headings, ids, formulas, diagnostics = facts
        place = str(chapter.post.path)
        return Draft(
            chapter=chapter,
            title=title,
            plain_title=plain_title,
            body=body,
            notes=tuple(notes),
            headings=tuple(Heading(anchor=a, level=n, text=text) for a, n, text in headings),
            ids=dict(ids),
            formulas=tuple(map(_formula, formulas)),
            diagnostics=tuple(from_plain([*f[:3], f[3] and place, *f[4:]]) for f in diagnostics),
        )
    except (zlib.error, TypeError, KeyError) as problem:
        raise ValueError(str(problem)) from problem


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
