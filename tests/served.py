"""Questions → answers of a program that is started once: Java takes seconds to get going.

The program is a module of ours that ends in :func:`serve`. It runs in a process of its own: tests
fork and send signals, neither of which goes well with Java, and a process can start Java only once.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from typing import Any

JAVA_OPTIONS = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""What a short life is quickest with: neither its best compiler nor threads that collect."""


class Served:
    """A program that answers until the tests are done."""

    def __init__(self, script: str) -> None:
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the program
        self._process = subprocess.Popen(
            [sys.executable, script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
        )
        atexit.register(self._end)

    def ask(self, question: object) -> Any:
        """Return the answer; both are what JSON can hold."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(question), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        if not answer:
            self._said.seek(0)
            said = self._said.read().decode(errors="replace")
            raise RuntimeError(f"{self._process.args} did not answer: {said}")
        return json.loads(answer)

    def _end(self) -> None:
        self._process.communicate()
        self._said.close()


def serve(answer: Callable[[Any], object]) -> None:
    """Answer the questions that come in, one a line, until there are no more."""
    # Whatever else is printed, in Java too, is no answer.
    with os.fdopen(os.dup(1), "w") as answers:
        os.dup2(2, 1)
        for question in sys.stdin:
            print(json.dumps(answer(json.loads(question))), file=answers, flush=True)
