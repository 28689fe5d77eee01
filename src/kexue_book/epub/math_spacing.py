"""Operators of a ``<math>`` → the same with TeX's space around them.

MathML has one space for each operator, wherever it stands. TeX looks at both neighbours: a minus
after an equals sign is a sign, a relation next to a bracket touches it, and in an index nothing
is spaced but functions (The TeXbook, chapter 18). Said here only where the two differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum, auto

from lxml import etree

from kexue_book.epub.xhtml import MATHML

THIN = "0.167em"
_HAIR = "0.1em"


class Kind(Enum):
    """TeX's classes of what stands in a row."""

    ORD = auto()
    OP = auto()
    BIN = auto()
    REL = auto()
    OPEN = auto()
    CLOSE = auto()
    PUNCT = auto()
    INNER = auto()


_MARKS = {
    Kind.OP: "∑∏∐∫∬∭∮⋃⋂⋁⋀⨁⨂⨀⨄⨆",
    Kind.BIN: "+−-±∓×÷⋅∗∘∙∩∪∖⊎⊓⊔⊕⊖⊗⊘⊙∧∨†‡⋆⋄",
    Kind.REL: "=<>≠≤≥≦≧≪≫∼≃≅≈≡≢≜≐≔∈∉∋⊥⊂⊃⊄⊆⊇⊈⊏⊐⊑⊒⊢⊣⊨∣∥∝≺≻⪯⪰≼≽≍⋈←↑→↓↔↦⇐⇒⇔⟵⟶⟷⟸⟹⟺⟼↪↩⇌:",
    Kind.OPEN: "([{⟨⌊⌈⟦⟮",
    Kind.CLOSE: ")]}⟩⌋⌉⟧⟯",
    Kind.PUNCT: ",;",
    Kind.INNER: "…⋯⋱⋮",
    Kind.ORD: "/∀∃∄¬∞∂∇′″‴",
}
_KINDS = {mark: kind for kind, marks in _MARKS.items() for mark in marks}
_BARS = frozenset("|‖")
_APPLY = "\u2061"

_ROWS = frozenset(
    MATHML + name for name in ("math", "mrow", "mtd", "msqrt", "menclose", "mpadded", "mphantom")
)
_SCRIPTED = frozenset(
    MATHML + name
    for name in ("msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts")
)
_GROUPS = frozenset((f"{MATHML}mrow", f"{MATHML}mstyle"))
_BEFORE_SIGN = {None, Kind.BIN, Kind.OP, Kind.REL, Kind.OPEN, Kind.PUNCT}
_AFTER_SIGN = {None, Kind.REL, Kind.CLOSE, Kind.PUNCT}


def space_operators(math: etree._Element) -> None:
    """Change the elements in place."""
    _space(math, display=math.get("display") == "block", script=False)


def _space(element: etree._Element, *, display: bool, script: bool) -> None:
    """Space the rows in an element, which is set in that style."""
    tag = element.tag
    if tag == f"{MATHML}mtable" or "displaystyle" in element.attrib:
        display = element.get("displaystyle") == "true"
    if tag == f"{MATHML}mstyle" and "scriptlevel" in element.attrib:
        script = element.get("scriptlevel") != "0"
    fraction = tag == f"{MATHML}mfrac"
    for place, child in enumerate(element):
        index = tag in _SCRIPTED and place > 0
        smaller = index or (fraction and not display)
        _space(child, display=display and not index and not fraction, script=script or smaller)
    if tag in _ROWS:
        _space_row(list(_atoms(element)), script=script)


def _atoms(row: etree._Element) -> Iterator[etree._Element]:
    """Yield what stands in a row for TeX: a change of style or colour is no group there."""
    for child in row:
        if child.tag == f"{MATHML}mstyle":
            yield from _atoms(child)
        elif not _is_clear(child):
            yield child


def _is_clear(element: etree._Element) -> bool:
    """Whether TeX looks through an element to its neighbours: space, the sign of application."""
    return element.tag == f"{MATHML}mspace" or element.text == _APPLY


def _space_row(row: Sequence[etree._Element], *, script: bool) -> None:
    kinds: list[Kind | None] = [None, *_kinds(row), None]
    for place in range(1, len(kinds) - 1):  # a sign is what has nothing to join
        if kinds[place] is Kind.BIN and (
            kinds[place - 1] in _BEFORE_SIGN or kinds[place + 1] in _AFTER_SIGN
        ):
            kinds[place] = Kind.ORD
    for place, element in enumerate(row, 1):
        operator = _core(element)
        before, kind, after = kinds[place - 1 : place + 2]
        assert kind is not None
        _part_from_table(row, place - 1, kind)
        if operator.tag == f"{MATHML}mo" and _is_known(operator):
            _set_space(operator, _spaces(before, kind, after, script=script))
            if kind in (Kind.BIN, Kind.REL) and _stands_at_an_end(element):
                operator.set("form", "infix")
        elif kind is Kind.OP or (kind is Kind.INNER and not script):
            _part(element, before, after if kind is Kind.INNER else None)


