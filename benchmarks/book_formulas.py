"""Folders of posts → how many formulas were found, and how many each book shows.

usage: python benchmarks/book_formulas.py POSTS… [--report PATH]

Built are an EPUB and a PDF of each folder. A formula counts as shown where its LaTeX is found
again: as ``alttext`` of a ``<math>``, or as the source in place of one that cannot be set, in the
EPUB; as ``/ActualText`` of what is drawn in the PDF. Every one that is not shown, shown twice or
not rendered is listed with what the build says of it. If one is not explained, that is an error.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from kexue_book.build import build_books
from kexue_book.build_options import BuildOptions
from kexue_book.errors import Diagnostic
from kexue_book.formulas import default_cache_path, typeset_formulas
from kexue_book.library import read_library
from kexue_book.manuscript import Composition, compose
from kexue_book.model import Grouping, Order, Selection
from kexue_book.outline import choose, make_book
from kexue_book.progress import Collector

EXPLAINING = ("broken-formula", "lost-formula", "unclosed-formula", "too-many-formulas")
STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
ACTUAL_TEXT = re.compile(rb"/ActualText *(?:<([0-9a-fA-F]*)>|\(((?:[^\\()]|\\.)*)\))", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """The formulas of one folder, by their LaTeX."""

    posts: int
    found: Counter[str]
    broken: Counter[str]
    epub: Counter[str]
    epub_sources: int
    pdf: Counter[str]
    unresolved: int
    """References without a target: their source is shown, as that of a broken formula is."""
    explained: list[Diagnostic]


def line_of(tex: str) -> str:
    """Return LaTeX as both books keep it: in one line, without what XML cannot hold."""
    return " ".join(re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", "", tex).split())


def composition_of(posts: Path) -> Composition:
    chosen = choose(read_library(posts).posts, Selection(), Order.DATE)
    return compose(make_book(chosen, Selection(), Grouping.NONE), root=posts)


def count(posts: Path) -> Count:
    composition = composition_of(posts)
    formulas = [formula for made in composition.manuscripts for formula in made.formulas]
    typeset = typeset_formulas({f.key for f in formulas}, cache=default_cache_path()).formulas
    told = Collector()
    with tempfile.TemporaryDirectory() as folder:
        made = build_books(BuildOptions(posts=posts, output=Path(folder)), told)
        epub, sources = in_epub(made.files[0])
        pdf = Counter(in_pdf(made.files[1]))
    return Count(
        posts=made.chapters,
        found=Counter(line_of(formula.source) for formula in formulas),
        broken=Counter(line_of(f.source) for f in formulas if typeset[f.key].error is not None),
        epub=epub,
        epub_sources=sources,
        pdf=pdf,
        unresolved=sum(found.code == "unknown-label" for found in told.diagnostics),
        explained=[found for found in told.diagnostics if found.code in EXPLAINING],
    )


def in_epub(path: Path) -> tuple[Counter[str], int]:
    """Return the LaTeX of every formula that is set, and how many others are shown."""
    found: Counter[str] = Counter()
    sources = 0
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("EPUB/p-"):
                for element in etree.fromstring(archive.read(name)).iter("{*}math", "{*}code"):
                    sources += element.get("class") == "formula-error"
                    if (tex := element.get("alttext")) is not None:
                        found[str(tex)] += 1
    return found, sources


def in_pdf(path: Path) -> Iterator[str]:
    for stream in STREAM.finditer(path.read_bytes()):
        try:
            # What stands after the compressed data is no matter.
            content = zlib.decompressobj().decompress(stream[1])
        except zlib.error:
            continue  # not compressed: an image, the XML of the metadata
        for written in ACTUAL_TEXT.finditer(content):
            # The text of a formula in several pieces stands at the first; the others have none.
            if written[2] == b"":
                continue
            if written[1] is not None:
                text = bytes.fromhex(written[1].decode()).decode("utf-16")
                # A character or a dash may stand beside a gap that is not to be copied.
                if len(text) > 2 or any(character.isascii() for character in text):
                    yield text
            else:
                yield re.sub(rb"\\(.)", rb"\1", written[2]).decode("ascii")


def report(name: str, counted: Count) -> Iterator[str]:
    total, broken = counted.found.total(), counted.broken.total()
    yield f"## {name}: {counted.posts} posts"
    yield ""
    yield "| formulas | | |"
    yield "|---|--:|--:|"
    rows = (
        ("found", total),
        ("of them distinct", len(counted.found)),
        ("rendered in the EPUB", counted.epub.total()),
        ("rendered in the PDF", counted.pdf.total()),
        ("shown as source", counted.epub_sources - counted.unresolved),
        ("cannot be set", broken),
    )
    for what, number in rows:
        yield f"| {what} | {number:,} | {100 * number / max(total, 1):.2f} % |"
    yield ""
    for book, shown in (("EPUB", counted.epub), ("PDF", counted.pdf)):
        for tex, times in (counted.found - counted.broken - shown).items():
            yield f"- not in the {book}, {times}×: ``{tex[:100]}``"
        for tex, times in (shown - counted.found).items():
            yield f"- in the {book} too often, {times}×: ``{tex[:100]}``"
    for finding in counted.explained:
        yield f"- {finding}"


def unexplained(counted: Count) -> int:
    """Return how many formulas are missing in a book and in what the build says."""
    set_formulas = counted.found - counted.broken
    lost = sum(finding.code == "lost-formula" for finding in counted.explained)
    missing = max((set_formulas - shown).total() for shown in (counted.epub, counted.pdf))
    told = sum(finding.code == "broken-formula" for finding in counted.explained)
    return max(0, missing - lost) + max(0, counted.broken.total() - told)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posts", type=Path, nargs="+")
    parser.add_argument("--report", type=Path, default=Path("dist/book-formulas.md"))
    options = parser.parse_args()
    lines: list[str] = []
    silent = 0
    for folder in options.posts:
        counted = count(folder)
        lines += [*report(folder.name, counted), ""]
        silent += unexplained(counted)
    options.report.parent.mkdir(parents=True, exist_ok=True)
    options.report.write_text("# Formulas in the books\n\n" + "\n".join(lines), "utf-8")
    print("\n".join(lines))
    if silent:
        sys.exit(f"{silent} formulas are missing without a word")


if __name__ == "__main__":
    main()
