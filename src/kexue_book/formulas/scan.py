r"""A post's Markdown → the same text with one private character for every formula.

Formulas are found before pandoc sees the text, since its rules for dollars misread real
Chinese posts: ``取$n$2次，$x$`` makes it take the prose between for a formula. One pass from
left to right looks at every place where something could begin: code is stepped over, a formula
whose end is found is taken out, and whatever begins nothing stays text.
"""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

from kexue_book.errors import Diagnostic, Severity
from kexue_book.formulas.code_regions import CodeRegions
from kexue_book.formulas.delimiters import Span, find_environment, find_inline, find_math
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
from kexue_book.formulas.macros import read_macro

_START = re.compile(
    r"""
      (?P<escape>\\[$`]) | (?P<ticks>`+) | (?P<comment><!--)
    | (?P<verbatim><(?:script|style|pre|code|textarea)\b)
    | (?P<tag></?[A-Za-z][A-Za-z0-9-]*
        (?:\s+[A-Za-z_:@][\w:.-]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)*\s*/?>)
    | (?P<autolink><[A-Za-z][A-Za-z0-9+.-]*:[^\s<>]*>)
    | (?P<target>\]\((?:<[^<>\n]*>|[^\s()]*(?:\([^\s()]*\)[^\s()]*)*))
    | (?P<dollars>\$\$?)
    | (?P<bracket>\\\\?[(\[])
    | (?P<environment>\\begin\{)
    | (?P<reference>\\(?P<command>eqref|ref)\s*\{(?P<label>[^{}\n]*)\})
    | (?P<macro>\\(?:(?:re)?newcommand|providecommand|DeclareMathOperator|def(?![a-zA-Z])))
    | (?P<hexo>\{%\s*(?P<name>(?:end)?raw|math|mathjax)\s*%\})
    """,
    re.VERBOSE,
)
_PRIVATE = re.compile("[\U000f0000-\U0010ffff]")
_QUOTE = re.compile(r"[ \t]{0,3}(?:>[ \t]?)+")


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
        self._body = body
        self._path = path
        self._code = CodeRegions(body)
        self._items: list[Found] = []
        self._parts: list[str] = []
        self._diagnostics: list[Diagnostic] = []
        self._line = first_line
        self._lines = [first_line]
        self._taken = 0

    def scan(self) -> ScannedText:
        """Go through the text once."""
        position = 0
        while (start := _START.search(self._body, position)) is not None:
            end = self._code.block_end(start.start())
            if end is None:
                end = self._handle(start)
            position = max(end, start.start() + 1)
        self._copy(len(self._body))
        return ScannedText(
            text="".join(self._parts),
            items=tuple(self._items),
            lines=tuple(self._lines),
            diagnostics=tuple(self._diagnostics),
        )

    def _handle(self, start: re.Match[str]) -> int:
        """Deal with what may begin here; return where to look on."""
        kind = str(start.lastgroup)
        for name in ("reference", "hexo"):
            if start[name] is not None:
                kind = name
        if kind == "ticks":
            return self._code.span_end(start.start()) or start.end()
        if kind == "comment":
            return self._after("-->", start)
        if kind == "verbatim":
            return self._after(f"</{start[0][1:]}>", start)
        if kind in ("escape", "tag", "autolink", "target"):
            return start.end()
        return self._take(kind, start)

    def _after(self, closing: str, start: re.Match[str]) -> int:
        """Return the end of what ``closing`` closes, or of its opening when nothing does."""
        found = re.compile(re.escape(closing), re.IGNORECASE).search(self._body, start.end())
        return found.end() if found else start.end()

    def _take(self, kind: str, start: re.Match[str]) -> int:
        begin = start.start()
        if len(self._items) >= MAX_ITEMS:
            return start.end()
        line = self._line_at(begin)
        if kind == "reference":
            reference = FoundReference(
                raw=start[0], command=start["command"], label=start["label"].strip(), line=line
            )
            return self._replace(begin, start.end(), reference)
        if kind == "macro":
            macro = read_macro(self._body, begin)
            if macro is None:
                return start.end()
            return self._replace(begin, macro.end, Definition(raw=self._body[begin : macro.end]))
        span = self._find(kind, start)
        if span is None:
            self._report_unclosed(kind, start, line)
            return start.end()
        if span.skipped:
            return span.end
        if kind == "hexo" and span.tex == "":
            return self._replace(begin, span.end, Literal(raw=start[0], text=""))
        raw = self._body[begin : span.end]
        tex = self._clean(span.tex, begin)
        return self._replace(
            begin, span.end, FoundFormula(raw=raw, tex=tex, display=span.display, line=line)
        )

    def _find(self, kind: str, start: re.Match[str]) -> Span | None:
        body, begin = self._body, start.start()
        if kind == "environment":
            return find_environment(body, begin)
        if kind == "hexo":
            name = start["name"]
            if name.endswith("raw"):
                return Span(tex="", end=start.end(), display=False)
            return find_math(body, start.end(), re.compile(rf"\{{%\s*end{name}\s*%\}}"), True)
        if start[0] == "$":
            return find_inline(body, begin, self._code.paragraph_end(begin))
        if start[0] == "$$":
            return find_math(body, start.end(), re.compile(r"\$\$"), True)
        closing = re.escape(start[0].replace("(", ")").replace("[", "]"))
        limit = self._code.paragraph_end(begin) if "(" in start[0] else len(body)
        span = find_math(body[:limit], start.end(), re.compile(closing), "[" in start[0])
        # `\[1\]` and `\(注\)` are escaped brackets: only what looks like TeX is a formula.
        return span if span is not None and re.search(r"\\[a-zA-Z]|[\^_=]", span.tex) else None

    def _clean(self, tex: str, begin: int) -> str:
        """Undo what Markdown and HTML ask of a formula: quote marks, entities, escapes."""
        if "\n" in tex:
            quote = _QUOTE.match(self._body, self._body.rfind("\n", 0, begin) + 1)
            if quote is not None:
                first, *rest = tex.split("\n")
                tex = "\n".join([first, *(_QUOTE.sub("", line, count=1) for line in rest)])
        if "&" in tex and re.search(r"&(?:lt|gt|amp|quot|nbsp|#\d+);", tex):
            tex = unescape(tex)
        if "\\\\\\\\" in tex and not re.search(r"(?<!\\)\\\\(?!\\)", tex):
            tex = tex.replace("\\\\\\\\", "\\\\")  # Hexo: Markdown would have halved them
        return tex.replace("\\_{", "_{").replace("\\*", "*").strip()

    def _replace(self, begin: int, end: int, item: Found) -> int:
        self._copy(begin)
        self._parts.append(chr(FIRST_PLACEHOLDER + len(self._items)))
        self._items.append(item)
        self._line += self._body.count("\n", begin, end)
        self._taken = end
        return end

    def _copy(self, end: int) -> None:
        """Move the text up to ``end`` over, noting on which line of the file each line begins."""
        piece = self._body[self._taken : end]
        # The post's own private characters must not pass for placeholders, code or not.
        self._parts.append(_PRIVATE.sub(self._set_aside, piece))
        for _ in range(piece.count("\n")):
            self._line += 1
            self._lines.append(self._line)
        self._taken = end

    def _set_aside(self, character: re.Match[str]) -> str:
        self._items.append(Literal(raw=character[0], text=character[0]))
        return chr(FIRST_PLACEHOLDER + len(self._items) - 1)

    def _line_at(self, position: int) -> int:
        return self._line + self._body.count("\n", self._taken, position)

    def _report_unclosed(self, kind: str, start: re.Match[str], line: int) -> None:
        following = self._body[start.end() : start.end() + 80].split("\n\n")[0]
        if kind == "dollars" and not re.search(r"\\[a-zA-Z]|[\^_]\{", following):
            return
        if kind == "bracket":
            return
        if kind == "environment" and find_environment(self._body, start.start(), known=False):
            return
        self._diagnostics.append(
            Diagnostic(
                code="unclosed-formula",
                severity=Severity.WARNING,
                message=f"the formula that begins with {start[0] + following[:30]!r} has no end",
                path=self._path,
                line=line,
                hint=r"close it, or write \$ for a dollar",
            )
        )
