"""formulas.jsonl → what formulas cost in a PDF: CPU time and size, against two other ways.

usage: python benchmarks/formula_cost.py FORMULAS.jsonl [--formulas N] [--svg N] [--han N]

One book of Chinese text, that of the sample posts, on A5 is written again and again by our PDF
writer: with formulas drawn as text; with one character in place of each; with each as inline SVG
made of the same display list. Every book is written by a process of its own, all of whose CPU time
(user and system) counts. The books are written in turn, so that a busy machine is unfair to none,
and the least of several times counts. With ``--svg`` less than ``--formulas`` (it takes minutes),
what each SVG adds to a book without formulas is counted up.

Targets: at most 1.3 times the time and size without formulas, a tenth of those with SVG.
"""

from __future__ import annotations

import argparse
import datetime as dt
import functools
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from kexue_book.formulas import (
    ClipOp,
    EllipseOp,
    GlyphOp,
    Operator,
    PathOp,
    RectOp,
    StrokeOp,
    TextOp,
    default_cache_path,
    parse_display_list,
    typeset_formulas,
)
from kexue_book.layout import Layout
from kexue_book.model import Formula, Grouping, Manuscript, Post, Selection, Text, Typesetting
from kexue_book.outline import make_book

DISTINCT = 2_000
CHAPTER = 250
"""Formulas a chapter."""
HAN = 38
"""Chinese characters before each formula: in 130 posts of 科学空间 there are 38.5 a formula."""
DISPLAYS = 6
"""Every so many formulas one is a display, as there."""
POSTS = Path(__file__).parent.parent / "posts"
LEAST, TENTH = 1.3, 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Of writing one book."""

    seconds: float
    size: int
    """Bytes."""


def material(path: Path, count: int) -> tuple[list[Formula], Typesetting]:
    """Return so many formulas, every one of `DISTINCT` in turn, and what MathJax makes of them."""
    from formula_coverage import keys_by_source

    wanted = list(keys_by_source(path).items())
    step = max(1, len(wanted) // (DISTINCT * 5 // 4))
    chosen = dict(wanted[::step])
    done = typeset_formulas(chosen, cache=default_cache_path(), jobs=2)
    good = [key for key in chosen if done.formulas[key].error is None]
    inline = [key for key in good if not key.display][: DISTINCT * (DISPLAYS - 1) // DISPLAYS]
    shown = [key for key in good if key.display][: DISTINCT - len(inline)]
    formulas = []
    for number in range(count):
        turn, place = divmod(number, DISPLAYS)
        keys = shown if place == DISPLAYS - 1 else inline
        index = turn if place == DISPLAYS - 1 else turn * (DISPLAYS - 1) + place
        key = keys[index % len(keys)]
        formulas.append(Formula(source=chosen[key][1], key=key, line=1))
    return formulas, done


def write(
    variant: str, formulas: Sequence[Formula], typesetting: Typesetting, path: Path, han: int
) -> None:
    """Write the book in one of the three ways."""
    from kexue_book.pdf import write_pdf

    chapters = [formulas[n : n + CHAPTER] for n in range(0, len(formulas), CHAPTER)]
    posts = [post(number) for number in range(len(chapters))]
    book = make_book(posts, Selection(), Grouping.NONE)
    manuscripts = [
        Manuscript(
            chapter=chapter,
            title=chapter.post.title,
            plain_title=chapter.post.title,
            text=Text(
                body="".join(body(variant, chapters[n], typesetting, han)),
                formulas=tuple(chapters[n]),
            ),
        )
        for n, chapter in enumerate(book.chapters)
    ]
    write_pdf(book, manuscripts, typesetting, Layout(None), path, page="a5")


def post(number: int) -> Post:
    return Post(
        slug=f"a{number}",
        title=f"第{number}篇",
        date=dt.datetime(2021, 1, 1) + dt.timedelta(days=number),
        updated=None,
        categories=(),
        tags=(),
        author=None,
        url=None,
        site_id=None,
        body="",
        path=Path(f"a{number}.md"),
        body_line=1,
    )


def body(
    variant: str, formulas: Sequence[Formula], typesetting: Typesetting, han: int
) -> Iterator[str]:
    """Write a chapter: paragraphs with inline formulas, each followed by a display."""
    inside = False
    text = words_of_posts()
    for number, formula in enumerate(formulas):
        start = number * han % (len(text) - han)
        words = f"{text[start : start + han]}，"
        yield words if inside else f"<p>{words}"
        inside = not formula.display
        if formula.display:
            yield f'</p><div class="display"{element(variant, number, formula, typesetting)}</div>'
        else:
            yield f'<span class="formula"{element(variant, number, formula, typesetting)}</span>'
    yield "。</p>" if inside else ""


@functools.cache
def words_of_posts() -> str:
    """Return the Chinese of the sample posts: prose, which a repeated sentence is not."""
    paths = sorted(POSTS.rglob("*.md"))
    return "".join(c for path in paths for c in path.read_text("utf-8") if "一" <= c <= "龥")


def element(variant: str, number: int, formula: Formula, typesetting: Typesetting) -> str:
    """Return the end of the opening tag, and what stands in the element."""
    if variant == "formulas":
        return f' data-n="{number}">'
    return ">式" if variant == "characters" else f">{svg(formula, typesetting)}"


def svg(formula: Formula, typesetting: Typesetting) -> str:
    """Return a formula as an inline `<svg>`: outlines of its glyphs, as MathJax's own are.

    Not `draw_svg`, which is for EPUBs: a path for all the glyphs of a formula takes WeasyPrint as
    long, and twice the room in a PDF. To be compared with that would flatter us.
    """
    made = typesetting.formulas[formula.key]
    box = f"0 {-made.height * 1000:.0f} {made.width * 1000:.0f} "
    box += f"{(made.height + made.depth) * 1000:.0f}"
    drawn = "".join(map(shape(typesetting), parse_display_list(made.operators)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="{made.width:.3f}em" '
        f'height="{made.height + made.depth:.3f}em" style="vertical-align:{-made.depth:.3f}em">'
        f'<g transform="scale(1,-1)">{drawn}</g></svg>'
    )


def shape(typesetting: Typesetting) -> Callable[[Operator], str]:
    def draw(op: Operator) -> str:
        if isinstance(op, ClipOp):
            return "".join(map(draw, op.operators))
        fill = op.color or "black"
        if isinstance(op, GlyphOp):
            outline = typesetting.glyphs[op.glyph].path
            return f'<path d="{outline}" transform="{matrix(op.matrix)}" fill="{fill}"/>'
        if isinstance(op, RectOp):
            return (
                f'<rect x="{op.x}" y="{op.y}" width="{op.width}" height="{op.height}" '
                f'fill="{fill}"/>'
            )
        if isinstance(op, StrokeOp):
            points = " ".join(f"{x},{y}" for x, y in op.points)
            return (
                f'<polyline points="{points}" stroke="{fill}" fill="none" '
                f'stroke-width="{op.width}"/>'
            )
        if isinstance(op, PathOp):
            return f'<path d="{op.path}" transform="{matrix(op.matrix)}" fill="{fill}"/>'
        if isinstance(op, EllipseOp):
            return (
                f'<ellipse rx="{op.rx}" ry="{op.ry}" transform="{matrix(op.matrix)}" '
                f'fill="none" stroke="{fill}" stroke-width="{op.width}"/>'
            )
        assert isinstance(op, TextOp)
        turned = f"{matrix(op.matrix)} scale(1,-1)"
        return f'<text transform="{turned}" font-size="{op.size}">{escape(op.text)}</text>'

    return draw


def matrix(values: Sequence[float]) -> str:
    return f"matrix({','.join(map(str, values))})"


def measure(variant: str, count: int, pickled: Path, folder: Path) -> Cost:
    """Let a process of its own write a book."""
    path = folder / f"{variant}-{count}.pdf"
    child = ["--child", variant, str(pickled), str(path), str(count)]
    process = subprocess.Popen([sys.executable, __file__, *child])
    # Its own time only: RUSAGE_CHILDREN has that of the processes which typeset the formulas too.
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"the process that writes {variant} failed")
    seconds = usage.ru_utime + usage.ru_stime
    return Cost(seconds=seconds, size=path.stat().st_size)


def child(variant: str, pickled: str, path: str, count: str) -> None:
    formulas, typesetting, han = pickle.loads(Path(pickled).read_bytes())
    write(variant, formulas[: int(count)], typesetting, Path(path), han)


def main() -> None:
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--formulas", type=int, default=5_000)
    parser.add_argument("--svg", type=int, default=1_000, help="formulas in the book with SVG")
    parser.add_argument("--runs", type=int, default=3, help="the quickest of so many counts")
    parser.add_argument("--han", type=int, default=HAN, help="Chinese characters a formula")
    options = parser.parse_args()
    formulas, typesetting = material(options.path, options.formulas)
    print(f"{len(formulas)} formulas, {len({f.key for f in formulas})} distinct, A5,")
    print(f"{options.han} Chinese characters before each")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pickled = folder / "formulas.pickle"
        pickled.write_bytes(pickle.dumps((formulas, typesetting, options.han)))

        def cost(variant: str, count: int = len(formulas)) -> Cost:
            return measure(variant, count, pickled, folder)

        pairs = [(cost("characters"), cost("formulas")) for _ in range(options.runs)]
        # What else the machine does only ever makes it slower.
        plain, ours = (
            min(spent, key=lambda one: one.seconds) for spent in zip(*pairs, strict=True)
        )
        drawn = cost("svg", options.svg)
        if options.svg < len(formulas):
            drawn = extrapolated(
                plain, cost("characters", options.svg), drawn, len(formulas) / options.svg
            )
            print(f"SVG: counted up from {options.svg} formulas")
    print(f"{'':22}{'CPU s':>8}{'':8}{'KB':>8}")
    for what, spent in (("a character each", plain), ("formulas", ours), ("inline SVG", drawn)):
        print(f"{what:22}{spent.seconds:8.2f}{'':8}{spent.size / 1e3:8.0f}")
    print(compared("formulas / characters", ours, plain, LEAST))
    print(compared("formulas / SVG", ours, drawn, TENTH))
    print(compared("the same, text aside", less(ours, plain), less(drawn, plain), TENTH))


def extrapolated(plain: Cost, few_plain: Cost, few_drawn: Cost, times: float) -> Cost:
    return Cost(
        seconds=plain.seconds + times * (few_drawn.seconds - few_plain.seconds),
        size=round(plain.size + times * (few_drawn.size - few_plain.size)),
    )


def less(one: Cost, other: Cost) -> Cost:
    return Cost(seconds=one.seconds - other.seconds, size=one.size - other.size)


def compared(what: str, one: Cost, other: Cost, target: float) -> str:
    ratios = one.seconds / other.seconds, one.size / other.size
    shown = "".join(f"{ratio:8.3f}{'' if ratio <= target else ' !':8}" for ratio in ratios)
    return f"{what:22}{shown}   target {target}"


if __name__ == "__main__":
    main()
