from __future__ import annotations

import os
from collections.abc import Sequence

from kexue_book.formulas.mathjax import Batch, failed
from kexue_book.formulas.workers import in_processes
from kexue_book.model import FormulaKey


def _die_of_boom(keys: Sequence[FormulaKey]) -> Batch:
    if any(key.tex == "boom" for key in keys):
        os._exit(1)
    return Batch(formulas={key: failed(f"seen {key.tex}") for key in keys})


def _die(keys: Sequence[FormulaKey]) -> Batch:
    os._exit(1)


def key(tex: str) -> FormulaKey:
    return FormulaKey(tex=tex, display=False)


def test_a_formula_that_kills_its_process_is_named_and_the_others_are_done() -> None:
    batches = [[key("a"), key("boom"), key("b")], [key("c"), key("d")]]
    done = list(in_processes(batches, 2, _die_of_boom))
    errors = {k.tex: v.error for batch in done for k, v in batch.formulas.items()}
    seen = {name: f"seen {name}" for name in "abcd"}
    assert errors == {**seen, "boom": "the engine crashed"}
    assert {k.tex for batch in done for k in batch.stopped} == {"boom"}


def test_where_no_process_lives_the_work_is_done_here() -> None:
    done = list(in_processes([[key("a")], [key("b")]], 2, _die))
    formulas = {k.tex: v for batch in done for k, v in batch.formulas.items()}
    assert set(formulas) == {"a", "b"}
    assert all(typeset.error is None for typeset in formulas.values())
