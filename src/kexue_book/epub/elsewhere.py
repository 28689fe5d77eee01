"""Chapters of several volumes → the same with words where a link would lead to another volume."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from lxml import etree

from kexue_book.layout import Labels
from kexue_book.model import Book, Chapter, Manuscript

_ID = re.compile(r'\bid="([^"]+)"')
_PARSER = etree.XMLParser(resolve_entities=False, huge_tree=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where an anchor is."""

    volume: int
    """1-based."""
    chapter: Chapter
    title: str


def name_other_volumes(
    volumes: Sequence[Book], manuscripts: Mapping[str, Manuscript], labels: Labels
) -> list[list[Manuscript]]:
    """Return for each volume its manuscripts, in which no link leads out of it."""
    places: dict[str, _Place] = {}
    for number, volume in enumerate(volumes, 1):
        for chapter in volume.chapters:
            manuscript = manuscripts[chapter.anchor]
            place = _Place(volume=number, chapter=chapter, title=manuscript.plain_title)
            places.update(dict.fromkeys(_anchors(manuscript), place))
    chosen = []
    for number, volume in enumerate(volumes, 1):
        cutter = _Cutter(places, number, len(volumes), labels)
        chosen.append([cutter.cut(manuscripts[chapter.anchor]) for chapter in volume.chapters])
    return chosen


def _anchors(manuscript: Manuscript) -> Iterator[str]:
    yield manuscript.chapter.anchor
    yield from (heading.anchor for heading in manuscript.headings)
    text = manuscript.text()
    yield from _ID.findall(text.body)
    for note in text.footnotes:
        yield note.anchor
        yield from _ID.findall(note.body)
    for formula in text.formulas:
        yield from (number.anchor for number in formula.numbers)
        yield from formula.anchors


class _Cutter:
    """Cuts the links that lead out of one volume."""

    def __init__(
        self, places: Mapping[str, _Place], volume: int, volumes: int, labels: Labels
    ) -> None:
        self._places = places
        self._volume = volume
        self._volumes = volumes
        self._labels = labels

    def cut(self, manuscript: Manuscript) -> Manuscript:
        text = manuscript.text()
        notes = tuple(replace(note, body=self._text(note.body)) for note in text.footnotes)
        cut = replace(text, body=self._text(text.body), footnotes=notes)
        if cut == text:
            return manuscript
        return replace(manuscript, text=cut, fingerprint=b"")

    def _text(self, text: str) -> str:
        if 'href="#' not in text:
            return text
        root = etree.fromstring(f"<div>{text}</div>", _PARSER)
        cut = [self._replace(link) for link in list(root.iter("a"))]
        if not any(cut):
            return text
        whole: str = etree.tostring(root, encoding="unicode")
        return whole.removeprefix("<div>").removesuffix("</div>")

    def _replace(self, link: etree._Element) -> bool:
        """Make a link that leads out of the volume words; say whether it does."""
        href = link.get("href", "")
        place = self._places.get(href.removeprefix("#")) if href.startswith("#") else None
        if place is None or place.volume == self._volume:
            return False
        link.tag = "span"
        kept = link.get("id")
        link.attrib.clear()
        link.set("class", "other-volume")
        if kept is not None:
            link.set("id", kept)
        said = "".join(map(str, link.itertext()))
        words = self._labels.other_volume.format(
            volume=self._labels.volume(place.volume, self._volumes),
            chapter=self._labels.chapter(place.chapter.number),
            title="" if place.title in said else self._labels.quoted.format(title=place.title),
        )
        if len(link):
            link[-1].tail = (link[-1].tail or "") + words
        else:
            link.text = (link.text or "") + words
        return True
