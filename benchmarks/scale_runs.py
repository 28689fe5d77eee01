"""A folder of posts → results: our builds, those of peers, and Pango alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from composed import JOBS, TITLE
from peers import HERE, Peer, write_headers
from scale_results import Ledger, Result, result_of
from spent import measure

COLD, WARM, SAME, EDIT, BOTH = "cold", "warm formulas", "no change", "one post edited", "EPUB + PDF"
OURS = (COLD, SAME, EDIT, WARM, BOTH)
EDITED = "\n\n这一段是后来添上的，里面有一个公式 $a_{2025}+b^2$。\n"


class Bench:
    """One book, made in many ways."""

    seconds = 3600.0
    """For one run, at most."""

    def __init__(self, name: str, folder: Path, ledger: Ledger) -> None:
        """``folder`` holds ``posts``; all else that is made is put beside them."""
        self.name = name
        self._folder = folder.resolve()
        self._posts = self._folder / "posts"
        self._ledger = ledger

    def ours(self, *, briefly: bool = False) -> None:
        """Build the book in each of our circumstances; each leads to the next."""
        if all(self._ledger.has(self.name, run) for run in (OURS[:3] if briefly else OURS)):
            return
        self._forget("cache", "ours")
        self._build(COLD)
        self._build(SAME)
        with self._edited():
            self._build(EDIT)
        if briefly:
            return
        self._forget_records()
        self._build(WARM)
        self._forget("cache-both", "ours")
        self._build(BOTH, cache="cache-both", formats=("epub", "pdf"))

    def _build(self, run: str, cache: str = "cache", formats: Sequence[str] = ("pdf",)) -> None:
        output = self._folder / "ours"
        command = [sys.executable, "-m", "kexue_book", "build", "--posts", str(self._posts)]
        command += [f"--format={one}" for one in formats]
        command += ["--jobs", str(JOBS), "--output", str(output), "--name", "book"]
        command += ["--book-title", TITLE]
        self._measure(run, command, self._folder, output / "book.pdf", cache)

    def _measure(
        self, run: str, command: Sequence[str], folder: Path, pdf: Path, cache: str, note: str = ""
    ) -> None:
        environment = {"XDG_CACHE_HOME": str(self._folder / cache)}
        spent = measure(command, folder=folder, environment=environment, seconds=self.seconds)
        result = result_of(spent, pdf, note)
        self._ledger.add(self.name, run, result)
        print(told(self.name, run, result), flush=True)

    @contextmanager
    def _edited(self) -> Iterator[None]:
        """Let one post in the middle have a paragraph more for a while."""
        posts = sorted(self._posts.rglob("*.md"))
        post = posts[len(posts) // 2]
        before = post.read_bytes()
        post.write_bytes(before + EDITED.encode())
        try:
            yield
        finally:
            post.write_bytes(before)

    def _forget(self, *names: str) -> None:
        for name in names:
            shutil.rmtree(self._folder / name, ignore_errors=True)

    def _forget_records(self) -> None:
        """Leave of the cache the typeset formulas only."""
        for path in (self._folder / "cache" / "kexue-book").iterdir():
            if path.is_dir():
                shutil.rmtree(path)

    def peer(self, peer: Peer) -> None:
        """Let a peer make the book, from empty caches; what it is given is made before."""
        if self._ledger.has(self.name, peer.name):
            return
        folder = self._folder / "peers" / peer.key
        self._forget(f"peers/{peer.key}", f"cache-{peer.key}")
        folder.mkdir(parents=True)
        write_headers(folder)
        note = self._prepared(peer, folder)
        self._measure(
            peer.name, peer.command, folder, folder / "book.pdf", f"cache-{peer.key}", note
        )

    def _prepared(self, peer: Peer, folder: Path) -> str:
        if peer.key == "chromium":
            page = str(folder / "book.html")
            self._script("one_document.py", "html", str(self._posts), page)
        elif not peer.key.startswith("one"):
            posts = str(self._posts)
            counted = json.loads(self._script("peer_posts.py", peer.key, posts, str(folder)))
            return f"{counted['shown_as_source']} of {counted['formulas']} formulas as source"
        return ""

    def pango(self) -> None:
        """Let Pango alone set the text."""
        if "pango" not in self._ledger.facts.get(self.name, {}):
            found = json.loads(self._script("bare_pango.py", str(self._posts)))
            self._ledger.tell(self.name, {"pango": found["seconds"]})

    def _script(self, name: str, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, str(HERE / name), *arguments],
            env={**os.environ, "XDG_CACHE_HOME": str(self._folder / "cache")},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return done.stdout


def told(book: str, run: str, result: Result) -> str:
    """Return a line for who watches."""
    return (
        f"{book:14}{run:32}{result.cpu:8.1f} CPU s{result.wall:8.1f} s{result.largest:7.0f} MB"
        f"{result.together:7.0f} MB{result.size / 1e6:7.2f} MB{result.pages:6} pages  {result.note}"
    )


def copied(chosen: Collection[Path], corpus: Path, posts: Path) -> None:
    """Copy a folder of posts and their images; of the posts only those that are ``chosen``."""
    shutil.copytree(corpus, posts)
    keep = {posts / path.relative_to(corpus) for path in chosen}
    for path in list(posts.rglob("*.md")):
        if path not in keep:
            path.unlink()
