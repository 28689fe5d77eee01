"""A filled page → the same as a device wants it: nothing flexible, nothing to scroll, 多看's notes.

Each rule and where it comes from: docs/devices.md.
"""

from __future__ import annotations

import io
import re

from lxml import etree
from PIL import Image, ImageDraw

from kexue_book.cover import CoverFont
from kexue_book.epub.devices import DeviceProfile
from kexue_book.epub.drawings import NARROW
from kexue_book.epub.xhtml import EPUB, SVG, XHTML
from kexue_book.layout import Labels

NOTE_MARK = "images/note-mark.png"
"""The picture that calls a note on 多看: without a picture in it a call is a link like others."""
_MARK = 96
"""px: its side."""


def adapt_page(root: etree._Element, profile: DeviceProfile, labels: Labels) -> None:
    """Change a page in place."""
    if not profile.flex:
        for box in list(root.iter(f"{XHTML}div")):
            if box.get("class") == "display equation":
                _make_table(box)
    if not profile.scrolls:
        for shape in root.iter(f"{XHTML}img", f"{SVG}svg"):
            _let_shrink(shape)
        for box in root.iter(f"{XHTML}div", f"{XHTML}span"):
            box.attrib.pop("tabindex", "")
    if profile.duokan_notes:
        for call in root.iter(f"{XHTML}a"):
            if "noteref" in call.get("class", "").split():
                _mark_call(call, labels)
        for notes in root.iter(f"{XHTML}section"):
            if notes.get("class") == "notes":
                _list_notes(notes)


def note_mark(label: str) -> bytes:
    """Return the picture that calls a note, as PNG: a character in a ring."""
    image = Image.new("L", (_MARK, _MARK), 255)
    draw = ImageDraw.Draw(image)
    draw.ellipse((3, 3, _MARK - 4, _MARK - 4), outline=70, width=6)
    font = CoverFont.find(bold=True).at(58)
    draw.text((_MARK / 2, _MARK / 2), label[:1], font=font, fill=40, anchor="mm")
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _make_table(box: etree._Element) -> None:
    """Make the boxes of a numbered equation the cells of a table, as old layouts can."""
    anchors = [child for child in box if child.tag == f"{XHTML}span"]
    cells = [child for child in box if child.tag == f"{XHTML}div"]
    table = etree.Element(f"{XHTML}table", {"class": "equation-table", "role": "presentation"})
    row = etree.SubElement(etree.SubElement(table, f"{XHTML}tbody"), f"{XHTML}tr")
    if _width(cells[0]) <= NARROW:  # it stands in the middle of the page, number or not
        cells[0].set("class", "equation-body narrow")
    for cell in cells:
        box.remove(cell)
        cell.tag = f"{XHTML}td"
        row.append(cell)
        for room in [child for child in cell if child.get("class") == "room"]:
            _fix_room(room)
    for place, anchor in enumerate(anchors):
        box.insert(place, anchor)
    box.append(table)
    box.set("class", "display")


def _width(cell: etree._Element) -> float:
    """Return the width that the shape in a cell asks for, in em; none is no width."""
    widths = (re.search(r"\bwidth:([\d.]+)em", shape.get("style", "")) for shape in cell)
    return max((float(found[1]) for found in widths if found), default=0.0)


def _fix_room(room: etree._Element) -> None:
    """Make room that grows room of a height: known, since formulas are drawn here."""
    shares = int(room.get("style", "").removeprefix("flex-grow:") or 0)
    if shares > 1:
        room.set("style", f"display:block;height:{shares / 100:g}em")
        return
    parent = room.getparent()
    assert parent is not None
    parent.remove(room)


def _let_shrink(shape: etree._Element) -> None:
    """Take away how small a display may become at least: it cannot be scrolled."""
    style = shape.get("style", "")
    kept = [rule for rule in style.split(";") if not rule.startswith("min-width:")]
    if style:
        shape.set("style", ";".join(kept))


def _mark_call(call: etree._Element, labels: Labels) -> None:
    number = call.text or ""
    call.set("class", "noteref duokan-footnote")
    call.text = None
    for child in list(call):
        call.remove(child)
    mark = {"class": "note-mark", "src": NOTE_MARK, "alt": f"{labels.note}{number}"}
    etree.SubElement(call, f"{XHTML}img", mark)


def _list_notes(notes: etree._Element) -> None:
    """Make the asides of a chapter the items of one list."""
    asides = [child for child in notes if child.tag == f"{XHTML}aside"]
    around = etree.SubElement(notes, f"{XHTML}aside", {f"{EPUB}type": "footnotes"})
    items = etree.SubElement(around, f"{XHTML}ol", {"class": "duokan-footnote-content"})
    for aside in asides:
        notes.remove(aside)
        aside.tag = f"{XHTML}li"
        aside.set("class", "duokan-footnote-item")
        aside.attrib.pop("role", "")
        items.append(aside)
