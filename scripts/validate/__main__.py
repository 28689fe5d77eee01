"""Folders of posts → what validators and a reading system find wrong with their books.

usage: PYTHONPATH=tests:benchmarks python scripts/validate [--corpus DIR] [--only NAME]

Builds the EPUB of the sample posts and of each corpus there is, to build/validate, and asks
EPUBCheck (errors, warnings and usages), Ace by DAISY, and foliate-js: is all text shown, is
anything cut off. Exits with 1 if anything is found. Minutes: Ace takes a second a chapter.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from ace import ace_faults
from read_through import read_through

from epub_faults import epub_faults
from kexue_book.build import build_books
from kexue_book.build_options import BuildOptions
from kexue_book.model import Grouping
from kexue_book.progress import Collector

_ROOT = Path(__file__).resolve().parents[2]
_OUTPUT = _ROOT / "build" / "validate"
_VALIDATORS: Sequence[tuple[str, Callable[[Path, Path], Iterable[str]]]] = (
    ("EPUBCheck", lambda epub, posts: epub_faults(epub)),
    ("foliate-js", lambda epub, posts: read_through(epub, posts, _OUTPUT)),
    ("Ace", lambda epub, posts: ace_faults(epub)),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, default=_ROOT.parent / "shared" / "corpus")
    parser.add_argument("--only", help="sample, kexue or wild")
    options = parser.parse_args()
    folders = {
        "sample": _ROOT / "posts",
        "kexue": options.corpus / "kexue",
        "wild": options.corpus / "wild",
    }
    if options.only:
        folders = {options.only: folders[options.only]}
    for name in [name for name, folder in folders.items() if not folder.is_dir()]:
        print(f"{name}: there is no {folders.pop(name)}; not validated")
    # All before Chromium is started: MathJax's V8 does not answer while Playwright is running.
    books = {name: _build(name, folder) for name, folder in folders.items()}
    faulty = [name for name, epub in books.items() if not _is_good(name, epub, folders[name])]
    if not books:
        return 1
    print("validate:", f"faults in {', '.join(faulty)}" if faulty else "no faults")
    return 1 if faulty else 0


def _build(name: str, posts: Path) -> Path:
    options = BuildOptions(
        posts=posts,
        output=_OUTPUT,
        name=name,
        formats=("epub",),
        grouping=Grouping.CATEGORY if name == "sample" else Grouping.NONE,
        title=name,
    )
    return build_books(options, Collector()).files[0]


def _is_good(name: str, epub: Path, posts: Path) -> bool:
    """Print what each finds; say whether nothing is."""
    good = True
    for validator, ask in _VALIDATORS:
        started = time.monotonic()
        lines = list(ask(epub, posts))
        good = good and not lines
        print(f"{name}: {validator}: {len(lines)} faults ({time.monotonic() - started:.0f} s)")
        for line in lines:
            print(f"    {line}")
        sys.stdout.flush()
    return good


if __name__ == "__main__":
    sys.exit(main())
