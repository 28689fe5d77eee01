"""A condition that no post meets → what to say, and what would have been found."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kexue_book.model import Post
from kexue_book.outline.names import fold

_SHOWN = 8
"""Names in a hint, at most."""
_PLURALS = {"category": "categories", "tag": "tags"}


@dataclass(frozen=True, slots=True)
class Advice:
    """What is the matter, and what to do about it."""

    message: str
    hint: str


def no_name(kind: str, wanted: Sequence[str], counts: Sequence[tuple[str, int]]) -> Advice:
    """Name the categories or tags that look like those ``wanted``, else the largest ones."""
    message = f"no post in {kind} {_quoted(wanted)}"
    if kind == "tag":
        message = f"no post with tag {_quoted(wanted)}"
    if not counts:
        return Advice(message, f"no post here has a {kind}")
    known = dict(counts)
    near = _nearest(wanted, list(known))
    names = near or list(known)
    listed = ", ".join(f"{name} ({known[name]})" for name in names[:_SHOWN])
    more = " …" if len(names) > _SHOWN else ""
    which = "nearest" if near else "largest"
    return Advice(message, f"{which} {_PLURALS[kind]} here: {listed}{more}")


def no_date(since: dt.date | None, until: dt.date | None, posts: Sequence[Post]) -> Advice:
    """Name the time that ``posts`` cover."""
    asked = " ".join(
        f"{word} {day}" for word, day in (("from", since), ("to", until)) if day is not None
    )
    days = sorted(post.date.date() for post in posts if post.date is not None)
    hint = f"the posts here are of {days[0]} to {days[-1]}" if days else "no post here has a date"
    return Advice(f"no post is dated {asked}", hint)


def no_title(texts: Sequence[str], posts: Sequence[Post]) -> Advice:
    """Name some titles that are like ``texts``."""
    near = _nearest(texts, [post.title for post in posts], cutoff=0.3)[:3]
    titles = near or [post.title for post in posts[:3]]
    which = "nearest titles" if near else "titles here, for example"
    return Advice(f"no title holds {_quoted(texts)}", f"{which}: {', '.join(titles)}")


def _nearest(wanted: Sequence[str], known: Sequence[str], cutoff: float = 0.4) -> list[str]:
    """Return the names like one of ``wanted``, the likest first, each once."""
    found: dict[str, float] = {}
    for text in _parts(wanted):
        for name in known:
            likeness = _likeness(text, fold(name))
            if likeness >= cutoff:
                found[name] = max(likeness, found.get(name, 0))
    return sorted(found, key=lambda name: -found[name])


def _likeness(asked: str, name: str) -> float:
    if asked in name or name in asked:
        return 1
    return difflib.SequenceMatcher(None, asked, name, autojunk=False).ratio()


def _parts(wanted: Iterable[str]) -> list[str]:
    """Return the names asked for; of ``数学>概率论`` both."""
    return [folded for text in wanted for part in text.split(">") if (folded := fold(part))]


def _quoted(texts: Iterable[str]) -> str:
    return ", ".join(f"“{text}”" for text in texts)
