"""YAML → strings, lists and mappings, or the place and the reason why that cannot be.

It is read with a loader that keeps every scalar a string (``0001`` stays ``0001``, ``no`` stays
``no``, a date stays as written) and knows neither anchors nor tags: nothing in it can grow or run,
and a title like ``&AI 时代`` loses no letter to them. PyYAML is loaded with this module, which few
posts need.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

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


class NotYamlError(Exception):
    """A text is no YAML, or more than that."""

    def __init__(self, reason: str, *, line: int = 0, hint: str = "") -> None:
        """``line`` counts from 0."""
        super().__init__(reason)
        self.reason = reason
        self.line = line
        self.hint = hint


def read_yaml(source: str) -> Any:
    """Return what a text says.

    Raises:
        NotYamlError: it says nothing.
    """
    try:
        return yaml.load(source, _Loader)
    except RecursionError:
        hint = "write it with fewer levels"
        raise NotYamlError("it is nested too deeply", hint=hint) from None
    except (ValueError, OverflowError):
        raise NotYamlError("an escape like \\UFFFFFFFF stands for no character") from None
    except yaml.YAMLError as error:
        line, reason = _where(source, error)
        raise NotYamlError(reason, line=line) from None


def _where(source: str, error: yaml.YAMLError) -> tuple[int, str]:
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
