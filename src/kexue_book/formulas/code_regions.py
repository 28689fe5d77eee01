"""A Markdown text, line by line → where it is code or comment, and where its paragraphs end.

No formula begins in code, and no inline formula runs past the end of its paragraph. This is a
reading of lines, not a Markdown parser: what it takes for code must be code to pandoc too, while
code that it overlooks does little harm (a formula in it is shown as its source again).
"""

from __future__ import annotations

import bisect
import re

CONTAINERS = re.compile(r"[ \t>]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t>]++)*+")
"""The quote and list marks before a line's own text."""
_QUOTE = re.compile(r"(?:[ \t]{0,3}>)*+")
_FENCE = re.compile(r"(?P<fence>`{3,}|~{3,})(?P<info>[^\n]*)$")
_HEADING = re.compile(r"#{1,6}(?:[ \t]|$|[^\x00-\x7f])")
_RULE = re.compile(r"(?:[-=*_][ \t]*){3,}$")
# Below these, four spaces are the inside of something, not code: lists, footnotes, definitions,
# and the admonitions and tabs of MkDocs.
_INDENTING = re.compile(
    r"(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)|\[\^[^\]\s]+\]:|:[ \t]|(?:!!!|\?\?\?\+?|===)[ \t]"
)
_TABLE_ROW = re.compile(r"[ \t]*\|")
_VERBATIM = re.compile(
    r"<!--|<(?P<name>script|style|pre|textarea|code|svg|math)(?=[\s>/])", re.IGNORECASE
)
_CODE_SPAN = re.compile(r"(?<![`\\])(`++)(?:[^`\n]|(?!\1(?!`))`++)*+\1(?!`)")
_DISPLAY_MARK = re.compile(r"\\.|\$\$|`[^`]*`")
_ENVIRONMENT_MARK = re.compile(r"\\(begin|end)\s*\{")


class Regions:
    """Answers where code ends and how far a paragraph goes."""

    def __init__(self, opaque: list[tuple[int, int]], breaks: list[int], length: int) -> None:
        """``opaque`` is sorted and without overlaps, ``breaks`` is sorted."""
        self._opaque = opaque
        self._starts = [start for start, _ in opaque]
        self._breaks = breaks
        self._length = length

    def opaque_end(self, position: int) -> int | None:
        """Return the end of the code or comment that holds ``position``, or None."""
        index = bisect.bisect_right(self._starts, position) - 1
        if index >= 0 and position < self._opaque[index][1]:
            return self._opaque[index][1]
        return None

    def has_opaque(self, start: int, end: int) -> bool:
        """Whether code or a comment begins between the two positions."""
        index = bisect.bisect_left(self._starts, start)
        return index < len(self._starts) and self._starts[index] < end

    def paragraph_end(self, position: int) -> int:
        """Return where the paragraph, heading, list item or table row at ``position`` ends."""
        index = bisect.bisect_right(self._breaks, position)
        return self._breaks[index] if index < len(self._breaks) else self._length


def find_regions(text: str) -> Regions:
    """Read the lines of ``text`` once."""
    reader = _LineReader(text)
    position = 0
    for line in text.split("\n"):
        reader.read(line, position)
        position += len(line) + 1
    reader.finish()
    return Regions(reader.opaque, reader.breaks, len(text))


