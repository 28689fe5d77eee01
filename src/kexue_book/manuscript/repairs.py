"""Markdown as Chinese authors write it → Markdown that a CommonMark reader understands.

Two habits break CommonMark's rules, which were written for text with spaces between words
(the admonitions of MkDocs are the matter of ``admonitions.py``, bars in code that of
``tables.py``):

- ``**“粗体。”**后文``: a run of ``*`` between Chinese punctuation and a Chinese letter neither
  opens nor closes. A joiner, a letter that the text does not hold, is put on the punctuation's
  side and taken out of the result (the amendment of "CJK-friendly emphasis",
  https://github.com/tats-u/markdown-cjk-friendly).
- ``##标题``: a heading without the space.

Code is left alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from kexue_book.manuscript.admonitions import unfold_admonitions
from kexue_book.manuscript.tables import mend_tables

_JOINERS = tuple(map(chr, range(0x10600, 0x10737)))
"""Linear A: letters for every reader, and in hardly any post."""

_FENCE = re.compile(r"[ >]*+(?:(?:[-*+]|\d+[.)])[ >]*+)?(?P<fence>`{3,}|~{3,})(?P<info>[^\n]*)")
_HEADING = re.compile(r"^( {0,3}#{1,6})(?=[^\s#\\])(?=[^\x00-\x7f])(?!.*[^\s#]#+\s*$)")
_CODE_SPAN = re.compile(r"(?<![`\\])(`+)(?!`).*?(?<!`)\1(?!`)")
_STARS = re.compile(r"(?<!\\)(?<!\*)\*{1,3}(?!\*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """A text ready for pandoc."""

    text: str
    joiner: str
    """The letter to take out of pandoc's result; not in the original."""


def repair_markdown(text: str) -> Repaired:
    """Mend admonitions and tables, then headings and emphasis, line for line."""
    joiner = next((letter for letter in _JOINERS if letter not in text), "")
    unfolded = unfold_admonitions(list(lines_and_code(text.split("\n"))))
    mended = mend_tables(list(lines_and_code(unfolded)))
    lines = (line if code else _repair_line(line, joiner) for line, code in lines_and_code(mended))
    # Pandoc 3 takes a table's last row for a paragraph if no line end follows.
    return Repaired(text="\n".join(lines) + "\n", joiner=joiner)


def lines_and_code(lines: list[str]) -> Iterator[tuple[str, bool]]:
    """Yield each line with whether it belongs to a fenced code block."""
    fence = ""
    for line in lines:
        found = _FENCE.match(line)
        if fence:
            yield line, True
            closing = line.strip(" >")
            if closing.startswith(fence) and not closing.strip(fence[0]):
                fence = ""
        elif found and not (found["fence"][0] == "`" and "`" in found["info"]):
            fence = found["fence"]
            yield line, True
        else:
            yield line, False


def _repair_line(line: str, joiner: str) -> str:
    line = _HEADING.sub(r"\1 ", line)
    if "*" not in line:
        return line
    code = [span.span() for span in _CODE_SPAN.finditer(line)]

    def mend(stars: re.Match[str]) -> str:
        before = line[stars.start() - 1 : stars.start()]
        after = line[stars.end() : stars.end() + 1]
        if any(start <= stars.start() < end for start, end in code):
            return stars.group()
        if _is_mark(before) and _is_letter(after):
            return joiner + stars.group()
        if _is_letter(before) and _is_mark(after):
            return stars.group() + joiner
        return stars.group()

    return _STARS.sub(mend, line)


def _is_mark(character: str) -> bool:
    """Whether it is Chinese punctuation, or stands for a formula: a symbol to the reader."""
    if character == "":
        return False
    category = unicodedata.category(character)
    return category == "Co" or (
        category.startswith(("P", "S"))
        and (unicodedata.east_asian_width(character) in "WF" or character in "“”‘’—…·")
    )


def _is_letter(character: str) -> bool:
    return (
        character != ""
        and not character.isspace()
        and not unicodedata.category(character).startswith(("P", "S", "Co"))
    )
