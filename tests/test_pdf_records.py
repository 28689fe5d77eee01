"""Chapters are laid out alone; what a reader of the book sees must not show it."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import BuildBook, Built
from kexue_book.kept import clear, measure
from kexue_book.layout import Layout
from kexue_book.pdf import page_size, records_folder
from kexue_book.pdf import workers as workers_module
from kexue_book.pdf.design import Design
from kexue_book.pdf.folios import roman
from kexue_book.pdf.pagination import Guess
from kexue_book.pdf.pieces import Piece, Pieces
from kexue_book.pdf.record import FontUse, Record, read_matter, read_record
from kexue_book.pdf.sheet import Sheet
from kexue_book.pdf.shelf import Shelf
from kexue_book.pdf.workers import Crew, Failure, Required
from kexue_book.stamp import builds_folder

LONG = "\n\n".join(f"第{n}段。" + "汉字" * 150 for n in range(12))
POSTS = {
    "a.md": f"---\ntitle: 甲篇\ndate: 2020-01-01\n---\n{LONG}\n\n## 甲节\n\n见[乙篇](b.md#乙节)。",
    "b.md": f"---\ntitle: 乙篇\ndate: 2021-01-01\n---\n$x_1$ 与[甲篇](a.md)。\n\n## 乙节\n\n{LONG}",
    "c.md": "---\ntitle: 丙篇\ndate: 2021-02-01\n---\n$$y=2\\tag{1}$$末了。[^1]\n\n[^1]: 注文。",
}


def build(build_book: BuildBook, posts: dict[str, str] = POSTS, **options: object) -> Built:
    if isinstance(cache := options.get("cache"), Path):
        clear(builds_folder(cache))  # or nothing would be built to which nothing has happened
    return build_book(posts, formats=("pdf",), **options)


def page_texts(built: Built) -> list[str]:
    return built.pdf_text().split("\f")[:-1]


def lines(text: str) -> set[str]:
    return {line.strip() for line in text.splitlines()}


def test_pages_are_numbered_on(build_book: BuildBook) -> None:
    built = build(build_book)
    pages = page_texts(built)
    assert "iii" in lines(pages[2])
    for number, page in enumerate(pages[3:], start=1):
        assert str(number) in lines(page)
    with pikepdf.open(built.pdf) as pdf:
        assert [page.label for page in pdf.pages][:5] == ["i", "ii", "iii", "1", "2"]


def test_the_contents_say_where_chapters_begin(build_book: BuildBook) -> None:
    pages = page_texts(build(build_book))
    for number, title in enumerate(("甲篇", "乙篇", "丙篇"), start=1):
        said = re.search(rf"{title}[\s.·…]*(\d+)", pages[2])
        assert said is not None
        first = next(page for page in pages[3:] if re.search(rf"第 ?{number} ?章", page))
        assert said[1] in lines(first)


def test_every_page_of_a_chapter_has_its_running_head(build_book: BuildBook) -> None:
    pages = page_texts(build(build_book, grouping="year"))
    inside = [page for page in pages if "第0段" not in page and "第7段" in page]
    assert len(inside) == 2
    assert "甲篇" in inside[0]
    assert "第一部分 2020" in inside[0]
    assert "乙篇" in inside[1]
    assert "第二部分 2021" in inside[1]


def below(part: pikepdf.OutlineItem) -> dict[str, list[str]]:
    return {item.title: [section.title for section in item.children] for item in part.children}


def test_links_and_outline_lead_across_chapters(build_book: BuildBook) -> None:
    built = build(build_book, grouping="year")
    with pikepdf.open(built.pdf) as pdf:
        leaves = [list(leaf.Names) for leaf in pdf.Root.Names.Dests.Kids]
        names = {str(name) for leaf in leaves for name in leaf[::2]}
        wanted = [
            str(annotation.Dest)
            for page in pdf.pages
            for annotation in page.obj.get("/Annots", [])
            if "/Dest" in annotation
        ]
        assert set(wanted) <= names
        assert any(name.startswith("p-b-s-") for name in wanted)
        with pdf.open_outline() as outline:
            tree = {item.title: below(item) for item in outline.root}
    assert tree["第一部分 2020 年"] == {"第 1 章 甲篇": ["甲节"]}
    assert tree["第二部分 2021 年"] == {"第 2 章 乙篇": ["乙节"], "第 3 章 丙篇": []}
    assert [*tree][0::3] == ["目录", "关于本书"]


def test_each_face_is_embedded_once(build_book: BuildBook) -> None:
    with pikepdf.open(build(build_book).pdf) as pdf:
        files = [
            str(item.FontName)
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor"
        ]
    assert len(files) == len(set(files))
    assert any("KexueMath" in name for name in files)


def test_neither_processes_nor_the_cache_change_a_byte(
    build_book: BuildBook, tmp_path: Path
) -> None:
    fresh = build(build_book, cache=tmp_path / "1" / "f.sqlite").pdf.read_bytes()
    again = build(build_book, cache=tmp_path / "1" / "f.sqlite").pdf.read_bytes()
    in_processes = build(build_book, cache=tmp_path / "2" / "f.sqlite", jobs=2).pdf.read_bytes()
    assert fresh == again == in_processes


def test_only_what_changed_is_laid_out_again(
    build_book: BuildBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kexue_book.pdf import render

    cache = tmp_path / "kept" / "f.sqlite"
    build(build_book, cache=cache)
    laid_out: list[str] = []
    original = render.Renderer.render

    def watched(self: render.Renderer, sheet: Sheet) -> Record:
        laid_out.append(sheet.anchor)
        return original(self, sheet)

    monkeypatch.setattr(render.Renderer, "render", watched)
    changed = {**POSTS, "b.md": POSTS["b.md"].replace("第3段", "新的一段")}
    text = build(build_book, changed, cache=cache).pdf_text()
    assert "新的一段" in text
    assert laid_out == ["p-b"]


def test_what_is_kept_needs_no_renderer(
    build_book: BuildBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kexue_book.pdf import render

    cache = tmp_path / "all" / "f.sqlite"
    before = build(build_book, cache=cache).pdf.read_bytes()
    monkeypatch.setattr(render.Renderer, "__init__", lambda *_: pytest.fail("one was made"))
    assert build(build_book, cache=cache).pdf.read_bytes() == before


@pytest.mark.parametrize("jobs", [1, 2])
def test_progress_counts_chapters_and_nothing_else(
    build_book: BuildBook, tmp_path: Path, jobs: int
) -> None:
    options = {"cache": tmp_path / "p" / "f.sqlite", "grouping": "year", "jobs": jobs}
    made = build(build_book, **options).told
    assert made.totals["writing PDF"] == len(POSTS)
    steps = made.steps["writing PDF"]
    assert steps == sorted(steps)
    assert {*steps} == {0, 1, 2, 3}
    assert {*build(build_book, **options).told.steps["writing PDF"]} == {3}


def test_a_damaged_record_is_made_again(build_book: BuildBook, tmp_path: Path) -> None:
    cache = tmp_path / "kept" / "f.sqlite"
    before = build(build_book, cache=cache).pdf.read_bytes()
    files = [path for path in (tmp_path / "kept" / "chapters").rglob("*") if path.is_file()]
    assert len(files) > 4
    for number, path in enumerate(files):
        path.write_bytes(path.read_bytes()[: 40 * number])
    assert build(build_book, cache=cache).pdf.read_bytes() == before


def test_without_the_cache_nothing_is_kept(build_book: BuildBook, tmp_path: Path) -> None:
    built = build(build_book, cache=tmp_path / "none" / "f.sqlite", keeping=False)
    assert built.pdf.exists()
    assert not (tmp_path / "none").exists()


def test_records_that_nobody_uses_are_forgotten(build_book: BuildBook, tmp_path: Path) -> None:
    cache = tmp_path / "old" / "f.sqlite"
    build(build_book, cache=cache)
    before = set(records_folder(cache).glob("*/*"))
    for path in (*before, records_folder(cache) / ".swept"):
        os.utime(path, (0, 0))
    build(build_book, {"a.md": POSTS["c.md"]}, cache=cache)
    used_again = before & set(records_folder(cache).glob("*/*"))
    assert 0 < len(used_again) < len(before)
    assert clear(records_folder(cache)) > 0
    assert measure(records_folder(cache)) == (0, 0)


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    folder = tmp_path / "full" / "chapters"
    shelf = Shelf(folder, Design(page=page_size("a5"), styles=(), theme=None))
    shelf.store(b"kept", b"data")
    assert shelf.recall(b"kept") == b"data"
    monkeypatch.setattr(Path, "write_bytes", full)
    monkeypatch.setattr("os.fdopen", full)
    shelf.store(b"lost", b"data")
    assert shelf.recall(b"lost") is None
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 1


class Deadly:
    """Ends the process that unpickles it."""

    def __reduce__(self) -> object:
        return os._exit, (3,)


@dataclass
class Ready:
    """An order whose sheet has been made."""

    made: Sheet
    length: int = 100

    def sheet(self) -> Sheet:
        return self.made


def nothing() -> Required:
    yield from ()


def test_what_is_required_is_laid_out_in_turn_beside_the_others() -> None:
    """The next sheet of the contents depends on the one before, and no process waits for it."""
    design = Design(page=page_size("a5"), styles=(), theme=None)
    html = "<html><body><p>好</p></body></html>"
    told: list[int] = []

    def required() -> Required:
        for index in range(3):
            result = yield Sheet(anchor=f"r{index}", html=html)
            assert isinstance(result, bytes)
            told.append(read_record(result).pages)

    orders = [Ready(Sheet(anchor="a", html=html)) for _ in range(2)]
    with closing(Crew(2)) as crew:
        results = dict(crew.render_all(design, orders, required(), lambda: None))
    assert sorted(results) == [0, 1]
    assert told == [1, 1, 1]


def test_processes_may_be_spawned(monkeypatch: pytest.MonkeyPatch) -> None:
    """As they are where a fork is not safe."""
    design = Design(page=page_size("a5"), styles=(), theme=None)
    orders = [Ready(Sheet(anchor="a", html="<html><body><p>好</p></body></html>"))]
    monkeypatch.setattr(workers_module, "_FORKS", False)
    workers_module._context.cache_clear()
    try:
        with closing(Crew(2)) as crew:
            crew.prepare()
            assert workers_module._context().get_start_method() == "spawn"
            results = dict(crew.render_all(design, orders, nothing(), lambda: None))
    finally:
        workers_module._context.cache_clear()
    assert isinstance(results[0], bytes)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_wrong_guess_of_page_numbers_does_no_harm(
    build_book: BuildBook, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    """The contents are laid out before it is known how many figures their numbers have."""
    expected = build(build_book, jobs=1).pdf.read_bytes()
    monkeypatch.setattr(Guess, "__init__", wrongly(Guess.__init__))
    assert build(build_book, jobs=jobs).pdf.read_bytes() == expected


def wrongly(guess: Callable[..., None]) -> Callable[..., None]:
    def init(self: Guess, *arguments: Any, **options: Any) -> None:
        guess(self, *arguments, **options)
        self.numbers = {name: 12345 for name in self.numbers}

    return init


def test_a_sheet_that_kills_its_process_does_not_take_others_along() -> None:
    layout = Layout(None)
    design = Design(page=page_size("a5"), styles=(layout.style("base.css"),), theme=None)
    good = Sheet(anchor="a", html="<html><body><p>好</p></body></html>")
    deadly = replace(good, anchor="b", manuscript=Deadly())
    orders = [Ready(sheet) for sheet in (good, deadly, good)]
    with closing(Crew(2)) as crew:
        results = dict(crew.render_all(design, orders, nothing(), lambda: None))
    assert isinstance(results[1], Failure)
    for laid_out in (results[0], results[2]):
        assert isinstance(laid_out, bytes)
        assert read_record(laid_out).pages == 1


def test_a_sheet_that_takes_too_long_is_stopped_and_named(
    build_book: BuildBook, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(workers_module, "SECONDS", 0.01)
    built = build(build_book, jobs=2, cache=tmp_path / "n" / "f.sqlite")
    assert "unset-chapter" in built.told.codes
    text = built.pdf_text()
    assert "甲篇" in text
    assert "丙篇" in text


def test_a_record_is_read_as_it_was_written() -> None:
    use = FontUse(
        description="Noto",
        size=12.0,
        key="ABC",
        name="A",
        widths={3: 500},
        to_unicode={3: "汉"},
        missing={},
    )
    record = Record(
        pages=2,
        heads=1,
        starts=(0,),
        math_glyphs=("N-31",),
        anchors=(("p-a", 1, 2.5, 3.0),),
        outline=(("甲", 1, 0.0, 9.5, True, (("乙", 1, 0.0, 3.0, False, ()),)),),
        messages=("…",),
        refused=(),
    )
    pieces = Pieces(
        objects=(
            Piece(b"<</Kids[\0R1\0]/Next \0C0\0>>"),
            Piece(b"<<>>", b"\0\n\xff", "d1"),
            Piece(b"<<>>", b"", is_open=True),
            Piece(b"<<>>", b"x", checksum=7),
        ),
        pages=(0,),
        contents=(2,),
        stamps=(1,),
        links=((0, 1, "p-b"),),
        labels=(("第\ufffc页", "p-b"),),
        kids=(),
        parents=(1, 1),
        identifiers=(("00ff", 1),),
    )
    data = record.to_bytes((use,), pieces)
    assert read_record(data) == record
    assert read_matter(data) == ((use,), pieces)
    for damaged in (b"", b"x", data[:40]):
        with pytest.raises(ValueError):  # noqa: PT011 - which, does not matter
            read_record(damaged)


USES = st.lists(
    st.builds(
        FontUse,
        description=st.text(max_size=9),
        size=st.floats(1, 99),
        key=st.text("ABC", max_size=3),
        widths=st.dictionaries(st.integers(0, 0xFFFF), st.integers(-3000, 9000)),
        to_unicode=st.dictionaries(
            st.integers(0, 0xFFFF),
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=3),
        ),
        missing=st.dictionaries(st.integers(0, 0x10FFFF), st.integers(0, 0xFFFF)),
    ),
    max_size=3,
)


@given(USES)
def test_fonts_are_read_as_they_were_written(uses: list[FontUse]) -> None:
    nothing = {"pages": 0, "heads": 0, "starts": (), "math_glyphs": (), "anchors": ()}
    record = Record(**nothing, outline=(), messages=(), refused=())
    lists = ("objects", "pages", "contents", "stamps", "links", "labels", "kids", "parents")
    pieces = Pieces(**dict.fromkeys((*lists, "identifiers"), ()))
    assert read_matter(record.to_bytes(uses, pieces)) == (tuple(uses), pieces)


def test_roman_figures() -> None:
    assert [roman(n) for n in (1, 4, 9, 14, 40, 99, 1990)] == [
        *("i", "iv", "ix", "xiv", "xl", "xcix", "mcmxc")
    ]


def test_qpdf_finds_nothing_wrong(build_book: BuildBook) -> None:
    with pikepdf.open(build(build_book).pdf) as pdf:
        assert pdf.check_pdf_syntax() == [] if hasattr(pdf, "check_pdf_syntax") else not pdf.check()


def test_poppler_reads_it_without_complaint(build_book: BuildBook) -> None:
    run = subprocess.run(
        ["pdftotext", build(build_book).pdf, "-"], capture_output=True, text=True, check=True
    )
    assert run.stderr == ""


SLOWLY = """
import sys
from pathlib import Path
from kexue_book.build import build_books
from kexue_book.build_options import BuildOptions
from kexue_book.progress import Collector
import kexue_book.pdf.render as render
render.lay_out_quicker = lambda: ()
folder = Path(sys.argv[1])
build_books(BuildOptions(posts=folder, output=folder / "slow", formats=("pdf",), jobs=1,
    keeping=False, name="book"), Collector())
"""


def test_the_shorter_ways_lead_to_the_same_pages(tmp_path: Path, build_book: BuildBook) -> None:
    from kexue_book.pdf.quicker import lay_out_quicker

    assert lay_out_quicker() == (), "WeasyPrint is not what pdf/quicker.py was written for"
    rich = (
        "---\ntitle: 丁\n---\n> 引文 $a$\n\n- 一\n- 二\n\n| 甲 | 乙 |\n|---|---|\n| 1 | **2** |\n\n"
        "```python\nx = 1\n```\n\n注[^1]与*强调*、~~删~~。\n\n[^1]: 注文 $b_1$。\n\n---\n\n" + LONG
    )
    quick = build(build_book, {**POSTS, "d.md": rich}, keeping=False, name="book")
    run = [sys.executable, "-c", SLOWLY, str(tmp_path / "posts")]
    subprocess.run(run, check=True, env={**os.environ, "XDG_CACHE_HOME": str(tmp_path / "x")})
    slow = (tmp_path / "posts" / "slow" / "book.pdf").read_bytes()
    assert quick.pdf.read_bytes() == slow
