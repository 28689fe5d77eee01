"""Sheets → records, in processes that may hang or die without taking the book with them.

WeasyPrint is loaded in a process from which they are forked, where that is safe, else in each of
them; not in the one that waits for them, which reads posts meanwhile. A sheet that takes too long
costs its process, which is replaced; the sheet comes back as a failure, and the others go on.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.forkserver import ensure_running
from typing import TYPE_CHECKING, Protocol

from kexue_book.pdf.loading import load_renderer
from kexue_book.pdf.record import FontUse
from kexue_book.pdf.sheet import Sheet

if TYPE_CHECKING:
    from kexue_book.pdf.design import Design
    from kexue_book.pdf.render import Renderer

SECONDS = 120.0
"""For a sheet, and as many again for each megabyte of its XHTML; most take half a second."""
WORTH_A_PROCESS = 100_000
"""Characters of XHTML, about four chapters: to start another process takes longer than fewer."""
PATIENCE = 1200.0
"""Seconds for what no book can do without: contents, figures, fonts."""
_FORKS = sys.platform.startswith("linux")
"""Elsewhere libraries of the system do not survive a fork."""
_PRELOADED = "kexue_book.pdf.preloaded"
_REQUIRED = -1
"""Stands for the index of what no book can do without."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a task could not be done."""

    reason: str
    is_pango_missing: bool = False


class Ordered(Protocol):
    """A sheet that is made when its turn comes."""

    @property
    def length(self) -> int:
        """Characters of its XHTML."""

    def sheet(self) -> Sheet:
        """Make the sheet."""


Required = Generator[Sheet, "bytes | Failure", None]
"""Sheets that no book can do without; it is told what became of one before it makes the next."""
Task = Sheet | tuple[FontUse, ...]
"""What a process is asked for: a sheet's record, or fonts, embedded as subsets."""


@cache
def _context() -> SpawnContext | ForkServerContext:
    """Return how processes are started."""
    if not _FORKS:
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([_PRELOADED])
    return context


class _Worker:
    """A process that does one task after the other."""

    def __init__(self, design: Design | None) -> None:
        self.connection, theirs = _context().Pipe()
        self._process = _context().Process(target=_serve, args=(theirs, design), daemon=True)
        self._process.start()
        theirs.close()
        self.index: int | None = None
        self.deadline = 0.0

    def start(self, index: int, design: Design, task: Task, seconds: float) -> None:
        """Hand a task over, which has to be done in so many seconds."""
        self.index = index
        self.deadline = time.monotonic() + seconds
        self.connection.send((design, task))

    def end(self) -> None:
        """Kill the process; it holds nothing that would be missed."""
        self._process.kill()
        self._process.join()
        self.connection.close()