class _LineReader:
    """What the lines so far say about the next one."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.opaque: list[tuple[int, int]] = []
        self.breaks: list[int] = []
        self._fence = ""
        self._fence_start = 0
        self._fence_depth = 0
        self._resume = 0
        """End of a comment or verbatim element that began on an earlier line."""
        self._unclosed: set[str] = set()
        self._after_blank = True
        self._indenting = False
        self._display_open = False
        self._environments = 0
        self._depth = 0

    def read(self, line: str, position: int) -> None:
        """Take the next line, which begins at ``position``."""
        if position + len(line) < self._resume:
            return
        quote = _QUOTE.match(line)
        assert quote is not None
        depth, content = quote[0].count(">"), line[quote.end() :]
        if self._fence and not self._leaves_fence(depth, position):
            self._read_in_fence(line, content, position)
        elif position >= self._resume and self._begins_block(line, content, depth, position):
            self._after_blank = False
        else:
            self._read_text(line, content, position)
        self._depth = depth

    def finish(self) -> None:
        """Close what the end of the text closes."""
        if self._fence:
            self.opaque.append((self._fence_start, len(self._text)))

    def _leaves_fence(self, depth: int, position: int) -> bool:
        """Whether the block quote that holds the open fence is over, and so the fence."""
        if depth >= self._fence_depth:
            return False
        self._fence = ""
        self.breaks.append(position)
        return True

    def _read_in_fence(self, line: str, content: str, position: int) -> None:
        closing = content.strip(" \t")
        end = position + len(line)
        if closing.startswith(self._fence) and not closing.strip(self._fence[0]):
            self.opaque.append((self._fence_start, end))
            self.breaks.append(end)
            self._fence = ""
            self._after_blank = False
        elif self._fence_depth:  # it may end with its quote, any line now
            self.opaque.append((self._fence_start, end))
            self._fence_start = end

    def _begins_block(self, line: str, content: str, depth: int, position: int) -> bool:
        """Whether the line opens a fence or is indented code."""
        marks = CONTAINERS.match(content)
        assert marks is not None
        indent = len(content.expandtabs(4)) - len(content.expandtabs(4).lstrip(" "))
        nested = self._indenting or bool(marks[0].strip(" \t"))
        fence = _FENCE.match(content, marks.end())
        if fence and (indent < 4 or nested) and self._may_open(fence):
            self._fence, self._fence_start, self._fence_depth = fence["fence"], position, depth
            self.breaks.append(position)
            return True
        is_code = (
            self._after_blank
            and not self._indenting
            and not self._in_display()
            and indent - (1 if depth else 0) >= 4
            and content.strip() != ""
        )
        if is_code:
            self.opaque.append((position, position + len(line)))
            self.breaks.append(position + len(line))
            self._after_blank = True  # the next indented line is code as well
        return False

    def _may_open(self, fence: re.Match[str]) -> bool:
        """Whether it is a fence, not a code span nor part of a formula."""
        return not self._in_display() and not (fence[0][0] == "`" and "`" in fence["info"])

    def _in_display(self) -> bool:
        return self._display_open or self._environments > 0

    def _read_text(self, line: str, content: str, position: int) -> None:
        """Take a line of text, or the rest of one that a comment began in."""
        if self.opaque and self.opaque[-1] == (position, position + len(line)):
            return
        stripped = content.lstrip(" \t")
        inner = CONTAINERS.match(content)
        assert inner is not None
        heading = bool(_HEADING.match(content, inner.end()))
        marked = bool(_INDENTING.match(stripped))
        if position >= self._resume:
            if heading:  # whatever is still open was never meant to be
                self._display_open, self._environments = False, 0
            if self._splits(content, stripped, heading, marked):
                self.breaks.append(position)
            if heading:
                self.breaks.append(position + len(line))
            if stripped:
                indented = content[0] in " \t"
                self._indenting = marked or (
                    self._indenting and (indented or not self._after_blank)
                )
            self._after_blank = not stripped
        self._find_verbatim(line, position)
        self._count_displays(line)

    def _splits(self, content: str, stripped: str, heading: bool, marked: bool) -> bool:
        """Whether a paragraph ends before this line."""
        return bool(
            heading
            or marked
            or not stripped
            or _TABLE_ROW.match(content)
            or (not self._in_display() and _RULE.match(stripped))
        )

    def _find_verbatim(self, line: str, position: int) -> None:
        """Note comments and verbatim elements that begin on the line, to their ends."""
        if "<" not in line:
            return
        spans = [span.span() for span in _CODE_SPAN.finditer(line)] if "`" in line else []
        starts = [start for start, _ in spans]
        column = max(0, self._resume - position)
        while (found := _VERBATIM.search(line, column)) is not None:
            column = found.end()
            before = bisect.bisect_right(starts, found.start()) - 1
            if before >= 0 and found.start() < spans[before][1]:
                continue
            end = self._closing(found["name"], position + found.end())
            if end is not None:
                self.opaque.append((position + found.start(), end))
                self._resume = end
                column = end - position
                if column >= len(line):
                    return

    def _closing(self, name: str | None, position: int) -> int | None:
        closing = "-->" if name is None else f"</{name.lower()}"
        if closing in self._unclosed:
            return None
        found = re.compile(re.escape(closing) + ("" if name is None else r"\s*>"), re.I).search(
            self._text, position
        )
        if found is None:
            self._unclosed.add(closing)
            return None
        return found.end()

    def _count_displays(self, line: str) -> None:
        r"""Keep account of open ``$$`` and ``\begin``, in which four spaces are no code."""
        if "$$" in line:
            for mark in _DISPLAY_MARK.finditer(line):
                if mark[0] == "$$":
                    self._display_open = not self._display_open
        if "\\" in line:
            for edge in _ENVIRONMENT_MARK.finditer(line):
                self._environments = max(0, self._environments + (1 if edge[1] == "begin" else -1))
