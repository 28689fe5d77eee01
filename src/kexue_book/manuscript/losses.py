"""A post and what became of it → diagnostics for what its draft does not show."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from kexue_book.errors import Diagnostic, Severity
from kexue_book.manuscript.draft import line_of
from kexue_book.manuscript.markup import MarkupWriter
from kexue_book.manuscript.nested_notes import definitions, line_of_call, unmark
from kexue_book.manuscript.placing import Placeholders
from kexue_book.manuscript.sanitise import removed_tags
from kexue_book.model import Chapter, Formula

_EMPTY_FENCE = re.compile(r"^[ >]*(`{3,}|~{3,})[^\n]*\n[\s>]*\1", re.MULTILINE)


def find_losses(
    chapter: Chapter, writer: MarkupWriter, places: Placeholders
) -> Iterator[Diagnostic]:
    """Yield what was left out of the body, once its formulas have been placed."""
    yield from _removed(chapter, writer)
    if writer.empty_code_blocks:
        yield _empty_code(chapter, writer.empty_code_blocks)
    yield from _unplaced(chapter, places)


def unreadable(chapter: Chapter, reason: str) -> Diagnostic:
    """Return what to say when pandoc gave a post up."""
    return Diagnostic(
        code="unreadable-markdown",
        severity=Severity.ERROR,
        message=f"pandoc cannot read this post, so it is shown as its source: {reason}",
        path=chapter.post.path,
        line=chapter.post.body_line,
        hint="look for very deep nesting or long runs of brackets",
    )


def find_lost_notes(chapter: Chapter, left: Sequence[str], lost: int) -> Iterator[Diagnostic]:
    """Yield the footnotes that could not be shown inside others.

    The calls of those ``left`` are shown as they are written; ``lost`` are so many others.
    """
    for label in dict.fromkeys(left):
        yield _lost_note(chapter, label, f"[^{label}] in a footnote is shown as written")
    if lost:
        what = "a call in a footnote is" if lost == 1 else f"{lost} calls in footnotes are"
        yield _lost_note(chapter, "", f"{what} left out")


def find_uncalled_notes(chapter: Chapter, labels: Collection[str]) -> Iterator[Diagnostic]:
    """Yield the footnotes that stand at the end, because nothing calls them."""
    places = definitions(chapter.post.body) if labels else {}
    for label in sorted(labels, key=lambda label: places.get(label.casefold(), [(0, "")])[0]):
        line, _ = places.get(label.casefold(), [(0, "")])[0]
        yield _said_of_note(
            chapter,
            line,
            code="uncalled-footnote",
            message=f"nothing calls the footnote [^{label}]; it stands at the end of the chapter",
            hint=f"write [^{label}] where it belongs, or delete it",
        )


def find_repeated_notes(
    chapter: Chapter, labels: Collection[str], raw_html: Sequence[str]
) -> Iterator[Diagnostic]:
    """Yield the footnotes that are lost, because others before them have their labels."""
    places = definitions(chapter.post.body) if labels else {}
    hidden = unmark("\n".join(raw_html))
    for label in labels:
        real = [
            (line, written)
            for line, written in places.get(label.casefold(), ())
            if not written.expandtabs().startswith("    ") and written not in hidden
        ]
        for line, written in real[1:]:
            if written != real[0][1]:
                yield _repeated_note(chapter, label, line)


def _repeated_note(chapter: Chapter, label: str, line: int) -> Diagnostic:
    return _said_of_note(
        chapter,
        line,
        code="repeated-footnote",
        severity=Severity.ERROR,
        message=f"[^{label}] is defined already; this footnote is left out",
        hint="give it a name of its own, and call it by that",
    )


def _lost_note(chapter: Chapter, label: str, message: str) -> Diagnostic:
    return _said_of_note(
        chapter,
        line_of_call(chapter.post.body, label) or 0,
        code="nested-footnote",
        message=message,
        hint="write what it says into the footnote that calls it",
    )


def _said_of_note(
    chapter: Chapter,
    line: int,
    *,
    code: str,
    message: str,
    hint: str,
    severity: Severity = Severity.WARNING,
) -> Diagnostic:
    """Return what to say of a footnote; ``line`` is that of the post's text, from 0."""
    return Diagnostic(
        code=code,
        severity=severity,
        message=message,
        path=chapter.post.path,
        line=chapter.post.body_line + line,
        hint=hint,
    )


def _removed(chapter: Chapter, writer: MarkupWriter) -> Iterator[Diagnostic]:
    for tag, written in removed_tags(writer.raw_html):
        yield Diagnostic(
            code="removed-html",
            severity=Severity.WARNING,
            message=f"<{tag}> cannot be shown in a book and was left out",
            path=chapter.post.path,
            line=line_of(chapter, written),
            hint="say it in Markdown, or link to it",
        )
    for address in writer.refused_links:
        yield Diagnostic(
            code="refused-link",
            severity=Severity.WARNING,
            message=f"the link to {address[:80]} was left out; its text stays",
            path=chapter.post.path,
            line=line_of(chapter, address),
            hint="a book links by http, https and mailto only",
        )


def _empty_code(chapter: Chapter, number: int) -> Diagnostic:
    fence = _EMPTY_FENCE.search(chapter.post.body)
    return Diagnostic(
        code="empty-code",
        severity=Severity.WARNING,
        message=f"{number} code block{'s are' if number > 1 else ' is'} empty and left out",
        path=chapter.post.path,
        line=line_of(chapter, fence[0].lstrip("\n")) if fence else None,
        hint="put the code back, which may have been lost when the post was saved",
    )


def _unplaced(chapter: Chapter, places: Placeholders) -> Iterator[Diagnostic]:
    for number, item in enumerate(places.items):
        if isinstance(item, Formula) and number not in places.placed:
            yield Diagnostic(
                code="lost-formula",
                severity=Severity.ERROR,
                message=f"the formula {item.source[:60]!r} stands where nothing is shown",
                path=chapter.post.path,
                line=item.line,
                hint="it may be in an HTML comment, an unused link definition or a cell too many",
            )
