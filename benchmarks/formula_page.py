"""Formulas → a page that shows each as MathML, as SVG and as PNG, side by side.

usage: python benchmarks/formula_page.py [--count N] [--all] OUT FORMULAS.jsonl|POSTS …

Takes the N formulas that differ most in what LaTeX they use (``--all``: every one), writes them
as a post to OUT/posts, builds its EPUB in each profile, and puts what these hold together in
OUT/page.xhtml. Look at it in a browser, or make a picture of it:

    chromium --headless --allow-file-access-from-files --window-size=1500,9000 \\
        --screenshot=page.png OUT/page.xhtml

For the PDF of the same formulas: ``kexue-book build --posts OUT/posts -f pdf -o OUT``.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path

from lxml import etree

from kexue_book.build import build_books
from kexue_book.build_options import BuildOptions
from kexue_book.formulas import resolve_formulas, scan_formulas
from kexue_book.library import read_library
from kexue_book.model import EpubMath, Formula
from kexue_book.progress import Collector

FEATURE = re.compile(r"\\begin\{[^}]*\}|\\[A-Za-z]+|\\.|[\^_&'(\[|+=-]|[\u4e00-\u9fff]{2,}")
LONGEST = 500
"""Characters: longer formulas differ in everything, and show little."""
XHTML = "{http://www.w3.org/1999/xhtml}"
STYLE = """
body { margin: 1em; line-height: 1.5; font-size: 17px; font-family: serif; }
table.page { width: 100%; table-layout: fixed; border-collapse: collapse; font-size: 1em; }
table.page > tbody > tr > td { border: 1px solid #aaa; padding: .3em; overflow: hidden; }
table.page > tbody > tr > td:first-child {
  width: 13em; font: 10px/1.3 monospace; overflow-wrap: anywhere;
}
body.dark { background: #111; color: #ddd; }
"""

Source = tuple[str, bool]
"""LaTeX, and whether it is a display."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("sources", type=Path, nargs="+")
    parser.add_argument("--count", type=int, default=70)
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()
    found = [formula for path in options.sources for formula in read(path)]
    chosen = found if options.all else most_varied(found, options.count)
    posts = options.out / "posts"
    posts.mkdir(parents=True, exist_ok=True)
    text = "\n\n".join(f"## {n}\n\n{as_markdown(*f)}" for n, f in enumerate(chosen, 1))
    (posts / "formulas.md").write_text(text, "utf-8")
    columns = [shown(posts, options.out, math) for math in EpubMath]
    for name, kind in (("page", "light"), ("dark", "dark")):
        (options.out / f"{name}.xhtml").write_text(page(chosen, columns, kind), "utf-8")
    print(f"{len(chosen)} of {len(found)} formulas: {options.out}/page.xhtml, dark.xhtml")


def read(path: Path) -> Iterator[Source]:
    """Yield the formulas of a file with one JSON object a line, or of a folder of posts."""
    if path.is_dir():
        for post in read_library(path).posts:
            for item in resolve_formulas(scan_formulas(post.body), anchor="x").items:
                if isinstance(item, Formula) and not item.key.preamble:
                    yield item.source, item.display
        return
    for line in path.read_text("utf-8").splitlines():
        entry = json.loads(line)
        yield entry["tex"], entry["display"]


def most_varied(found: Iterable[Source], count: int) -> list[Source]:
    """Return formulas each of which adds as much as possible to what those before it use."""
    left = {
        (" ".join(tex.split()), display): {feature(match) for match in FEATURE.findall(tex)}
        for tex, display in found
        if len(tex) <= LONGEST and not any(mark in tex for mark in "%$*")
    }
    seen: set[str] = set()
    chosen: list[Source] = []
    while left and len(chosen) < count:
        best = max(left, key=lambda f: (len(left[f] - seen) / (20 + len(f[0])), f))
        seen |= left.pop(best)
        chosen.append(best)
    return chosen


def feature(found: str) -> str:
    return "Chinese" if found >= "\u4e00" else found


def as_markdown(tex: str, display: bool) -> str:
    tex = " ".join(tex.split())
    return f"$$\n{tex}\n$$" if display else f"行内公式 ${tex}$，与正文混排。"


def shown(posts: Path, out: Path, math: EpubMath) -> list[str]:
    """Return what the book shows for each formula, as XHTML; unpack the book to OUT/PROFILE."""
    options = BuildOptions(
        posts=posts, output=out, name=str(math), formats=("epub",), epub_math=math
    )
    with zipfile.ZipFile(build_books(options, Collector()).files[0]) as book:
        book.extractall(out / math)
    chapter = next((out / math / "EPUB").glob("p-*.xhtml"))
    shapes = [between_headings(heading) for heading in etree.parse(chapter).iter(f"{XHTML}h2")]
    return [shape.replace('src="', f'src="{math}/EPUB/') for shape in shapes]


def between_headings(heading: etree._Element) -> str:
    """Return what stands below a heading, up to the next one."""
    below = itertools.takewhile(lambda e: e.tag != heading.tag, heading.itersiblings())
    return "".join(etree.tostring(e, encoding="unicode", with_tail=False) for e in below)


def page(chosen: list[Source], columns: list[list[str]], kind: str) -> str:
    rows = "".join(
        f"<tr><td>{number}. {escape(tex)}</td>"
        + "".join(f"<td>{cell}</td>" for cell in cells)
        + "</tr>\n"
        for number, ((tex, _), *cells) in enumerate(zip(chosen, *columns, strict=True), 1)
    )
    sheets = "".join(
        f'<link rel="stylesheet" href="mathml/EPUB/styles/{name}.css"/>'
        for name in ("base", "epub")
    )
    return (
        f'<html xmlns="http://www.w3.org/1999/xhtml"><head>{sheets}<style>{escape(STYLE)}</style></head>'
        f'<body class="{kind}"><table class="page"><tbody>{rows}</tbody></table></body></html>'
    )


if __name__ == "__main__":
    main()
