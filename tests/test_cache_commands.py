"""``kexue-book cache``: what it says of the file of typeset formulas, and how it empties it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from conftest import Run
from kexue_book.errors import CacheError
from kexue_book.formulas import clear_cache, default_cache_path, typeset_formulas
from kexue_book.formulas.cache import FormulaCache
from kexue_book.formulas.packed import pack
from kexue_book.model import FormulaKey, Glyph, Typeset

RunCli = Callable[..., Run]
KEYS = [FormulaKey(tex=f"x^{{{n}}}", display=False) for n in range(500)]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The path of a cache of the user's that is not there yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "家 %20"))
    return default_cache_path()


def fill(store: FormulaCache) -> None:
    typeset = Typeset(mathml="<math>中</math>", width=1, height=1, depth=0, operators="[]")
    store.store(dict.fromkeys(KEYS, pack(typeset)), {"N-31": Glyph(path="M0 0Z", advance=500)})


@pytest.fixture
def filled(cache: Path) -> Path:
    with FormulaCache(cache) as store:
        fill(store)
    return cache


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """A build in the middle of a transaction."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        yield database


def test_info_of_no_cache_makes_none(run_cli: RunCli, cache: Path) -> None:
    done = run_cli("cache", "info", "--json")
    assert done.code == 0
    shown = done.json()
    assert isinstance(shown, dict)
    assert (shown["path"], shown["formulas"], shown["size"]) == (str(cache), 0, 0)
    assert not cache.parent.exists()


def test_info_tells_path_version_number_and_size(run_cli: RunCli, filled: Path) -> None:
    shown = run_cli("cache", "info", "--json").json()
    assert isinstance(shown, dict)
    assert shown["formulas"] == len(KEYS)
    assert shown["size"] >= filled.stat().st_size > 0
    assert shown["version"].startswith("mathjax-3.2.2/")
    lines = run_cli("cache", "info").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [
        "path",
        "version",
        "formulas",
        "size",
        "chapters",
        "pages",
        "plans",
        "drafts",
        "images",
        "builds",
    ]
    assert lines[0].endswith(str(filled))
    assert lines[2] == "formulas  500"


def test_a_build_fills_what_info_counts(run_cli: RunCli, cache: Path, tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "a.md").write_text("---\ntitle: 甲\n---\n\n$x^2$ 与 $y$\n", "utf-8")
    run_cli("check", "--posts", tmp_path / "posts")
    shown = run_cli("cache", "info", "--json").json()
    assert isinstance(shown, dict)
    assert shown["formulas"] == 2


def test_pages_of_an_epub_are_counted_and_cleared(
    run_cli: RunCli, cache: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.md").write_text("---\ntitle: 甲\n---\n\n文\n", "utf-8")
    run_cli("build", "--posts", tmp_path, "--output", tmp_path / "out", "-f", "epub")
    shown = run_cli("cache", "info", "--json").json()
    assert isinstance(shown, dict)
    assert shown["pages"] >= 1
    assert shown["pages_size"] > 0
    assert run_cli("cache", "clear").code == 0
    assert not list(Path(shown["pages_path"]).glob("*/*"))


def test_clear_deletes_everything_and_says_how_much(run_cli: RunCli, filled: Path) -> None:
    size = filled.stat().st_size
    done = run_cli("cache", "clear")
    assert (done.code, done.stdout) == (0, "")
    freed, unit, word = done.stderr.split()
    assert (unit, word) == ("KB", "freed")
    assert 0 < int(freed) <= size / 1000
    with FormulaCache(filled) as store:
        assert store.find(KEYS) == {}
        assert store.glyphs(["N-31"]) == {}
    assert run_cli("cache", "clear").stderr == "0 KB freed\n"


def test_clear_without_a_cache_makes_none(run_cli: RunCli, cache: Path) -> None:
    done = run_cli("cache", "clear")
    assert (done.code, done.stderr) == (0, "0 KB freed\n")
    assert not cache.parent.exists()


def test_a_build_goes_on_with_a_cache_that_is_cleared(run_cli: RunCli, filled: Path) -> None:
    with FormulaCache(filled) as build:
        assert len(build.find(KEYS)) == len(KEYS)
        assert run_cli("cache", "clear").code == 0
        assert build.find(KEYS) == {}
        fill(build)
        assert build.problem is None
    with FormulaCache(filled) as store:
        assert len(store.find(KEYS)) == len(KEYS)


def test_a_build_that_reads_does_not_stop_a_clear(filled: Path) -> None:
    with closing(sqlite3.connect(filled, isolation_level=None)) as build:
        build.execute("BEGIN")
        assert build.execute("SELECT count(*) FROM formulas").fetchone() == (len(KEYS),)
        clear_cache(filled, seconds=0.1)
        # What it began to read stays as it was.
        assert build.execute("SELECT count(*) FROM formulas").fetchone() == (len(KEYS),)
    with FormulaCache(filled) as store:
        assert store.find(KEYS) == {}


def test_a_build_that_writes_for_long_is_waited_for_and_named(filled: Path) -> None:
    with writing(filled), pytest.raises(CacheError, match="locked") as refused:
        clear_cache(filled, seconds=0.1)
    assert refused.value.hint == "another build is writing to it; wait for its end"
    with FormulaCache(filled) as store:
        assert len(store.find(KEYS)) == len(KEYS)


def test_what_is_cleared_is_set_anew(filled: Path) -> None:
    clear_cache(filled)
    done = typeset_formulas(KEYS[:3], cache=filled)
    assert [done.formulas[key].error for key in KEYS[:3]] == [None] * 3
    assert len(typeset_formulas(KEYS[:3], cache=filled).glyphs) == len(done.glyphs) > 0


@pytest.mark.parametrize("content", [b"no database" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_cache_is_an_error_until_it_is_cleared(
    run_cli: RunCli, cache: Path, content: bytes
) -> None:
    cache.parent.mkdir(parents=True)
    cache.write_bytes(content)
    done = run_cli("cache", "info")
    assert (done.code, done.stdout) == (10, "")
    first, hint = done.stderr.splitlines()
    assert first.startswith(f"error: the formula cache {cache} cannot be read: ")
    assert "cache clear" in hint
    assert run_cli("cache", "clear").stderr == f"{len(content) / 1e3:.0f} KB freed\n"
    assert list(cache.parent.iterdir()) == []
    assert run_cli("cache", "info").code == 0


def test_a_cache_that_is_a_folder_is_an_error(run_cli: RunCli, cache: Path) -> None:
    cache.mkdir(parents=True)
    for command in ("info", "clear"):
        done = run_cli("cache", command)
        assert done.code == 10
        assert "hint: check its permissions" in done.stderr
    assert cache.is_dir()


def test_a_cache_of_another_make_is_emptied_too(run_cli: RunCli, cache: Path) -> None:
    cache.parent.mkdir(parents=True)
    with closing(sqlite3.connect(cache)) as database:
        database.executescript("CREATE TABLE other (x); INSERT INTO other VALUES (1);")
    assert "formulas  0" in run_cli("cache", "info").stdout
    assert run_cli("cache", "clear").code == 0
