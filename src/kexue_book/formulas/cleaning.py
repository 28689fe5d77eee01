r"""A formula as it stands in the post → the LaTeX its author meant.

A blog's chain takes things away before MathJax sees the formula: the marks of a block quote,
HTML entities, and, with some, one backslash of two. Each is undone only where what stands there
would be no sensible LaTeX.
"""

from __future__ import annotations

import re
from html import unescape

from kexue_book.formulas.lexer import TEXT_COMMANDS

_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|nbsp|ensp|emsp|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_SINGLE_ROW = re.compile(r"(?<!\\)\\\\(?!\\)(?![{}|,;!])")
_DOUBLED_ROW = re.compile(r"\\{4,}")
_DOUBLED_MARK = re.compile(r"(?<!\\)\\\\([{}|,;!#%&_])")
_FENCE_MARK = re.compile(r"(\\(?:left|right|[bB]igg?[lrm]?)\s*)\\\\([{}|])")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ROWS = re.compile(r"\\begin|\\substack|\\cases|\\[a-z]*matrix\b")
_SUBSCRIPT = re.compile(
    r"""
      (?<!\\)\\_(?=\{)  # \_{…}
    | (?<=[)\]}|])\\_(?=[\w\\](?!\w))  # }\_p
    | (?<![A-Za-z\\])(\\[a-zA-Z]+|[A-Za-z])\\_(?=[A-Za-z](?![A-Za-z])|\d)  # \lambda\_1, o\_i
    """,
    re.VERBOSE,
)
_TEXT_GROUP = re.compile(
    rf"(\\(?:{TEXT_COMMANDS}|mathrm|mathtt|mathit|mathsf|operatorname\*?|(?:eq)?ref)\s*"
    r"\{(?:[^{}]|\{[^{}]*\})*+\})"
)


def clean_tex(tex: str, *, quote_depth: int = 0) -> str:
    """Return the LaTeX of a formula.

    Args:
        tex: what stands between the delimiters.
        quote_depth: how many block quotes the formula stands in.
    """
    if quote_depth and "\n" in tex:
        marks = re.compile(rf"\n(?:[ \t]*>){{1,{min(quote_depth, 60)}}}[ \t]?")
        tex = marks.sub("\n", tex)
    if "&" in tex:
        tex = _ENTITY.sub(lambda entity: unescape(entity[0]).replace("\xa0", " "), tex)
    if "<" in tex:
        tex = _BREAK.sub("\n", tex)
    if "\\" in tex:
        tex = _undo_escapes(tex)
    stripped = tex.strip()
    # `a\ ` ends with a space that is a command.
    trailing = len(stripped) - len(stripped.rstrip("\\"))
    return stripped + " " if trailing % 2 and tex != stripped else stripped


def _undo_escapes(tex: str) -> str:
    r"""Undo what was escaped for Markdown: ``\\\\``, ``\\{``, ``\_``, ``\*``, ``\(``."""
    tex = _FENCE_MARK.sub(r"\1\\\2", tex)
    if "\\\\\\\\" in tex and _SINGLE_ROW.search(tex) is None:
        tex = _DOUBLED_MARK.sub(r"\\\1", tex)
        tex = _DOUBLED_ROW.sub(r"\\\\", tex)
    elif "\\\\{" in tex and "\\\\}" in tex and _ROWS.search(tex) is None:
        tex = _DOUBLED_MARK.sub(r"\\\1", tex)
    if any(mark in tex for mark in ("\\_", "\\*", "\\(", "\\[")):
        # Every second part is a group of text, where \_ is how an underscore is written.
        parts = _TEXT_GROUP.split(tex)
        parts[::2] = [_undo_marks(part) for part in parts[::2]]
        tex = "".join(parts)
    return tex


def _undo_marks(tex: str) -> str:
    tex = _SUBSCRIPT.sub(lambda found: (found[1] or "") + "_", tex)
    # A row's `\\\\[2pt]` is two marks of which the second is no backslash.
    return _ESCAPED.sub(lambda mark: mark[1] if mark[1] in "*()[]" else mark[0], tex)
