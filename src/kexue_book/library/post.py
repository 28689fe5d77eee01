"""One file's text → a :class:`Post`, with what there is to say about its front matter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kexue_book.errors import Diagnostic, Severity
from kexue_book.library.dates import date_in_name, parse_date
from kexue_book.library.front_matter import FrontMatter, split_front_matter
from kexue_book.library.slugs import slug_of
from kexue_book.model import CategoryPath, Post

_TITLE_HEADING = re.compile(
    r"\A\s*(?:#[ \t]+(?P<atx>[^\n]+?)[ \t]*#*|(?P<setext>[^\n]+)\n=+)[ \t]*(?:\n|\Z)"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_ARCHIVE = re.compile(r"/archives/(\d+)")
_NO = frozenset(("false", "no", "0", "off", "draft", "hidden", "private"))
_YES = frozenset(("true", "yes", "1", "on"))


def read_post(text: str, path: Path, relative: Path) -> tuple[Post, tuple[Diagnostic, ...]]:
    """Make a post of a file's text. Never fails: what is missing is made up or left out.

    Args:
        text: the file's content, decoded.
        path: the file, as the user named it.
        relative: the file, from the posts' folder.
    """
    diagnostics: list[Diagnostic] = []
    text = _normalise(text, path, diagnostics)
    front = split_front_matter(text)
    if front.problem is not None:
        diagnostics.append(
            _warn(
                "broken-front-matter",
                f"the front matter cannot be read as YAML: {front.problem}",
                path,
                front.problem_line,
                'put values that hold ": " or begin with [ or " between quotation marks',
            )
        )
    title, body, body_line = _title(front, relative)
    fields = front.fields
    url = _address(fields)
    return Post(
        slug=slug_of(relative),
        title=title,
        date=_date(
            fields, ("date", "created", "published", "pubdate", "publishdate"), path, diagnostics
        )
        or date_in_name(relative.with_suffix("").as_posix()),
        updated=_date(
            fields, ("updated", "modified", "lastmod", "last_modified_at"), path, diagnostics
        ),
        categories=_categories(fields.get("categories", fields.get("category"))),
        tags=tuple(dict.fromkeys(_words(fields.get("tags", fields.get("tag"))))),
        author="、".join(_words(fields.get("author", fields.get("authors")))) or None,
        url=url,
        site_id=_site_id(fields, url),
        aliases=tuple(_aliases(fields)),
        rights=_text(fields.get("license", fields.get("rights", fields.get("copyright")))),
        summary=_text(fields.get("summary", fields.get("description", fields.get("excerpt")))),
        draft=_is_draft(fields, relative),
        body=body,
        path=path,
        body_line=body_line,
    ), tuple(diagnostics)


def _normalise(text: str, path: Path, diagnostics: list[Diagnostic]) -> str:
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    found = _CONTROLS.search(text)
    if found is None:
        return text
    diagnostics.append(
        _warn(
            "control-character",
            f"control characters (U+{ord(found[0]):04X}) are left out",
            path,
            text.count("\n", 0, found.start()) + 1,
            "delete them: no book format can hold them",
        )
    )
    return _CONTROLS.sub("", text)


def _title(front: FrontMatter, relative: Path) -> tuple[str, str, int]:
    """Return title, body and the body's line; a heading that is the title leaves the body."""
    stated = _text(front.fields.get("title")) or ""
    heading = _TITLE_HEADING.match(front.body)
    written = (heading["atx"] or heading["setext"] or "").strip() if heading else ""
    if heading is not None and written and stated in ("", written):
        rest = front.body[heading.end() :]
        return written, rest, front.body_line + front.body.count("\n", 0, heading.end())
    if not stated:
        name = relative.parent.name if relative.stem.lower() == "index" else relative.stem
        stated = re.sub(r"^\d{4}-\d{1,2}-\d{1,2}[-_ ]*", "", name).replace("_", " ").strip()
        stated = stated or name or "无题"
    return stated, front.body, front.body_line


def _date(
    fields: Mapping[str, Any], names: Iterable[str], path: Path, diagnostics: list[Diagnostic]
) -> Any:
    for name in names:
        text = _text(fields.get(name))
        if not text:
            continue
        date = parse_date(text)
        if date is not None:
            return date
        diagnostics.append(
            _warn(
                "bad-date",
                f"the {name} {text!r} is no date",
                path,
                None,
                "write it as 2021-03-05 or 2021-03-05 20:46:25",
            )
        )
    return None


def _categories(value: Any) -> tuple[CategoryPath, ...]:
    """A string or an entry of a list is a category; a list in a list and ``a>b`` are paths."""
    entries = value if isinstance(value, list) else [value]
    paths: list[CategoryPath] = []
    for entry in entries:
        if isinstance(entry, list):
            names = tuple(name for part in entry if (name := _text(part)))
        else:
            names = tuple(part.strip() for part in (_text(entry) or "").split(">"))
        names = tuple(name for name in names if name)
        if names:
            paths.append(names)
    return tuple(dict.fromkeys(paths))


def _words(value: Any) -> list[str]:
    """Return the entries of a list, or of a string with commas."""
    if isinstance(value, list):
        return [text for entry in value if (text := _text(entry))]
    return [word.strip() for word in re.split(r"[,，、;；]", _text(value) or "") if word.strip()]


def _text(value: Any) -> str | None:
    """Return a scalar as one line."""
    if isinstance(value, str):
        return " ".join(value.split()) or None
    if isinstance(value, dict):  # `author: {name: …}`
        return _text(value.get("name"))
    return None


def _address(fields: Mapping[str, Any]) -> str | None:
    for name in ("url", "source", "link", "permalink", "canonical_url"):
        text = _text(fields.get(name)) or ""
        try:
            if urlsplit(text).scheme in ("http", "https") and urlsplit(text).hostname:
                return text
        except ValueError:
            continue
    return None


def _site_id(fields: Mapping[str, Any], url: str | None) -> str | None:
    stated = _text(fields.get("id", fields.get("cid")))
    found = _ARCHIVE.search(url or "")
    return stated or (found[1] if found else None)


def _aliases(fields: Mapping[str, Any]) -> Iterable[str]:
    for name in ("permalink", "slug", "aliases", "alias", "redirect_from", "url"):
        value = fields.get(name)
        for entry in value if isinstance(value, list) else [value]:
            if text := _text(entry):
                yield text


def _is_draft(fields: Mapping[str, Any], relative: Path) -> bool:
    def says(name: str, words: frozenset[str]) -> bool:
        return (_text(fields.get(name)) or "").lower() in words

    return (
        says("draft", _YES)
        or says("published", _NO)
        or says("status", _NO)
        or "_drafts" in relative.parts
    )


def _warn(code: str, message: str, path: Path, line: int | None, hint: str) -> Diagnostic:
    return Diagnostic(
        code=code, severity=Severity.WARNING, message=message, path=path, line=line, hint=hint
    )
