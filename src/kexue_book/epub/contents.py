"""A book's parts, chapters and sections → the tree that nav and NCX show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ebooklib import epub

from kexue_book.epub.xhtml import clean_text
from kexue_book.layout import Layout
from kexue_book.model import Book, Manuscript

Address = Callable[[str], str | None]
"""Gives for an anchor the address of its place."""


@dataclass(slots=True, kw_only=True)
class Entry:
    """A line of the contents with those below it."""

    title: str
    href: str
    label: str = ""
    """``第 3 章``."""
    kind: str
    """``part``, ``chapter``, ``section`` or ``colophon``."""
    children: list[Entry] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Label and title as one line."""
        return f"{self.label} {self.title}".strip()


def contents_tree(
    book: Book,
    manuscripts: Sequence[Manuscript],
    layout: Layout,
    address: Address,
    *,
    depth: int,
) -> list[Entry]:
    """Return the contents in reading order; a chapter's title is of ``depth`` 1."""
    by_anchor = {manuscript.chapter.anchor: manuscript for manuscript in manuscripts}
    tree: list[Entry] = []
    for part in book.parts:
        chapters = [
            _chapter_entry(by_anchor[chapter.anchor], layout, address, depth)
            for chapter in part.chapters
        ]
        if part.title is None:
            tree += chapters
            continue
        tree.append(
            Entry(
                kind="part",
                label=layout.labels.part(part.number),
                title=clean_text(part.title),
                href=f"{part.anchor}.xhtml",
                children=chapters,
            )
        )
    tree.append(Entry(kind="colophon", title=layout.labels.colophon, href="colophon.xhtml"))
    return tree


def _chapter_entry(manuscript: Manuscript, layout: Layout, address: Address, depth: int) -> Entry:
    chapter = manuscript.chapter
    file = f"{chapter.anchor}.xhtml"
    entry = Entry(
        kind="chapter",
        label=layout.labels.chapter(chapter.number),
        title=clean_text(manuscript.plain_title),
        href=file,
    )
    open_entries = [(1, entry)]
    for heading in manuscript.headings:
        title = clean_text(heading.text).strip()
        place = address(heading.anchor)
        if heading.level > depth or not title or place is None:
            continue
        while open_entries[-1][0] >= max(heading.level, 2):
            open_entries.pop()
        section = Entry(kind="section", title=title, href=place)
        open_entries[-1][1].children.append(section)
        open_entries.append((heading.level, section))
    return entry


def ncx_entries(tree: Sequence[Entry], prefix: str = "ncx") -> list[Any]:
    """Return ebooklib's form of the tree: links, and pairs of section and children."""
    entries: list[Any] = []
    for number, entry in enumerate(tree, 1):
        uid = f"{prefix}-{number}"
        if entry.children:
            section = epub.Section(entry.text, href=entry.href)
            entries.append((section, ncx_entries(entry.children, uid)))
        else:
            entries.append(epub.Link(entry.href, entry.text, uid))
    return entries
