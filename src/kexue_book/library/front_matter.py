"""A post's text → its front matter as strings and lists, and its body. Never raises.

YAML is read with a loader that keeps every scalar a string (``0001`` stays ``0001``, ``no``
stays ``no``, a date stays as written) and knows neither anchors nor tags: nothing in it can
grow or run, and a title like ``&AI 时代`` loses no letter to them. When the YAML is broken,
``salvage`` reads the lines that can be read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

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
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_ESCAPED = re.compile(r"[\t\n\r]")
_STRING_TAG = "tag:yaml.org,2002:str"
_BACKSLASH = "a backslash between double quotation marks"
_REASONS = (
    ("mapping values are not allowed", 'a value holds ": "'),
    ("expected <block end>", "a value goes on after its quotation mark or bracket"),
    ("found unexpected end of stream", "a quotation mark is not closed"),
    ("while scanning a quoted scalar", "a quotation mark is not closed"),
    ("found unknown escape character", _BACKSLASH),
    ("could not find expected ':'", "a line is no `name: value`"),
)
"""What PyYAML says, and what that means to an author."""
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
    line, reason, hint = 0, "", _QUOTE
    slip = slipped_colon(source)
    try:
        if len(source) > MAX_CHARACTERS:
            reason, hint = f"it has more than {MAX_CHARACTERS} characters", "shorten it"
        else:
            loaded = yaml.load(source, _Loader)
            if loaded is None:
                return {}, None
            if isinstance(loaded, dict):
                return {str(name).strip().lower(): loaded[name] for name in loaded}, None
            reason = "it is no list of `name: value` lines"
            hint = "if it is text, draw the rules around it as ***"
    except RecursionError:
        reason, hint = "it is nested too deeply", "write it with fewer levels"
    except (ValueError, OverflowError):
        reason = "an escape like \\UFFFFFFFF stands for no character"
    except yaml.YAMLError as error:
        line, reason = _place(source, error)
    if slip is not None:
        line, reason, hint = slip, "a colon without a space after it", "write it as `title: …`"
    problem = Problem(
        code="broken-front-matter",
        message=f"the front matter is no YAML: {reason}",
        line=first_line + line,
        hint=hint,
    )
    return salvage_fields(source[:MAX_CHARACTERS]), problem


def _place(source: str, error: yaml.YAMLError) -> tuple[int, str]:
    """Return the line of an error, from 0, and what PyYAML says of it, in one line."""
    if isinstance(error, yaml.reader.ReaderError):
        return source.count("\n", 0, error.position), str(error.reason)
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    reason = getattr(error, "problem", None) or getattr(error, "context", None) or str(error)
    # Not mark.line: PyYAML also counts U+0085, U+2028 and U+2029.
    line = source.count("\n", 0, mark.index) if mark is not None else 0
    plain = next((said for start, said in _REASONS if str(reason).startswith(start)), str(reason))
    return min(line, source.rstrip().count("\n")), " ".join(plain.split())


class _Loader(yaml.BaseLoader):
    """Strings, lists and mappings; no anchors, aliases or tags."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        tag = getattr(event, "tag", None)
        if getattr(event, "anchor", None) is not None:
            raise yaml.composer.ComposerError(
                None, None, "a plain value cannot begin with & or *", event.start_mark
            )
        if tag is not None and tag != _STRING_TAG:
            raise yaml.composer.ComposerError(
                None, None, "a plain value cannot begin with !", event.start_mark
            )
        return super().compose_node(parent, index)

    def construct_scalar(self, node: Any) -> Any:
        value = super().construct_scalar(node)
        if node.style is None and value in _NULLS:
            return None
        # "\ud83d\ude00", as in JSON, is one character.
        value = value.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
        # "$\alpha$" would be a bell and lpha, "$\nabla$" a new line and abla.
        if _NO_TEXT.search(value) or (
            node.style == '"' and "$" in value and _ESCAPED.search(value)
        ):
            raise yaml.constructor.ConstructorError(None, None, _BACKSLASH, node.start_mark)
        return value
