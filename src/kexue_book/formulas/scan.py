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
from kexue_book.formulas.assembly import Assembly
from kexue_book.formulas.cleaning import clean_tex
from kexue_book.formulas.code_regions import CONTAINERS, find_regions
from kexue_book.formulas.delimiters import Finder
from kexue_book.formulas.items import (
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
from kexue_book.formulas.undelimited import Run, find_undelimited

_REFERENCE = re.compile(r"\\{1,2}(eqref|ref) *\{([^{}\n]*)\}")
_BLANK_REST = re.compile(r"[ \t]*(?=[\n\\$%]|\Z)")
_INLINE_MARKS = 2
"""So many ``$$…$$`` in running text, and no ``$…$``, make a post one of kramdown's."""


def scan_formulas(body: str, *, first_line: int = 1, path: Path | None = None) -> ScannedText:
    r"""Find every formula, reference and macro definition in ``body``.

    Putting each item's ``raw`` in the place of its placeholder gives ``body`` again, whatever it
    holds. The time it takes grows with the length of ``body``, not faster.

    Args:
        body: Markdown with ``\n`` line ends; a title is a body of one line.
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
        self._undelimited = find_undelimited(body, self._tokens, self._pairs.environments, regions)
        self._assembly = Assembly(body, first_line)
        self._diagnostics: list[Diagnostic] = []
        self._embedded: list[int] = []
        """Numbers of the ``$$…$$`` that stand in running text."""
        self._has_inline = False

    def scan(self) -> ScannedText:
        """Go through the text once."""
        position = 0
        # At the same place the former come first.
        places: list[Run | Token] = [*self._undelimited, *self._tokens]
        for place in sorted(places, key=lambda place: place.start):
            if place.start < position or place.start < self._assembly.taken:
                continue
            if self._assembly.is_full:
                self._report_full(place.start)
                break
            if isinstance(place, Run):
                position = self._take_undelimited(place)
            else:
                position = self._handle(place)
        self._assembly.copy(len(self._body))
        self._settle_embedded()
        return ScannedText(
            text=self._assembly.text,
            items=tuple(self._assembly.items),
            lines=tuple(self._assembly.lines),
            diagnostics=tuple(self._diagnostics),
        )

    def _handle(self, token: Token) -> int:
        """Deal with what may begin here; return where to look on."""
        start, end = token.start, token.end
        if token.kind == "reference":
            return self._take_reference(token)
        if token.kind == "macro":
            return self._take_definition(start, end)
        if token.kind == "parenthesis":
            # `区间[0,1]($x$…)` is no link: pandoc must not see this parenthesis.
            return self._take_literal(token, "(")
        if token.kind == "hexo" and self._finder.is_bare_tag(token):
            return self._take_literal(token, "")
        span = self._finder.find(token)
        if span is None:
            self._report_unclosed(token)
            return end
        if span.tex is None:
            return span.end
        return self._take_formula(start, span.end, span.tex, span.display)

    def _take_formula(self, start: int, end: int, tex: str, display: bool) -> int:
        raw = self._body[start:end]
        line_start = self._body.rfind("\n", 0, start) + 1
        marks = CONTAINERS.match(self._body, line_start)
        text_start = min(marks.end(), start) if marks else line_start
        if not display:
            self._has_inline = True
        elif raw.startswith("$$") and "\n" not in raw and self._is_embedded(text_start, start, end):
            self._embedded.append(len(self._assembly.items))
        depth = self._body.count(">", line_start, text_start) if "\n" in tex else 0
        found = FoundFormula(
            raw=raw,
            tex=clean_tex(tex, quote_depth=depth),
            display=display,
            line=self._assembly.line_at(start),
        )
        return self._replace(start, end, found)

    def _is_embedded(self, text_start: int, start: int, end: int) -> bool:
        """Whether words stand before and after it on its line."""
        line_end = self._body.find("\n", end)
        after = self._body[end : line_end if line_end >= 0 else len(self._body)]
        before = self._body[text_start:start]
        return bool(re.search(r"\w", before) and re.search(r"\w", after))

    def _settle_embedded(self) -> None:
        """Make ``$$…$$`` in running text inline in a post that has no other inline formulas.

        That is kramdown's notation. For MathJax, and so on 科学空间, ``$$`` is always a display.
        """
        if self._has_inline or len(self._embedded) < _INLINE_MARKS:
            return
        for number in self._embedded:
            item = self._assembly.items[number]
            assert isinstance(item, FoundFormula)
            self._assembly.items[number] = FoundFormula(
                raw=item.raw, tex=item.tex, display=False, line=item.line
            )

    def _take_undelimited(self, run: Run) -> int:
        line = self._assembly.line_at(run.start)
        if run == self._undelimited[0]:
            self._report(
                "undelimited-formula",
                f"formulas without delimiters, {len(self._undelimited)} in all, are guessed",
                line,
                "put $…$ around each",
            )
        found = FoundFormula(
            raw=self._body[run.start : run.end],
            tex=clean_tex(run.tex),
            display=run.display,
            line=line,
        )
        return self._replace(run.start, run.end, found)

    def _take_reference(self, token: Token) -> int:
        raw = self._body[token.start : token.end]
        found = _REFERENCE.fullmatch(raw)
        assert found is not None
        reference = FoundReference(
            raw=raw,
            command=found[1],
            label=found[2].replace("\\_", "_").strip(),
            line=self._assembly.line_at(token.start),
        )
        return self._replace(token.start, token.end, reference)

    def _take_definition(self, start: int, end: int) -> int:
        """Take a macro definition that stands on lines of its own; in a sentence it is text."""
        before_start = max(self._assembly.taken, self._body.rfind("\n", 0, start) + 1)
        marks = CONTAINERS.fullmatch(self._body, before_start, start)
        macro = read_macro(self._body, start, self._pairs.groups) if marks else None
        if macro is None or not _BLANK_REST.match(self._body, macro.end):
            return end
        raw, line = self._body[start : macro.end], self._assembly.line_at(start)
        return self._replace(start, macro.end, Definition(raw=raw, line=line))

    def _take_literal(self, token: Token, text: str) -> int:
        raw, line = self._body[token.start : token.end], self._assembly.line_at(token.start)
        return self._replace(token.start, token.end, Literal(raw=raw, text=text, line=line))

    def _replace(self, begin: int, end: int, item: Found) -> int:
        self._assembly.replace(begin, end, item)
        return end

    def _report_unclosed(self, token: Token) -> None:
        opening = self._finder.unclosed(token)
        if opening is None:
            return
        line = self._assembly.line_at(token.start)
        if self._diagnostics and self._diagnostics[-1].line == line:
            return
        self._report(
            "unclosed-formula",
            f"the formula that begins with {opening!r} has no end",
            line,
            r"close it, or write \$ for a dollar",
        )

    def _report_full(self, position: int) -> None:
        self._report(
            "too-many-formulas",
            f"there are more than {len(self._assembly.items)} formulas; the rest stay source",
            self._assembly.line_at(position),
            "split the post",
        )

    def _report(self, code: str, message: str, line: int, hint: str) -> None:
        self._diagnostics.append(
            Diagnostic(
                code=code,
                severity=Severity.WARNING,
                message=message,
                path=self._path,
                line=line,
                hint=hint,
            )
        )
