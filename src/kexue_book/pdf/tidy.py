"""Operators as WeasyPrint writes them → the same page in less room.

Pango spaces letters in two halves, one on each side, so a justified Chinese line comes out as
``[<4f48>-9<>-9.225225225225225<2ea2>-8<>-9.225225225225225<251e>…] TJ``. Gaps that follow one
another are one gap, and the gap that is most frequent in a line becomes its character spacing
(``0.24 Tc``), so that most need not be written at all. Whole thousandths of an em are enough if
what is rounded off one gap goes to the next. Places have six decimals where two are more than a
printer can tell apart. Glyphs are written as bytes in the end.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from typing import Protocol

from kexue_book.pdf.object_file import in_brackets, rounded

_SHOWN = re.compile(rb"\[((?:<(?:[0-9A-Fa-f]{4})*>|-?\d+(?:\.\d+)?)+)\] TJ")
_SIZE = re.compile(rb"/\S+ (\S+) Tf\Z")
_DIGITS = 4
"""Hexadecimal digits a character."""
_ALIKE = 1.01
"""Thousandths of an em: gaps that differ by no more are the same, rounded up or down."""
_HARDLY = 0.04
_FREQUENT = 3
_UNSEEN = 3
"""Thousandths of an em by which a glyph may stand beside its place: 0.01 mm."""
_HARDLY_SPREAD = 0.1
"""px by which a line may be shorter than it was laid out."""


def tidy(operators: Iterable[object]) -> Iterator[object]:
    """Yield operators that put the same on the page; what is not bytes is left alone."""
    size: float | None = None
    for operator, following in pairwise([*operators, None]):
        if not isinstance(operator, bytes):
            yield operator
        elif operator.endswith(b" TJ"):
            yield tidy_text(operator, size, is_last=_leaves(following))
        else:
            found = _SIZE.match(operator)
            if found is not None:
                size = float(found[1])
            elif operator in (b"BT", b"ET"):
                size = None  # WeasyPrint names the font in every text object
            yield _tidy_places(operator)


_ALONE = re.compile(rb"\[<[0-9A-Fa-f]*>\] TJ")
_HEXADECIMAL = re.compile(rb"<((?:[0-9A-Fa-f]{4})+)>")
_FONT = re.compile(rb"/Font/[^/>\s]+")


_LETTERS = "ABCDEFGHIJLMNOPQRSTUVWXYZ"
"""But for K, with which other names begin."""


class Codes(Protocol):
    """Codes of a font's glyphs in pages."""

    def shown(self, glyphs: bytes) -> bytes:
        """Return glyphs, in hexadecimal, as they are shown."""


@dataclass(frozen=True, slots=True)
class NamedFont:
    """A font as pages call it."""

    name: bytes
    codes: Codes | None
    """None if they are the numbers of its glyphs."""


def in_bytes(operators: Iterable[object], fonts: Mapping[bytes, NamedFont]) -> Iterator[object]:
    """Yield operators in which fonts have short names, and glyphs are shown by their codes.

    Compressed, bytes take less room than hexadecimal. Where page numbers are filled in later, the
    figures stay hexadecimal. ``fonts`` are those with other names.
    """
    font: NamedFont | None = None

    def shown(glyphs: bytes) -> bytes:
        if font is None or font.codes is None:
            return bytes.fromhex(glyphs.decode("ascii"))
        return font.codes.shown(glyphs)

    def string(found: re.Match[bytes]) -> bytes:
        return in_brackets(shown(found[1]))

    def figures(found: re.Match[bytes]) -> bytes:
        return b"<%b>" % shown(found[1]).hex().encode()

    for operator in operators:
        if not isinstance(operator, bytes):
            yield operator
        elif operator.endswith(b" Tf") and b"\n" not in operator:
            name, size, _ = operator.split()
            font = fonts.get(name)
            named = name if font is None else b"/%b" % font.name
            yield b"%b %b Tf" % (named, rounded(float(size), 3))
        elif operator.startswith(b"/KxPage") and font is not None:
            target, rest = operator.split(b"/Figures", 1)
            rest = _FONT.sub(b"/Font/%b" % font.name, _HEXADECIMAL.sub(figures, rest))
            yield b"%b/Figures%b" % (target, rest)
        elif operator.endswith(b" TJ") and b"<<" not in operator:
            written = _HEXADECIMAL.sub(string, operator)
            # A string alone needs no array.
            yield b"%bTj" % written[1:-4] if _ALONE.fullmatch(operator) else written
        else:
            yield operator


