r"""Formulas of one post → the same with equation numbers, and what refers to them.

Numbers follow MathJax's ``tags: 'ams'``, as the sites have it: ``equation``, ``align`` and
their like number, the starred ones do not, ``\tag`` always does. Labels are known in the post
they stand in only. What reaches the engine carries a constant tag in every numbered row and no
label, so one formula is one cache entry wherever it stands.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kexue_book.errors import Diagnostic, Severity
from kexue_book.formulas.items import (
    ChapterFormulas,
    Definition,
    FoundFormula,
    FoundReference,
    Item,
    Literal,
    Reference,
    ScannedText,
)
from kexue_book.formulas.macros import only_defines, preambles
from kexue_book.formulas.rows import OpenReference, Row, join_rows, split_rows
from kexue_book.formulas.tags import readable_tag
from kexue_book.model import EquationNumber, Formula, FormulaKey

_ONLY_REFERENCE = re.compile(r"\s*(\(?)\s*\\(eqref|ref)\s*\{([^{}]*)\}\s*(\)?)\s*")
_UNREADABLE = re.compile(r"[\\\\{}$%#&~^]")
_MAX_HINTS = 20
"""So many unknown labels get a hint of their own; looking for near ones takes time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A formula whose rows are numbered and whose references are still open."""

    found: FoundFormula
    rows: Sequence[Row]
    numbers: tuple[EquationNumber, ...]
    anchors: tuple[str, ...]


def resolve_formulas(
    scanned: ScannedText, *, anchor: str, prefix: str = "", path: Path | None = None
) -> ChapterFormulas:
    """Number the equations of a post and resolve its references.

    Args:
        scanned: the post's text.
        anchor: id of its chapter; equations' ids begin with it.
        prefix: before each number: ``"3."`` gives (3.1).
        path: for diagnostics.
    """
    numbering = _Numbering(anchor, prefix, path)
    drafts = [
        numbering.draft(found) if isinstance(found, FoundFormula) else found
        for found in scanned.items
    ]
    needed = preambles(
        [item.tex if isinstance(item, FoundFormula) else item.raw for item in scanned.items],
        shown=[isinstance(item, FoundFormula) for item in scanned.items],
    )
    items = [
        numbering.finish(draft, preamble) for draft, preamble in zip(drafts, needed, strict=True)
    ]
    return ChapterFormulas(
        text=scanned.text, items=tuple(items), diagnostics=tuple(numbering.diagnostics)
    )


class _Numbering:
    """The counter and the labels of one post."""

    def __init__(self, anchor: str, prefix: str, path: Path | None) -> None:
        self._anchor = anchor
        self._prefix = prefix
        self._path = path
        self._counter = 0
        self._equations = 0
        self._targets: dict[str, EquationNumber] = {}
        """What each label stands for."""
        self._hints: dict[str, str] = {}
        self.diagnostics: list[Diagnostic] = []

    def draft(self, found: FoundFormula) -> _Draft:
        """Number the rows of a formula, in the order of the post."""
        rows = split_rows(found.tex)
        numbers: list[EquationNumber] = []
        anchors: list[str] = []
        for row in rows:
            if row.counter is not None:
                self._counter = row.counter
            shown = row.tagged and found.display
            if not shown and not row.labels:
                continue
            self._equations += 1
            identifier = f"{self._anchor}-eq-{self._equations}"
            number = self._number(row, identifier) if shown else None
            if number is not None:
                numbers.append(number)
            else:
                anchors.append(identifier)
            for label in row.labels:
                self._define(label, number, identifier, found.line)
        return _Draft(found=found, rows=rows, numbers=tuple(numbers), anchors=tuple(anchors))

    def _number(self, row: Row, identifier: str) -> EquationNumber:
        if row.tag is not None:
            text = readable_tag(row.tag)
            return EquationNumber(text=text, anchor=identifier, bare=row.bare_tag)
        self._counter += 1
        return EquationNumber(text=f"{self._prefix}{self._counter}", anchor=identifier)

    def _define(
        self, label: str, number: EquationNumber | None, identifier: str, line: int
    ) -> None:
        if label in self._targets:
            self._report(
                "duplicate-label",
                f"the label {label!r} stands twice in this post; references lead to the first",
                line,
                "give the second equation a label of its own",
            )
        else:
            self._targets[label] = number or EquationNumber(text="?", anchor=identifier)

    def finish(self, draft: _Draft | FoundReference | Literal | Definition, preamble: str) -> Item:
        """Resolve the references in a formula, now that all labels are known."""
        if isinstance(draft, FoundReference):
            return self._reference(draft)
        if not isinstance(draft, _Draft):
            return draft
        found = draft.found
        alone = _ONLY_REFERENCE.fullmatch(found.tex)
        if alone is not None and bool(alone[1]) == bool(alone[4]):
            command = "eqref" if alone[1] else alone[2]
            label = alone[3].replace("\\_", "_").strip()
            return self._reference(
                FoundReference(raw=found.raw, command=command, label=label, line=found.line)
            )
        if only_defines(found.tex):
            return Definition(raw=found.raw, line=found.line)
        tex = join_rows(
            draft.rows,
            lambda reference: self._inside(reference, found.line),
            numbers=found.display,
        )
        return Formula(
            source=found.tex,
            key=FormulaKey(tex=tex, display=found.display, preamble=preamble),
            line=found.line,
            numbers=draft.numbers,
            anchors=draft.anchors,
        )

    def _inside(self, reference: OpenReference, line: int) -> str:
        """Return what a reference inside a formula shows."""
        number = self._target(reference.label, line)
        if number is None:
            number = EquationNumber(text=reference.label, anchor="")
        text = _UNREADABLE.sub("", number.shown if reference.command == "eqref" else number.text)
        return text if reference.in_text else rf"\text{{{text}}}"

    def _reference(self, found: FoundReference) -> Reference:
        target = self._target(found.label, found.line)
        if target is None:
            return Reference(raw=found.raw, text=found.raw, target=None, line=found.line)
        text = target.shown if found.command == "eqref" else target.text
        return Reference(raw=found.raw, text=text, target=target.anchor, line=found.line)

    def _target(self, label: str, line: int) -> EquationNumber | None:
        target = self._targets.get(label)
        if target is None:
            self._report(
                "unknown-label",
                f"there is no equation labelled {label!r} in this post",
                line,
                self._hint(label),
            )
        return target

    def _hint(self, label: str) -> str:
        if not self._targets:
            return r"put \label{…} into the equation"
        if label not in self._hints:
            labels = list(self._targets)[:500]
            early = len(self._hints) < _MAX_HINTS
            near = difflib.get_close_matches(label, labels, n=3, cutoff=0.5) if early else []
            self._hints[label] = f"labels of this post: {', '.join(near or labels[:5])}"
        return self._hints[label]

    def _report(self, code: str, message: str, line: int, hint: str) -> None:
        self.diagnostics.append(
            Diagnostic(
                code=code,
                severity=Severity.WARNING,
                message=message,
                path=self._path,
                line=line,
                hint=hint,
            )
        )
