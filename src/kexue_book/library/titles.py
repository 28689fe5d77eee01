"""Front matter, body or file name → the post's title, and the body without its own title.

A heading that is taken for the title is blanked out, not cut: the lines of the body keep their
numbers, and the chapter does not say its title twice.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from kexue_book.library.slugs import named_parts

_ATX = re.compile(r"^ {0,3}(?P<level>#{1,6})(?P<text>[ \t].*|)$")
_CLOSING = re.compile(r"[ \t]#+$")
_UNDERLINE = re.compile(r"^ {0,3}=+[ \t]*$")
_NO_SETEXT = re.compile(r"^(?: {4}|\t| {0,3}(?:[>#|]|[-+*][ \t]|\d+[.)][ \t]))")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_ATTRIBUTES = re.compile(r"\{[#.][^{}]*\}$")
_DATE = re.compile(r"^\d{4}-\d{1,2}-\d{1,2}(?:[-_. ]+|$)")
_UNTITLED = "无题"


@dataclass(frozen=True, slots=True)
class _Heading:
    level: int
    text: str
    first: int
    """Line in the body, from 0."""
    after: int


def find_title(stated: str | None, body: str, path: PurePath) -> tuple[str, str]:
    """Return the title and the body without it.

    Args:
        stated: the title in the front matter.
        body: the post's text.
        path: the file, from the posts' folder: without title and heading, its name is the title.
    """
    lines = body.split("\n")
    heading = _title_heading(lines, stated)
    if heading is None:
        return stated or _name(path), body
    lines[heading.first : heading.after] = [""] * (heading.after - heading.first)
    return stated or heading.text, "\n".join(lines)


def _title_heading(lines: Sequence[str], stated: str | None) -> _Heading | None:
    """Return the first heading, if it says what ``stated`` says or, without that, is the title."""
    headings = _headings(lines)
    first = next(headings, None)
    if first is None or first.level != 1 or not first.text:
        return None
    opens = not any(line.strip() for line in lines[: first.first])
    if stated is not None:
        return first if opens and _fold(first.text) == _fold(stated) else None
    # Below other text it is the title only when it is the one heading of its rank.
    return first if opens or all(later.level > 1 for later in headings) else None


def _headings(lines: Sequence[str]) -> Iterator[_Heading]:
    """Yield the headings, passing over fenced code."""
    fence = ""
    for number, line in enumerate(lines):
        marks = _FENCE.match(line)
        if fence:
            if marks and marks[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif marks:
            fence = marks[1]
        elif found := _ATX.match(line):
            text = _CLOSING.sub("", found["text"].rstrip())
            yield _Heading(len(found["level"]), _plain(text), number, number + 1)
        elif _is_underlined(lines, number):
            yield _Heading(1, _plain(line), number, number + 2)


def _plain(text: str) -> str:
    """Leave out the attributes of a heading, ``{#name}``."""
    return _ATTRIBUTES.sub("", text.strip()).rstrip()


def _is_underlined(lines: Sequence[str], number: int) -> bool:
    """Whether the line is a paragraph of its own with ``===`` below."""
    return bool(
        number + 1 < len(lines)
        and lines[number].strip()
        and _UNDERLINE.match(lines[number + 1])
        and not _NO_SETEXT.match(lines[number])
        and (number == 0 or not lines[number - 1].strip())
    )


def _name(path: PurePath) -> str:
    """Return the file's name as a title: no date, no hyphens."""
    name = named_parts(path)[-1]
    plain = " ".join(re.sub(r"[-_]+", " ", _DATE.sub("", name)).split())
    # A name need not be Unicode, a title must be.
    return (plain or name).encode("utf-8", "replace").decode() or _UNTITLED


def _fold(text: str) -> str:
    """Return what two spellings of one title share: no spaces, emphasis or case."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\s*_`]+", "", folded)
