"""Operators as WeasyPrint writes them → the same page in less room.

Pango spaces letters in two halves, one on each side, so a justified Chinese line comes out as
``[<4f48>-9<>-9.225225225225225<2ea2>-8<>-9.225225225225225<251e>…] TJ``. Gaps that follow one
another are one gap, and the gap that is most frequent in a line becomes its character spacing
(``0.24 Tc``), so that most need not be written at all. Whole thousandths of an em are enough if
what is rounded off one gap goes to the next. Places have six decimals where two are more than a
printer can tell apart.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

_SHOWN = re.compile(rb"\[(.*)\] TJ\Z", re.DOTALL)
_PART = re.compile(rb"<((?:[0-9A-Fa-f]{4})*)>|(-?\d+(?:\.\d+)?)")
_SIZE = re.compile(rb"/\S+ (\S+) Tf\Z")
_DIGITS = 4
"""Hexadecimal digits a character."""
_ALIKE = 0.02
"""Thousandths of an em: gaps that differ by less are the same."""
_FREQUENT = 3


def tidy(operators: Iterable[object]) -> Iterator[object]:
    """Yield operators that put the same on the page; what is not bytes is left alone."""
    size: float | None = None
    for operator in operators:
        if not isinstance(operator, bytes):
            yield operator
        elif operator.endswith(b" TJ"):
            yield tidy_text(operator, size)
        else:
            found = _SIZE.match(operator)
            if found is not None:
                size = float(found[1])
            elif operator in (b"BT", b"ET"):
                size = None  # WeasyPrint names the font in every text object
            yield _tidy_places(operator)


def _tidy_places(operator: bytes) -> bytes:
    if operator.endswith(b" re"):
        return b" ".join([*map(_rounded, operator.split()[:-1]), b"re"])
    if operator.endswith((b" cm", b" Tm")):
        *matrix, x, y, name = operator.split()
        return b" ".join([*matrix, _rounded(x), _rounded(y), name])
    return operator


def _rounded(number: bytes) -> bytes:
    if len(number.partition(b".")[2]) < 3:
        return number
    return f"{float(number):.2f}".rstrip("0").rstrip(".").encode()


def tidy_text(operator: bytes, size: float | None) -> bytes:
    """Return an operator that shows the same text with its gaps joined; any other as it is.

    ``size`` is that of the font, in units of the text's coordinates; None when it is not known.
    """
    if operator.startswith(b"[<") and operator.count(b">") == 1:
        return operator  # no gaps
    found = _SHOWN.match(operator)
    if found is None or _PART.sub(b"", found[1]).strip():
        return operator
    characters, gaps = _characters(found[1])
    usual = _usual(gaps[1:-1]) if size is not None else 0.0
    shown = _written(characters, [gaps[0], *(gap - usual for gap in gaps[1:])])
    if not usual or size is None:
        return b"[%b] TJ" % shown
    spacing = f"{-usual * size / 1000:.4f}".rstrip("0").rstrip(".")
    return b"%b Tc [%b] TJ 0 Tc" % (spacing.encode(), shown)


def _characters(shown: bytes) -> tuple[list[bytes], list[float]]:
    """Return the characters, and the gaps before, between and after them."""
    characters: list[bytes] = []
    gaps = [0.0]
    for part in _PART.finditer(shown):
        if part[2]:
            gaps[-1] += float(part[2])
            continue
        for start in range(0, len(part[1]), _DIGITS):
            characters.append(part[1][start : start + _DIGITS])
            gaps.append(0.0)
    return characters, gaps


def _usual(gaps: Sequence[float]) -> float:
    """Return the most frequent gap; 0 if none is frequent."""
    if not any(gaps):
        return 0.0
    counted = Counter(round(gap / _ALIKE) for gap in gaps)
    ((usual, count),) = counted.most_common(1)
    return usual * _ALIKE if count >= _FREQUENT else 0.0


def _written(characters: Sequence[bytes], gaps: Sequence[float]) -> bytes:
    """Write characters with the gaps before, between and after them."""
    parts: list[bytes] = []
    owed = 0.0
    for gap, character in zip_longest(gaps, characters):
        owed += gap
        whole = round(owed)
        if whole:
            parts.append(b"%d" % whole)
            owed -= whole
        if character is not None:
            parts.append(b"<%b>" % character)
    return b"".join(parts).replace(b"><", b"")
