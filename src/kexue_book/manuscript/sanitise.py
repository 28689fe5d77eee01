"""HTML of a post, hostile or broken → a well-formed tree of allowed elements.

The allow-list is what both writers can set and what does no harm in them (WeasyPrint reads
files through ``<object>``, ``<link>``, ``style``; e-readers reject scripts and forms).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import nh3
from lxml import etree

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
TAGS = frozenset(
    (
        *HEADINGS,
        *("p", "br", "hr", "div", "span", "blockquote", "pre", "code", "kbd", "samp", "var"),
        *("ul", "ol", "li", "dl", "dt", "dd"),
        *("table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"),
        *("em", "strong", "b", "i", "u", "s", "del", "ins", "sub", "sup", "mark", "small"),
        *("abbr", "cite", "q", "dfn", "ruby", "rt", "rp"),
        *("a", "img", "figure", "figcaption", "details", "summary"),
    )
)
RENAMED = {"center": 'div class="center"', "font": "span", "big": "span", "tt": "code"}
RENAMED |= {"strike": "s", "section": "div", "article": "div", "aside": "div"}

RESERVED = frozenset(
    ("formula", "display", "noteref", "continued", "missing-image", "equation", "footnote")
)
"""Classes that mean something to the writers; a post's own HTML may not use them."""

MAX_SPAN = 100
MAX_DEPTH = 60
_ATTRIBUTES = {
    "*": {"class", "id", "title", "lang"},
    "a": {"href", "name"},
    "img": {"src", "alt", "width", "height"},
    "td": {"rowspan", "colspan", "align"},
    "th": {"rowspan", "colspan", "scope", "align"},
    "ol": {"start", "type"},
    "p": {"align"},
    "div": {"align"},
}
_ALIGNMENTS = frozenset(("left", "right", "center"))
"""What HTML once said in an attribute; there are classes of these names."""
_VOID = re.compile(r"<(br|hr|img)\b([^<>]*?)/?>")
_OPENING = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)")
_FOREIGN = re.compile(r"<(svg|math)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_PARSED = frozenset(
    (
        *("html", "head", "body", "title", "base", "link", "meta", "script", "style", "noscript"),
        *("template", "slot", "iframe", "object", "embed", "param", "applet", "frame", "frameset"),
        *("noframes", "noembed", "plaintext", "xmp", "listing", "textarea", "select", "option"),
        *("optgroup", "datalist", "form", "input", "button", "label", "fieldset", "legend"),
        *("audio", "video", "source", "track", "picture", "map", "area", "canvas", "svg", "math"),
        *("col", "colgroup", "wbr", "nobr", "marquee"),
    )
)
"""Elements beside ours that mean something to a parser of HTML."""
_QUIET = frozenset(("html", "body", "col", "colgroup", "wbr", "a", "img"))


def sanitise(html: str) -> etree._Element:
    """Return a ``div`` with the allowed part of ``html``, as XHTML without namespaces."""
    renamed = _rename_tags(html)
    clean = nh3.clean(
        renamed,
        tags=set(TAGS),
        clean_content_tags={"script", "style"},
        attributes=_ATTRIBUTES,
        attribute_filter=_filter_attribute,
        url_schemes={"http", "https", "mailto", "data"},
        strip_comments=True,
        link_rel=None,
    )
    xhtml = _VOID.sub(r"<\1\2/>", clean).replace("&nbsp;", "\u00a0")
    root = etree.fromstring(f"<div>{xhtml}</div>", _parser())
    for element in root.findall(".//*[@align]"):
        alignment = element.attrib.pop("align").lower()
        if alignment in _ALIGNMENTS:
            element.set("class", f"{element.get('class', '')} {alignment}".strip())
    _flatten(root)
    return root


def removed_tags(pieces: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return (tag, the tag as written) for each raw tag that will not survive."""
    found = []
    for piece in pieces:
        for opening in re.finditer(r"<([a-zA-Z][a-zA-Z0-9-]*)[^>]*>?", piece):
            tag = opening[1].lower()
            if tag not in TAGS and tag not in RENAMED and tag not in _QUIET:
                found.append((tag, opening[0]))
    return tuple(found)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)


def _rename_tags(html: str) -> str:
    """Rename what is of another name here, and what is no HTML.

    ``vector<int>`` written without backquotes holds an element of MathML. With nh3 0.3 one that
    stands outside of ``<math>`` goes with all that follows it in the paragraph.
    """
    parts: list[str] = []
    position = 0
    for foreign in _FOREIGN.finditer(html):
        parts += (_OPENING.sub(_rename, html[position : foreign.start()]), foreign[0])
        position = foreign.end()
    return "".join(parts) + _OPENING.sub(_rename, html[position:])


def _rename(opening: re.Match[str]) -> str:
    tag = opening[2].lower()
    name = RENAMED.get(tag)
    if name is None and tag not in TAGS and tag not in _PARSED:
        return f"<{opening[1]}x-{tag}"
    if name is None:
        return opening[0]
    return f"<{opening[1]}{name.split(' ')[0] if opening[1] else name}"


def _filter_attribute(tag: str, name: str, value: str) -> str | None:
    if name == "class":
        kept = [word for word in value.split() if word not in RESERVED]
        return " ".join(kept) or None
    if name in ("rowspan", "colspan"):
        return value if value.isdecimal() and int(value) <= MAX_SPAN else None
    if name == "start":
        return value if re.fullmatch(r"-?[0-9]{1,9}", value) else None
    if name == "href" and value.lstrip().lower().startswith("data:"):
        return None
    if name in ("width", "height"):
        return value if re.fullmatch(r"\d{1,4}(?:\.\d+)?(?:px|%|em)?", value) else None
    return value


def _flatten(root: etree._Element) -> None:
    """Unwrap what is nested deeper than any honest text; the writers recurse."""
    walk = [(root, 0)]
    while walk:
        element, depth = walk.pop()
        for child in list(element):
            if depth >= MAX_DEPTH and child.tag not in ("br", "hr", "img"):
                _unwrap(child)
                walk.append((element, depth))
                break
            walk.append((child, depth + 1))


def _unwrap(element: etree._Element) -> None:
    parent = element.getparent()
    assert parent is not None
    index = parent.index(element)
    children = list(element)
    _append_text(parent, index, element.text or "")
    tail = element.tail or ""
    parent.remove(element)
    for offset, child in enumerate(children):
        parent.insert(index + offset, child)
    _append_text(parent, index + len(children), tail)


def _append_text(parent: etree._Element, index: int, text: str) -> None:
    """Add ``text`` to ``parent`` in front of its child number ``index``."""
    if index == 0:
        parent.text = (parent.text or "") + text
    else:
        before = parent[index - 1]
        before.tail = (before.tail or "") + text
