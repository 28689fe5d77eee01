"""Dates as blogs write them → ``datetime`` on the author's own clock."""

from __future__ import annotations

import datetime as dt
import re

_DATE = re.compile(
    r"(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?"
    r"(?:(?:T|\s+)(?P<hour>\d{1,2})[:：](?P<minute>\d{2})(?:[:：](?P<second>\d{2}))?(?:[.,]\d+)?)?"
    r"\s*(?:Z|[+-]\d{1,2}(?::?\d{2})?)?(?:\s*\(?[A-Z]{3,4}\)?)?",
    re.IGNORECASE,
)
_IN_NAME = re.compile(r"(?:^|/)(\d{4})-(\d{1,2})-(\d{1,2})(?=[-_. ]|$)")


def parse_date(text: str) -> dt.datetime | None:
    """Return the date, its zone left out: the wall clock is what readers compare with."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return dt.datetime(
            int(found["year"]),
            int(found["month"]),
            int(found["day"]),
            int(found["hour"] or 0),
            int(found["minute"] or 0),
            int(found["second"] or 0),
        )
    except ValueError:
        return None


def date_in_name(name: str) -> dt.datetime | None:
    """Return the date with which a file's or a folder's name begins: ``2023-03-07-attention``."""
    for found in reversed(list(_IN_NAME.finditer(name))):
        try:
            return dt.datetime(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            continue
    return None
