"""Sheets → records, in processes that may hang or die without taking the book with them.

WeasyPrint is loaded once in each process. A sheet that takes too long costs its process, which is
replaced; the sheet comes back as a failure, and the others go on.
"""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Protocol

from kexue_book.pdf.sheet import Sheet

if TYPE_CHECKING:
    from kexue_book.pdf.render import Design

SECONDS = 120.0
"""For a sheet, and as many again for each megabyte of its XHTML; most take half a second."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a sheet could not be laid out."""

    reason: str


class Ordered(Protocol):
    """A sheet that is made when its turn comes."""

    @property
    def length(self) -> int:
        """Characters of its XHTML."""

    def sheet(self) -> Sheet:
        """Make the sheet."""


class _Worker:
    """A process that lays out one sheet after the other."""

    def __init__(self, design: Design) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, design), daemon=True)
        self._process.start()
        theirs.close()
        self.index: int | None = None
        self.deadline = 0.0

    def start(self, index: int, order: Ordered) -> None:
        """Hand a sheet over."""
        self.index = index
        self.deadline = time.monotonic() + SECONDS * (1 + order.length / 1e6)
        self.connection.send(order.sheet())

    def end(self) -> None:
        """Kill the process; it holds nothing that would be missed."""
        self._process.kill()
        self._process.join()
        self.connection.close()


def render_in_processes(
    orders: Sequence[Ordered], design: Design, jobs: int
) -> Iterator[tuple[int, bytes | Failure]]:
    """Yield the index of each sheet with what became of it, in any order."""
    # The longest first, so that no process is left alone with one at the end.
    waiting = deque(sorted(range(len(orders)), key=lambda index: -orders[index].length))
    workers = [_Worker(design) for _ in range(min(jobs, len(orders)))]
    try:
        while waiting or any(worker.index is not None for worker in workers):
            for position, worker in enumerate(workers):
                if worker.index is None and waiting:
                    workers[position] = _started(worker, waiting.popleft(), orders, design)
            busy = [worker for worker in workers if worker.index is not None]
            soonest = min(worker.deadline for worker in busy)
            ready = wait(
                [worker.connection for worker in busy], max(0.0, soonest - time.monotonic())
            )
            for position, worker in enumerate(workers):
                if worker.index is None:
                    continue
                if worker.connection in ready:
                    index, result = worker.index, _received(worker)
                elif time.monotonic() >= worker.deadline:
                    index, result = worker.index, Failure("it took too long to lay out")
                else:
                    continue
                worker.index = None
                if isinstance(result, Failure):
                    worker.end()
                    workers[position] = _Worker(design)
                yield index, result
    finally:
        for worker in workers:
            worker.end()


def _started(worker: _Worker, index: int, orders: Sequence[Ordered], design: Design) -> _Worker:
    """Start a sheet in a worker, or in a new one if that has died in its sleep."""
    try:
        worker.start(index, orders[index])
    except (BrokenPipeError, ConnectionError):
        worker.end()
        worker = _Worker(design)
        worker.start(index, orders[index])
    return worker


def _received(worker: _Worker) -> bytes | Failure:
    try:
        result = worker.connection.recv()
    except (EOFError, ConnectionError):
        return Failure("the process that laid it out died")
    assert isinstance(result, bytes | Failure)
    return result


def _serve(connection: Connection, design: Design) -> None:
    """Lay out sheets until there are no more."""
    # Ctrl-C goes to all processes; the one that waits for this one ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from kexue_book.pdf.render import Renderer

    renderer: Renderer | None = None
    while True:
        try:
            sheet = connection.recv()
        except EOFError:
            return
        try:
            renderer = renderer or Renderer(design)
            result: bytes | Failure = renderer.render(sheet)
        except (Exception, RecursionError) as problem:
            result = Failure(f"{type(problem).__name__}: {problem}")
        try:
            connection.send(result)
        except (BrokenPipeError, ConnectionError):
            return
