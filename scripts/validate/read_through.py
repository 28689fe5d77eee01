"""A book in foliate-js, from cover to colophon, on each kind of screen → what is wrong with it.

All text of the posts has to be shown, no script may fail, nothing may be fetched and nothing be
cut off at the edge of a page. What has to be pushed sideways to be seen is printed, but no fault:
readers do not break a wide formula. Pictures of the widest of it go to ``screens/``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import fidelity
from playwright.sync_api import Browser

from kexue_book.library import read_library
from kexue_book.model import Post
from reading import PHONE, SCREENS, Reader, Screen, browser, reading

_PICTURES = 6
_SHOWN = 15


def read_through(epub: Path, posts: Path, output: Path) -> Iterator[str]:
    """Yield a line for each fault."""
    named = {f"p-{post.slug}": post for post in read_library(posts).posts}
    with browser() as chromium:
        yield from _text_faults(chromium, epub, named)
        for screen in SCREENS:
            yield from _width_faults(chromium, epub, screen, output / "screens")


def _text_faults(chromium: Browser, epub: Path, posts: Mapping[str, Post]) -> Iterator[str]:
    with reading(chromium, epub, PHONE, pop_ups=False) as reader:
        book = reader.book
        texts = reader.texts(posts)
        yield from reader.faults
    seen = {anchor: Counter(fidelity.TEXT.findall(text)) for anchor, text in texts.items()}
    wanted = {anchor: fidelity.wanted(posts[anchor]) for anchor in seen}
    total = sum(characters.total() for characters in wanted.values())
    shown = sum((wanted[anchor] & seen[anchor]).total() for anchor in seen)
    print(
        f"  {len(book['sections'])} files, read in {book['parsed']:.1f} s, first page after "
        f"{book['shown']:.1f} s; {100 * shown / total:.3f} % of {total} characters shown"
    )
    for anchor in sorted(seen, key=lambda it: fidelity.share(wanted[it], seen[it])):
        missing = wanted[anchor] - seen[anchor]
        # Mark-up of other tools (???+ note) is no text, but not every kind can be told from it.
        if any("\u4e00" <= character <= "\u9fff" for character in missing):
            yield f"{anchor}: not shown: {dict(missing.most_common(20))}"


def _width_faults(chromium: Browser, epub: Path, screen: Screen, folder: Path) -> Iterator[str]:
    with reading(chromium, epub, screen) as reader:
        found = list(_too_wide(reader))
        pushed = sorted((it for it in found if it["kind"] == "scrolls"), key=_excess, reverse=True)
        print(f"  {screen.name}: {len(pushed)} places wider than the page that can be pushed")
        for place in pushed[:_SHOWN]:
            print(f"      {_line(place)}")
        cut = [it for it in found if it["kind"] == "cut"]
        for number, place in enumerate([*cut, *pushed][:_PICTURES]):
            path = folder / f"{epub.stem}-{screen.name}-{number}.png"
            _picture(reader, place, path)
        yield from (f"{screen.name}: {_line(place)}" for place in cut)
        yield from (f"{screen.name}: {fault}" for fault in reader.faults)


def _too_wide(reader: Reader) -> Iterator[dict[str, Any]]:
    for index, section in enumerate(reader.book["sections"]):
        reader.go_to(index)
        for number, found in enumerate(reader.ask("overflow")):
            yield {**found, "section": section, "number": number}


def _excess(place: dict[str, Any]) -> int:
    return int(place["excess"])


def _picture(reader: Reader, place: dict[str, Any], path: Path) -> None:
    """Take a picture of the page with ``place``."""
    reader.go_to(place["section"])
    reader.ask("overflow")
    reader.ask("showOverflow", place["number"])
    path.parent.mkdir(parents=True, exist_ok=True)
    reader.page.screenshot(path=path)


def _line(place: dict[str, Any]) -> str:
    name = ".".join([place["element"], *place["names"].split()])
    return f"{place['section']} #{place['id']} {name} +{place['excess']} px: {place['text'][:100]}"
