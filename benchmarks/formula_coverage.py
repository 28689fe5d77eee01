"""formulas.jsonl → share that the engine renders, and why the rest cannot be.

usage: python benchmarks/formula_coverage.py FORMULAS.jsonl [--all] [--least PERCENT]

Each line holds ``{"tex": …, "display": …, "source": …}``. Macros are collected by source, as a
build does. ``--all`` lists every failure; with ``--least`` a smaller share is an error.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import time
from collections import defaultdict
from pathlib import Path

from kexue_book.formulas import resolve_formulas, scan_formulas, typeset_formulas
from kexue_book.model import Formula, FormulaKey

REASONS = (
    (r"Undefined control sequence", "a command that is defined nowhere in the post"),
    (r"Unknown environment|\\item", "LaTeX for text, not a formula"),
    (r"holds the character", "broken at the source: backslashes lost to an escape"),
    (r"brace|\\left|\\right|Misplaced|Missing|Extra", "broken at the source: brackets unpaired"),
    (r"took longer|more than|too large|too deeply|maximum", "stopped by a limit"),
)


def keys_by_source(path: Path) -> dict[FormulaKey, tuple[str, str]]:
    """Return the keys with source and LaTeX, made as a build makes them."""
    texts: dict[str, list[str]] = defaultdict(list)
    for line in path.read_text("utf-8").splitlines():
        entry = json.loads(line)
        marks = ("$$", "$$") if entry["display"] else (r"\(", r"\)")
        texts[entry["source"]].append(f"{marks[0]}{entry['tex']}{marks[1]}")
    keys: dict[FormulaKey, tuple[str, str]] = {}
    for source, formulas in texts.items():
        scanned = scan_formulas("\n\n".join(formulas))
        for item in resolve_formulas(scanned, anchor="x").items:
            if isinstance(item, Formula):
                keys.setdefault(item.key, (source, item.source))
    return keys


def explain(error: str) -> str:
    """Return the kind of failure that a message of the engine stands for."""
    return next((reason for pattern, reason in REASONS if re.search(pattern, error)), "other")


def print_failures(failures: list[tuple[str, str, str]], *, every: bool) -> None:
    groups: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for failure in failures:
        groups[explain(failure[0])].append(failure)
    for reason, members in sorted(groups.items(), key=lambda group: -len(group[1])):
        messages = sorted({error for error, _, _ in members})
        print(f"{len(members):5}  {reason}\n       {'; '.join(messages)}")
        for error, source, tex in members if every else ():
            print(f"         {source}: {error}\n           {' '.join(tex.split())[:160]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--least", type=float, default=0.0, metavar="PERCENT")
    options = parser.parse_args()
    keys = keys_by_source(options.path)
    start = time.perf_counter()
    done = typeset_formulas(keys, cache=None, jobs=os.cpu_count() or 1).formulas
    seconds = time.perf_counter() - start
    failures = [(error, *keys[key]) for key in keys if (error := done[key].error) is not None]
    share = 100 * (1 - len(failures) / len(keys))
    print(f"{len(keys)} formulas, {share:.2f} % rendered, {len(keys) / seconds:.0f} a second")
    print_failures(failures, every=options.all)
    if share < options.least:
        sys.exit(f"less than {options.least} %")


if __name__ == "__main__":
    main()
