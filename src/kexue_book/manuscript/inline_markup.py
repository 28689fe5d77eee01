"""pandoc's inlines → HTML; ``markup.py``, which writes blocks, builds on it.

Formulas and soft line breaks are single characters in it still, and so are the calls of footnotes.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from kexue_book.manuscript.known_notes import KnownNotes, calls_lost, note_key
from kexue_book.manuscript.pandoc import Block

SOFT_BREAK = "\U0010fffc"
"""A line break of the source; ``joins.py`` makes it a space or nothing."""

NOTE = 0x10F000
"""The call of the footnote ``n`` is ``chr(NOTE + n)``, n from 0."""
MAX_NOTES = 0xF00

_DRIVE = re.compile(r"^([A-Za-z]):[\\/]")
_REFUSED = re.compile(r"(?!https?:|mailto:)[a-zA-Z][a-zA-Z0-9+.-]*:")
_SIMPLE = {
    "Emph": "em",
    "Strong": "strong",
    "Strikeout": "del",
    "Superscript": "sup",
    "Subscript": "sub",
    "Underline": "u",
}


class InlineWriter(ABC):
    """Writes what stands in lines; ``notes`` and ``raw_html`` fill as it goes."""

    def __init__(self, restore: Callable[[str], str], known: KnownNotes | None = None) -> None:
        """``restore`` puts back what stands for a formula, for places that keep source text.

        ``known`` are the footnotes of the post.
        """
        self._restore = restore
        self._known = known or KnownNotes(())
        self.lost_notes = 0
        self.notes: list[str] = []
        self._numbers: dict[str, int] = {}
        self.raw_html: list[str] = []
        self.refused_links: list[str] = []

    @abstractmethod
    def blocks(self, blocks: Iterable[Block]) -> str:
        """Return the HTML of some blocks: footnotes consist of them."""

    def inlines(self, inlines: Iterable[Block]) -> str:
        """Return the HTML of some inlines."""
        return "".join(self._inline(inline) for inline in inlines)

    def _inline(self, inline: Block) -> str:
        kind: str = inline["t"]
        content: Any = inline.get("c")
        if kind == "Str":
            return self._known.expand(escape(content, quote=False), self._flat)
        if kind == "Space":
            return " "
        if kind == "SoftBreak":
            return SOFT_BREAK
        if kind in _SIMPLE:
            return f"<{_SIMPLE[kind]}>{self.inlines(content)}</{_SIMPLE[kind]}>"
        writer: Callable[[Any], str] = getattr(self, "_write_" + kind.lower())
        return writer(content)

    def _write_linebreak(self, _: None) -> str:
        return "<br>\n"

    def _write_code(self, content: list[Any]) -> str:
        return f"<code>{escape(self._restore(content[1]), quote=False)}</code>"

    def _write_rawinline(self, content: list[str]) -> str:
        return self._raw(content)

    def _write_link(self, content: list[Any]) -> str:
        _, inlines, (target, title) = content
        hint = f' title="{escape(self._restore(title))}"' if title else ""
        if _REFUSED.match(target):
            self.refused_links.append(target)
            return self.inlines(inlines)
        return f'<a href="{escape(self._restore(target))}"{hint}>{self.inlines(inlines)}</a>'

    def _write_image(self, content: list[Any]) -> str:
        (_, _, attributes), inlines, (target, title) = content
        alternative = _plain(inlines)
        size = "".join(
            f' {name}="{escape(value)}"'
            for name, value in attributes
            if name in ("width", "height")
        )
        hint = f' title="{escape(title)}"' if title else ""
        # A drive letter would be taken for a scheme, and dropped with the address.
        source = escape(_DRIVE.sub(r"\1%3A/", self._restore(target)))
        # An attribute cannot hold a note; figures.py brings its call to the caption.
        calls = "".join(self._write_note(part["c"]) for part in inlines if part["t"] == "Note")
        return f'<img src="{source}" alt="{escape(alternative)}"{hint}{size}>{calls}'

    def _write_note(self, blocks: list[Block]) -> str:
        # Called again it is the same note: pandoc has a copy of it for each call.
        number = self._numbers.setdefault(note_key(blocks), len(self.notes))
        if number < len(self.notes):
            return chr(NOTE + number)
        if number >= MAX_NOTES:
            return f"({self.blocks(blocks)})"
        self.notes.append("")
        self.lost_notes += calls_lost(blocks)
        with self._known.inside(blocks):
            self.notes[number] = self.blocks(blocks)
        return chr(NOTE + number)

    def uncalled_notes(self) -> dict[str, str]:
        """Return the HTML of the footnotes that are in nothing written so far, by label."""
        made = {}
        for label, blocks in self._known.uncalled():
            self.lost_notes += calls_lost(blocks)
            with self._known.inside(blocks):
                made[label] = self.blocks(blocks)
        return made

    def _flat(self, blocks: list[Block]) -> str:
        """Return a footnote for the inside of a paragraph, if it consists of paragraphs."""
        if any(block["t"] not in ("Para", "Plain") for block in blocks):
            return self.blocks(blocks)
        return SOFT_BREAK.join(self.inlines(block["c"]) for block in blocks)

    def _write_span(self, content: list[Any]) -> str:
        (anchor, classes, _), inlines = content
        identifier = f' id="{escape(anchor)}"' if anchor else ""
        names = f' class="{escape(" ".join(classes))}"' if classes else ""
        return f"<span{identifier}{names}>{self.inlines(inlines)}</span>"

    def _write_smallcaps(self, content: list[Block]) -> str:
        return f'<span class="small-caps">{self.inlines(content)}</span>'

    def _write_quoted(self, content: list[Any]) -> str:
        marks = "“”" if content[0]["t"] == "DoubleQuote" else "‘’"
        return f"{marks[0]}{self.inlines(content[1])}{marks[1]}"

    def _raw(self, content: list[str]) -> str:
        kind, text = content
        if kind not in ("html", "html4", "html5"):
            return f"<code>{escape(self._restore(text), quote=False)}</code>"
        self.raw_html.append(text)
        return text


def _plain(inlines: Iterable[Block]) -> str:
    """Return the text of some inlines."""
    parts: list[str] = []
    for inline in inlines:
        content: Any = inline.get("c")
        if inline["t"] == "Str":
            parts.append(content)
        elif inline["t"] in ("Space", "SoftBreak", "LineBreak"):
            parts.append(" ")
        elif inline["t"] == "Code":
            parts.append(content[1])
        elif inline["t"] in ("Link", "Image", "Span", "Quoted"):
            parts.append(_plain(content[1]))
        elif inline["t"] in _SIMPLE:
            parts.append(_plain(content))
    return "".join(parts)
