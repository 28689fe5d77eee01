"""What a build was made of → whether another would make the same files, and what it said.

A stamp is kept for each set of options: a fingerprint of everything that shapes the books, where
images were looked for, and a hash of each file as it was written. If all of that is as it was,
there is nothing to do but to say again what the build said. Nothing is concluded from a date: texts
and images are read again, which takes hundredths of a second, so that no edit is too small or too
quick. Only of programs and fonts, which are large, are size and date compared.

A build that met a limit of time or memory leaves no stamp: the next one may fare better.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kexue_book.errors import Diagnostic
from kexue_book.kept import Kept, cache_folder, forget_old, from_plain, to_plain
from kexue_book.library import PostFile
from kexue_book.lookups import Answers, still_hold
from kexue_book.model import BuildSummary
from kexue_book.surroundings import (
    design_fingerprint,
    digest,
    fonts_fingerprint,
    program_fingerprint,
)

_PASSING = frozenset(("unset-chapter", "unreadable-markdown", "formula-cache-unusable"))
"""Codes of what may be well the next time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A build whose files are what another would make."""

    summary: BuildSummary
    diagnostics: tuple[Diagnostic, ...]


class Stamp:
    """The stamp of builds with the same options, before it is looked for."""

    def __init__(
        self,
        folder: Path | None,
        root: Path,
        asked: str,
        theme: Path | None,
        texts: Sequence[PostFile | Diagnostic],
    ) -> None:
        """Take in what shapes a build.

        Args:
            folder: of stamps; None to find and to keep none.
            root: the posts' folder.
            asked: the options.
            theme: the theme's folder, if there is one.
            texts: of the posts.
        """
        self._kept = Kept(folder)
        self._root = root
        self._shape = ""
        if folder is not None:
            home = str(root.resolve())
            self._name = json.dumps((str(Path.cwd()), home, asked)).encode("utf-8", "replace")
            programs = (program_fingerprint(), design_fingerprint(theme), fonts_fingerprint())
            self._shape = digest((*programs, *_told(texts), *_links(root)))

    def find(self) -> Earlier | None:
        """Return the build that made what is still there, and would be made again."""
        data = self._kept.recall(self._name) if self._kept.folder is not None else None
        if data is None:
            return None
        try:
            facts = json.loads(data)
            answers = Answers(places=facts["places"], contents=facts["contents"])
            if facts["shape"] != self._shape or not still_hold(answers, self._root):
                return None
            if any(_hash(Path(path)) != known for path, known in facts["files"]):
                return None
            return Earlier(
                summary=_summary(facts["summary"]),
                diagnostics=tuple(map(from_plain, facts["diagnostics"])),
            )
        except (ValueError, KeyError, TypeError):
            return None

    def keep(
        self, summary: BuildSummary, diagnostics: Sequence[Diagnostic], answers: Answers
    ) -> None:
        """Keep what a build made, said and asked, unless it may fare better another time."""
        if self._kept.folder is None or any(finding.code in _PASSING for finding in diagnostics):
            return
        facts = {
            "shape": self._shape,
            "places": answers.places,
            "contents": answers.contents,
            "files": [(str(path), _hash(path)) for path in summary.files],
            "summary": {**_fields(summary), "files": list(map(str, summary.files))},
            "diagnostics": list(map(to_plain, diagnostics)),
        }
        self._kept.store(self._name, json.dumps(facts).encode())
        forget_old(self._kept.folder)


def builds_folder(formulas: Path | None = None) -> Path:
    """Return the folder of stamps that belongs to a file of typeset formulas, or to the user."""
    return (formulas.parent if formulas is not None else cache_folder()) / "builds"


def _fields(summary: BuildSummary) -> dict[str, Any]:
    return {field.name: getattr(summary, field.name) for field in dataclasses.fields(summary)}


def _summary(fields: dict[str, Any]) -> BuildSummary:
    files, sizes = tuple(map(Path, fields["files"])), tuple(fields["sizes"])
    return BuildSummary(**{**fields, "files": files, "sizes": sizes, "up_to_date": True})


def _told(texts: Sequence[PostFile | Diagnostic]) -> Iterator[str]:
    for text in texts:
        if isinstance(text, Diagnostic):
            yield repr(to_plain(text))
        else:
            yield str(text.relative)
            yield text.text


def _links(root: Path) -> Iterator[str]:
    """Yield the symbolic links below a folder: links of posts may lead through them."""
    for folder, names, files in os.walk(root):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for path in (Path(folder, name) for name in (*names, *sorted(files))):
            if path.is_symlink():
                yield f"{path} {path.readlink()}"


def _hash(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
