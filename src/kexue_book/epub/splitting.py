"""The tree of a chapter → trees of files that a reading system opens quickly.

A chapter is cut before a section, or before a block where a section is too long itself. Where
depends on the chapter alone, so that an edit of another one, or a page that begins elsewhere in
the PDF, moves nothing. Notes stand at the end of the file that calls them: a reading system that
lets them pop up looks there first.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence

from lxml import etree

from kexue_book.epub.xhtml import XHTML, find_body
from kexue_book.layout import local_name

LARGEST = 230_000
"""Bytes of text in a file; with all around it, it stays below 250 KB."""
_SMALL = 1 / 8
"""Of the largest: a smaller file takes in what follows, even if that alone is too much for one."""
_HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
_HOLDERS = frozenset(("blockquote", "ol", "ul"))
_OWN = ("id", "role", "aria-labelledby", "{http://www.idpf.org/2007/ops}type")
"""Attributes of what is in the first file only."""


def split_page(root: etree._Element, title: str, *, largest: int = LARGEST) -> list[etree._Element]:
    """Return the trees of the files that a page is written to; ``root`` is the first."""
    body = find_body(root)
    if body is None or len(etree.tostring(root, encoding="utf-8")) <= largest:
        return [root]
    for block in list(body):
        _burst(block, largest)
    groups = list(_groups(list(body), largest))
    if len(groups) < 2:
        return [root]
    trees = [root]
    for group in groups[1:]:
        tree, place = _continuation(root, body, title)
        place.extend(group)
        trees.append(tree)
    _move_rest(root, trees[-1])
    _deal_out_notes(trees)
    return trees


def _burst(block: etree._Element, largest: int) -> None:
    """Make a list or a quotation that is longer than a file several of its kind."""
    if local_name(block) not in _HOLDERS or len(etree.tostring(block)) <= largest:
        return
    parent, size, items = block.getparent(), 0, int(block.get("start") or 1)
    assert parent is not None
    first = last = block
    for item in list(block):
        length = len(etree.tostring(item, encoding="utf-8"))
        if size and size + length > largest // 2:
            last.addnext(following := _bare(first))
            following.attrib.pop("id", "")
            if local_name(block) == "ol":
                following.set("start", str(items))
            last, size = following, 0
        if last is not first:
            last.append(item)
        size += length
        items += 1


def _groups(blocks: Sequence[etree._Element], largest: int) -> Iterator[list[etree._Element]]:
    """Yield the blocks of each file: whole sections as long as they fit."""
    group: list[etree._Element] = []
    size = 0
    for section in _sections(blocks):
        sizes = [len(etree.tostring(block, encoding="utf-8")) for block in section]
        if size > largest * _SMALL and size + sum(sizes) > largest:
            yield group
            group, size = [], 0
        for block, length in zip(section, sizes, strict=True):
            if size > largest * _SMALL and size + length > largest and _may_begin(block, group[-1]):
                yield group
                group, size = [], 0
            group.append(block)
            size += length
    if group:
        yield group


def _sections(blocks: Sequence[etree._Element]) -> Iterator[list[etree._Element]]:
    section: list[etree._Element] = []
    for block in blocks:
        if local_name(block) in _HEADINGS and section and not _is_heading(section[-1]):
            yield section
            section = []
        section.append(block)
    if section:
        yield section


def _is_heading(block: etree._Element) -> bool:
    return local_name(block) in _HEADINGS


def _may_begin(block: etree._Element, before: etree._Element) -> bool:
    """Tell whether a file may begin with a block: nothing may be torn from what it belongs to."""
    return not _is_heading(before) and "continued" not in block.get("class", "").split()


def _continuation(
    root: etree._Element, body: etree._Element, title: str
) -> tuple[etree._Element, etree._Element]:
    """Return a page like ``root`` without text, and the place in it for some."""
    tree = _bare(root)
    tree.append(copy.deepcopy(root[0]))
    place = tree
    for element in [body, *body.iterancestors()][-2::-1]:  # from the page's body down to the text
        inner = _bare(element)
        place.append(inner)
        place = inner
        for name in _OWN:
            place.attrib.pop(name, "")
        if local_name(element) == "section":
            place.set("aria-label", title)
    return tree, place


def _bare(element: etree._Element) -> etree._Element:
    """Return an element like another, with nothing in it."""
    names = {prefix: space for prefix, space in element.nsmap.items() if prefix is not None}
    bare = etree.Element(element.tag, nsmap={None: element.nsmap[None], **names})  # type: ignore[dict-item]
    bare.attrib.update(element.attrib)
    return bare


def _move_rest(first: etree._Element, last: etree._Element) -> None:
    """Move what stands behind a chapter, but not its notes, to the last file."""
    page, end = first[-1], last[-1]
    main = next(i for i, e in enumerate(page) if find_body(e) is not None)
    for element in list(page)[main + 1 :]:
        if element.get("class") != "notes":
            end.append(element)


def _deal_out_notes(trees: Sequence[etree._Element]) -> None:
    """Move each note to the end of the file that calls it."""
    section = next((s for s in trees[0].iter(f"{XHTML}section") if s.get("class") == "notes"), None)
    if section is None:
        return
    notes = {f"#{note.get('id')}": note for note in section if isinstance(note.tag, str)}
    homes: list[list[etree._Element]] = [[] for _ in trees]
    left = dict(notes)
    for home, tree in zip(homes, trees, strict=True):
        body = find_body(tree)
        called = _called(body, left) if body is not None else []
        for note in called:
            home.append(note)
            called += _called(note, left)
    homes[-1] += left.values()
    for tree, home in zip(trees, homes, strict=True):
        if home:
            place = _bare(section)
            place.extend(home)
            tree[-1].append(place)
    parent = section.getparent()
    assert parent is not None
    parent.remove(section)


def _called(element: etree._Element, left: dict[str, etree._Element]) -> list[etree._Element]:
    """Return the notes that are called in an element, and take them from those left."""
    targets = [str(link.get("href")) for link in element.iter(f"{XHTML}a")]
    return [left.pop(target) for target in targets if target in left]
