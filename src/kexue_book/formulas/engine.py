"""Distinct formulas → typeset formulas: from the cache, else from MathJax, in several processes."""

from __future__ import annotations

import multiprocessing
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from kexue_book.formulas.cache import FormulaCache, default_cache_path
from kexue_book.formulas.mathjax import MathJax
from kexue_book.model import FormulaKey, Glyph, Typeset, Typesetting

__all__ = ["default_cache_path", "typeset_formulas"]

BATCH = 200
WORTH_A_PROCESS = 600
"""Formulas: starting MathJax takes as long as setting some hundreds of them."""
_GLYPH = re.compile(r'\["G","([^"]+)"')

_Batch = tuple[dict[FormulaKey, Typeset], dict[str, Glyph]]


def typeset_formulas(
    keys: Iterable[FormulaKey],
    *,
    cache: Path | None,
    jobs: int = 1,
    advance: Callable[[int, int], None] | None = None,
) -> Typesetting:
    """Typeset every key once.

    Args:
        keys: formulas, repeated ones welcome.
        cache: the SQLite file to look in and to add to; None for none.
        jobs: processes to use when there is enough to do.
        advance: told how many of how many distinct formulas are done.
    """
    distinct = list(dict.fromkeys(keys))
    with FormulaCache(cache) as store:
        done = store.find(distinct)
        glyphs = store.glyphs(_glyph_names(done.values()))
        missing = [key for key in distinct if not _is_usable(done.get(key), glyphs)]
        if advance is not None:
            advance(len(distinct) - len(missing), len(distinct))
        finished = len(distinct) - len(missing)
        for typeset, outlines in _typeset_missing(missing, jobs):
            store.store(typeset, outlines)
            done.update(typeset)
            glyphs.update(outlines)
            finished += len(typeset)
            if advance is not None:
                advance(finished, len(distinct))
    return Typesetting(formulas=done, glyphs=glyphs)


def _glyph_names(typeset: Iterable[Typeset]) -> set[str]:
    return {name for formula in typeset for name in _GLYPH.findall(formula.operators)}


def _is_usable(typeset: Typeset | None, glyphs: dict[str, Glyph]) -> bool:
    """Whether it is there with all its glyphs: a cache may have been cut short."""
    return typeset is not None and all(name in glyphs for name in _glyph_names((typeset,)))


def _typeset_missing(missing: Sequence[FormulaKey], jobs: int) -> Iterator[_Batch]:
    batches = [missing[start : start + BATCH] for start in range(0, len(missing), BATCH)]
    workers = min(jobs, 1 + len(missing) // WORTH_A_PROCESS)
    if workers <= 1:
        engine = MathJax()
        for batch in batches:
            yield _run(engine, batch)
        engine.close()
        return
    # V8 does not survive a fork.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        for future in as_completed([pool.submit(_work, batch) for batch in batches]):
            yield future.result()


_engines: list[MathJax] = []
"""The engine of a worker process, once it has one."""


def _work(batch: Sequence[FormulaKey]) -> _Batch:
    if not _engines:
        _engines.append(MathJax())
    return _run(_engines[0], batch)


def _run(engine: MathJax, batch: Sequence[FormulaKey]) -> _Batch:
    typeset = dict(zip(batch, engine.typeset(batch), strict=True))
    used = _glyph_names(typeset.values())
    return typeset, {name: engine.glyphs[name] for name in used}
