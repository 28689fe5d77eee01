r"""What a post writes in ``\tag{…}`` → readable text; and the tag the math engine sees instead.

The engine only needs to know that a row carries a number, and where: the number's text is set
by the writers. So the same formula with another number is the same formula to the cache.
"""

from __future__ import annotations

import re
import unicodedata

TAG = r"\tag{0}"
r"""The constant with which a numbered row reaches the engine."""

_SYMBOLS = {
    **{"ast": "∗", "star": "⋆", "bigstar": "★", "dagger": "†", "ddagger": "‡", "prime": "′"},
    **{"sharp": "♯", "flat": "♭", "natural": "♮", "heartsuit": "♡", "spadesuit": "♠"},
    **{"clubsuit": "♣", "diamondsuit": "♢", "triangle": "△", "square": "□", "Box": "□"},
    **{"circ": "∘", "bullet": "•", "S": "§", "P": "¶", "dots": "…", "ldots": "…"},
}
_COMMAND = re.compile(r"\\([a-zA-Z]+)\s*|\\(.)")
_STYLES = frozenset(
    (
        *("text", "textrm", "textbf", "textit", "mbox", "hbox", "mathrm", "mathbf", "mathit"),
        *("mathsf", "boldsymbol", "bm", "rm", "bf", "operatorname"),
    )
)


def readable_tag(tex: str) -> str:
    r"""Return the text of a tag: ``$*$`` is ``*``, ``\text{式}\alpha'`` is ``式α′``."""
    text = _COMMAND.sub(_symbol, tex)
    text = re.sub(r"\^\{?([′'*∗†‡⋆★]+)\}?", r"\1", text)
    return re.sub(r"[${}]", "", text).replace("'", "′").replace("~", " ").strip()


def _symbol(command: re.Match[str]) -> str:
    name = command[1]
    if name is None:
        return command[2] if command[2] not in ",;:!()[]" else ""
    if name in _STYLES:
        return ""
    return _SYMBOLS.get(name) or _greek(name) or name


def _greek(name: str) -> str | None:
    case = "SMALL" if name.islower() else "CAPITAL"
    letter = "LAMDA" if name.lower() == "lambda" else name.upper()
    try:
        return unicodedata.lookup(f"GREEK {case} LETTER {letter}")
    except KeyError:
        return None
