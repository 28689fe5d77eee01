"""One file's text → a :class:`Post`, with what there is to say about its front matter."""

from __future__ import annotations

import datetime as dt
from pathlib import Path, PurePath

from kexue_book.errors import Diagnostic, Severity
from kexue_book.library import fields as read
from kexue_book.library.dates import date_in_name, parse_date
from kexue_book.library.encoding import strip_controls
from kexue_book.library.front_matter import FrontMatter, split_front_matter
from kexue_book.library.titles import find_title
from kexue_book.model import Post

_PUBLISHED = ("date", "created", "published", "pubdate", "publishdate")
_UPDATED = ("updated", "modified", "lastmod", "last_modified_at")
_SUMMARIES = ("summary", "description", "excerpt")


def read_post(
    text: str, path: Path, relative: PurePath, slug: str
) -> tuple[Post, tuple[Diagnostic, ...]]:
    r"""Make a post of a file's text. Never fails: what is missing is made up or left out.

    Args:
        text: the file's content, with ``\n`` line ends.
        path: the file, as the user named it.
        relative: the file, from the posts' folder.
        slug: the post's name in the library.
    """
    text, controls = strip_controls(text, path)
    front = split_front_matter(text)
    fields = front.fields
    title, body = find_title(read.stated_title(fields), front.body, relative)
    date, bad_dates = _date(front, _PUBLISHED, path)
    updated, bad_updates = _date(front, _UPDATED, path)
    url = read.address(fields)
    post = Post(
        slug=slug,
        title=title,
        date=date or date_in_name(relative.with_suffix("").as_posix()),
        updated=updated,
        categories=read.categories(fields),
        tags=read.tags(fields),
        author=read.author(fields),
        url=url,
        site_id=read.site_id(fields, url),
        aliases=read.aliases(fields),
        rights=read.rights(fields),
        summary=read.first_line(fields, _SUMMARIES),
        draft=read.is_draft(fields, relative),
        body=body,
        path=path,
        body_line=front.body_line,
    )
    findings = (*controls, *_problem(front, path), *bad_dates, *bad_updates, *_empty(front, path))
    return post, findings


def _date(
    front: FrontMatter, names: tuple[str, ...], path: Path
) -> tuple[dt.datetime | None, tuple[Diagnostic, ...]]:
    """Return the first of the fields that is a date, and those before it that are none."""
    findings: list[Diagnostic] = []
    for name in names:
        text = read.one_line(front.fields.get(name))
        if text is None or (name == "published" and read.is_switch(text)):
            continue
        date = parse_date(text)
        if date is not None:
            return date, tuple(findings)
        findings.append(
            _warning(
                "bad-date",
                f"the {name} “{text}” is no date",
                path,
                front.lines.get(name),
                "write it as 2021-03-05 or 2021-03-05 20:46:25",
            )
        )
    return None, tuple(findings)


def _problem(front: FrontMatter, path: Path) -> tuple[Diagnostic, ...]:
    found = front.problem
    if found is None:
        return ()
    return (_warning(found.code, found.message, path, found.line, found.hint),)


def _empty(front: FrontMatter, path: Path) -> tuple[Diagnostic, ...]:
    if front.body.strip():
        return ()
    hint = "write it, or leave it out with draft: true"
    return (_warning("empty-post", "the post has no text", path, None, hint),)


def _warning(code: str, message: str, path: Path, line: int | None, hint: str) -> Diagnostic:
    return Diagnostic(
        code=code, severity=Severity.WARNING, message=message, path=path, line=line, hint=hint
    )
