"""An engine that gets ready while posts are still read.

V8 and MathJax take a quarter of a second to start, which is much of a build after an edit. It is
known that formulas will have to be set as soon as it is known that a post is new.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

from kexue_book.formulas.mathjax import MathJax

_FEW = 5
"""Posts; of more, formulas are set in processes of their own."""


class Standby:
    """Holds an engine for whoever needs one first; to be closed."""

    def __init__(self) -> None:
        """Nothing is started yet."""
        self._starting: Future[MathJax] | None = None

    def expect(self, posts: int) -> None:
        """Start an engine, in another thread, if so many new posts are too few for processes."""
        if self._starting is None and 0 < posts <= _FEW:
            thread = ThreadPoolExecutor(max_workers=1)
            self._starting = thread.submit(_started)
            thread.shutdown(wait=False)

    def take(self) -> MathJax:
        """Return the engine, or one that has not started; the taker closes it.

        Raises:
            MissingDependencyError: it cannot start.
        """
        starting, self._starting = self._starting, None
        return starting.result() if starting is not None else MathJax()

    def close(self) -> None:
        """End the engine if nobody took it."""
        starting, self._starting = self._starting, None
        if starting is not None and starting.exception() is None:
            starting.result().close()


def _started() -> MathJax:
    engine = MathJax()
    engine.start()
    return engine