class Crew:
    """Processes that load WeasyPrint when they start, and wait for work."""

    def __init__(self, jobs: int, design: Design | None = None) -> None:
        """Nothing is started yet; there will be ``jobs`` processes at most.

        Those that know the ``design`` that they will be asked for are sooner done.
        """
        self._jobs = jobs
        self._design = design
        self._workers: list[_Worker] = []

    def close(self) -> None:
        """End all processes."""
        while self._workers:
            self._workers.pop().end()

    def prepare(self) -> None:
        """Begin to load what takes longest, and do not wait for it."""
        if _FORKS:
            _context()
            ensure_running()
        else:
            self.call()

    def call(self, count: int = 1) -> None:
        """Have so many processes ready soon, if there may be as many."""
        while len(self._workers) < min(count, self._jobs):
            self._workers.append(_Worker(self._design))

    def embed(self, design: Design, uses: Sequence[FontUse]) -> bytes | Failure:
        """Have fonts embedded."""
        return self._alone(design, tuple(uses))

    def render(self, design: Design, sheet: Sheet) -> bytes | Failure:
        """Have one sheet laid out."""
        return self._alone(design, sheet)

    def _alone(self, design: Design, task: Task) -> bytes | Failure:
        self.call()
        self._start(0, 0, design, task, PATIENCE)
        ((_, _, result),) = list(self._results())
        return result

    def render_all(
        self,
        design: Design,
        orders: Sequence[Ordered],
        required: Required,
        meanwhile: Callable[[], None],
    ) -> Iterator[tuple[int, bytes | Failure]]:
        """Yield the index of each sheet with what became of it, in any order.

        Those that are ``required`` wait for one another, so they come before most others.
        ``meanwhile`` is called once, when all processes have begun.
        """
        # The longest first, so that no process is left alone with one at the end.
        waiting = deque(sorted(range(len(orders)), key=lambda index: -orders[index].length))
        length = sum(order.length for order in orders)
        self.call(min(len(orders), 1 + length // WORTH_A_PROCESS))
        idle = deque(range(len(self._workers)))
        following: Sheet | None = None
        is_asked = is_busy = False
        while waiting or following or is_busy:
            if following and idle:
                self._start(idle.popleft(), _REQUIRED, design, following, PATIENCE)
                following = None
            while waiting and idle:
                index = waiting.popleft()
                sheet, seconds = orders[index].sheet(), _seconds(orders[index].length)
                self._start(idle.popleft(), index, design, sheet, seconds)
            if not is_asked:  # it may take a while to answer, while others are at work
                following, is_asked, is_busy = next(required, None), True, True
                continue
            meanwhile()
            meanwhile = _nothing
            for position, index, result in self._results():
                idle.append(position)
                if index == _REQUIRED:
                    with suppress(StopIteration):
                        following = required.send(result)
                else:
                    yield index, result
            is_busy = any(worker.index is not None for worker in self._workers)

    def _start(self, position: int, index: int, design: Design, task: Task, seconds: float) -> None:
        """Start a task in a process, or in a new one if that has died in its sleep."""
        try:
            self._workers[position].start(index, design, task, seconds)
        except (BrokenPipeError, ConnectionError):
            self._replace(position)
            self._workers[position].start(index, design, task, seconds)

    def _replace(self, position: int) -> None:
        self._workers[position].end()
        self._workers[position] = _Worker(self._design)

    def _results(self) -> Iterator[tuple[int, int, bytes | Failure]]:
        """Wait for a task to end; yield process, task and result of all that have ended."""
        busy = [worker for worker in self._workers if worker.index is not None]
        soonest = min(worker.deadline for worker in busy)
        ready = wait([worker.connection for worker in busy], max(0.0, soonest - time.monotonic()))
        for position, worker in enumerate(self._workers):
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
                self._replace(position)
            yield position, index, result


def _nothing() -> None:
    """Do nothing."""


def _seconds(length: int) -> float:
    return SECONDS * (1 + length / 1e6)


def _received(worker: _Worker) -> bytes | Failure:
    try:
        result = worker.connection.recv()
    except (EOFError, ConnectionError):
        return Failure("the process that laid it out died")
    assert isinstance(result, bytes | Failure)
    return result


def _serve(connection: Connection, known: Design | None) -> None:
    """Do tasks until there are no more."""
    # Ctrl-C goes to all processes; the one that waits for this one ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        make_renderer = load_renderer()
    except OSError as problem:  # the first who asks hears of it
        connection.recv()
        connection.send(Failure(str(problem), is_pango_missing=True))
        return

    renderer: Renderer | None = None
    if known is not None:
        with suppress(Exception):  # who asks hears of it
            renderer = make_renderer(known)
            renderer.warm_up()
    while True:
        try:
            design, task = connection.recv()
        except EOFError:
            return
        try:
            if renderer is None or design != known:
                renderer, known = make_renderer(design), design
            result: bytes | Failure
            result = renderer.render(task) if isinstance(task, Sheet) else renderer.embed(task)
        except (Exception, RecursionError) as problem:
            result = Failure(f"{type(problem).__name__}: {problem}")
        try:
            connection.send(result)
        except (BrokenPipeError, ConnectionError):
            return
