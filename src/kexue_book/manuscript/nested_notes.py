"""A post's text → the same with marks for what pandoc loses of footnotes.

To pandoc 3.9 ``[^2]`` in the text of ``[^1]`` is nothing, and footnotes that call each other in a
ring take all its memory. So calls in footnotes are marked before it reads them, which makes them
plain text. A footnote that nothing calls is nothing to it, either: so at the beginning of the post
each is called once more. What pandoc makes of this is read by ``known_notes.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kexue_book.manuscript.repairs import lines_and_code

MARK = "\U0010fffb"
"""Stands for the ``^`` of a call; no text from a post holds it when pandoc reads it."""
_TWIN = "\U0010fffa"
"""Follows a footnote that says what another one says: to pandoc's reader they would be one."""
_QUOTED = re.compile(r"(?: {0,3}> ?)*")
_DEFINITION = re.compile(r"(\s*(?:(?:[-*+]|\d+[.)])\s+)*)\[\^((?:\\.|[^\]\\\n])+)\]:")
_CALL = re.compile(r"(?<!\\)\[\^([\w.-]+)\](?![({])")
MARKED = re.compile(rf"\[{MARK}([\w.-]+)\]")
"""A call in a footnote, once it has been marked."""
_OTHER_BLOCK = re.compile(r" {0,3}(?:#{1,6} |>|[-*+] |\d+[.)] |`{3}|~{3}|\|)")
"""What ends a paragraph without a blank line."""
_INDENT = 4


def mark_nested_calls(text: str) -> str:
    """Return a text in which pandoc sees no calls inside footnotes; mostly it is the same."""
    if "[^" not in text:
        return text
    lines = text.split("\n")
    # With the first label of those that differ in case only: pandoc takes them for one.
    defined: dict[str, str] = {}
    for line in lines:
        if (found := _definition(line)) is not None:
            defined.setdefault(found[2].casefold(), found[2])

    def mark(call: re.Match[str]) -> str:
        return f"[{MARK}{call[1]}]" if call[1].casefold() in defined else call[0]

    sayings: dict[str, dict[str, int]] = {}
    for index, start in _lines_of_notes(lines):
        begin, said = lines[index][:start], lines[index][start:]
        if (found := _definition(lines[index])) is not None and _is_plain(said):
            labels = sayings.setdefault(said.strip(), {})
            said += _TWIN * labels.setdefault(found[2].casefold(), len(labels))
        lines[index] = begin + _CALL.sub(mark, said)
    extra = [f"{MARK}{_hex(label)}{MARK}[^{label}]\n" for label in defined.values()]
    return "\n".join((*extra, *lines))


def unmark(text: str) -> str:
    """Return code, or whatever else holds no calls, as the post has it."""
    return text.replace(MARK, "^").replace(_TWIN, "")


def label_of_extra(text: str) -> str | None:
    """Return the label of the footnote that an added paragraph calls; None of other paragraphs."""
    if not text.startswith(MARK):
        return None
    return bytes.fromhex(text.split(MARK)[1]).decode("utf-8", "surrogatepass")


def _hex(label: str) -> str:
    """Return a label as it means nothing in Markdown."""
    return label.encode("utf-8", "surrogatepass").hex()


def definitions(text: str) -> dict[str, list[tuple[int, str]]]:
    """Return where footnotes begin, fenced code left out: line, from 0, and text, by label."""
    found: dict[str, list[tuple[int, str]]] = {}
    for index, (line, code) in enumerate(lines_and_code(text.split("\n"))):
        if not code and (definition := _definition(line)) is not None:
            found.setdefault(definition[2].casefold(), []).append((index, line))
    return found


def line_of_call(text: str, label: str) -> int | None:
    """Return the line, from 0, on which a footnote calls ``label``.

    Without a label it is the first call that cannot be marked.
    """
    lines = text.split("\n")
    for index, start in _lines_of_notes(lines):
        rest = lines[index][start:]
        if f"[^{label}]" in rest if label else "[^" in _CALL.sub("", rest):
            return index
    return None


def _is_plain(said: str) -> bool:
    """Whether a footnote's first line can be added to without becoming something else."""
    return said.strip() != "" and _OTHER_BLOCK.match(said) is None


def _definition(line: str) -> re.Match[str] | None:
    return _DEFINITION.match(line, _quoted(line))


def _quoted(line: str) -> int:
    """Return where a line begins in the quotation that it is in."""
    found = _QUOTED.match(line)
    return found.end() if found else 0


def _lines_of_notes(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the lines that footnotes consist of, and where their text begins."""
    inside, after_blank, indent = False, False, 0
    for index, line in enumerate(lines):
        start = _quoted(line)
        rest = line[start:].expandtabs()
        own = len(rest) - len(rest.lstrip())
        if (found := _definition(line)) is not None:
            inside, indent = True, len(found[1].expandtabs()) + _INDENT
            start = found.end()
        elif rest.strip():
            goes_on = own >= indent or not (after_blank or _OTHER_BLOCK.match(rest))
            inside = inside and goes_on
        if inside:
            yield index, start
        after_blank = not rest.strip()
