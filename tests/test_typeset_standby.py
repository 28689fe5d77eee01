"""An engine that gets ready while posts are read."""

from __future__ import annotations

from contextlib import closing

import pytest

from conftest import BuildBook
from kexue_book.errors import MissingDependencyError
from kexue_book.formulas import Standby, mathjax
from kexue_book.model import FormulaKey


def starts(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return the engines that have been started, kept up to date."""
    started: list[object] = []
    start = mathjax._start

    def noting() -> object:
        started.append(engine := start())
        return engine

    monkeypatch.setattr(mathjax, "_start", noting)
    return started


def test_an_engine_for_few_posts_is_ready_when_it_is_needed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started = starts(monkeypatch)
    with closing(Standby()) as standby:
        standby.expect(0)
        standby.expect(1000)
        assert not started
        standby.expect(2)
        engine = standby.take()
        assert len(started) == 1
        key = FormulaKey(tex="x", display=False)
        assert engine.typeset([key]).formulas[key].error is None
        assert len(started) == 1
        engine.close()


def test_an_engine_that_nobody_takes_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    started = starts(monkeypatch)
    ended: list[object] = []
    close = mathjax.MathJax.close
    monkeypatch.setattr(mathjax.MathJax, "close", lambda engine: ended.append(close(engine)))
    with closing(Standby()) as standby:
        standby.expect(1)
    assert len(started) == len(ended) == 1


def test_whoever_takes_an_engine_that_cannot_start_hears_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing() -> object:
        raise MissingDependencyError("formulas cannot be typeset without mathjax")

    monkeypatch.setattr(mathjax, "_start", missing)
    with closing(Standby()) as standby:
        standby.expect(1)
        with pytest.raises(MissingDependencyError):
            standby.take()
    with closing(Standby()) as standby:
        standby.expect(1)


def test_a_post_without_formulas_is_built_beside_an_engine(
    build_book: BuildBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = starts(monkeypatch)
    built = build_book({"a.md": "---\ntitle: T\n---\n没有公式。"})
    assert "没有公式" in built.chapters()
    assert len(started) <= 1
