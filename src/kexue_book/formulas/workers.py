"""Formulas that no cache knows → typeset formulas, batch by batch, in one process or several.

Starting MathJax takes as long as setting some hundreds of formulas, so few are set here. Worker
processes are spawned, since V8 does not survive a fork. Should a worker die, what it had in hand
is done again in processes of its own, in ever smaller parts, until the guilty formula is alone.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import cache

from kexue_book.formulas.mathjax import Batch, MathJax, failed
from kexue_book.formulas.standby import Standby
from kexue_book.model import FormulaKey

BATCH = 200
WORTH_A_PROCESS = 400
"""Formulas, for each process beyond the first."""

Work = Callable[[Sequence[FormulaKey]], Batch]


def typeset_in_batches(
    keys: Sequence[FormulaKey], jobs: int, standby: Standby | None = None
) -> Iterator[Batch]:
    """Typeset formulas in up to ``jobs`` processes; batches come in any order.

    ``standby`` may have an engine for this process.
    """
    batches = [keys[start : start + BATCH] for start in range(0, len(keys), BATCH)]
    workers = min(jobs, 1 + len(keys) // WORTH_A_PROCESS, len(batches))
    if workers > 1:
        yield from in_processes(batches, workers, work)
    elif batches:
        yield from _here(batches, standby)


def _here(
    batches: Sequence[Sequence[FormulaKey]], standby: Standby | None = None
) -> Iterator[Batch]:
    engine = standby.take() if standby is not None else MathJax()
    try:
        for batch in batches:
            yield engine.typeset(batch)
    finally:
        engine.close()


@cache
def _own_engine() -> MathJax:
    """Return this worker process's engine, the same for all its batches."""
    return MathJax()


def work(keys: Sequence[FormulaKey]) -> Batch:
    """Typeset one batch in a worker process."""
    return _own_engine().typeset(keys)


def in_processes(
    batches: Sequence[Sequence[FormulaKey]], workers: int, work: Work
) -> Iterator[Batch]:
    """Do ``work`` on batches in processes, and get over the death of some."""
    left = list(batches)
    with _pool(workers) as pool:
        futures: dict[Future[Batch], Sequence[FormulaKey]] = {}
        try:
            futures = {pool.submit(work, batch): batch for batch in batches}
            for future in as_completed(futures):
                done = future.result()
                left.remove(futures[future])
                yield done
            return
        except BrokenProcessPool:
            pass
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    if _in_own_process((), work) is None:
        yield from _here(left)  # no process can be started at all
    else:
        for batch in left:
            yield from _narrow(batch, work)


def _narrow(keys: Sequence[FormulaKey], work: Work) -> Iterator[Batch]:
    done = _in_own_process(keys, work)
    if done is not None:
        yield done
    elif len(keys) == 1:
        yield Batch(formulas={keys[0]: failed("the engine crashed")}, stopped={keys[0]})
    else:
        middle = len(keys) // 2
        yield from _narrow(keys[:middle], work)
        yield from _narrow(keys[middle:], work)


def _in_own_process(keys: Sequence[FormulaKey], work: Work) -> Batch | None:
    """Return what ``work`` makes of the formulas, or None when it dies of them."""
    with _pool(1) as pool:
        try:
            return pool.submit(work, keys).result()
        except BrokenProcessPool:
            return None


def _pool(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
