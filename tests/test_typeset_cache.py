from __future__ import annotations

import multiprocessing
import sqlite3
from pathlib import Path

import pytest

from kexue_book.formulas import default_cache_path, typeset_formulas
from kexue_book.formulas import engine as engine_module
from kexue_book.formulas.cache import FormulaCache
from kexue_book.formulas.packed import pack
from kexue_book.model import FormulaKey, Glyph, Typeset, Typesetting

KEYS = [
    FormulaKey(tex=tex, display=display)
    for tex in (
        "a^2",
        r"\foo",
        r"\text{中}",
        r"\frac{1}{x}",
        r"\begin{equation*}a\tag{0}\end{equation*}",
    )
    for display in (False, True)
]


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(missing: list[FormulaKey], jobs: int, standby: None) -> tuple[()]:
        assert not missing
        return ()

    monkeypatch.setattr(engine_module, "typeset_in_batches", refuse)


@pytest.fixture
def filled(tmp_path: Path) -> tuple[Path, Typesetting]:
    path = tmp_path / "formulas.sqlite"
    return path, typeset_formulas(KEYS, cache=path)


@pytest.mark.usefixtures("no_engine")
def test_nothing_to_typeset_needs_no_engine(tmp_path: Path) -> None:
    assert typeset_formulas([], cache=tmp_path / "formulas.sqlite").formulas == {}


def test_what_is_cached_needs_no_engine(
    filled: tuple[Path, Typesetting], request: pytest.FixtureRequest
) -> None:
    path, made = filled
    request.getfixturevalue("no_engine")
    assert typeset_formulas(KEYS, cache=path) == made


def test_preamble_and_display_are_part_of_the_key(tmp_path: Path) -> None:
    path = tmp_path / "formulas.sqlite"
    keys = [
        FormulaKey(tex=r"\x", display=False, preamble=r"\def\x{1}"),
        FormulaKey(tex=r"\x", display=False, preamble=r"\def\x{2}"),
        FormulaKey(tex=r"\x", display=True, preamble=r"\def\x{1}"),
    ]
    for _ in range(2):
        done = typeset_formulas(keys, cache=path).formulas
        assert len({done[key].mathml for key in keys}) == 3


def test_a_glyph_that_is_missing_is_made_again(filled: tuple[Path, Typesetting]) -> None:
    path, made = filled
    with sqlite3.connect(path) as database:
        database.execute("DELETE FROM glyphs")
    database.close()
    assert typeset_formulas(KEYS, cache=path) == made


def test_a_damaged_row_is_made_again(filled: tuple[Path, Typesetting]) -> None:
    path, made = filled
    with sqlite3.connect(path) as database:
        database.execute("UPDATE formulas SET value = x'00ff'")
    database.close()
    complaints: list[str] = []
    assert typeset_formulas(KEYS, cache=path, report=complaints.append) == made
    assert not complaints


@pytest.mark.parametrize("content", [b"no database" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_cache_is_reported_once_and_done_without(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "formulas.sqlite"
    path.write_bytes(content)
    complaints: list[str] = []
    done = typeset_formulas(KEYS, cache=path, report=complaints.append)
    assert set(done.formulas) == set(KEYS)
    (complaint,) = complaints
    assert str(path) in complaint
    assert path.read_bytes() == content


def test_a_folder_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    complaints: list[str] = []
    typeset_formulas([], cache=tmp_path / "file" / "formulas.sqlite", report=complaints.append)
    assert len(complaints) == 1


def test_a_cache_of_another_version_is_not_believed(
    filled: tuple[Path, Typesetting], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = filled
    with FormulaCache(path) as store:
        assert len(store.find(KEYS)) == len(KEYS)
    monkeypatch.setattr("kexue_book.formulas.cache.ENGINE", "another")
    with FormulaCache(path) as store:
        assert store.find(KEYS) == {}
        assert store.glyphs(["N-31"]) == {}


def _fill(path: Path, first: int) -> None:
    for n in range(first, first + 200):
        typeset = Typeset(mathml=f"<math>{n}</math>", width=n, height=1, depth=0, operators="[]")
        with FormulaCache(path) as store:
            key = FormulaKey(tex=str(n), display=False)
            store.store({key: pack(typeset)}, {"N-31": Glyph(path="M0 0Z", advance=500)})
            assert store.problem is None


def test_builds_at_the_same_time_share_a_cache(tmp_path: Path) -> None:
    path = tmp_path / "new" / "formulas.sqlite"
    context = multiprocessing.get_context("spawn")
    builds = [context.Process(target=_fill, args=(path, 100 * n)) for n in range(3)]
    for build in builds:
        build.start()
    for build in builds:
        build.join()
    assert [build.exitcode for build in builds] == [0, 0, 0]
    keys = [FormulaKey(tex=str(n), display=False) for n in range(400)]
    with FormulaCache(path) as store:
        found = store.find(keys)
    assert [found[key].width for key in keys] == list(range(400))


def test_a_formula_that_was_stopped_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "formulas.sqlite"
    slow = FormulaKey(tex=r"\begin{matrix}" + r"x&x\\" * 9_000 + r"\end{matrix}", display=True)
    monkeypatch.setattr("kexue_book.formulas.workers.MathJax", _impatient)
    assert "took longer" in str(typeset_formulas([slow], cache=path).formulas[slow].error)
    with FormulaCache(path) as store:
        assert store.find([slow]) == {}


def _impatient() -> object:
    from kexue_book.formulas.mathjax import MathJax

    return MathJax(seconds=0.05)


def test_the_cache_lies_in_the_users_cache_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    path = default_cache_path()
    assert path.suffix == ".sqlite"
    assert "kexue-book" in path.parts
