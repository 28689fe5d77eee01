"""The sample posts → a folder of as many posts as a benchmark wants, the same for the same seed.

usage: python benchmarks/archive.py FOLDER [--posts 500] [--seed 1]

Each post is made of whole sections of ours, shuffled, until it has some fifty formulas. Letters in
the formulas are exchanged in most posts, so that about as many are distinct as in a real archive.
There are series of three, links to earlier posts by file and by number, code, tables, footnotes and
figures; dates span sixteen years.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import string
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from kexue_book.formulas import scan_formulas
from kexue_book.library import read_library

SAMPLES = Path(__file__).parent.parent / "posts"
FORMULAS = 50
"""In a post, at least."""
BEGIN, END = datetime(2009, 3, 1), datetime(2025, 6, 1)
CATEGORIES = ("数学研究", "信息时代", "物理化学", "天文探索", "生活/情感", "生物自然")
TAGS = ("概率", "优化", "几何", "微积分", "算法", "力学", "级数", "估计", "随笔", "编程")
SERIES = ("一", "二", "三")
CHANGED = 0.9
"""Share of posts whose formulas are not letter for letter those of the samples."""

_HEADING = re.compile(r"^## +(.+)$", re.MULTILINE)
_LABEL = re.compile(r"\\label\{([^{}]*)\}")
_REFERENCE = re.compile(r"\$?\\(?:eqref|ref)\{([^{}]*)\}\$?")
_LETTER = re.compile(r"(?<![\\a-zA-Z{])[a-zA-Z](?![a-zA-Z])")
_LINK = re.compile(r"(?<!!)\[([^\[\]]*)\]\((?:/archives/[^)]*|[\w-]+\.md[^)]*)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a sample post, without the heading."""

    heading: str
    text: str
    formulas: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What a post is called before it is written."""

    number: int
    name: str
    date: datetime
    title: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--posts", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    write_archive(wanted.folder, wanted.posts, wanted.seed)


def write_archive(folder: Path, posts: int, seed: int = 1) -> None:
    """Write so many posts and their figures into a new folder."""
    folder.mkdir(parents=True)
    shutil.copytree(SAMPLES / "figures", folder / "figures")
    sections = read_sections()
    plans = [plan(number, posts, sections) for number in range(posts)]
    for planned in plans:
        text = write_post(planned, plans, sections, random.Random(f"{seed} {planned.number}"))
        (folder / f"{planned.name}.md").write_text(text, "utf-8")


def read_sections() -> list[Section]:
    """Return the sections of the sample posts that hold more than a few lines."""
    sections = []
    for post in read_library(SAMPLES).posts:
        if "\\newcommand" in post.body:  # its sections do not stand alone
            continue
        pieces = _HEADING.split(post.body)
        for heading, text in zip(pieces[1::2], pieces[2::2], strict=True):
            if len(text) > 200 and "[^" not in text:
                formulas = len(scan_formulas(text).items)
                sections.append(Section(heading=heading, text=text.strip(), formulas=formulas))
    return sections


def plan(number: int, posts: int, sections: Sequence[Section]) -> Planned:
    """Give the post ``number`` its name, date and title; every fifth begins a series of three."""
    date = BEGIN + (END - BEGIN) * number / posts + timedelta(minutes=number % 600)
    first = number - number % 5
    title = re.sub(r"[*`]", "", sections[first * 7 % len(sections)].heading)
    part = number % 5
    title += f" {first}" if part > 2 else f" {first}（{SERIES[part]}）"
    name = f"{date:%Y-%m-%d}-{number:04d}"
    return Planned(number=number, name=name, date=date, title=title if part < 3 else f"{title}续")


def write_post(
    planned: Planned, plans: Sequence[Planned], sections: Sequence[Section], chance: random.Random
) -> str:
    """Return the text of a post."""
    chosen: list[Section] = []
    order = chance.sample(sections, len(sections))
    while sum(section.formulas for section in chosen) < FORMULAS:
        chosen.append(order.pop())
    exchange = {}
    if chance.random() < CHANGED:
        letters = string.ascii_lowercase
        exchange = dict(zip(letters, chance.sample(letters, len(letters)), strict=True))
    body = [_introduction(planned, plans, chance)]
    for index, section in enumerate(chosen):
        body.append(f"## {section.heading}\n\n{_varied(section.text, index, exchange)}")
    head = (
        f"title: {planned.title}",
        f"date: {planned.date:%Y-%m-%d %H:%M:%S}",
        f"author: {'知行' if chance.random() < 0.9 else '客座'}",
        f"categories: {chance.choice(CATEGORIES)}",
        f"tags: {', '.join(chance.sample(TAGS, 3))}",
        f"id: {planned.number + 1}",
        f"url: https://example.org/archives/{planned.number + 1}",
    )
    return "---\n" + "\n".join(head) + "\n---\n\n" + "\n\n".join(body) + "\n"


def _introduction(planned: Planned, plans: Sequence[Planned], chance: random.Random) -> str:
    earlier = plans[: planned.number]
    text = f"这是第 {planned.number + 1} 篇[^1]。"
    if earlier:
        before, other = earlier[-1], chance.choice(earlier)
        text += f"[上一篇]({before.name}.md)之后，"
        text += f"再来看《[{other.title}](/archives/{other.number + 1})》留下的问题。"
    return f"{text}\n\n[^1]: 篇目按日期排列，{planned.date:%Y} 年起。"


def _varied(text: str, index: int, exchange: dict[str, str]) -> str:
    """Return a section whose labels are its own, and other letters in its formulas."""
    labels = set(_LABEL.findall(text))
    text = _REFERENCE.sub(
        lambda found: f"\\eqref{{{found[1]}-{index}}}" if found[1] in labels else "上式", text
    )
    text = _LABEL.sub(lambda found: f"\\label{{{found[1]}-{index}}}", text)
    text = _LINK.sub(r"\1", text)
    if not exchange:
        return text
    raws = {item.raw for item in scan_formulas(text).items if "ref{" not in item.raw}
    found = re.compile("|".join(map(re.escape, sorted(raws, key=len, reverse=True))))
    return found.sub(lambda formula: _exchanged(formula[0], exchange), text) if raws else text


def _exchanged(formula: str, exchange: dict[str, str]) -> str:
    """Return a formula with other letters; what labels say stays."""
    pieces = _LABEL.split(formula)
    pieces[::2] = (_LETTER.sub(lambda one: exchange.get(one[0], one[0]), p) for p in pieces[::2])
    pieces[1::2] = (f"\\label{{{name}}}" for name in pieces[1::2])
    return "".join(pieces)


if __name__ == "__main__":
    main()
