"""Builders that every test may use: posts, small books, command-line runs."""

from __future__ import annotations

import datetime as dt
import functools
import json
import os
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest
from typer.testing import CliRunner

from kexue_book.build import build_books
from kexue_book.build_options import BuildOptions
from kexue_book.cli import app
from kexue_book.cover import raster as covers
from kexue_book.epub import write as epub_pages
from kexue_book.epub.math_font import subset_math_font
from kexue_book.model import BuildSummary, Post
from kexue_book.progress import Collector

# The same examples each time; `make soak` looks for new ones, and many more.
hypothesis.settings.register_profile("tests", max_examples=300, derandomize=True, deadline=None)
hypothesis.settings.register_profile("soak", max_examples=3_000, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "tests"))

REPOSITORY = Path(__file__).parent.parent


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the user's cache of formulas out of the tests, and the tests out of it."""
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))
    os.environ["TZ"] = "Asia/Shanghai"
    os.environ["COLUMNS"] = "200"


@pytest.fixture(scope="session", autouse=True)
def _made_once() -> Iterator[None]:
    """Make what takes longest in a small EPUB once for all that have the same in it.

    How it comes out is what ``test_cover.py`` and ``test_epub_math.py`` ask, of the originals.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(covers, "paint_figure", functools.cache(covers.paint_figure))
        patch.setattr(epub_pages, "subset_math_font", functools.cache(subset_math_font))
        yield


def make_post(
    slug: str = "a",
    *,
    title: str = "题目",
    body: str = "正文。",
    date: str | None = "2021-03-05",
    categories: tuple[tuple[str, ...], ...] = (),
    tags: tuple[str, ...] = (),
    **more: object,
) -> Post:
    values: dict[str, object] = {
        "slug": slug,
        "title": title,
        "date": dt.datetime.fromisoformat(date) if date else None,
        "updated": None,
        "categories": categories,
        "tags": tags,
        "author": None,
        "url": None,
        "site_id": None,
        "body": body,
        "path": Path(f"posts/{slug}.md"),
        "body_line": 1,
    }
    return Post(**{**values, **more})  # type: ignore[arg-type]


@dataclass
class Built:
    """A book that was built, to be looked into."""

    summary: BuildSummary
    told: Collector
    folder: Path

    @property
    def epub(self) -> Path:
        return next(file for file in self.summary.files if file.suffix == ".epub")

    @property
    def pdf(self) -> Path:
        return next(file for file in self.summary.files if file.suffix == ".pdf")

    def member(self, name: str) -> str:
        """The text of a file in the EPUB."""
        with zipfile.ZipFile(self.epub) as archive:
            return archive.read(f"EPUB/{name}").decode()

    def chapters(self) -> str:
        """All chapters of the EPUB, one after the other."""
        with zipfile.ZipFile(self.epub) as archive:
            names = [name for name in archive.namelist() if name.startswith("EPUB/p-")]
            return "\n".join(archive.read(name).decode() for name in names)

    def pdf_text(self, *options: str) -> str:
        """What a reader would copy out of the PDF."""
        command = ["pdftotext", *options, str(self.pdf), "-"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


BuildBook = Callable[..., Built]


def build_in(
    folder: Path, posts: dict[str, str], files: dict[str, bytes] | None = None, **options: object
) -> Built:
    """Build a book of posts given by name; ``files`` are bytes for other files."""
    contents = {name: text.encode() for name, text in posts.items()} | (files or {})
    for name, data in contents.items():
        path = folder / "posts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    told = Collector()
    defaults = {"output": folder / "out", "jobs": 1, "formats": ("epub",)}
    settings = BuildOptions(posts=folder / "posts", **{**defaults, **options})  # type: ignore[arg-type]
    return Built(build_books(settings, told), told, folder)


@pytest.fixture
def build_book(tmp_path: Path) -> BuildBook:
    """Build a book of posts as :func:`build_in` does."""
    return functools.partial(build_in, tmp_path)


@dataclass
class Run:
    """What a command did."""

    code: int
    stdout: str
    stderr: str

    def json(self) -> object:
        return json.loads(self.stdout)


@pytest.fixture
def run_cli() -> Callable[..., Run]:
    """Run the command line in this process."""

    def run(*arguments: object) -> Run:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        return Run(result.exit_code, result.stdout, result.stderr)

    return run
