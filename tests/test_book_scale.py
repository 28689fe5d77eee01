"""The benchmark of whole books: what a process tree spends is counted, whoever's child it is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

BUSY = "import time\nhold = bytearray({mb} << 20)\nend = time.process_time() + 0.5\n"
BUSY += "while time.process_time() < end: pass\ntime.sleep(1)"


@pytest.fixture
def spent(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(Path(__file__).parent.parent / "benchmarks"))
    import spent

    return spent


def test_orphans_are_counted(spent: Any) -> None:
    script = '"$0" -c "$1" & ("$0" -c "$1" &) ; "$0" -c "$2"'
    command = ["sh", "-c", script, sys.executable, BUSY.format(mb=60), BUSY.format(mb=90)]
    took = spent.measure(command)
    assert took.code == 0
    assert took.cpu >= 1.5
    assert 90 <= took.largest < 130
    assert 210 <= took.together < 290


def test_what_takes_too_long_is_ended_with_its_children(spent: Any) -> None:
    took = spent.measure(["sh", "-c", "sleep 50 & sleep 50"], seconds=0.5)
    assert took.code == 124
    assert took.wall < 5


def test_the_report_takes_the_marked_place(spent: Any, tmp_path: Path) -> None:
    from scale_results import Ledger, Result
    from scale_table import BEGIN, END, report, rewrite

    ledger = Ledger(tmp_path / "results.json")
    few = Result(cpu=10, wall=6, largest=100, together=200, size=10**6, pages=200)
    many = Result(cpu=100, wall=60, largest=450, together=500, size=10**7, pages=1000)
    for name, posts, result in (("archive 10", 10, few), ("archive 50", 50, many)):
        ledger.tell(name, {"posts": posts})
        ledger.add(name, "cold", result)
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nworn\n{END}\nafter\n", "utf-8")
    rewrite(page, report(Ledger(tmp_path / "results.json")))
    text = page.read_text("utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "worn" not in text
    assert "| pages a CPU s, 50 posts / 10 | 0.50 | ≥ 0.9 | **no** |" in text
    assert "| archive 10: largest process, MB | 100 | < 400 | yes |" in text
    assert "| archive 50: largest process, MB | 450 | < 400 | **no** |" in text
