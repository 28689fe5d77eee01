"""Results → Markdown: a table a book, how cost grows, and whether the targets are met."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from scale_results import Ledger, Result
from scale_runs import COLD, EDIT, OURS, SAME

BEGIN = "<!-- made by benchmarks/book_scale.py: do not edit -->"
END = "<!-- end of what is made -->"
ONE, LATEX, TYPST, CHROMIUM = ("WeasyPrint", "XeLaTeX", "typst", "Chromium")
_HEAD = (
    "| | CPU s | × | wall s | × | largest process MB | all together MB | PDF MB | × | pages "
    "| pages a CPU s |\n|---|---|---|---|---|---|---|---|---|---|---|"
)


def report(ledger: Ledger) -> str:
    """Return everything there is to say."""
    parts = [_machine(ledger.facts.get("", {}))]
    for book, runs in ledger.results.items():
        parts.append("\n".join(_table(book, runs, ledger.facts.get(book, {}))))
    parts.append("\n".join(_growth(ledger)))
    parts.append("\n".join(["### Targets", "", "| | measured | wanted | |", "|---|---|---|---|"]))
    return "\n\n".join(parts) + "\n" + "\n".join(_targets(ledger)) + "\n"


def _machine(facts: Mapping[str, object]) -> str:
    text = f"Measured on {facts.get('machine', 'a machine unknown')}. {facts.get('versions', '')}."
    absent = facts.get("missing")
    return f"{text} Not installed: {absent}." if absent else text


def _table(book: str, runs: Mapping[str, Result], facts: Mapping[str, object]) -> Iterator[str]:
    base = runs.get(COLD)
    yield f"### {book}: {facts.get('posts', '?')} posts"
    yield ""
    yield _HEAD
    for run in sorted(runs, key=lambda run: OURS.index(run) if run in OURS else len(OURS)):
        yield _row(run, runs[run], base)
    notes = [f"{run}: {result.note}" for run, result in runs.items() if result.note]
    if notes:
        yield ""
        yield "; ".join(notes).replace("|", "\\|") + "."


def _row(run: str, result: Result, base: Result | None) -> str:
    name = f"**kexue-book, {run}**" if run in OURS else run
    if not result.good or base is None or not base.good:
        what = "failed" if not result.good else f"{result.wall:.1f} s"
        return f"| {name} | {what} |" + " |" * 9
    return (
        f"| {name} | {result.cpu:.1f} | {result.cpu / base.cpu:.2f} | {result.wall:.1f} "
        f"| {result.wall / base.wall:.2f} | {result.largest:.0f} | {result.together:.0f} "
        f"| {result.size / 1e6:.2f} | {result.size / base.size:.2f} | {result.pages} "
        f"| {result.pages / result.cpu:.1f} |"
    )


def _growth(ledger: Ledger) -> Iterator[str]:
    yield "### How cost grows"
    yield ""
    yield "| book | pages | pages a CPU s, cold | × | largest process MB | Pango alone, ms a page |"
    yield "|---|---|---|---|---|---|"
    first: float | None = None
    for book, runs in ledger.results.items():
        cold = runs.get(COLD)
        if cold is None or not cold.good:
            continue
        speed = cold.pages / cold.cpu
        ratio = ""
        if book.startswith("archive"):
            first = first or speed
            ratio = f"{speed / first:.2f}"
        pango = ledger.facts.get(book, {}).get("pango")
        alone = f"{1000 * pango / cold.pages:.2f}" if pango is not None else ""
        largest = max(runs[run].largest for run in OURS if run in runs)
        yield f"| {book} | {cold.pages} | {speed:.1f} | {ratio} | {largest:.0f} | {alone} |"


def _targets(ledger: Ledger) -> Iterator[str]:
    for book, runs in ledger.results.items():
        cold = runs.get(COLD)
        peers = {run: result for run, result in runs.items() if run not in OURS and result.good}
        if cold is not None and cold.good:
            yield from _against(book, cold, peers)
        for name, most in ((SAME, 1.0), (EDIT, 3.0)):
            # An edit is promised up to 500 posts.
            if name in runs and not (name == EDIT and _posts(ledger, book) > 500):
                yield _line(f"{book}: {name}, wall s", runs[name].wall, most)
        typst = [result for run, result in peers.items() if TYPST in run]
        if typst and EDIT in runs:
            yield _line(f"{book}: {EDIT} / typst, wall", runs[EDIT].wall / typst[0].wall, 1)
        largest = [runs[run].largest for run in OURS if run in runs]
        if largest:
            yield _line(f"{book}: largest process, MB", max(largest), 400)
    yield from _linear(ledger)


def _posts(ledger: Ledger, book: str) -> int:
    return int(ledger.facts.get(book, {}).get("posts", 0))


def _against(book: str, cold: Result, peers: Mapping[str, Result]) -> Iterator[str]:
    for run, peer in peers.items():
        ratio = cold.wall / peer.wall
        if ONE in run:
            yield _line(f"{book}: cold / {run}, wall", ratio, 0.22)
        elif LATEX in run or CHROMIUM in run:
            yield _line(f"{book}: cold / {run}, wall", ratio, 1)
    if peers:
        least = min(peers.values(), key=lambda peer: peer.size).size
        yield _line(f"{book}: PDF / smallest of the peers'", cold.size / least, 1)


def _linear(ledger: Ledger) -> Iterator[str]:
    speeds = {
        _posts(ledger, book): runs[COLD].pages / runs[COLD].cpu
        for book, runs in ledger.results.items()
        if book.startswith("archive") and COLD in runs and runs[COLD].good
    }
    if len(speeds) > 1:
        few, many = min(speeds), max(speeds)
        share = speeds[many] / speeds[few]
        mark = "yes" if share >= 0.9 else "**no**"
        yield f"| pages a CPU s, {many} posts / {few} | {share:.2f} | ≥ 0.9 | {mark} |"


def _line(what: str, measured: float, most: float) -> str:
    return f"| {what} | {measured:.3g} | < {most:g} | {'yes' if measured < most else '**no**'} |"


def rewrite(page: Path, text: str) -> None:
    """Put the report where the marks of a page are."""
    before, mark, rest = page.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (mark and end):
        raise SystemExit(f"{page} lacks the marks {BEGIN} and {END}")
    page.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", "utf-8")
