"""Soft line breaks → a space or nothing, by what stands on either side.

Chinese is written without spaces, so the line breaks of the source vanish between Chinese
characters, as do the spaces that Markdown authors put around emphasis and links to make them work
(``这是 **重点** 内容``). Between Latin words a line break is a space.
"""

from __future__ import annotations

import re
import unicodedata

from kexue_book.manuscript.inline_markup import NOTE, SOFT_BREAK

_TAG = re.compile(r"(<[^>]*>)")
_EMPHASIS = re.compile(r"</?(?:strong|em|b|i|del|u|mark|a)\b[^>]*>")
_BREAKS = re.compile(f"[ \t]*{SOFT_BREAK}[ \t]*")
_CHINESE = "\u3000-\u30ff\u3400-\u9fff\uff00-\uffef“”‘’—…"
_FORMULA = f"\U000f0000-{chr(NOTE - 1)}"
# Authors type a space between a formula and Chinese; the style sheet sets that gap.
_BEFORE_FORMULA = re.compile(f"(?<=[{_CHINESE}]) +(?=[{_FORMULA}])")
_AFTER_FORMULA = re.compile(f"(?<=[{_FORMULA}]) +(?=[{_CHINESE}])")
_OPENS_LINE = re.compile(r"</?(?:p|li|td|th|h[1-6]|div|dd|dt|blockquote|br)\b")


def join_lines(html: str) -> str:
    """Return ``html`` with every soft break resolved."""
    html = _BEFORE_FORMULA.sub("", _AFTER_FORMULA.sub("", html))
    tokens = _TAG.split(_BREAKS.sub(SOFT_BREAK, html))
    for index in range(0, len(tokens), 2):
        if SOFT_BREAK in tokens[index]:
            tokens[index] = _join_token(tokens, index)
    _close_emphasis(tokens)
    return "".join(tokens)


def is_chinese(character: str) -> bool:
    """Whether it is a character set without spaces: Han, kana, or their punctuation."""
    if character == "":
        return False
    return (
        unicodedata.east_asian_width(character) in "WF" and not "\uac00" <= character <= "\ud7af"
    ) or character in "“”‘’—…·"


def _is_formula(character: str) -> bool:
    return "\U000f0000" <= character < chr(NOTE)


def _join_token(tokens: list[str], index: int) -> str:
    pieces = tokens[index].split(SOFT_BREAK)
    joined = pieces[0]
    for number, piece in enumerate(pieces[1:], 1):
        before = joined[-1:] or _neighbour(tokens, index, -1)
        after = piece[:1] or ("" if number < len(pieces) - 1 else _neighbour(tokens, index, 1))
        joined += _glue(before, after) + piece
    return joined


def _neighbour(tokens: list[str], index: int, step: int) -> str:
    """Return the nearest character of the text before or after token ``index``."""
    index += step
    while 0 <= index < len(tokens):
        if index % 2 == 0 and tokens[index]:
            return tokens[index][-1] if step < 0 else tokens[index][0]
        if index % 2 == 1 and _OPENS_LINE.match(tokens[index]):
            return ""
        index += step
    return ""


def _glue(before: str, after: str) -> str:
    chinese_before, chinese_after = is_chinese(before), is_chinese(after)
    if (chinese_before and (chinese_after or _is_formula(after))) or (
        chinese_after and _is_formula(before)
    ):
        return ""
    if (chinese_before and _is_punctuation(before)) or (chinese_after and _is_punctuation(after)):
        return ""
    return " " if before and after and not before.isspace() and not after.isspace() else ""


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character).startswith("P")


def _close_emphasis(tokens: list[str]) -> None:
    """Take out the spaces around an emphasis that stands between Chinese characters."""
    for index in range(1, len(tokens), 2):
        if not _EMPHASIS.fullmatch(tokens[index]):
            continue
        left, right = tokens[index - 1], tokens[index + 1]
        before = left.rstrip(" ")[-1:] or _neighbour(tokens, index - 1, -1)
        after = right.lstrip(" ")[:1] or _neighbour(tokens, index + 1, 1)
        if is_chinese(before) and is_chinese(after):
            tokens[index - 1] = left.rstrip(" ") if left.strip(" ") else ""
            tokens[index + 1] = right.lstrip(" ") if right.strip(" ") else ""
