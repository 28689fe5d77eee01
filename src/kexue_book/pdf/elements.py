"""Structure elements of a tagged PDF: HTML's names → PDF's, and each in a place that PDF allows.

A structure tree says what the marks on a page are: a heading, an item of a list, a formula and its
LaTeX (PDF 32000-1, 14.7 and 14.8). PDF is stricter than HTML about what may stand in what, so
:func:`mend` puts elements between those that do not fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

FORMULA = "data-formula"
"""Attribute of HTML elements that are formulas: what is read in their place."""
SOURCE = "data-source"
"""Attribute of listings whose tree is no longer their text: what they say."""


class Content(NamedTuple):
    """Marked content of a page, and its text."""

    page: int
    mark: int
    text: str


class Annotation(NamedTuple):
    """A link's annotation, an object of WeasyPrint's PDF."""

    page: int
    object: Any


@dataclass(slots=True, eq=False)
class Element:
    """A structure element, while its tree grows."""

    role: str
    kids: list[Element | Content | Annotation] = field(default_factory=list)
    alternative: str = ""
    """What is read in its place."""
    source: str = ""
    """What its content says to the letter: WeasyPrint draws no blanks between words of code."""
    identifier: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)

    def add(self, role: str) -> Element:
        """Append a new element and return it."""
        made = Element(role)
        self.kids.append(made)
        return made

    def walk(self) -> Iterator[Element]:
        """Yield it and all the elements in it, in order."""
        yield self
        for kid in self.kids:
            if isinstance(kid, Element):
                yield from kid.walk()

    def text(self) -> str:
        """Return what is read of it."""
        if self.alternative or self.source:
            return self.alternative or self.source
        kids = (kid for kid in self.kids if not isinstance(kid, Annotation))
        return "".join(kid.text() if isinstance(kid, Element) else kid.text for kid in kids)


_ROLES = {
    **{f"h{level}": f"H{level}" for level in range(1, 7)},
    **{"p": "P", "pre": "P", "summary": "P", "code": "Code", "samp": "Code", "a": "Link"},
    **{"section": "Sect", "article": "Art", "blockquote": "BlockQuote", "q": "Quote"},
    **{"ul": "L", "ol": "L", "dl": "L", "li": "LI", "dt": "Lbl", "dd": "LBody"},
    **{"table": "Table", "thead": "THead", "tbody": "TBody", "tfoot": "TFoot", "tr": "TR"},
    **{"th": "TH", "td": "TD", "caption": "Caption", "figcaption": "Caption", "img": "Figure"},
    **{"div": "Div", "figure": "Div", "aside": "Div", "details": "Div"},
    "{http://www.w3.org/2000/svg}svg": "Figure",
}
_IN_CONTENTS = {"ol": "TOC", "li": "TOCI"}
_WRAPPERS = ("body-matter", "chapter-body")
"""Classes of what only groups a whole sheet."""


def role_of(tag: str, names: str, *, in_contents: bool) -> str | None:
    """Return the role of an HTML element of the classes ``names``.

    None if what it holds belongs to what it stands in.
    """
    if names in _WRAPPERS:
        return None
    return (in_contents and _IN_CONTENTS.get(tag)) or _ROLES.get(tag)


_HOLDS = {
    "L": ("LI", "L", "Caption"),
    "LI": ("LBody", "Lbl"),
    "TOC": ("TOCI", "TOC", "Caption"),
    "TOCI": ("Reference", "Lbl", "P", "TOC"),
    "Table": ("TR", "THead", "TBody", "TFoot", "Caption"),
    **dict.fromkeys(("THead", "TBody", "TFoot"), ("TR",)),
    "TR": ("TD", "TH"),
}
"""What alone may stand in an element; the first is put around all else."""
_BELONGS = {
    **{"LI": "L", "LBody": "LI", "TOCI": "TOC", "TR": "Table", "TD": "TR", "TH": "TR"},
    **dict.fromkeys(("THead", "TBody", "TFoot"), "Table"),
}
"""In what alone an element may stand."""
_GROUPS = ("Sect", "Art", "Div", "BlockQuote")
_IN_TEXT = ("Link", "Code", "Quote", "Reference", "Note", "Formula", "Lbl")
"""Elements of a line of text: they and text stand in groups only as paragraphs."""
_ROWS = ("THead", "TBody", "TFoot")


def mend(root: Element, unnamed: str) -> None:
    """Make a tree lawful; figures without a text of their own are called ``unnamed``."""
    _prune(root)
    _put_in_place(root)
    level = 0
    for element in root.walk():
        if element.role in ("H1", "H2", "H3", "H4", "H5", "H6"):
            level = min(int(element.role[1]), level + 1)
            element.role = f"H{level}"
        _name_figures(element, unnamed)


def _prune(element: Element) -> bool:
    """Take out what holds nothing; return whether anything is left. Tables need all cells."""
    element.kids = [kid for kid in element.kids if not isinstance(kid, Element) or _prune(kid)]
    return bool(element.kids) or element.role in ("TD", "TH")


def _put_in_place(element: Element) -> None:
    role = element.role
    if role == "Table":
        _ungroup_rows(element)
    placed: list[Element | Content | Annotation] = []
    around: Element | None = None
    for kid in element.kids:
        name = _wrapper(role, kid)
        if name is None:
            placed.append(kid)
            around = None
            continue
        is_term = isinstance(kid, Element) and kid.role == "Lbl" and name == "LI"
        if around is None or around.role != name or is_term:
            around = Element(name)
            placed.append(around)
        around.kids.append(kid)
    element.kids = placed
    for kid in placed:
        if isinstance(kid, Element):
            _put_in_place(kid)
    if any(isinstance(kid, Element) and _wrapper(role, kid) for kid in placed):
        _put_in_place(element)  # a row that was put around a cell needs a table


def _wrapper(role: str, kid: Element | Content | Annotation) -> str | None:
    """Return the role of what has to come between an element and what stands in it."""
    own = kid.role if isinstance(kid, Element) else ""
    if role in _HOLDS:
        return None if own in _HOLDS[role] else _HOLDS[role][0]
    if own in _BELONGS:
        return None if role == _BELONGS[own] else _BELONGS[own]
    return "P" if role in _GROUPS and (not own or own in _IN_TEXT) else None


def _ungroup_rows(table: Element) -> None:
    """Do without groups of rows that are not one head, bodies and one foot."""
    roles = [kid.role for kid in table.kids if isinstance(kid, Element)]
    if roles.count("THead") <= 1 >= roles.count("TFoot") and "TBody" in roles:
        return
    rows: list[Element | Content | Annotation] = []
    for kid in table.kids:
        rows += kid.kids if isinstance(kid, Element) and kid.role in _ROWS else [kid]
    table.kids = rows


def _name_figures(element: Element, unnamed: str) -> None:
    """Let figures that have no text of their own be called as their captions."""
    kids = [kid for kid in element.kids if isinstance(kid, Element)]
    captions = [kid.text().strip() for kid in kids if kid.role == "Caption"]
    for kid in kids:
        if kid.role == "Figure" and not kid.alternative:
            kid.alternative = next((caption for caption in captions if caption), unnamed)
