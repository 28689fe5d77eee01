"""A book and a device → one EPUB, or volumes when one would be larger than the device takes.

A volume is a book of its own, with cover, contents and colophon; numbers of chapters go on. What
leads to another volume cannot be a link: it says in words where to look.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from kexue_book.cover import Cover, draw_cover
from kexue_book.epub.devices import DeviceProfile
from kexue_book.epub.elsewhere import name_other_volumes
from kexue_book.epub.images import ImageShelf
from kexue_book.epub.write import Making, render_epub
from kexue_book.errors import Diagnostic, Severity
from kexue_book.files import written_aside
from kexue_book.layout import Layout
from kexue_book.model import Book, Manuscript, Typesetting

_FILLED = 0.95
"""Of what a file may have: what volumes are planned with."""
_FORMULA = 300
"""Characters of text that weigh as much as a formula."""
_AT_A_PART = 0.15
"""Of a volume: how much less even volumes may be for beginning with a part."""


class _TooLargeError(Exception):
    def __init__(self, size: int) -> None:
        self.size = size


class VolumeWriter:
    """Writes one book for one device."""

    def __init__(
        self,
        book: Book,
        manuscripts: Sequence[Manuscript],
        typesetting: Typesetting,
        layout: Layout,
        making: Making,
        *,
        cover: Cover | None = None,
        kept: Path | None = None,
    ) -> None:
        """Each volume has the ``cover``, or one drawn of its posts.

        ``kept`` is the folder of converted images.
        """
        self._book = book
        self._manuscripts = {m.chapter.anchor: m for m in manuscripts}
        self._typesetting = typesetting
        self._layout = layout
        self._cover = cover
        self._making = making
        self._profile = making.profile
        self._images = ImageShelf(making.profile, kept)
        self.diagnostics: list[Diagnostic] = []

    def write(self, path: Path) -> tuple[Path, ...]:
        """Write the book or its volumes; return the files, named after ``path``."""
        self._images.take(asset for m in self._manuscripts.values() for asset in m.assets)
        self.diagnostics += self._images.diagnostics
        ending = self._profile.ending
        whole = path.with_name(path.stem + ending)
        try:
            with written_aside(whole) as aside:
                found = self._render(self._book, tuple(self._manuscripts.values()), aside)
        except _TooLargeError as problem:
            return self._write_volumes(path, problem.size)
        self.diagnostics += found
        return (whole,)

    def _write_volumes(self, path: Path, size: int) -> tuple[Path, ...]:
        assert self._profile.book_bytes is not None
        chapters = len(self._book.chapters)
        count = min(chapters, max(2, -int(-size // (self._profile.book_bytes * _FILLED))))
        while True:
            try:
                files, found = self._write_count(path, count, last=count == chapters)
            except _TooLargeError:
                count += 1
                continue
            if len(files) > 1:
                self.diagnostics.append(_split(size, self._profile, len(files)))
            self.diagnostics += found
            return files

    def _write_count(
        self, path: Path, count: int, *, last: bool
    ) -> tuple[tuple[Path, ...], list[Diagnostic]]:
        """Write so many volumes, or none; the ``last`` time whatever their sizes."""
        volumes = self._volumes(count)
        ending = self._profile.ending
        names = [f"{path.stem}-{number}{ending}" for number in range(1, count + 1)]
        files = tuple(map(path.with_name, names if count > 1 else [path.stem + ending]))
        found: list[Diagnostic] = []
        manuscripts = name_other_volumes(volumes, self._manuscripts, self._layout.labels)
        with ExitStack() as stack:
            for volume, texts, file in zip(volumes, manuscripts, files, strict=True):
                aside = stack.enter_context(written_aside(file))
                found += self._render(volume, texts, aside, at_any_size=last)
        return files, found

    def _render(
        self,
        book: Book,
        manuscripts: Sequence[Manuscript],
        aside: Path,
        *,
        at_any_size: bool = False,
    ) -> list[Diagnostic]:
        cover = self._cover or draw_cover(book, manuscripts, self._layout.labels)
        found = render_epub(
            *(book, manuscripts, self._typesetting, self._layout, aside),
            *(self._making, self._images, cover),
        )
        size, most = aside.stat().st_size, self._profile.book_bytes
        if most is None or size <= most:
            return list(found)
        if at_any_size:
            return [*found, _too_large(size, self._profile, manuscripts[0])]
        raise _TooLargeError(size)

    def _volumes(self, count: int) -> list[Book]:
        labels = self._layout.labels
        volumes = []
        for number, anchors in enumerate(self._groups(count), 1):
            parts = [
                replace(part, chapters=chapters)
                for part in self._book.parts
                if (chapters := tuple(c for c in part.chapters if c.anchor in anchors))
            ]
            meta = self._book.meta
            if count > 1:
                meta = replace(
                    meta,
                    title=f"{meta.title} {labels.volume(number, count)}",
                    identifier=_identifier(meta.identifier, number),
                )
            volumes.append(Book(meta=meta, parts=tuple(parts)))
        return volumes

    def _groups(self, count: int) -> list[set[str]]:
        """Deal the chapters out evenly, in order, rather where a part begins."""
        chapters = self._book.chapters
        starts = {part.chapters[0].anchor for part in self._book.parts if part.chapters}
        sums = [0.0]
        for chapter in chapters:
            sums.append(sums[-1] + self._weight(self._manuscripts[chapter.anchor]))
        share = sums[-1] / count
        cuts = [0]
        for number in range(1, count):
            free = range(cuts[-1] + 1, len(chapters) - (count - number) + 1)
            costs = {
                cut: abs(sums[cut] - number * share)
                + (0 if chapters[cut].anchor in starts else _AT_A_PART * share)
                for cut in free
            }
            cuts.append(min(free, key=costs.__getitem__))
        ends = [*cuts[1:], len(chapters)]
        return [
            {c.anchor for c in chapters[start:end]} for start, end in zip(cuts, ends, strict=True)
        ]

    def _weight(self, manuscript: Manuscript) -> float:
        images = sum(len(file.content) for file in self._images.files(manuscript.assets))
        text = manuscript.length + _FORMULA * len(manuscript.formula_marks)
        return images + text + 1


def _identifier(identifier: str, number: int) -> str:
    """Return a name for a volume: the same from edition to edition."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{identifier}#{number}')}"


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"


def _split(size: int, profile: DeviceProfile, count: int) -> Diagnostic:
    assert profile.book_bytes is not None
    most = _megabytes(profile.book_bytes)
    return Diagnostic(
        code="split-into-volumes",
        severity=Severity.INFO,
        message=f"the book has {_megabytes(size)}, a file for {profile.device} at most {most}: "
        f"there are {count} volumes",
        hint="for one file select fewer posts, or copy a book made with --device generic by cable",
    )


def _too_large(size: int, profile: DeviceProfile, manuscript: Manuscript) -> Diagnostic:
    return Diagnostic(
        code="volume-too-large",
        severity=Severity.WARNING,
        message=f"a volume of one chapter has {_megabytes(size)}, "
        f"more than a file for {profile.device} may have",
        path=manuscript.chapter.post.path,
        hint="make its images smaller, or copy the file to the device by cable",
    )
