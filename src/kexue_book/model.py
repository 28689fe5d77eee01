"""The values that flow from room to room: frozen, without behaviour beyond small look-ups.

    Post ─▶ Book(Part(Chapter)) ─▶ Manuscript ─▶ the writers

Lengths of formulas are in em of the surrounding text; everything else says its unit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

CategoryPath = tuple[str, ...]
"""A category with its ancestors, outermost first: ``("数学", "概率论")``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One Markdown file, its front matter understood and its body untouched."""

    slug: str
    """Stable ASCII name made from the file name, unique in the library: ``2023-03-07-9512``."""
    title: str
    """May hold inline Markdown and formulas; never empty."""
    date: dt.datetime | None
    """When it was published; naive, the author's wall clock."""
    updated: dt.datetime | None
    categories: tuple[CategoryPath, ...]
    tags: tuple[str, ...]
    author: str | None
    url: str | None
    """Where the post lives on the web."""
    site_id: str | None
    """The number the site gives it, as in ``/archives/9512``."""
    aliases: tuple[str, ...] = ()
    """Other paths or addresses under which the post is linked (permalink, slug, Hugo aliases)."""
    rights: str | None = None
    """The licence its front matter states."""
    summary: str | None = None
    draft: bool = False
    """``draft: true``, ``published: false``: left out unless the selection asks for drafts."""
    body: str
    """Markdown after the front matter, newlines as ``\\n``, no BOM."""
    path: Path
    """The file, as reached from the posts folder the user named."""
    body_line: int
    """1-based line of the file on which ``body`` begins."""


class Order(StrEnum):
    """In which order the chapters stand."""

    DATE = "date"
    DATE_DESC = "date-desc"
    TITLE = "title"
    FILE = "file"


class Grouping(StrEnum):
    """What the parts of the book are."""

    NONE = "none"
    YEAR = "year"
    MONTH = "month"
    CATEGORY = "category"
    TAG = "tag"


class EpubMath(StrEnum):
    """How the EPUB shows formulas."""

    MATHML = "mathml"
    SVG = "svg"
    PNG = "png"


class PdfVariant(StrEnum):
    """A standard that a PDF keeps."""

    UA_1 = "pdf/ua-1"
    A_2A = "pdf/a-2a"


