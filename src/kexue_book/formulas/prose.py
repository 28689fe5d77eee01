r"""What stands between two dollars → whether it is a formula.

A single dollar is also a currency, and Chinese prose has no spaces that would tell. So the text
between two dollars is read: ``$100，变量$`` is prose, ``$\text{价格，}x$`` and ``$损失$`` are
formulas. Where one reading is doubtful, the scanner asks whether the text after it makes the
better formula (:func:`is_plainly_formula`).
"""

from __future__ import annotations

import re

from kexue_book.formulas.lexer import TEXT_COMMANDS

_TEXT_GROUP = re.compile(
    rf"\\(?:{TEXT_COMMANDS}|mathrm|mathbf|operatorname\*?|(?:eq)?ref)\s*"
    r"\{(?:[^{}]|\{[^{}]*\})*+\}"
)
_STRONG = re.compile(r"\\[a-zA-Z]|[\^_]")
_WEAK = re.compile(r"\\|[\^_=<>+*/|]")
_DOLLAR = re.compile(r"(?<!\\)\$")
_HAN = re.compile(r"[\u3400-\u9fff]")
_MARK = re.compile(r"[，。；：？！、“”（）《》…]")
_SENTENCE = re.compile(r"[。；？！]")
_NUMBER = re.compile(r"\d[\d,.]*\s*")
_VARIABLE = re.compile(r"[A-Za-z_]{2,}[\u3400-\u9fff]+\Z")
_WORD = re.compile(r"[A-Za-z]{2,}")
_BLANK_LINE = re.compile(r"\n[ \t>]*\n")
_NEW_BLOCK = re.compile(r"\n[ \t>]*\n[ \t>]*(?:#{1,6}[ \t]|```|~~~|[-*+] |\d+\. )")
_MAX_BREAKS = 4
_MAX_WORDS = 3
_MAX_HAN = 12


def is_formula(tex: str, after: str) -> bool:
    """Whether the text between two single dollars is a formula.

    Args:
        tex: the text.
        after: the character after the second dollar, or ``""``.
    """
    bare = _TEXT_GROUP.sub("", tex)
    if not tex.strip() or tex.strip()[0] in "，。；：、）！？":
        return False
    if _DOLLAR.search(bare) is not None:
        return False  # it stands in a code span, so the formula would end inside of it
    if tex.count("\n") > (_MAX_BREAKS if "\\" in tex else 1):
        return False
    han, marked = len(_HAN.findall(bare)), _MARK.search(bare) is not None
    if han and marked:
        return _is_formula_with_prose(bare, han)
    if _WEAK.search(bare) is not None:
        return not (_is_price(bare, after) and _STRONG.search(bare) is None)
    if han > _MAX_HAN or len(_WORD.findall(bare)) >= _MAX_WORDS:
        return False
    if _VARIABLE.match(bare) and re.match("[A-Za-z_]", after):
        return False  # the shell's: $HOME和$PATH
    return not _is_price(bare, after)


def _is_formula_with_prose(bare: str, han: int) -> bool:
    """Whether Chinese with Chinese punctuation is part of a formula, as in a list of cases."""
    if (_STRONG.search(bare) is None and "=" not in bare) or (
        _NUMBER.match(bare.lstrip()) and han > 2
    ):
        return False
    return han <= _MAX_HAN or (han <= 3 * _MAX_HAN and _SENTENCE.search(bare) is None)


def _is_price(bare: str, after: str) -> bool:
    """Whether a number after a dollar is a price: ``$5 and $10``, ``$5万到$10万``."""
    number = _NUMBER.match(bare)
    if number is None:
        return False
    rest = bare[number.end() :]
    if after.isdecimal():
        return True
    if _HAN.search(rest):
        return len(_HAN.findall(rest)) > 2 or bare.endswith(" ")
    return bare.endswith((" ", "\n")) and (_WORD.search(rest) is not None or after.isalpha())


def is_doubtful(tex: str) -> bool:
    """Whether the text could as well be the prose between two formulas."""
    bare = _TEXT_GROUP.sub("", tex)
    return bool(_HAN.search(bare) or _MARK.search(bare) or _BLANK_LINE.search(bare))


def is_plainly_formula(tex: str) -> bool:
    """Whether nobody would take the text for prose."""
    if not tex or tex[0].isspace() or tex[-1].isspace() or is_doubtful(tex):
        return False
    return re.match(r"[\w\\({\[|+-]", tex) is not None and re.search(r"\w", tex) is not None


def is_display(tex: str) -> bool:
    """Whether the text between two pairs of dollars is a formula."""
    bare = _TEXT_GROUP.sub("", tex)
    han = len(_HAN.findall(bare))
    if _DOLLAR.search(bare) is not None:
        return False  # the one before was never closed
    if _BLANK_LINE.search(tex):
        return (
            _NEW_BLOCK.search(tex) is None
            and _WEAK.search(bare) is not None
            and han * 5 <= len(bare)
        )
    return _WEAK.search(bare) is not None or not (han and _MARK.search(bare))


def looks_like_tex(tex: str) -> bool:
    r"""Whether the text holds what only LaTeX has: a command, ``^``, ``_`` or ``=``."""
    return re.search(r"\\[a-zA-Z]|[\^_=]", tex) is not None


def is_bracketed_formula(tex: str, *, display: bool, certain: bool) -> bool:
    r"""Whether ``\(…\)`` or ``\[…\]`` is a formula and not escaped brackets.

    Args:
        tex: what stands in the brackets.
        display: whether they are ``\[…\]``.
        certain: whether the post sets other formulas in such brackets.
    """
    if looks_like_tex(tex):
        return True
    if not certain:
        # `\[x\]` is a box that is ticked, `\(注\)` a remark.
        return not display and re.fullmatch(r"\s*[A-Za-z]['\d]?\s*", tex) is not None
    return (
        not is_doubtful(tex)
        and re.search(r"\w", tex) is not None
        and not (display and tex.strip().isdecimal())
    )
