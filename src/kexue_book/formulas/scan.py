r"""A post's Markdown → the same text with one private character for every formula.

Formulas are found before pandoc sees the text, since its rules for dollars misread real
Chinese posts: ``取$n$2次，$x$`` makes it take the prose between for a formula. One pass over the
tokens of the text (``lexer.py``) asks of each that could open a formula where it would close
(``pairs.py``) and whether it then reads as one (``prose.py``); whatever opens nothing stays text.
"""

from __future__ import annotations

import re
from pathlib import Path

from kexue_book.errors import Diagnostic, Severity
from kexue_book.formulas.cleaning import clean_tex
from kexue_book.formulas.code_regions import CONTAINERS, find_regions
from kexue_book.formulas.delimiters import Finder
from kexue_book.formulas.items import (
    FIRST_PLACEHOLDER,
    MAX_ITEMS,
    Definition,
    Found,
    FoundFormula,
    FoundReference,
    Literal,
    ScannedText,
)
from kexue_book.formulas.lexer import Token, read_tokens
from kexue_book.formulas.macros import read_macro
from kexue_book.formulas.pairs import Pairs

_PRIVATE = re.compile("[\U000f0000-\U0010ffff]")
_REFERENCE = re.compile(r"\\{1,2}(eqref|ref) *\{([^{}\n]*)\}")
_BLANK_REST = re.compile(r"[ \t]*(?=[\n\\$%]|\Z)")
_INLINE_MARKS = 2
"""So many ``$$…$$`` in running text, and no ``$…$``, make a post one of kramdown's."""


def scan_formulas(body: str, *, first_line: int = 1, path: Path | None = None) -> ScannedText:
    r"""Find every formula, reference and macro definition in ``body``.

    Args:
        body: Markdown with ``\n`` line ends.
        first_line: line of the file on which ``body`` begins.
        path: for diagnostics.
    """
    return _Scanner(body, first_line, path).scan()


