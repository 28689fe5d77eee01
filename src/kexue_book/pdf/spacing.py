"""Characters → how far they stand apart in Chinese typesetting, as CLREQ and GB/T 15834 have it.

Chinese punctuation is half ink and half white. Where two marks meet, one white half goes, and so
it does at both ends of a line; between Chinese and Latin there is a gap; no line begins or ends
with certain marks. Everything here is about characters only: lengths are in thousandths of an em.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

HALF = 500
"""The white half of a mark."""
GAP = 200
"""Between Chinese and Latin, as between Chinese and a formula (``.gap-before`` in base.css)."""

IMAGE = "\ufffc"
"""Stands for a formula or another image among characters."""

_CLOSING = "，。、；：？！）》〉」』】〕〗｝］”’"
_OPENING = "（《〈「『【〔〖｛［“‘"
_DASHES = "—…⋯"
_NEVER_FIRST = frozenset(_CLOSING + _DASHES + "～〜·・•‧／％‰℃℉°′″々〻ーㄧ–")
_NEVER_LAST = frozenset(_OPENING)
_NEVER_AFTER_IMAGE = frozenset(":;!?,.)]}%")

HAN, WIDE, LATIN, CLOSING, OPENING, DASH, SPACE, ENDING, BEGINNING, PICTURE, OTHER = "hwlcodsebix"


def _class_of(character: str) -> str:
    for characters, found in _MARKS:
        if character in characters:
            return found
    if "\u2e80" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff":
        return HAN if character > "\u3040" or character in "々〇" else WIDE
    if character >= "\U00020000":
        return HAN
    if "\uff00" <= character <= "\uffef":
        return WIDE
    return LATIN if character.isalnum() or character in "%‰°℃#@$€£&+" else OTHER


_MARKS = (
    (_CLOSING, CLOSING),
    (_OPENING, OPENING),
    (_DASHES, DASH),
    (" \u00a0", SPACE),
    (",.;:?!)]}", ENDING),
    ("([{", BEGINNING),
    (IMAGE, PICTURE),
    ("～／·・", WIDE),
)


class _Classes(dict[int, str]):
    """For ``str.translate``: learns what it is asked."""

    def __missing__(self, code: int) -> str:
        found = self[code] = _class_of(chr(code))
        return found


_CLASSES = _Classes()


def classes(text: str) -> str:
    """Return one letter for each character's class."""
    return text.translate(_CLASSES)


NOWHERE, AT_SPACE, AT_GAP, AT_MARK, AT_HAN, AT_PIECE = range(6)
"""Kinds of places between two characters, by how they stretch."""


def _kind(before: str, after: str) -> int:
    if before == SPACE:
        return AT_SPACE
    if after in (SPACE, CLOSING, ENDING, DASH) or before in (OPENING, BEGINNING):
        return NOWHERE
    if before == CLOSING or after == OPENING:
        return AT_HAN if before + after == CLOSING + OPENING else AT_MARK
    pair = {before, after}
    if HAN in pair and pair & {LATIN, PICTURE}:
        return AT_GAP
    if pair == {PICTURE}:
        return AT_PIECE
    return AT_HAN if pair & {HAN, WIDE, DASH} else NOWHERE


_ALL = (HAN, WIDE, LATIN, CLOSING, OPENING, DASH, SPACE, ENDING, BEGINNING, PICTURE, OTHER)
_KINDS = {before + after: _kind(before, after) for before in _ALL for after in _ALL}


def kinds(text_classes: str) -> bytes:
    """Return the kind of place between each two neighbours."""
    return bytes([_KINDS[before + after] for before, after in pairwise(text_classes)])


def spaces_only(text_classes: str) -> bytes:
    """Return the same for code, where nothing but a space may grow."""
    return bytes([AT_SPACE if before == SPACE else NOWHERE for before in text_classes[:-1]])


def own_space(before: str, after: str) -> int:
    """Return what comes between two neighbours of these classes, however full the line is."""
    if before == CLOSING:
        return -HALF if after in (CLOSING, OPENING) else 0
    if before == OPENING:
        return -HALF if after == OPENING else 0
    return GAP if {before, after} == {HAN, LATIN} else 0


_OWN = {
    before + after: space
    for before in _ALL
    for after in _ALL
    if (space := own_space(before, after))
}


def own_spaces(text_classes: str) -> dict[int, int]:
    """Return what comes between neighbours, where it is anything, by the second one's index."""
    found = {}
    for index, pair in enumerate(pairwise(text_classes), 1):
        space = _OWN.get(pair[0] + pair[1])
        if space is not None:
            found[index] = space
    return found


def may_break(before: str, after: str) -> bool:
    """Whether a line may end between two characters, as far as Chinese is concerned."""
    if after in _NEVER_FIRST or before in _NEVER_LAST:
        return False
    return not (before == IMAGE and after in _NEVER_AFTER_IMAGE)


_SQUEEZE = {AT_SPACE: 50, AT_GAP: 75, AT_MARK: 200}
"""By how much a place may shrink."""


def squeeze(places: bytes, needed: float) -> list[float] | None:
    """Return by how much each place shrinks so that ``needed`` is won, or None if it cannot be."""
    room = sum(places.count(kind) * most for kind, most in _SQUEEZE.items())
    if not 0 < needed <= room:
        return None
    return [-_SQUEEZE.get(kind, 0) * needed / room for kind in places]


@dataclass(frozen=True, slots=True)
class _Step:
    kinds: tuple[int, ...]
    most: int


_STEPS = (
    _Step((AT_SPACE, AT_GAP), 100),
    _Step((AT_MARK,), 90),
    _Step((AT_HAN,), 96),
    _Step((AT_SPACE, AT_GAP, AT_MARK), 160),
    _Step((AT_PIECE,), 100),
    _Step((AT_HAN,), 64),
    _Step((AT_SPACE, AT_GAP), 300),
)
"""Who stretches, one after the other. Between characters programs that read PDF take more for a
space; elsewhere there is one, or ``hidden_gaps.py`` sees to it that there is none."""


_NEARLY = 500
"""So much may be missing. A line further from flush is left as it is: it would only look torn."""


def stretch(counts: Iterable[int], extra: float) -> list[float]:
    """Return by how much the places of each kind grow to fill ``extra``; nothing if they cannot."""
    numbers = list(counts)
    shares = [0.0] * len(numbers)
    for step in _STEPS:
        places = sum(numbers[kind] for kind in step.kinds)
        if places and extra > 0:
            grown = min(step.most, extra / places)
            extra -= grown * places
            for kind in step.kinds:
                shares[kind] += grown
    return shares if extra <= _NEARLY else [0.0] * len(numbers)
