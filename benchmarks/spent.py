"""A command → what it and all processes it starts use: CPU time, wall clock, memory.

usage: python benchmarks/spent.py REPORT.json SECONDS COMMAND…

Runs as a process of its own for each command, so that what the kernel adds up for its children is
that command's alone. Children whose parents die become this process's (Linux only), so none is
missed. CPU time is what the kernel says at the end, or what was last seen of each process when that
is more: some processes are never waited for. The largest process is by its own highest mark
(resident pages, shared ones too); all together is the highest sum seen of proportional shares,
looked at four times a second, so that a page which two processes share counts once, but at least
the largest.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

INTERVAL = 0.25
_SUBREAPER = 36
_TICK = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """By one command."""

    cpu: float
    """Seconds, user and system."""
    wall: float
    """Seconds."""
    largest: float
    """MB of the largest process."""
    together: float
    """MB of all processes at the highest moment."""
    code: int
    """Exit code; 124 when it took too long."""
    output: str
    """The end of what it printed."""


def measure(
    command: Sequence[str | Path],
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    seconds: float = 3600,
) -> Spent:
    """Run a command in a wrapper of its own, and return what it took."""
    with tempfile.TemporaryDirectory() as name:
        report = Path(name) / "report.json"
        wrapper = [sys.executable, __file__, report, seconds, *command]
        done = subprocess.run(
            list(map(str, wrapper)),
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        if not report.exists():
            sys.exit(f"spent.py failed:\n{done.stdout}")
        return Spent(**json.loads(report.read_text("utf-8")), output=done.stdout[-4000:])


class Watch(threading.Thread):
    """Looks at the descendants of this process from time to time."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.ended = threading.Event()
        self.together = self.largest = 0
        """KB."""
        self._cpu: dict[tuple[int, int], float] = {}

    @property
    def cpu(self) -> float:
        """Seconds that were seen."""
        return sum(self._cpu.values())

    def run(self) -> None:
        """Look until told to end."""
        while not self.ended.wait(INTERVAL):
            together = 0
            for pid, start, seconds in descendants():
                self._cpu[pid, start] = seconds
                with contextlib.suppress(OSError):
                    together += field(pid, "smaps_rollup", "Pss")
                    self.largest = max(self.largest, field(pid, "status", "VmHWM"))
            self.together = max(self.together, together)


def field(pid: int, file: str, name: str) -> int:
    """Return a number of /proc in KB."""
    found = re.search(rf"^{name}:\s+(\d+)", (_PROC / str(pid) / file).read_text(), re.MULTILINE)
    return int(found[1]) if found else 0


def descendants() -> Iterator[tuple[int, int, float]]:
    """Yield number, start and CPU seconds of every process below this one."""
    parents: dict[int, int] = {}
    seen: dict[int, tuple[int, float]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                pid = int(entry.name)
                parents[pid] = int(fields[1])
                seen[pid] = int(fields[19]), (int(fields[11]) + int(fields[12])) / _TICK
    family = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    for pid in family - {os.getpid()}:
        yield pid, *seen[pid]


def main() -> None:
    report, seconds, *command = sys.argv[1:]
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    watch = Watch()
    start = time.monotonic()
    process = subprocess.Popen(command)
    watch.start()
    try:
        code = process.wait(float(seconds))
    except subprocess.TimeoutExpired:
        code = 124
        end_family()
    wall = time.monotonic() - start
    gather()
    watch.ended.set()
    watch.join()
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = Spent(
        cpu=max(usage.ru_utime + usage.ru_stime, watch.cpu),
        wall=wall,
        largest=max(usage.ru_maxrss, watch.largest) / 1024,
        together=max(watch.together, usage.ru_maxrss) / 1024,
        code=code,
        output="",
    )
    values = asdict(spent)
    del values["output"]
    Path(report).write_text(json.dumps(values), "utf-8")


def gather(patience: float = 5) -> None:
    """Wait for what the command left running; end it when it stays."""
    end = time.monotonic() + patience
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0]:
                continue
        except ChildProcessError:
            return
        if time.monotonic() > end:
            end_family()
        time.sleep(0.02)


def end_family() -> None:
    for pid, _, _ in descendants():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
