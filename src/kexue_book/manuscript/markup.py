"""pandoc's syntax tree → HTML, formulas and soft line breaks still as single characters.

A writer of our own, since pandoc's can neither keep footnotes out of the text nor leave line
breaks open. What it returns may hold a post's raw HTML, unbalanced and hostile: ``sanitise.py``
comes next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from kexue_book.manuscript.code import highlight
from kexue_book.manuscript.inline_markup import InlineWriter
from kexue_book.manuscript.known_notes import KnownNotes
from kexue_book.manuscript.pandoc import Block

ALERTS = {
    "note": "注",
    "tip": "提示",
    "important": "重要",
    "warning": "警告",
    "caution": "当心",
}
_ALIGNMENTS = {"AlignLeft": "left", "AlignRight": "right", "AlignCenter": "center"}


class MarkupWriter(InlineWriter):
    """Writes the blocks of one post."""

    def __init__(self, restore: Callable[[str], str], known: KnownNotes | None = None) -> None:
        """See :class:`InlineWriter`."""
        super().__init__(restore, known)
        self.empty_code_blocks = 0

    def blocks(self, blocks: Iterable[Block]) -> str:
        """Return the HTML of some blocks."""
        return "".join(self._block(block) for block in blocks)

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
