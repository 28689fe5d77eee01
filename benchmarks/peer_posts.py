r"""Posts → the same book as pandoc's own Markdown, in a form that peers survive.

usage: python benchmarks/peer_posts.py latex|typst POSTS FOLDER

The chapters are our manuscripts, so that all peers set the same text: pandoc writes them as
Markdown, and will read its own writing. Titles are level 1, their sections below. What is changed
for the peers' sake, none of which counts as their time:

- macros of a post stand at the head of each formula that needs them;
- ``align`` and its like are ``aligned``, since pandoc puts every display into ``\[…\]``; the
  numbers of a display stand behind it all together;
- a few commands that MathJax knows are written as LaTeX or pandoc know them (``_known``);
- a formula that the peer refuses, each tried alone, is shown as its source;
- images from the web are missing as in our book, SVG images are PDF for LaTeX;
- links to equations are text.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import pypandoc
from composed import Composed, compose_posts
from lxml import etree, html
from probes import refused_by
from weasyprint import HTML

from kexue_book.formulas import TAG
from kexue_book.model import Asset, Formula, Manuscript

FROM_HTML = "html+epub_html_exts+tex_math_single_backslash"
TO_MARKDOWN = "markdown-native_spans-bracketed_spans-native_divs-fenced_divs-raw_html-raw_tex-smart"
FROM_MARKDOWN = "markdown-smart"

_OUTER = re.compile(r"\\(begin|end)\{(align|gather|alignat|eqnarray|multline|flalign)\*?\}")
_PLAIN = re.compile(r"\\(?:begin|end)\{equation\*?\}")
_UNNUMBERED = re.compile(r"\\(?:nonumber|notag)(?![a-zA-Z])")
_COMMENT = re.compile(r"(?<!\\)%.*")
_TEXT = re.compile(r"\\(?:text|mathrm|mbox)[a-z]*\{[^{}$]*\}")
_BARE = re.compile(r"(?<!\\)[%#_&]")
_OPERATOR = re.compile(r"\\mathop\{\\(?:text|mathrm)\{([A-Za-z]+)\}\}")
_NAMED = re.compile(r"\\newcommand\{([A-Za-z]+)\}")
_COLUMNS = re.compile(r"\\begin\{array\}\{[^{}]*\}")
_ONLY_MATHJAX = {r"\gt": ">", r"\lt": "<", r"\hdashline": r"\hline"}
_RENAMED = re.compile(r"\\(?:gt|lt|hdashline)(?![a-zA-Z])")
_UPROOT = re.compile(r"\\(?:up|left)root\{-?\d+\}")
_KINDS = {"gather": "gathered", "multline": "gathered", "alignat": "alignedat"}


def tex_of(formula: Formula, peer: str) -> str:
    """Return a formula as both peers' readers take it, on one line."""
    tex = _known(f"{formula.key.preamble} {formula.key.tex}".replace(TAG, ""))
    tex = _PLAIN.sub("", _UNNUMBERED.sub("", _COMMENT.sub("", tex)))
    tex = _OUTER.sub(lambda found: f"\\{found[1]}{{{_KINDS.get(found[2], 'aligned')}}}", tex)
    numbers = ", ".join(number.text for number in formula.numbers)
    if numbers:
        tex += rf"\tag{{{numbers}}}" if peer == "latex" else rf"\qquad\text{{({numbers})}}"
    return " ".join(tex.split())


def _known(tex: str) -> str:
    """Replace what MathJax knows and one of the peers, or pandoc, does not."""
    tex = _TEXT.sub(lambda text: _BARE.sub(r"\\\g<0>", text[0]), tex)
    tex = _NAMED.sub(r"\\newcommand{\\\1}", tex)
    tex = _OPERATOR.sub(r"\\operatorname*{\1}", tex)
    tex = _COLUMNS.sub(lambda columns: columns[0].replace(":", "|"), tex)
    return _UPROOT.sub("", _RENAMED.sub(lambda name: _ONLY_MATHJAX[name[0]], tex))


def marked(formula: Formula, peer: str) -> str:
    tex = tex_of(formula, peer)
    return rf"\[{tex}\]" if formula.display else rf"\({tex}\)"


