"""A folder of posts → the share of each post's characters that both books hold.

usage: python benchmarks/fidelity.py POSTS [--category NAME]

A post's characters are those of its Markdown, formulas aside, of which no mark-up is made:
letters, digits and Chinese punctuation. The text of the chapters is taken from the EPUB's XHTML
and from the PDF with pdftotext, page by page. A letter of a formula may
stand in for one of the text that is lost, which a Han character can hardly do.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import tempfile
import zipfile
from collections import Counter
from pathlib import Path

from lxml import etree

from kexue_book.build import build_books
from kexue_book.build_options import BuildOptions
from kexue_book.formulas import scan_formulas
from kexue_book.library import read_library
from kexue_book.model import Order, Post, Selection
from kexue_book.outline import choose
from kexue_book.progress import Collector

TEXT = re.compile(r"[^\W_]|[，。、；：？！（）《》【】—…“”‘’]")


def wanted(post: Post) -> Counter[str]:
    """Characters of title and body; addresses, mark-up and formulas left out."""
    # What an image's description says stands in its alt, or once more as its caption.
    text = scan_formulas(post.body).text
    text = re.sub(r"!\[[^\]]*\](?:\([^)]*\))?", "", text)
    text = re.sub(r"\[\^[^\]\s]+\]:?", "", text)
    text = re.sub(r"\]\([^)\s]*(?:\s+\"[^\"]*\")?\)", "]", text)
    text = re.sub(r"<!--.*?-->|</?[a-zA-Z][^>]*>|&#?\w+;", "", text, flags=re.DOTALL)
    marks = r"^[ >]*(```+|~~~+).*$|^[ >]*\d+[.)] |^\[[^\]]+\]: .*$|^ *[-*+] \[[ xX]\] "
    text = re.sub(marks, "", text, flags=re.MULTILINE)
    return Counter(TEXT.findall(scan_formulas(post.title).text + text))


def epub_chapters(path: Path) -> dict[str, Counter[str]]:
    chapters: dict[str, Counter[str]] = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("EPUB/p-"):
                root = etree.fromstring(archive.read(name))
                text = "".join(map(str, root.itertext()))
                # A long chapter is several files: NAME, NAME_2, …
                anchor = Path(name).stem.partition("_")[0]
                chapters[anchor] = chapters.get(anchor, Counter()) + Counter(TEXT.findall(text))
    return chapters


def pdf_chapters(path: Path, anchors: list[str]) -> dict[str, Counter[str]]:
    """Split the PDF's text where the chapters begin, by its named destinations."""
    listed = subprocess.run(["pdfinfo", "-dests", path], capture_output=True, text=True, check=True)
    pages = {}
    for line in listed.stdout.splitlines():
        found = re.match(r'\s*(\d+)\s.*"(p-[^"]+)"', line)
        if found:
            pages[found[2]] = int(found[1])
    text = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True)
    sheets = text.stdout.split("\f")
    starts = [pages[anchor] for anchor in anchors]
    ends = [*starts[1:], len(sheets)]
    return {
        anchor: Counter(TEXT.findall("".join(sheets[start - 1 : end - 1])))
        for anchor, start, end in zip(anchors, starts, ends, strict=True)
    }


def share(wanted: Counter[str], found: Counter[str]) -> float:
    total = wanted.total()
    return (wanted & found).total() / total if total else 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posts", type=Path)
    parser.add_argument("--category")
    options = parser.parse_args()
    selection = Selection(categories=(options.category,) if options.category else ())
    with tempfile.TemporaryDirectory() as folder:
        settings = BuildOptions(posts=options.posts, output=Path(folder), selection=selection)
        made = build_books(settings, Collector())
        posts = choose(read_library(options.posts).posts, selection, Order.DATE)
        anchors = [f"p-{post.slug}" for post in posts]
        epub = epub_chapters(made.files[0])
        pdf = pdf_chapters(made.files[1], anchors)
        print(made)
        rows = [
            (min(share(wanted(post), epub[a]), share(wanted(post), pdf[a])), post, a)
            for post, a in zip(posts, anchors, strict=True)
        ]
        everything = sum((wanted(post) for post in posts), Counter())
        for name, chapters in (("EPUB", epub), ("PDF", pdf)):
            hits = sum(
                (wanted(p) & chapters[a]).total() for p, a in zip(posts, anchors, strict=True)
            )
            print(
                f"{name}: {100 * hits / everything.total():.3f} %",
                f"of {everything.total()} characters",
            )
        for least, post, anchor in sorted(rows, key=lambda row: row[0])[:5]:
            both = share(wanted(post), epub[anchor]), share(wanted(post), pdf[anchor])
            print(
                f"{100 * least:.2f} %  EPUB {100 * both[0]:.2f}  PDF {100 * both[1]:.2f}",
                f"{post.path}",
            )
            missing = wanted(post) - (epub[anchor] & pdf[anchor])
            print("   missing:", "".join(f"{c}×{n} " for c, n in missing.most_common(20)))


if __name__ == "__main__":
    main()
