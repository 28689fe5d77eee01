"""Front matter that is no YAML → the fields that can still be read, line by line.

A title with an unquoted colon must not cost a post its date and its categories.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

KNOWN_FIELDS = ("title", "date", "updated", "categories", "category", "tags", "tag", "author")

# `name: value`, `name：value` with the colon of Chinese keyboards, and `title:value`, which is no
# YAML but is what was meant.
_FIELD = re.compile(
    r"^(?:(?P<name>[A-Za-z_][\w-]*)[ \t]*(?P<colon>:(?=[ \t]|$)|：)"
    rf"|(?P<known>{'|'.join(KNOWN_FIELDS)}):)(?P<value>.*)$"
)
_ENTRY = re.compile(r"^[ \t]*-[ \t]+(?P<value>.*)$")
_BLOCK_MARKS = frozenset(("|", ">", "|-", ">-", "|+", ">+"))
_QUOTES = "\"'"


def field_name(line: str) -> str | None:
    """Return the name, in lower case, of the field that begins on ``line``."""
    found = _FIELD.match(line)
    return (found["name"] or found["known"]).lower() if found else None


def field_lines(source: str, first_line: int) -> Mapping[str, int]:
    """Return the line on which each field begins, the first of ``source`` being given."""
    lines: dict[str, int] = {}
    for number, line in enumerate(source.split("\n"), first_line):
        name = field_name(line)
        if name is not None:
            lines.setdefault(name, number)
    return lines


def slipped_colon(source: str) -> int | None:
    """Return the first line, from 0, of a known field whose colon YAML does not take for one."""
    for number, line in enumerate(source.split("\n")):
        found = _FIELD.match(line)
        if found and (
            found["known"] or (found["colon"] == "：" and found["name"].lower() in KNOWN_FIELDS)
        ):
            return number
    return None


def salvage_fields(source: str) -> dict[str, object]:
    """Read ``name: value`` and ``- entry`` lines one by one; the rest is passed over."""
    fields: dict[str, object] = {}
    name = None
    for line in source.split("\n"):
        found = _FIELD.match(line)
        if found is not None:
            name = (found["name"] or found["known"]).lower()
            fields[name] = _plain(found["value"], lists=name != "title")
        elif name is not None and (entry := _ENTRY.match(line)) is not None:
            held = fields[name]
            if isinstance(held, list):
                held.append(_plain(entry["value"]))
            elif not held:
                fields[name] = [_plain(entry["value"])]
    return fields


def _plain(value: str, *, lists: bool = True) -> object:
    """Read a value as it was meant: without its quotation marks, ``[a, b]`` as a list."""
    value = value.strip()
    if value in _BLOCK_MARKS:
        return ""
    if lists and value.startswith("[") and value.endswith("]"):
        entries = (entry.strip() for entry in value[1:-1].split(","))
        return [_plain(entry, lists=False) for entry in entries if entry]
    if value[:1] and value[0] in _QUOTES:
        if len(value) > 1 and value[-1] == value[0]:
            return value[1:-1]
        if value.count(value[0]) == 1:  # opened and never closed
            return value[1:]
    return value