class EquationNumbers(StrEnum):
    """What the number of an equation looks like."""

    PLAIN = "plain"
    """(1), from the start again in each chapter, as on the site."""
    CHAPTER = "chapter"
    """(3.1), with the chapter's number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which posts: every condition given must hold; within one condition any value does."""

    categories: tuple[str, ...] = ()
    """A name at any level of a post's category paths, or a path ``数学>概率论``."""
    tags: tuple[str, ...] = ()
    since: dt.date | None = None
    """First day, included."""
    until: dt.date | None = None
    """Last day, included."""
    titles: tuple[str, ...] = ()
    """Texts of which a title must contain one, case-insensitively."""
    excludes: tuple[str, ...] = ()
    """Texts none of which a title may contain."""
    limit: int | None = None
    """At most so many posts: the first ones in the book's order."""
    drafts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BookMeta:
    """What the cover, the colophon and the files' metadata say; never the clock."""

    title: str
    subtitle: str | None
    authors: tuple[str, ...]
    language: str
    """BCP 47, ``zh-CN``."""
    identifier: str
    """``urn:uuid:…``, the same for the same selection."""
    modified: dt.datetime
    """Newest date of any post, in UTC."""
    rights: str | None
    source: str | None
    """The site's address, when all posts come from one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A post with its place in the book."""

    number: int
    """1-based, through the whole book."""
    anchor: str
    """Id of the chapter and stem of its file: an XML name in ASCII, ``p-2023-03-07-9512``."""
    post: Post


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some chapters under a common title; a book without parts has one part with no title."""

    title: str | None
    number: int
    """1-based."""
    anchor: str
    """``part-1``."""
    chapters: tuple[Chapter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The outline: metadata and chapters in order."""

    meta: BookMeta
    parts: tuple[Part, ...]

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """All chapters in reading order."""
        return tuple(chapter for part in self.parts for chapter in part.chapters)

    @property
    def dates(self) -> tuple[dt.datetime, ...]:
        """When its posts were published, in reading order."""
        return tuple(c.post.date for c in self.chapters if c.post.date is not None)

    @property
    def has_parts(self) -> bool:
        """Whether the parts have titles, and so pages of their own."""
        return any(part.title is not None for part in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulaKey:
    """All that a formula's rendering depends on: one key is typeset once, and cached."""

    tex: str
    """LaTeX between the delimiters, or a whole environment; ``\\label`` removed, and every row
    that carries a number marked with ``\\tag{…}`` by a constant placeholder."""
    display: bool
    preamble: str = ""
    """The macro definitions of the post that ``tex`` uses, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EquationNumber:
    """The number of one row of a display."""

    text: str
    """Without the parentheses around it: ``3``, ``3.1``, ``*``."""
    anchor: str
    """Id that links to this equation lead to, unique in the book."""
    bare: bool = False
    """``\\tag*``: shown without parentheses."""

    @property
    def shown(self) -> str:
        """As it stands beside the equation: ``(3)``."""
        return self.text if self.bare else f"({self.text})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """One occurrence of a formula in a post."""

    source: str
    """As it stands in the post, without delimiters: the alternative text."""
    key: FormulaKey
    line: int
    """1-based line in the file."""
    numbers: tuple[EquationNumber, ...] = ()
    """One for each numbered row, from top to bottom."""
    anchors: tuple[str, ...] = ()
    """Ids of labels in rows that show no number."""

    @property
    def display(self) -> bool:
        """Whether it stands on lines of its own."""
        return self.key.display


@dataclass(frozen=True, slots=True, kw_only=True)
class Typeset:
    """What the math engine makes of a :class:`FormulaKey`. Picklable."""

    mathml: str
    """A ``<math>`` element in the MathML namespace, without numbers; empty when it failed."""
    width: float
    """em."""
    height: float
    """em above the baseline."""
    depth: float
    """em below the baseline, positive downwards."""
    operators: str
    """Display list as JSON: see formulas/display_list.py. Units 1/1000 em, y upwards."""
    tag_rows: tuple[float, ...] = ()
    """For each numbered row its baseline, em upwards from the formula's own."""
    lines: str = ""
    """Where it may be broken, as JSON: see formulas/display_list.py; empty when nowhere."""
    error: str | None = None
    """What the engine said, when it could not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyph:
    """One glyph of the math font."""

    path: str
    """Outline as the ``d`` of an SVG path, 1000 units an em, y upwards; empty for a space."""
    advance: float
    """Thousandths of an em."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typesetting:
    """All the formulas of a book, typeset, and the glyphs their display lists name."""

    formulas: Mapping[FormulaKey, Typeset]
    glyphs: Mapping[str, Glyph]
    is_lasting: bool = True
    """Whether they would come out the same another time: no limit of time or memory was met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading inside a chapter."""

    anchor: str
    level: int
    """2 for the post's top sections, then deeper; 1 is the chapter's own title."""
    text: str
    """Plain text, formulas as readable text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """An image that the book carries."""

    name: str
    """File name in the book, ASCII, unique, from the content: ``img-3f2a9c….png``."""
    path: Path
    """The file to copy."""
    media_type: str
    width: int | None
    """px."""
    height: int | None
    """px."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Footnote:
    """A note, kept out of the text until a writer decides where notes stand."""

    anchor: str
    number: int
    """Counts from 1 in each chapter."""
    body: str
    """XHTML, as in :class:`Manuscript`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manuscript:
    """A chapter's clean text, the same for every writer.

    ``body`` and ``title`` are well-formed XHTML fragments without namespace prefixes:

    - a formula is ``<span class="formula" data-n="3"/>``, a numbered or unnumbered display
      ``<div class="display" data-n="3"/>``, ``data-n`` being its index in ``formulas``;
    - a footnote's call is ``<a class="noteref" id="…" href="#FOOTNOTE-ANCHOR">1</a>``;
    - an image of the book is ``<img src="asset:NAME" …/>``;
    - a link into the book is ``href="#ANCHOR"``, ids being unique in the whole book.
    """

    chapter: Chapter
    title: str
    """Inline XHTML of the chapter's title."""
    plain_title: str
    body: str
    headings: tuple[Heading, ...]
    formulas: tuple[Formula, ...]
    footnotes: tuple[Footnote, ...]
    assets: tuple[Asset, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildSummary:
    """What a build made, for the summary on the screen and for ``--json``."""

    files: tuple[Path, ...]
    chapters: int
    pages: int | None
    """Of the PDF, when one was made."""
    formulas: int
    distinct_formulas: int
    warnings: int
    seconds: float
    sizes: tuple[int, ...] = field(default=())
    """Bytes of each file."""
    up_to_date: bool = False
    """Whether the files were as this build would have made them, and were left alone."""
