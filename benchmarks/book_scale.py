"""Posts → what a PDF of them costs with kexue-book and with its peers, as a Markdown table.

usage: python benchmarks/book_scale.py [--corpus POSTS] [--sizes 100,500,2000] [--peers-up-to N]
           [--corpus-posts N] [--only NAMES] [--work DIR] [--keep] [--write docs/benchmarks.md]

On a corpus and on archives that archive.py makes, one book after the other: our builds (cold, with
nothing but formulas kept, with nothing changed, with one post edited, with an EPUB), then each peer
that is installed (scripts/peers.sh), then Pango alone. Whole-process CPU, wall clock and memory,
all children included (spent.py). Nothing else should run meanwhile. Results are kept in
DIR/results.json as they come; with ``--keep`` a run that was stopped goes on, without it everything
is measured anew.
Only what peers are given as input is made outside the clock (peer_posts.py, one_document.py html).
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import sys
from pathlib import Path

import pypandoc
from archive import write_archive
from composed import JOBS
from peers import Peer, all_peers, missing
from scale_results import Ledger
from scale_runs import Bench, copied
from scale_table import report, rewrite

from kexue_book.library import read_library

BRIEFLY = 500
"""Of more posts a book is made without the ways that take as long again and tell little more."""
WARM_UP = 2
"""Posts of a book that everybody makes first, so that nobody reads fonts from a cold disk."""


def main() -> None:
    options = _options()
    work: Path = options.work.resolve()
    if not options.keep:
        shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True, exist_ok=True)
    ledger = Ledger(work / "results.json")
    peers = all_peers(pypandoc.get_pandoc_path())
    ledger.tell("", _machine(peers))
    for key in missing(peers):
        print(f"{key}: not installed, left out (scripts/peers.sh installs it)")
    if options.only is not None:
        peers = [peer for peer in peers if peer.key in options.only.split(",")]
    _warm_up(work / "warm-up", peers)
    if options.corpus is not None:
        _corpus(work / "corpus", options, peers, ledger)
    for size in filter(None, options.sizes.split(",")):
        folder = work / f"archive-{size}"
        if not (folder / "posts").exists():
            write_archive(folder / "posts", int(size))
        _bench(f"archive {size}", folder, int(size), _wanted(peers, int(size), options), ledger)
    text = report(ledger)
    print(text)
    if options.write is not None:
        rewrite(options.write, text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--corpus-posts", type=int, help="of the corpus only so many, spread out")
    parser.add_argument("--sizes", default="100,500,2000", help="posts of the archives")
    parser.add_argument("--peers-up-to", type=int, help="posts; else each as far as bearable")
    parser.add_argument("--only", help="of peers these: one,latex,typst,chromium; or ''")
    parser.add_argument("--work", type=Path, default=Path("build/book-scale"))
    parser.add_argument("--minutes", type=float, default=60, help="at most, for one run")
    parser.add_argument("--keep", action="store_true", help="do not repeat what is in results.json")
    parser.add_argument("--write", type=Path, help="page whose marked place gets the table")
    options = parser.parse_args()
    Bench.seconds = options.minutes * 60
    return options


def _wanted(peers: list[Peer], size: int, options: argparse.Namespace) -> list[Peer]:
    return [peer for peer in peers if size <= (options.peers_up_to or peer.largest)]


def _corpus(folder: Path, options: argparse.Namespace, peers: list[Peer], ledger: Ledger) -> None:
    paths = sorted(post.path for post in read_library(options.corpus).posts)
    if options.corpus_posts is not None:
        paths = paths[:: max(1, len(paths) // options.corpus_posts)][: options.corpus_posts]
    if not (folder / "posts").exists():
        copied(paths, options.corpus, folder / "posts")
    _bench("corpus", folder, len(paths), _wanted(peers, len(paths), options), ledger)


def _bench(name: str, folder: Path, posts: int, peers: list[Peer], ledger: Ledger) -> None:
    ledger.tell(name, {"posts": posts})
    bench = Bench(name, folder, ledger)
    bench.ours(briefly=posts > BRIEFLY)
    for peer in peers:
        bench.peer(peer)
    bench.pango()


def _warm_up(folder: Path, peers: list[Peer]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    write_archive(folder / "posts", WARM_UP)
    ledger = Ledger(folder / "results.json")
    _bench("warm-up", folder, WARM_UP, peers, ledger)
    for run, result in ledger.results["warm-up"].items():
        if not result.good:
            sys.exit(f"{run} makes no book of {WARM_UP} posts: {result.note}")


def _machine(peers: list[Peer]) -> dict[str, str]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    model = Path("/proc/cpuinfo").read_text("utf-8")
    found = re.search(r"model name\s*: (.+)", model)
    versions = list(dict.fromkeys(peer.version for peer in peers))
    versions.append(f"pandoc {pypandoc.get_pandoc_version()}")
    versions.append(f"Python {platform.python_version()}")
    return {
        "machine": f"{os.cpu_count()} cores ({found[1] if found else platform.machine()}), "
        f"{memory:.0f} GB; our builds use {JOBS} processes",
        "versions": ", ".join(versions),
        "missing": ", ".join(missing(peers)),
    }


if __name__ == "__main__":
    main()
