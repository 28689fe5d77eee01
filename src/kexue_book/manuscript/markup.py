"""pandoc's syntax tree → HTML, formulas and soft line breaks still as single characters.

A writer of our own, since pandoc's can neither keep footnotes out of the text nor leave line
breaks open. What it returns may hold a post's raw HTML, unbalanced and hostile: ``sanitise.py``
comes next.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from kexue_book.manuscript.code import highlight
from kexue_book.manuscript.nested_notes import NestedNotes, calls_lost
from kexue_book.manuscript.pandoc import Block

SOFT_BREAK = "\U0010fffc"
"""A line break of the source; ``joins.py`` makes it a space or nothing."""

NOTE = 0x10F000
"""The call of the footnote ``n`` is ``chr(NOTE + n)``, n from 0."""
MAX_NOTES = 0xF00

ALERTS = {
    "note": "注",
    "tip": "提示",
    "important": "重要",
    "warning": "警告",
    "caution": "当心",
}
_ALIGNMENTS = {"AlignLeft": "left", "AlignRight": "right", "AlignCenter": "center"}
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


class MarkupWriter:
    """Writes the blocks of one post; ``notes`` and ``raw_html`` fill as it goes."""

    def __init__(self, restore: Callable[[str], str], nested: NestedNotes | None = None) -> None:
        """``restore`` puts back what stands for a formula, for places that keep source text.

        ``nested`` are the footnotes that are called in others.
        """
        self._restore = restore
        self._nested = nested or NestedNotes(())
        self.lost_notes = 0
        self.notes: list[str] = []
        self.raw_html: list[str] = []
        self.refused_links: list[str] = []
        self.empty_code_blocks = 0

    def blocks(self, blocks: Iterable[Block]) -> str:
        """Return the HTML of some blocks."""
        return "".join(self._block(block) for block in blocks)

    def inlines(self, inlines: Iterable[Block]) -> str:
        """Return the HTML of some inlines."""
        return "".join(self._inline(inline) for inline in inlines)

    # --- blocks

    def _block(self, block: Block) -> str:
        writer: Callable[[Any], str] = getattr(self, "_write_" + block["t"].lower())
        return writer(block.get("c"))

    def _write_para(self, content: list[Block]) -> str:
        return f"<p>{self.inlines(content)}</p>\n" if content else ""

    def _write_plain(self, content: list[Block]) -> str:
        return self.inlines(content)

    def _write_lineblock(self, lines: list[list[Block]]) -> str:
        return f"<p>{'<br>'.join(map(self.inlines, lines))}</p>\n"

    def _write_header(self, content: list[Any]) -> str:
        level, (anchor, _, _), inlines = content
        wanted = f' id="{escape(anchor)}"' if anchor else ""
        return f"<h{level}{wanted}>{self.inlines(inlines)}</h{level}>\n"

    def _write_codeblock(self, content: list[Any]) -> str:
        (_, classes, _), text = content
        if not text.strip():
            self.empty_code_blocks += 1
            return ""
        return highlight(self._restore(text), classes) + "\n"

    def _write_rawblock(self, content: list[str]) -> str:
        return self._raw(content) + "\n"

    def _write_blockquote(self, blocks: list[Block]) -> str:
        return f"<blockquote>{self.blocks(blocks)}</blockquote>\n"

    def _write_bulletlist(self, items: list[list[Block]]) -> str:
        entries = [self.blocks(item) for item in items]
        tasks = sum(entry.removeprefix("<p>").startswith(("☐ ", "☒ ")) for entry in entries)
        opening = '<ul class="task-list">' if tasks == len(entries) else "<ul>"
        return opening + "".join(f"<li>{entry}</li>\n" for entry in entries) + "</ul>\n"

    def _write_orderedlist(self, content: list[Any]) -> str:
        (start, style, _), items = content
        first = f' start="{start}"' if start != 1 else ""
        kind = {"LowerAlpha": "a", "UpperAlpha": "A", "LowerRoman": "i", "UpperRoman": "I"}
        numerals = f' type="{kind[style["t"]]}"' if style["t"] in kind else ""
        entries = "".join(f"<li>{self.blocks(item)}</li>\n" for item in items)
        return f"<ol{first}{numerals}>{entries}</ol>\n"

    def _write_definitionlist(self, items: list[Any]) -> str:
        entries = "".join(
            f"<dt>{self.inlines(term)}</dt>"
            + "".join(f"<dd>{self.blocks(definition)}</dd>" for definition in definitions)
            for term, definitions in items
        )
        return f"<dl>{entries}</dl>\n"

    def _write_horizontalrule(self, _: None) -> str:
        return "<hr>\n"

    def _write_div(self, content: list[Any]) -> str:
        (anchor, classes, _), blocks = content
        kind = next((name for name in classes if name in ALERTS), None)
        if kind is not None:
            return self._alert(kind, blocks)
        identifier = f' id="{escape(anchor)}"' if anchor else ""
        names = f' class="{escape(" ".join(classes))}"' if classes else ""
        return f"<div{identifier}{names}>{self.blocks(blocks)}</div>\n"

    def _alert(self, kind: str, blocks: list[Block]) -> str:
        title = ALERTS[kind]
        first = blocks[0] if blocks else None
        if first is not None and first["t"] == "Div" and first["c"][0][1] == ["title"]:
            words = self.inlines(first["c"][1][0]["c"]) if first["c"][1] else ""
            title = words if words and words.lower() != kind else title
            blocks = blocks[1:]
        return (
            f'<div class="alert {kind}"><p class="alert-title">{title}</p>'
            f"{self.blocks(blocks)}</div>\n"
        )

    def _write_figure(self, content: list[Any]) -> str:
        _, (_, caption), blocks = content
        text = self.blocks(caption)
        return f"<figure>{self.blocks(blocks)}<figcaption>{text}</figcaption></figure>\n"

    # --- tables

    def _write_table(self, content: list[Any]) -> str:
        _, (_, caption), columns, head, bodies, foot = content
        alignments = [column[0]["t"] for column in columns]
        parts = ["<table>"]
        if caption:
            parts.append(f"<caption>{self.blocks(caption)}</caption>")
        header = self._rows(head[1], alignments, "th")
        if any(cell[4] for row in head[1] for cell in row[1]):
            parts.append(f"<thead>{header}</thead>")
        for body in bodies:
            rows = self._rows(body[2], alignments, "th") + self._rows(body[3], alignments, "td")
            parts.append(f"<tbody>{rows}</tbody>")
        if foot[1]:
            parts.append(f"<tfoot>{self._rows(foot[1], alignments, 'td')}</tfoot>")
        return "".join(parts) + "</table>\n"

    def _rows(self, rows: list[Any], alignments: list[str], tag: str) -> str:
        return "".join(
            f"<tr>{''.join(self._cells(cells, alignments, tag))}</tr>" for _, cells in rows
        )

    def _cells(self, cells: list[Any], alignments: list[str], tag: str) -> Iterable[str]:
        for column, (_, own, height, width, blocks) in enumerate(cells):
            alignment = own["t"]
            if alignment == "AlignDefault" and column < len(alignments):
                alignment = alignments[column]
            name = _ALIGNMENTS.get(alignment)
            style = f' class="{name}"' if name else ""
            spans = (f' rowspan="{height}"' if height > 1 else "") + (
                f' colspan="{width}"' if width > 1 else ""
            )
            scope = ' scope="col"' if tag == "th" else ""
            yield f"<{tag}{scope}{style}{spans}>{self.blocks(blocks)}</{tag}>"

    # --- inlines

    def _inline(self, inline: Block) -> str:
        kind: str = inline["t"]
        content: Any = inline.get("c")
        if kind == "Str":
            return self._nested.expand(escape(content, quote=False), self._flat)
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
        number = len(self.notes)
        if number >= MAX_NOTES:
            return f"({self.blocks(blocks)})"
        self.notes.append("")
        self.lost_notes += calls_lost(blocks)
        with self._nested.inside(blocks):
            self.notes[number] = self.blocks(blocks)
        return chr(NOTE + number)

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
