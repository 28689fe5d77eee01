r"""A token that may open a formula → the formula, or None.

One rule for each notation: ``$``, ``$$``, ``\(``, ``\[``, their doubled forms, bare environments
and the tags of Hexo.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kexue_book.formulas.code_regions import Regions
from kexue_book.formulas.lexer import Token
from kexue_book.formulas.pairs import MAX_DISPLAY, Pairs
from kexue_book.formulas.prose import (
    is_bracketed_formula,
    is_display,
    is_doubtful,
    is_formula,
    is_plainly_formula,
    looks_like_tex,
)

NUMBERING = frozenset(
    ("equation", "align", "alignat", "gather", "multline", "flalign", "eqnarray", "xalignat")
)
"""Environments that number their rows, or themselves, unless they are starred."""
_ENVIRONMENTS = NUMBERING | frozenset(
    (
        *("aligned", "alignedat", "gathered", "split", "array", "cases", "rcases", "dcases"),
        *("matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "smallmatrix"),
        *("subarray", "CD", "numcases", "subnumcases", "math", "displaymath", "xxalignat"),
        *("drcases", "spreadlines", "multlined", "lgathered", "rgathered", "empheq", "prooftree"),
    )
)
_NAME = re.compile(r"\{%-?\s*(end)?([a-z]+)")
_WHOLE_ENVIRONMENT = re.compile(
    rf"\s*\\begin\s*\{{({'|'.join(sorted(NUMBERING))})(\*?)\}}.*\\end\s*\{{\1\2\}}\s*", re.DOTALL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What was found."""

    tex: str | None
    """Between the delimiters; None when there is nothing, and nothing begins before ``end``."""
    end: int
    """Of the whole, delimiters included."""
    display: bool = False


class Finder:
    """Finds the formula that a token opens."""

    def __init__(self, text: str, tokens: Sequence[Token], pairs: Pairs, regions: Regions) -> None:
        """All four belong to the same text."""
        self._text = text
        self._pairs = pairs
        self._regions = regions
        self._hexo_ends = self._match_tags(tokens)
        self._brackets_are_tex = any(
            looks_like_tex(text[start:end]) for start, end in pairs.brackets.items()
        )

    def find(self, token: Token) -> Span | None:
        """Return the formula that begins with ``token``, or None."""
        if token.kind == "dollar":
            doubled = self._pairs.next_dollar(token.end) == token.end
            return self._display(token.start) if doubled else self._inline(token.start)
        if token.kind == "bracket":
            return self._bracketed(token)
        if token.kind == "begin":
            return self._environment(token)
        if token.kind == "hexo":
            return self._between_tags(token)
        return None

    def is_bare_tag(self, token: Token) -> bool:
        """Whether a Hexo tag only marks off what stands between it and its end."""
        return token.start not in self._hexo_ends

    def unclosed(self, token: Token) -> str | None:
        """Return the beginning of what must have been meant as a formula, or None."""
        text, start = self._text, token.start
        if token.kind == "begin":
            known = _name_of(text, token).removesuffix("*") in _ENVIRONMENTS
            return text[start : start + 30] if known else None
        if token.kind != "dollar":
            return None
        end = min(self._pairs.next_dollar(token.end) or len(text), start + 80)
        if end == token.end:
            end = min(self._pairs.next_dollar(end + 1) or len(text), start + 80)
        following = text[token.end : min(end, self._regions.paragraph_end(token.end))]
        return text[start : start + 30] if re.search(r"\\[a-zA-Z]{2}", following) else None

    def _inline(self, start: int) -> Span | None:
        closing = self._pairs.inline_end(start)
        if closing is None:
            return None
        tex, after = self._text[start + 1 : closing], self._text[closing + 1 : closing + 2]
        if not is_formula(tex, after) or (is_doubtful(tex) and self._next_is_better(closing)):
            return None
        # `$\begin{align}…$` can only be a display.
        display = tex.lstrip().startswith("\\begin") and bool(_WHOLE_ENVIRONMENT.fullmatch(tex))
        return Span(tex=tex, end=closing + 1, display=display)

    def _next_is_better(self, dollar: int) -> bool:
        """Whether ``dollar`` opens a formula rather than closing one."""
        closing = self._pairs.inline_end(dollar)
        return closing is not None and is_plainly_formula(self._text[dollar + 1 : closing])

    def _display(self, start: int) -> Span | None:
        closing = self._pairs.display_end(start)
        if closing is None:
            return None
        tex = self._text[start + 2 : closing]
        if not tex.strip():
            return Span(tex=None, end=closing + 2)
        if not is_display(tex):
            return None
        if is_doubtful(tex):
            following = self._pairs.display_end(closing)
            candidate = self._text[closing + 2 : following].strip() if following else ""
            if is_plainly_formula(candidate) and looks_like_tex(candidate):
                return None
        return Span(tex=tex, end=closing + 2, display=True)

    def _bracketed(self, token: Token) -> Span | None:
        closing = self._pairs.brackets.get(token.start)
        if closing is None:
            return None
        tex = self._text[token.end : closing]
        end = closing + token.end - token.start
        display = self._text[token.end - 1] == "["
        if not is_bracketed_formula(tex, display=display, certain=self._brackets_are_tex):
            return None
        return Span(tex=tex, end=end, display=display)

    def _environment(self, token: Token) -> Span | None:
        end = self._pairs.environments.get(token.start)
        name = _name_of(self._text, token)
        if end is None or name.removesuffix("*") not in _ENVIRONMENTS:
            return None
        if self._regions.has_opaque(token.start, end):
            return None
        return Span(tex=self._text[token.start : end], end=end, display=name != "math")

    def _match_tags(self, tokens: Sequence[Token]) -> dict[int, Token]:
        """Pair ``{% math %}`` with its end, when there are no dollars in between."""
        ends: dict[int, Token] = {}
        opened: dict[str, Token] = {}
        for token in tokens:
            if token.kind != "hexo":
                continue
            found = _NAME.match(self._text, token.start)
            assert found is not None
            if found[2] == "raw":
                continue
            if not found[1]:
                opened[found[2]] = token
            elif (opening := opened.pop(found[2], None)) is not None:
                dollar = self._pairs.next_dollar(opening.end)
                own = dollar is not None and dollar < token.start
                if not own and token.start - opening.end <= MAX_DISPLAY:
                    ends[opening.start] = token
        return ends

    def _between_tags(self, token: Token) -> Span | None:
        closing = self._hexo_ends[token.start]
        tex = self._text[token.end : closing.start]
        if not tex.strip():
            return Span(tex=None, end=closing.end)
        before = self._text[self._text.rfind("\n", 0, token.start) + 1 : token.start]
        line_end = self._text.find("\n", closing.end)
        after = self._text[closing.end : line_end if line_end >= 0 else len(self._text)]
        alone = not re.search(r"\w", before) and not re.search(r"\w", after)
        return Span(tex=tex, end=closing.end, display=alone)


def _name_of(text: str, token: Token) -> str:
    return text[text.index("{", token.start) + 1 : token.end - 1]
