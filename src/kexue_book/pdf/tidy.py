"""Operators as WeasyPrint writes them → the same page in less room.

Pango spaces letters in two halves, one on each side, so a justified Chinese line comes out as
``[<4f48>-9<>-9.225225225225225<2ea2>-8<>-9.225225225225225<251e>…] TJ``. Gaps that follow one
another are one gap, those of nothing go, and whole thousandths of an em are enough if what is
rounded off one gap goes to the next. Places have six decimals where two are more than a printer
can tell apart.
"""

from __future__ import annotations

import re

_SHOWN = re.compile(rb"\[(.*)\] TJ\Z", re.DOTALL)
_PART = re.compile(rb"<([0-9A-Fa-f]*)>|(-?\d+(?:\.\d+)?)")


def tidy(operator: bytes) -> bytes:
    """Return an operator that puts the same on the page."""
    if operator.endswith(b" TJ"):
        return tidy_text(operator)
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


def tidy_text(operator: bytes) -> bytes:
    """Return an operator that shows text with its gaps joined; any other as it is."""
    found = _SHOWN.match(operator)
    if found is None or _PART.sub(b"", found[1]).strip():
        return operator
    parts: list[bytes] = []
    gap = 0.0
    for part in _PART.finditer(found[1]):
        if part[2]:
            gap += float(part[2])
        elif part[1]:
            whole = round(gap)
            if whole:
                parts.append(b"%d" % whole)
                gap -= whole
            parts.append(b"<%b>" % part[1])
    if round(gap):
        parts.append(b"%d" % round(gap))
    return b"[%b] TJ" % b"".join(parts).replace(b"><", b"")
