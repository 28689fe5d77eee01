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
from reading import PHONE, SCREENS, Screen, browser, reading

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
    pushed: list[tuple[int, str, dict[str, Any]]] = []
    with reading(chromium, epub, screen) as reader:
        for index, section in enumerate(reader.book["sections"]):
            reader.go_to(index)
            for found in reader.ask("overflow"):
                if found["kind"] == "cut":
                    yield f"{screen.name}: {_line(section, found)}"
                else:
                    pushed.append((found["excess"], section, found))
        pushed.sort(key=lambda it: -it[0])
        print(f"  {screen.name}: {len(pushed)} places wider than the page that can be pushed")
        for _, section, found in pushed[:_SHOWN]:
            print(f"      {_line(section, found)}")
        folder.mkdir(parents=True, exist_ok=True)
        for number, (_, section, found) in enumerate(pushed[:_PICTURES]):
            reader.go_to(f"{section}#{found['id']}" if found["id"] else section)
            path = folder / f"{epub.stem}-{screen.name}-{number}.png"
            reader.page.screenshot(path=path)
        yield from (f"{screen.name}: {fault}" for fault in reader.faults)


def _line(section: str, found: dict[str, Any]) -> str:
    name = ".".join([found["element"], *found["names"].split()])
    return f"{section} #{found['id']} {name} +{found['excess']} px: {found['text'][:100]}"
