"""``2021``, ``2021-03``, ``2021-03-05`` → the first or the last day they mean."""

from __future__ import annotations

import calendar
import datetime as dt
import re

from kexue_book.errors import UsageError

_DAY = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")


def parse_first_day(text: str) -> dt.date:
    """Return the first day of a year, of a month, or the day.

    Raises:
        UsageError: ``text`` is none of these.
    """
    year, month, day = _parts(text)
    return _date(text, year, 1 if month is None else month, 1 if day is None else day)


def parse_last_day(text: str) -> dt.date:
    """Return the last day of a year, of a month, or the day.

    Raises:
        UsageError: ``text`` is none of these.
    """
    year, month, day = _parts(text)
    month = 12 if month is None else month
    if day is None:
        first = _date(text, year, month, 1)
        day = calendar.monthrange(first.year, first.month)[1]
    return _date(text, year, month, day)


def _parts(text: str) -> tuple[int, int | None, int | None]:
    found = _DAY.fullmatch(text.strip())
    if found is None:
        raise _no_date(text)
    year, month, day = found.groups()
    return int(year), int(month) if month else None, int(day) if day else None


def _date(text: str, year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise _no_date(text) from None


def _no_date(text: str) -> UsageError:
    return UsageError(f"“{text}” is no date", hint="write 2021, 2021-03 or 2021-03-05")
