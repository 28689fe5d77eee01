"""Peers: what is run to make a book with each, and what version of each there is.

`scripts/peers.sh` installs them; one that is not there is left out.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kexue_book.pdf import page_size

PAGE = page_size("a5")
HERE = Path(__file__).parent
TYPST_PACKAGES = HERE.parent / ".peers"
"""Where scripts/peers.sh puts what is no part of our environment."""
FONT = "Noto Serif CJK SC"
_SIDE = (PAGE.width - PAGE.characters * PAGE.font_size) / 2
MARGINS = {
    "left": _SIDE,
    "right": _SIDE,
    "top": PAGE.top_margin,
    "bottom": PAGE.bottom_margin,
}

LATEX_HEADER = rf"""
\setCJKmainfont{{{FONT}}}\setCJKsansfont{{Noto Sans CJK SC}}\setCJKmonofont{{Noto Sans CJK SC}}
\linespread{{{PAGE.leading / 12:.4f}}}\providecommand{{\bm}}[1]{{\symbf{{#1}}}}
\providecommand{{\boldsymbol}}[1]{{\symbf{{#1}}}}
\AtBeginDocument{{\definecolor{{skyblue}}{{HTML}}{{87CEEB}}\setcounter{{MaxMatrixCols}}{{40}}}}
\usepackage{{xeCJKfntef}}\AtBeginDocument{{\let\st\CJKsout}}
"""
"""Pandoc strikes text out with soul's command, which cannot do Chinese."""
TYPST_ALIASES = "#let sect = sym.inter"
TYPST_RENAMED = r"\b(dot|plus|minus|times)\.circle"
"""Pandoc writes names that typst had until 0.14: these become ``\\1.o``."""
TYPST_HEADER = f"""
{TYPST_ALIASES}
#set text(top-edge: 0.8em, bottom-edge: -0.2em)
#set par(leading: {PAGE.leading - PAGE.font_size}pt, spacing: {PAGE.leading - PAGE.font_size}pt,
  first-line-indent: (amount: 2em, all: true))
#show heading.where(level: 1): it => pagebreak(weak: true) + it
#show outline: set heading(outlined: false)
#set page(header: context {{
  let before = query(heading.where(level: 1).before(here()))
  if before.len() > 0 {{ align(right, text(8pt, before.last().body)) }}
}})
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Another way to a PDF of the same book."""

    name: str
    key: str
    version: str
    command: tuple[str, ...]
    """Run in the peer's folder, writes ``book.pdf`` there."""
    largest: int
    """Archives of more posts are more than it is asked for, unless the caller says otherwise."""


def all_peers(pandoc: str) -> list[Peer]:
    """Return the peers that are installed."""
    ways = (one_document(), one_with_images(), xelatex(pandoc), typst(pandoc), chromium())
    return [peer for peer in ways if peer]


def missing(peers: Sequence[Peer]) -> list[str]:
    """Return the keys of those that are not."""
    have = {peer.key for peer in peers}
    return [key for key in ("latex", "typst", "chromium") if key not in have]


def one_document() -> Peer:
    from weasyprint import __version__

    script = str(HERE / "one_document.py")
    return Peer(
        name="WeasyPrint, one document",
        key="one",
        version=f"WeasyPrint {__version__}",
        command=(sys.executable, script, "pdf", "../../posts", "book.pdf"),
        largest=130,
    )


def one_with_images() -> Peer:
    one = one_document()
    what, (python, script, _, *rest) = "WeasyPrint, one document, formulas as SVG", one.command
    return replace(one, name=what, key="one-svg", command=(python, script, "svg", *rest))


def xelatex(pandoc: str) -> Peer | None:
    version = _version("xelatex", r"XeTeX [\d.-]+ \(.*?\)")
    if version is None:
        return None
    margins = "".join(f" -V geometry:{side}={width:.2f}bp" for side, width in MARGINS.items())
    once = "xelatex -interaction=batchmode book.tex >/dev/null"
    script = (
        f"'{pandoc}' posts.md -f markdown-smart -s -o book.tex -H header.tex --toc --toc-depth=1"
        f" --top-level-division=chapter -V documentclass=ctexbook -V classoption=fontset=none"
        f" -V classoption=zihao=false -V classoption=oneside -V indent=true"
        f" -V fontsize={PAGE.font_size}pt -V papersize=a5{margins} -M title=科学文集; "
        # XeTeX ends with 1 after any error that it passed over.
        f"{once}; {once}; test -s book.pdf && ! grep -q '^! Emergency stop' book.log"
    )
    return Peer(
        name="pandoc → XeLaTeX (ctex), twice",
        key="latex",
        version=version,
        command=("sh", "-c", script),
        largest=130,
    )


def typst(pandoc: str) -> Peer | None:
    spec = importlib.util.spec_from_file_location("typst", TYPST_PACKAGES / "typst/__init__.py")
    if spec is None or not (TYPST_PACKAGES / "typst").is_dir():
        return None
    (found,) = TYPST_PACKAGES.glob("typst-*.dist-info")
    compiled = "import typst; typst.compile('book.typ', output='book.pdf', root='/')"
    script = (
        f"'{pandoc}' posts.md -f markdown-smart -s -o book.typ -H header.typ --toc --toc-depth=1"
        f" --metadata-file=book.yaml && sed -E -i 's/{TYPST_RENAMED}/\\1.o/g' book.typ"
        f" && PYTHONPATH='{TYPST_PACKAGES}' '{sys.executable}' -c"
        f' "{compiled}"'
    )
    return Peer(
        name="pandoc → typst",
        key="typst",
        version=f"typst {found.name.removeprefix('typst-').removesuffix('.dist-info')}",
        command=("sh", "-c", script),
        largest=500,
    )


def chromium() -> Peer | None:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    version = _version(program, r"[\d.]+") if program else None
    if program is None or version is None:
        return None
    options = "--headless --no-sandbox --disable-gpu --no-pdf-header-footer"
    options += " --generate-pdf-document-outline --user-data-dir=profile"
    return Peer(
        name="Chromium, print to PDF",
        key="chromium",
        version=f"Chromium {version}",
        command=(program, *options.split(), "--print-to-pdf=book.pdf", "book.html"),
        largest=130,
    )


def _version(program: str, pattern: str) -> str | None:
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    found = re.search(pattern, done.stdout)
    return found[0] if found else None


def write_headers(folder: Path) -> None:
    """Write what peers need beside the posts."""
    (folder / "header.tex").write_text(LATEX_HEADER, "utf-8")
    (folder / "header.typ").write_text(TYPST_HEADER, "utf-8")
    margins = "".join(f"  {side}: {width:.2f}pt\n" for side, width in MARGINS.items())
    lines = f"title: 科学文集\nlang: zh\nmainfont: {FONT}\nfontsize: {PAGE.font_size}pt\n"
    lines += f"papersize: a5\nmargin:\n{margins}"
    (folder / "book.yaml").write_text(lines, "utf-8")