class _Scanner:
    """One pass over one text."""

    def __init__(self, body: str, first_line: int, path: Path | None) -> None:
        regions = find_regions(body)
        self._body = body
        self._path = path
        self._tokens = read_tokens(body, regions)
        self._pairs = Pairs(body, self._tokens, regions)
        self._finder = Finder(body, self._tokens, self._pairs, regions)
        self._items: list[Found] = []
        self._parts: list[str] = []
        self._diagnostics: list[Diagnostic] = []
        self._line = first_line
        self._lines = [first_line]
        self._taken = 0
        self._embedded: list[int] = []
        """Numbers of the ``$$…$$`` that stand in running text."""
        self._has_inline = False

    def scan(self) -> ScannedText:
        """Go through the text once."""
        position = 0
        for token in self._tokens:
            if token.start >= position:
                position = max(position, self._handle(token))
        self._copy(len(self._body))
        self._settle_embedded()
        return ScannedText(
            text="".join(self._parts),
            items=tuple(self._items),
            lines=tuple(self._lines),
            diagnostics=tuple(self._diagnostics),
        )

    def _handle(self, token: Token) -> int:
        """Deal with what may begin here; return where to look on."""
        if len(self._items) >= MAX_ITEMS - 1:
            return token.end
        start, end = token.start, token.end
        if token.kind == "reference":
            return self._take_reference(token)
        if token.kind == "macro":
            return self._take_definition(start, end)
        if token.kind == "parenthesis":
            # `区间[0,1]($x$…)` is no link: pandoc must not see this parenthesis.
            return self._replace(start, end, Literal(raw="(", text="(", line=self._line_at(start)))
        if token.kind == "hexo" and self._finder.is_bare_tag(token):
            line = self._line_at(start)
            return self._replace(start, end, Literal(raw=self._body[start:end], text="", line=line))
        span = self._finder.find(token)
        if span is None:
            self._report_unclosed(token)
            return end
        if span.tex is None:
            return span.end
        return self._take_formula(start, span.end, span.tex, span.display)

    def _take_formula(self, start: int, end: int, tex: str, display: bool) -> int:
        raw, number = self._body[start:end], len(self._items)
        line_start = self._body.rfind("\n", 0, start) + 1
        depth = 0
        if "\n" in tex:
            marks = CONTAINERS.match(self._body, line_start)
            depth = marks[0].count(">") if marks else 0
        if not display:
            self._has_inline = True
        elif raw.startswith("$$") and "\n" not in raw and self._is_embedded(line_start, start, end):
            self._embedded.append(number)
        found = FoundFormula(
            raw=raw,
            tex=clean_tex(tex, quote_depth=depth),
            display=display,
            line=self._line_at(start),
        )
        return self._replace(start, end, found)

    def _is_embedded(self, line_start: int, start: int, end: int) -> bool:
        """Whether words stand before and after it on its line."""
        line_end = self._body.find("\n", end)
        after = self._body[end : line_end if line_end >= 0 else len(self._body)]
        marks = CONTAINERS.match(self._body, line_start)
        before = self._body[min(marks.end() if marks else line_start, start) : start]
        return bool(re.search(r"\w", before) and re.search(r"\w", after))

    def _settle_embedded(self) -> None:
        """Make ``$$…$$`` in running text inline in a post that has no other inline formulas.

        That is kramdown's notation. For MathJax, and so on 科学空间, ``$$`` is always a display.
        """
        if self._has_inline or len(self._embedded) < _INLINE_MARKS:
            return
        for number in self._embedded:
            item = self._items[number]
            assert isinstance(item, FoundFormula)
            self._items[number] = FoundFormula(
                raw=item.raw, tex=item.tex, display=False, line=item.line
            )

    def _take_reference(self, token: Token) -> int:
        raw = self._body[token.start : token.end]
        found = _REFERENCE.fullmatch(raw)
        assert found is not None
        reference = FoundReference(
            raw=raw,
            command=found[1],
            label=found[2].replace("\\_", "_").strip(),
            line=self._line_at(token.start),
        )
        return self._replace(token.start, token.end, reference)

    def _take_definition(self, start: int, end: int) -> int:
        """Take a macro definition that stands on lines of its own; in a sentence it is text."""
        before = self._body[max(self._taken, self._body.rfind("\n", 0, start) + 1) : start]
        marks = CONTAINERS.fullmatch(before)
        macro = read_macro(self._body, start, self._pairs.groups) if marks else None
        if macro is None or not _BLANK_REST.match(self._body, macro.end):
            return end
        raw = self._body[start : macro.end]
        return self._replace(start, macro.end, Definition(raw=raw, line=self._line_at(start)))

    def _replace(self, begin: int, end: int, item: Found) -> int:
        self._copy(begin)
        self._parts.append(chr(FIRST_PLACEHOLDER + len(self._items)))
        self._items.append(item)
        self._line += self._body.count("\n", begin, end)
        self._taken = end
        return end

    def _copy(self, end: int) -> None:
        """Move the text up to ``end`` over, noting on which line of the file each line begins."""
        while (private := _PRIVATE.search(self._body, self._taken, end)) is not None:
            # The post's own private characters must not pass for placeholders, code or not.
            self._copy_plain(private.start())
            last = len(self._items) == MAX_ITEMS - 1
            self._set_aside(len(self._body) if last else private.end())
            if last:
                return
        self._copy_plain(end)

    def _copy_plain(self, end: int) -> None:
        piece = self._body[self._taken : end]
        self._parts.append(piece)
        for _ in range(piece.count("\n")):
            self._line += 1
            self._lines.append(self._line)
        self._taken = max(self._taken, end)

    def _set_aside(self, end: int) -> None:
        text = self._body[self._taken : end]
        self._parts.append(chr(FIRST_PLACEHOLDER + len(self._items)))
        self._items.append(Literal(raw=text, text=text, line=self._line))
        self._line += text.count("\n")
        self._taken = end

    def _line_at(self, position: int) -> int:
        return self._line + self._body.count("\n", self._taken, position)

    def _report_unclosed(self, token: Token) -> None:
        opening = self._finder.unclosed(token)
        if opening is None:
            return
        line = self._line_at(token.start)
        if self._diagnostics and self._diagnostics[-1].line == line:
            return
        self._diagnostics.append(
            Diagnostic(
                code="unclosed-formula",
                severity=Severity.WARNING,
                message=f"the formula that begins with {opening!r} has no end",
                path=self._path,
                line=line,
                hint=r"close it, or write \$ for a dollar",
            )
        )