def _stands_at_an_end(element: etree._Element) -> bool:
    """Whether MathML takes an operator for a prefix or postfix by its place in its parent."""
    return element.getprevious() is None or element.getnext() is None


def _part(element: etree._Element, before: Kind | None, after: Kind | None) -> None:
    """Put space around what is no operator: a function's name, brackets with their content."""
    if before in (Kind.ORD, Kind.CLOSE, Kind.INNER):
        element.addprevious(etree.Element(f"{MATHML}mspace", {"width": THIN}))
    if after in (Kind.ORD, Kind.OPEN):
        element.addnext(etree.Element(f"{MATHML}mspace", {"width": THIN}))


def _is_known(operator: etree._Element) -> bool:
    text = operator.text or ""
    return text in _KINDS or text in _BARS or text.isalpha()


def _part_from_table(row: Sequence[etree._Element], place: int, kind: Kind) -> None:
    """Keep a bracket clear of the rows that it holds, as MathJax's own output does."""
    table = f"{MATHML}mtable"
    if kind is Kind.OPEN and place + 1 < len(row) and row[place + 1].tag == table:
        _set_space(_core(row[place]), (None, _HAIR))
    if kind is Kind.CLOSE and place > 0 and row[place - 1].tag == table:
        _set_space(_core(row[place]), (_HAIR, None))


def _kinds(row: Sequence[etree._Element]) -> list[Kind]:
    kinds: list[Kind] = []
    opened = False
    for place, element in enumerate(row):
        kind = _kind(element)
        if _core(element).text in _BARS and _core(element).tag == f"{MATHML}mo":
            opened = not opened
            kind = Kind.OPEN if opened and place < len(row) - 1 else Kind.CLOSE
        kinds.append(kind)
    return kinds


def _kind(element: etree._Element) -> Kind:
    core = _core(element)
    text = core.text or ""
    if core.tag == f"{MATHML}mi":
        follower = element.getnext()
        applied = follower is not None and follower.text == _APPLY
        return Kind.OP if applied else Kind.ORD
    if core.tag == f"{MATHML}mrow":
        return Kind.INNER if _is_fenced(core) else Kind.ORD
    if core.tag != f"{MATHML}mo":
        return Kind.ORD
    return Kind.OP if len(text) > 1 and text.isalpha() else _KINDS.get(text, Kind.ORD)


def _core(element: etree._Element) -> etree._Element:
    """Return what an element with indices, a group of one, is in the row."""
    while len(element) and (
        element.tag in _SCRIPTED or (element.tag in _GROUPS and len(element) == 1)
    ):
        element = element[0]
    return element


def _is_fenced(row: etree._Element) -> bool:
    r"""Whether a row is what ``\left`` and ``\right`` make."""
    ends = (row[0], row[-1]) if len(row) > 2 else ()
    return bool(ends) and all(
        end.tag == f"{MATHML}mo" and end.get("stretchy") != "false" for end in ends
    )


def _spaces(
    before: Kind | None, kind: Kind, after: Kind | None, *, script: bool
) -> tuple[str | None, str | None]:
    """Return the space before and after; None where MathML's own is TeX's."""
    if kind is Kind.OP:
        left = before in (Kind.ORD, Kind.CLOSE, Kind.INNER)
        return THIN if left else "0", THIN if after in (Kind.ORD, Kind.OP, Kind.INNER) else "0"
    if kind is Kind.REL:
        left = before in (None, Kind.OPEN, Kind.PUNCT, Kind.REL)
        right = after in (None, Kind.CLOSE, Kind.PUNCT, Kind.REL)
        return "0" if left or script else None, "0" if right or script else None
    if kind is Kind.INNER:
        left = before in (Kind.ORD, Kind.CLOSE) and not script
        right = after in (Kind.ORD, Kind.OP, Kind.OPEN, Kind.PUNCT) and not script
        return THIN if left else "0", THIN if right else "0"
    if kind in (Kind.BIN, Kind.PUNCT):
        return ("0", "0") if script else (None, None)
    return "0", "0"


def _set_space(operator: etree._Element, spaces: tuple[str | None, str | None]) -> None:
    """Set what nothing else has said."""
    for name, value in zip(("lspace", "rspace"), spaces, strict=True):
        if value is not None and name not in operator.attrib:
            operator.set(name, value)
