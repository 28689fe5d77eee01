"""formulas.jsonl → share that the engine renders, and what it says of the rest.

usage: python benchmarks/formula_coverage.py FORMULAS.jsonl [--all]

Each line holds ``{"tex": …, "display": …, "source": …}``. Macros are collected by source, as a
build does. ``--all`` lists every failure.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import time
from collections import Counter, defaultdict
from pathlib import Path

from kexue_book.formulas import resolve_formulas, scan_formulas, typeset_formulas
from kexue_book.model import Formula, FormulaKey


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()
    keys = keys_by_source(options.path)
    start = time.perf_counter()
    done = typeset_formulas(keys, cache=None, jobs=os.cpu_count() or 1)
    seconds = time.perf_counter() - start
    failures = [(key, done.formulas[key].error or "") for key in keys if done.formulas[key].error]
    share = 100 * (1 - len(failures) / len(keys))
    print(f"{len(keys)} formulas, {share:.2f} % rendered, {len(keys) / seconds:.0f} a second")
    groups = Counter(re.sub(r"\\\S+|'[^']*'", "…", error) for _, error in failures)
    for reason, count in groups.most_common():
        print(f"{count:5}  {reason}")
    for key, error in failures if options.all else ():
        print(f"\n{keys[key][0]}\n  {error}\n  {keys[key][1][:300]!r}")


if __name__ == "__main__":
    main()
