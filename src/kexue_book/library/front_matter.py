"""The head of a post's file → its fields as strings and lists, whatever state it is in.

YAML is read with a loader that keeps every scalar a string (``0001`` stays ``0001``, ``no``
stays ``no``, a date stays as written) and knows no aliases, so nothing in it can grow. When the
YAML is broken, the lines that can be read still are: a title with an unquoted colon must not
cost a post its date.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

MAX_CHARACTERS = 65_536

_OPENING = re.compile(r"\A\s*---[ \t]*\n")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_FIELD = re.compile(r"^([A-Za-z_][\w-]*)[ \t]*:(?:[ \t]+(.*))?$")
_ENTRY = re.compile(r"^[ \t]*-[ \t]+(.*)$")


class _Loader(yaml.SafeLoader):
    """Strings only, and no aliases."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(
                None, None, "aliases (*name) are not read", event.start_mark
            )
        return super().compose_node(parent, index)


_Loader.yaml_implicit_resolvers = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """The fields, and where the body begins."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    """Strings, lists and mappings; names in lower case."""
    body: str
    body_line: int
    """1-based line of the text."""
    problem: str | None = None
    """What is wrong with the YAML."""
    problem_line: int | None = None


def split_front_matter(text: str) -> FrontMatter:
    r"""Split a post's text (``\n`` line ends, no BOM) into fields and body. Never raises."""
    opening = _OPENING.match(text)
    closing = _CLOSING.search(text, opening.end()) if opening else None
    if opening is None:
        return FrontMatter(body=text, body_line=1)
    if closing is None:
        # A post may begin with a rule; fields that never end are a slip.
        slip = _FIELD.match(text[opening.end() :].split("\n", 1)[0]) is not None
        problem = "the front matter is not closed with ---" if slip else None
        return FrontMatter(body=text, body_line=1, problem=problem, problem_line=1)
    source = text[opening.end() : closing.start()]
    first_line = text.count("\n", 0, opening.end()) + 1
    body = text[closing.end() :].removeprefix("\n")
    body_line = text.count("\n", 0, closing.end()) + 2
    fields, problem, line = _read(source)
    return FrontMatter(
        fields={str(name).strip().lower(): value for name, value in fields.items()},
        body=body,
        body_line=body_line,
        problem=problem,
        problem_line=first_line + line if problem is not None else None,
    )


def _read(source: str) -> tuple[Mapping[Any, Any], str | None, int]:
    """Return the fields, what is wrong, and on which line of ``source`` (from 0)."""
    if len(source) > MAX_CHARACTERS:
        return _salvage(source[:MAX_CHARACTERS]), f"it has more than {MAX_CHARACTERS} characters", 0
    try:
        loaded = yaml.load(source, _Loader)
    except (yaml.YAMLError, RecursionError, ValueError) as problem:
        mark = getattr(problem, "problem_mark", None) or getattr(problem, "context_mark", None)
        reason = getattr(problem, "problem", None) or str(problem).split("\n")[0]
        return _salvage(source), str(reason), mark.line if mark is not None else 0
    if loaded is None or loaded == "":
        return {}, None, 0
    if not isinstance(loaded, dict):
        return _salvage(source), "it is no list of `name: value` lines", 0
    return loaded, None, 0


def _salvage(source: str) -> dict[str, Any]:
    """Read ``name: value`` and ``- entry`` lines one by one."""
    fields: dict[str, Any] = {}
    name = ""
    for line in source.split("\n"):
        if (found := _FIELD.match(line)) is not None:
            name = found[1]
            fields[name] = _plain(found[2] or "")
        elif name and (entry := _ENTRY.match(line)) is not None:
            entries = fields[name] if isinstance(fields[name], list) else []
            fields[name] = [*entries, _plain(entry[1])]
    return fields


def _plain(value: str) -> Any:
    value = value.strip()
    if value.startswith("[") and value.endswith("]"):
        return [_plain(entry) for entry in value[1:-1].split(",") if entry.strip()]
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    return value.strip("'\"") if value[:1] in "'\"" else value
