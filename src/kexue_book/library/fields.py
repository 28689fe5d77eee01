"""Front matter's values, as authors write them → the values of a :class:`Post`.

A value is a string, None, a list or a mapping; each function takes whatever is there and
leaves out what it cannot use.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePath
from urllib.parse import urlsplit

from kexue_book.model import CategoryPath

Fields = Mapping[str, object]

_ADDRESSES = ("url", "source", "link", "permalink", "canonical_url")
_ALIASES = ("permalink", "slug", "aliases", "alias", "redirect_from", "url")
_RIGHTS = ("license", "rights", "copyright")
_ARCHIVE = re.compile(r"/archives/(\d+)")
_YES = frozenset(("true", "yes", "1", "on"))
_NO = frozenset(("false", "no", "0", "off"))
_HIDDEN = frozenset(("draft", "hidden", "private"))


def one_line(value: object) -> str | None:
    """Return a scalar as one line of text; of ``{name: …}`` the name."""
    if isinstance(value, str):
        return " ".join(value.split()) or None
    if isinstance(value, Mapping):
        return one_line(value.get("name"))
    return None


def stated_title(fields: Fields) -> str | None:
    """Return the title; ``title: [转载]`` is a list to YAML and none to its author."""
    value = fields.get("title")
    if isinstance(value, list):
        names = [name for entry in value if (name := one_line(entry))]
        return f"[{', '.join(names)}]" if names else None
    return one_line(value)


def first_line(fields: Fields, names: tuple[str, ...]) -> str | None:
    """Return the first of the fields that says something, as one line."""
    return next((text for name in names if (text := one_line(fields.get(name)))), None)


def categories(fields: Fields) -> tuple[CategoryPath, ...]:
    """Return the categories: each string is one, a list in the list and ``a>b`` are paths."""
    value = fields.get("categories") or fields.get("category")
    paths: list[CategoryPath] = []
    for entry in value if isinstance(value, list) else [value]:
        if isinstance(entry, list):
            names = [one_line(part) for part in entry]
        else:
            names = [one_line(part) for part in (one_line(entry) or "").split(">")]
        if path := tuple(name for name in names if name):
            paths.append(path)
    return tuple(dict.fromkeys(paths))


def tags(fields: Fields) -> tuple[str, ...]:
    """Return the tags: a list, or a string with commas of any kind between them."""
    value = fields.get("tags") or fields.get("tag")
    if not isinstance(value, list):
        value = re.split(r"[,，、;；]", one_line(value) or "")
    return tuple(dict.fromkeys(tag for entry in value if (tag := one_line(entry))))


def author(fields: Fields) -> str | None:
    """Return the author, or all of a list."""
    value = fields.get("author") or fields.get("authors")
    names = value if isinstance(value, list) else [value]
    return "、".join(name for entry in names if (name := one_line(entry))) or None


def address(fields: Fields) -> str | None:
    """Return where the post lives on the web: the first field that is a whole address."""
    for name in _ADDRESSES:
        text = one_line(fields.get(name)) or ""
        try:
            parts = urlsplit(text)
            if parts.scheme in ("http", "https") and parts.hostname:
                return text
        except ValueError:  # `http://[`
            continue
    return None


def site_id(fields: Fields, url: str | None) -> str | None:
    """Return the number the site gives the post, stated or in its address."""
    found = _ARCHIVE.search(url or "")
    return first_line(fields, ("id", "cid")) or (found[1] if found else None)


def aliases(fields: Fields) -> tuple[str, ...]:
    """Return the other names under which the post may be linked."""
    values = [fields.get(name) for name in _ALIASES]
    entries = [
        entry for value in values for entry in (value if isinstance(value, list) else [value])
    ]
    return tuple(dict.fromkeys(text for entry in entries if (text := one_line(entry))))


def rights(fields: Fields) -> str | None:
    """Return the licence; ``copyright: true`` is a switch of some themes and names none."""
    texts = (one_line(fields.get(name)) for name in _RIGHTS)
    return next((text for text in texts if text and not is_switch(text)), None)


def is_draft(fields: Fields, path: PurePath) -> bool:
    """Whether its author holds the post back, by a field or by its folder."""

    def says(name: str, words: frozenset[str]) -> bool:
        return (one_line(fields.get(name)) or "").lower() in words

    return (
        says("draft", _YES)
        or says("published", _NO)
        or says("status", _HIDDEN)
        or "_drafts" in path.parts
    )


def is_switch(text: str) -> bool:
    """Whether a value is a plain yes or no."""
    return text.lower() in _YES | _NO