def short_name(number: int) -> str:
    """Return a name for a font of a sheet; no other font has it."""
    letter, rest = _LETTERS[number % len(_LETTERS)], number // len(_LETTERS)
    return f"{letter}{rest}" if rest else letter


def _leaves(operator: object) -> bool:
    """Whether what comes next stands elsewhere."""
    return isinstance(operator, bytes) and (operator == b"ET" or operator.endswith(b" Tm"))


def _tidy_places(operator: bytes) -> bytes:
    if operator.endswith(b" re"):
        return b" ".join([*map(_rounded, operator.split()[:-1]), b"re"])
    return rounded_matrix(operator) if operator.endswith(b" cm") else operator


def rounded_matrix(operator: bytes) -> bytes:
    """Return an operator with a matrix whose place has two decimals at most."""
    *matrix, x, y, name = operator.split()
    return b" ".join([*matrix, _rounded(x), _rounded(y), name])


def _rounded(number: bytes) -> bytes:
    if len(number.partition(b".")[2]) < 3:
        return number
    return rounded(float(number))


def tidy_text(operator: bytes, size: float | None, *, is_last: bool = False) -> bytes:
    """Return an operator that shows the same text with its gaps joined; any other as it is.

    ``size`` is that of the font, in units of the text's coordinates; None when it is not known.
    With ``is_last`` nothing is shown where the text ends.
    """
    if operator.startswith(b"[<") and operator.find(b">") == len(operator) - len(b">] TJ"):
        return operator  # no gaps
    found = _SHOWN.fullmatch(operator)
    if found is None:
        return operator
    characters, gaps = _characters(found[1])
    spacing = round(-_usual(gaps[1:-1]) * size / 1000, 3) if size else 0.0
    if abs(spacing) * len(characters) < _HARDLY_SPREAD:
        spacing = 0.0
    usual = -spacing * 1000 / size if size else 0.0
    gaps = [gaps[0], *(gap - usual for gap in gaps[1:])]
    shown = _written(characters, gaps[:-1] if is_last else gaps)
    if not spacing:
        return b"[%b] TJ" % shown
    written = f"{spacing:.3f}".rstrip("0").rstrip(".")
    return b"%b Tc [%b] TJ 0 Tc" % (written.encode(), shown)


def _characters(shown: bytes) -> tuple[list[bytes], list[float]]:
    """Return the characters, and the gaps before, between and after them."""
    characters: list[bytes] = []
    first, *parts = shown.split(b"<")
    gaps = [float(first or 0)]
    for part in parts:
        text, _, gap = part.partition(b">")
        if len(text) == _DIGITS:  # as most are in a line with gaps
            characters.append(text)
            gaps.append(0.0)
        else:
            characters += [text[at : at + _DIGITS] for at in range(0, len(text), _DIGITS)]
            gaps += [0.0] * (len(text) // _DIGITS)
        if gap:
            gaps[-1] += float(gap)
    return characters, gaps


def _usual(gaps: Sequence[float]) -> float:
    """Return the most frequent gap, give or take what rounding makes of it; 0 if none is."""
    if not any(gaps):
        return 0.0
    counted = Counter(map(round, gaps))
    ((usual, count),) = counted.most_common(1)
    alike = [gap for gap in gaps if abs(gap - usual) <= _ALIKE]
    mean = sum(alike) / len(alike)
    return mean if count >= _FREQUENT and abs(mean) > _HARDLY else 0.0


def _written(characters: Sequence[bytes], gaps: Sequence[float]) -> bytes:
    """Write characters with the gaps before, between and after them."""
    parts: list[bytes] = []
    owed = 0.0
    seen: set[int] = set()
    for gap, character in zip_longest(gaps, characters):
        owed += gap
        if abs(owed) > _UNSEEN:
            whole = round(owed)
            if whole not in seen:
                near = whole + (1 if owed > whole else -1)
                whole = near if near in seen else whole
                seen.add(whole)
            parts.append(b"%d" % whole)
            owed -= whole
        if character is not None:
            parts.append(b"<%b>" % character)
    return b"".join(parts).replace(b"><", b"")
