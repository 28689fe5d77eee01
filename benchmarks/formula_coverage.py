"""formulas.jsonl → share that the engine renders, and a report on why the rest cannot be.

usage: python benchmarks/formula_coverage.py FORMULAS.jsonl [--least PERCENT] [--report PATH]

Each line holds ``{"tex": …, "display": …, "source": …}``. Macros are collected by source, as a
build does. A smaller share than ``--least`` is an error, so that `make formulas` can fail. The
report lists every formula that failed, by reason; ``--sources`` names the posts as well.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kexue_book.formulas import resolve_formulas, scan_formulas, typeset_formulas
from kexue_book.model import Formula, FormulaKey

UNKNOWN = re.compile(r"Undefined control sequence (\\.\w*)")
REASONS = (
    (
        r"Unknown environment|\\(?:item|vertex)|Misplaced (?:&|\\hline)",
        "LaTeX for text, not a formula",
        "a table, a list or a drawing of a LaTeX article, or a piece of one",
    ),
    (
        UNKNOWN.pattern,
        "a command that no engine knows",
        "the post defines it nowhere: its site does in its settings, or its author meant another",
    ),
    (
        r"holds the character",
        "broken at the source: a backslash lost",
        r"a program read `\b`, `\f`, `\t` as an escape and wrote what it stands for",
    ),
    (
        r"brace|\\left|\\right|Missing|Extra|Misplaced",
        "broken at the source: brackets unpaired",
        r"a brace, a `\left` or a `\right` without its partner",
    ),
    (r"took longer|more than|too large|too deeply|maximum", "stopped by a limit", "by our own"),
)
OTHER = ("other", "read the message")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A formula that was not rendered."""

    error: str
    source: str
    tex: str

    @property
    def reason(self) -> tuple[str, str]:
        """A few words, and a line."""
        found = ((name, why) for pattern, name, why in REASONS if re.search(pattern, self.error))
        return next(found, OTHER)


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


def failures_of(keys: Mapping[FormulaKey, tuple[str, str]]) -> list[Failure]:
    done = typeset_formulas(keys, cache=None, jobs=os.cpu_count() or 1).formulas
    return [
        Failure(error=error, source=keys[key][0], tex=" ".join(keys[key][1].split()))
        for key in keys
        if (error := done[key].error) is not None
    ]


def report(failures: list[Failure], total: int, *, sources: bool) -> Iterator[str]:
    """Write the lines of the report."""
    yield "# Formulas that are rendered, and those that are not"
    yield ""
    yield f"{total - len(failures):,} of {total:,} distinct formulas of real posts are rendered:"
    yield f"{100 * (1 - len(failures) / total):.2f} %. The book shows the LaTeX of the rest."
    yield ""
    groups: dict[tuple[str, str], list[Failure]] = defaultdict(list)
    for failure in failures:
        groups[failure.reason].append(failure)
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    yield "| reason | formulas | of all |"
    yield "|---|--:|--:|"
    for (name, _), members in ordered:
        yield f"| {name} | {len(members)} | {100 * len(members) / total:.3f} % |"
    for (name, why), members in ordered:
        yield from ("", f"## {name[0].upper()}{name[1:]}", "", f"{why[0].upper()}{why[1:]}.", "")
        commands = Counter(found[1] for m in members if (found := UNKNOWN.search(m.error)))
        if commands:
            yield "; ".join(f"`{name}` {count}" for name, count in commands.most_common()) + "."
            yield ""
        for member in members:
            place = f" – {member.source}" if sources else ""
            yield f"- {member.error}: ``{shortened(member.tex)}``{place}"


def shortened(tex: str, length: int = 72) -> str:
    clean = "".join(mark if mark.isprintable() else f"<U+{ord(mark):04X}>" for mark in tex)
    return clean if len(clean) <= length else f"{clean[: length - 1]}…"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--least", type=float, default=99.5, metavar="PERCENT")
    parser.add_argument("--report", type=Path, default=Path("dist/formula-coverage.md"))
    parser.add_argument("--sources", action="store_true", help="name the posts in the report")
    options = parser.parse_args()
    keys = keys_by_source(options.path)
    failures = failures_of(keys)
    lines = report(failures, len(keys), sources=options.sources)
    options.report.parent.mkdir(parents=True, exist_ok=True)
    options.report.write_text("\n".join(lines) + "\n", "utf-8")
    share = 100 * (1 - len(failures) / len(keys))
    print(f"{len(keys)} formulas, {share:.2f} % rendered, {len(failures)} not: {options.report}")
    for (name, _), count in Counter(failure.reason for failure in failures).most_common():
        print(f"{count:5}  {name}")
    if share < options.least:
        sys.exit(f"less than {options.least} %")


if __name__ == "__main__":
    main()