class Writer:
    """Writes the chapters as HTML that pandoc reads into what they are."""

    def __init__(self, composed: Composed, peer: str, folder: Path) -> None:
        self._composed = composed
        self._peer = peer
        self._folder = folder
        self._refused: Collection[str] = ()
        self.shown_as_source = self.formulas = 0

    def write(self) -> str:
        """Return all chapters."""
        formulas = [f for made in self._composed.manuscripts for f in self._sound(made)]
        wanted = dict.fromkeys(marked(formula, self._peer) for formula in formulas)
        self._refused = refused_by(self._peer, list(wanted))
        chapters = "\n".join(map(self._chapter, self._composed.manuscripts))
        tree = html.document_fromstring(f"<html><body>{chapters}</body></html>")
        _unlink(tree)
        return str(etree.tostring(tree, encoding="unicode", method="html"))

    def _sound(self, made: Manuscript) -> Iterator[Formula]:
        typeset = self._composed.typesetting.formulas
        return (formula for formula in made.formulas if typeset[formula.key].error is None)

    def _chapter(self, made: Manuscript) -> str:
        title = f'<h1 id="{made.chapter.anchor}">{made.title}</h1>'
        notes = "".join(
            f'<aside epub:type="footnote" id="{n.anchor}">{n.body}</aside>' for n in made.footnotes
        )
        tree = html.fragment_fromstring(f"{title}{made.body}{notes}", create_parent="div")
        files = {f"asset:{asset.name}": asset for asset in made.assets}
        for image in tree.iter("img"):
            image.set("src", self._file(files[image.get("src")]))
        for call in tree.iter("a"):
            if call.get("class") == "noteref":
                call.set("epub:type", "noteref")
        sound = set(map(id, self._sound(made)))
        for element in list(tree.iter("span", "div")):
            number = element.attrib.pop("data-n", None)
            if number is not None:
                formula = made.formulas[int(number)]
                self._fill(element, formula, id(formula) in sound)
        return str(etree.tostring(tree, encoding="unicode", method="html"))

    def _fill(self, element: html.HtmlElement, formula: Formula, is_sound: bool) -> None:
        element.attrib.clear()
        element.tag = "p" if element.tag == "div" else "span"
        tex = marked(formula, self._peer)
        self.formulas += 1
        if is_sound and tex not in self._refused:
            element.text = tex
            return
        self.shown_as_source += 1
        etree.SubElement(element, "code").text = " ".join(formula.source.split())

    def _file(self, asset: Asset) -> str:
        if self._peer != "latex" or asset.path.suffix != ".svg":
            return str(asset.path.resolve())
        drawn = self._folder / f"{asset.name}.pdf"
        style = f"@page{{size:{asset.width}px {asset.height}px;margin:0}}"
        style += "body,img{margin:0;display:block}"
        image = f'<style>{style}</style><img src="{asset.path.resolve().as_uri()}">'
        HTML(string=image).write_pdf(drawn)
        return str(drawn)


def _unlink(tree: html.HtmlElement) -> None:
    """Make text of links to what is not in the book: typst stops at them."""
    heads = {e.get("id") for level in range(1, 7) for e in tree.iter(f"h{level}")}
    notes = {e.get("id") for e in tree.iter("aside")}
    for link in list(tree.iter("a")):
        target = link.get("href", "")
        if target.startswith("#") and target[1:] not in heads | notes:
            link.tag = "span"
            link.attrib.clear()


def write_posts(peer: str, posts: Path, folder: Path) -> Mapping[str, int]:
    """Write ``posts.md`` into a folder; return what was counted on the way."""
    folder.mkdir(parents=True, exist_ok=True)
    writer = Writer(compose_posts(posts), peer, folder)
    text = writer.write()
    command = [pypandoc.get_pandoc_path(), "-f", FROM_HTML, "-t", TO_MARKDOWN, "--wrap=none"]
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=True)
    (folder / "posts.md").write_bytes(done.stdout)
    return {"formulas": writer.formulas, "shown_as_source": writer.shown_as_source}


if __name__ == "__main__":
    print(json.dumps(write_posts(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))))
