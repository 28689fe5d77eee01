"""Builds that are killed, interrupted, or run beside one another harm neither files nor cache."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pikepdf
import pytest

from conftest import REPOSITORY
from kexue_book.files import written_aside

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks into /proc")


Start = Callable[..., subprocess.Popen[str]]


@contextmanager
def running() -> Iterator[Start]:
    """Start builds of sample posts, in process groups of their own; end what is left of them."""
    started: list[subprocess.Popen[str]] = []

    def start(output: Path, cache: Path, *options: str) -> subprocess.Popen[str]:
        # Where tests run in the background, a shell has them ignore Ctrl-C.
        command = ["env", "--default-signal=INT", sys.executable, "-m", "kexue_book"]
        command += ["build", "--posts", str(REPOSITORY / "posts")]
        process = subprocess.Popen(
            [*command, "-o", output, "--name", "book", "-j", "2", "--limit", "10", *options],
            env={**os.environ, "XDG_CACHE_HOME": str(cache)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    try:
        yield start
    finally:
        for process in started:
            if process.poll() is None:
                process.kill()
            process.communicate()


@pytest.fixture
def run() -> Iterator[Start]:
    with running() as start:
        yield start


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of both books as a build makes them that nothing disturbs."""
    folder = tmp_path_factory.mktemp("whole")
    with running() as start:
        finished(start(folder / "out", folder / "cache"))
    return folder / "out"


def family(process: subprocess.Popen[str]) -> list[int]:
    """The processes that a build has started, those they have started too."""
    found: list[int] = []
    waiting = [process.pid]
    while waiting:
        parent = waiting.pop()
        listed = Path(f"/proc/{parent}/task/{parent}/children")
        children = [int(pid) for pid in listed.read_text().split()] if listed.exists() else []
        found += children
        waiting += children
    return found


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)


def records(cache: Path) -> list[Path]:
    return list(cache.glob("**/chapters/*/*"))


def laid_out_in_part(process: subprocess.Popen[str], cache: Path) -> list[int]:
    """Wait until a build is in the midst of laying out; return the processes it has started."""
    wait_for(lambda: len(records(cache)) >= 3 or process.poll() is not None)
    assert process.poll() is None, process.stderr.read() if process.stderr else ""
    children = family(process)
    assert len(children) >= 2
    return children


def finished(process: subprocess.Popen[str]) -> None:
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_build_that_is_killed_leaves_nothing_broken(
    run: Start, whole: Path, tmp_path: Path, how: signal.Signals
) -> None:
    output, cache = tmp_path / "out", tmp_path / "cache"
    process = run(output, cache, "--format", "pdf")
    children = laid_out_in_part(process, cache)
    process.send_signal(how)
    process.wait(timeout=20)
    assert not (output / "book.pdf").exists()
    wait_for(lambda: not any(map(is_alive, children)))
    finished(run(output, cache, "--format", "pdf"))
    assert (output / "book.pdf").read_bytes() == (whole / "book.pdf").read_bytes()


def test_a_build_that_is_killed_leaves_the_old_file(run: Start, tmp_path: Path) -> None:
    output, cache = tmp_path / "out", tmp_path / "cache"
    output.mkdir()
    (output / "book.pdf").write_bytes(b"old")
    process = run(output, cache, "--format", "pdf")
    laid_out_in_part(process, cache)
    process.kill()
    process.wait(timeout=20)
    assert (output / "book.pdf").read_bytes() == b"old"


def test_ctrl_c_ends_all_processes_and_leaves_no_file(run: Start, tmp_path: Path) -> None:
    output, cache = tmp_path / "out", tmp_path / "cache"
    process = run(output, cache, "--format", "pdf")
    children = laid_out_in_part(process, cache)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "interrupted" in said
    assert "Traceback" not in said
    wait_for(lambda: not any(map(is_alive, children)), 10)
    assert list(output.glob("*")) == []


def test_two_builds_at_once_do_not_hurt_each_other(run: Start, whole: Path, tmp_path: Path) -> None:
    output, cache = tmp_path / "out", tmp_path / "cache"
    both = [run(output, cache) for _ in range(2)]
    for process in both:
        finished(process)
    assert sorted(path.name for path in output.iterdir()) == ["book.epub", "book.pdf"]
    for name in ("book.pdf", "book.epub"):
        assert (output / name).read_bytes() == (whole / name).read_bytes()
    with pikepdf.open(output / "book.pdf") as pdf:
        assert len(pdf.pages) > 6


def test_what_killed_builds_left_aside_is_cleared_away(tmp_path: Path) -> None:
    old, new, other = (
        tmp_path / name for name in (".a.pdf.abcd1234", ".a.pdf.efgh5678", "a.pdf.x")
    )
    for path in (old, new, other):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    os.utime(other, (0, 0))
    with written_aside(tmp_path / "a.pdf") as aside:
        aside.write_bytes(b"whole")
    assert sorted(tmp_path.iterdir()) == sorted([tmp_path / "a.pdf", new, other])
