"""A post's text → its front matter as strings and lists, and its body. Never raises.

Front matter as nearly everyone writes it is read by ``simple``, other YAML by ``strict_yaml``. When
it is broken, ``salvage`` reads the lines that can be read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from kexue_book.library.salvage import (
    KNOWN_FIELDS,
    field_lines,
    field_name,
    salvage_fields,
    slipped_colon,
)
from kexue_book.library.simple import read_simple

MAX_CHARACTERS = 65_536

_OPENING = re.compile(r"\A\s*^---[ \t]*\n", re.MULTILINE)
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_TOML = re.compile(r"\A\s*^\+\+\+[ \t]*\n.*?^\+\+\+[ \t]*$", re.MULTILINE | re.DOTALL)
_QUOTE = "put the value between single quotation marks: 'like: this'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with a front matter."""

    code: str
    message: str
    line: int
    """1-based line of the text."""
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """The fields, and where the body begins."""

    fields: Mapping[str, object] = field(default_factory=dict)
    """Strings, None, lists and mappings; names in lower case."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """The 1-based line of the text on which each field begins."""
    body: str
    body_line: int
    """1-based line of the text."""
    problem: Problem | None = None


def split_front_matter(text: str) -> FrontMatter:
    r"""Split a post's text (``\n`` line ends, no BOM) into fields and body."""
    opening = _OPENING.match(text)
    if opening is None:
        return FrontMatter(body=text, body_line=1, problem=_foreign(text))
    closing = _CLOSING.search(text, opening.end())
    if closing is None:
        return _unclosed(text, opening.end())
    return _split(text, opening.end(), closing.start(), closing.end(), None)


def _split(text: str, start: int, end: int, body: int, problem: Problem | None) -> FrontMatter:
    """Split at known places; text that holds no field is no front matter and stays in the body."""
    source = text[start:end]
    first_line = text.count("\n", 0, start) + 1
    fields, found = _read(source, first_line)
    if not fields and found is not None:
        return FrontMatter(body=text, body_line=1, problem=found)
    if text[body : body + 1] == "\n":
        body += 1
    return FrontMatter(
        fields=fields,
        lines=field_lines(source, first_line),
        body=text[body:],
        body_line=text.count("\n", 0, body) + 1,
        problem=problem or found,
    )


def _unclosed(text: str, start: int) -> FrontMatter:
    """Read the fields up to the first line that cannot be one; a post may begin with a rule."""
    end = start
    names: set[str] = set()
    while end < len(text):
        line_end = text.find("\n", end) + 1 or len(text)
        line = text[end:line_end].rstrip("\n")
        name = field_name(line)
        if name is not None:
            names.add(name)
        elif not names or not line.startswith((" ", "\t", "- ")):
            break
        end = line_end
    if names.isdisjoint(KNOWN_FIELDS):
        return FrontMatter(body=text, body_line=1)
    problem = Problem(
        code="broken-front-matter",
        message="the front matter is not closed",
        line=text.count("\n", 0, start),
        hint="write --- on a line of its own after the last field",
    )
    return _split(text, start, end, end, problem)


def _foreign(text: str) -> Problem | None:
    found = _TOML.match(text)
    if found is None:
        return None
    return Problem(
        code="unknown-front-matter",
        message="the front matter is TOML, which is not read; it stays in the text",
        line=text.count("\n", 0, text.index("+++")) + 1,
        hint="write it as YAML between two --- lines",
    )


def _read(source: str, first_line: int) -> tuple[dict[str, object], Problem | None]:
    """Return the fields and what is wrong with them; no fields, when it is prose."""
    if len(source) <= MAX_CHARACTERS and (simple := read_simple(source)) is not None:
        return dict(simple), None
    from kexue_book.library.strict_yaml import NotYamlError, read_yaml

    line, hint = 0, _QUOTE
    slip = slipped_colon(source)
    try:
        if len(source) > MAX_CHARACTERS:
            reason, hint = f"it has more than {MAX_CHARACTERS} characters", "shorten it"
        else:
            loaded = read_yaml(source)
            if loaded is None:
                return {}, None
            if isinstance(loaded, dict):
                return {str(name).strip().lower(): loaded[name] for name in loaded}, None
            reason = "it is no list of `name: value` lines"
            hint = "if it is text, draw the rules around it as ***"
    except NotYamlError as error:
        line, reason, hint = error.line, error.reason, error.hint or _QUOTE
    if slip is not None:
        line, reason, hint = slip, "a colon without a space after it", "write it as `title: …`"
    problem = Problem(
        code="broken-front-matter",
        message=f"the front matter is no YAML: {reason}",
        line=first_line + line,
        hint=hint,
    )
    return salvage_fields(source[:MAX_CHARACTERS]), problem
