"""The files of an EPUB: their names and ids from edition to edition, their sizes, what is kept."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from conftest import BuildBook, Built, build_in
from epub_faults import epub_faults
from kexue_book.epub import splitting
from kexue_book.model import EpubMath, Grouping, Selection

XHTML = "{http://www.w3.org/1999/xhtml}"


def post(title: str, date: str, body: str) -> str:
    return f"---\ntitle: {title}\ndate: {date}\ncategories: 数学\n---\n\n{body}\n"


FIRST = post(
    *("甲", "2019-05-01"),
    "## 一节\n\n设 $x$ 为数。\n\n- 项一\n- 项二\n\n## 二节\n\n见[丙](c.md#末节)。[^1]\n\n"
    "| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n\n[^1]: 注。",
)
NEW = post("乙", "2020-05-01", "插进来的一篇，见[甲](a.md#二节)。")
LAST = post("丙", "2021-05-01", "同样。\n\n同样。\n\n$$y=1\\tag{7}$$\n\n## 末节\n\n回[甲](a.md)。")
CHOSEN = {"grouping": Grouping.YEAR, "selection": Selection(categories=("数学",))}


def members(built: Built) -> dict[str, bytes]:
    with zipfile.ZipFile(built.epub) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def ids(page: bytes) -> list[str]:
    root = etree.fromstring(page)
    return [str(element.get("id")) for element in root.iter(etree.Element) if element.get("id")]


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Built, Built]:
    """A book, and the same when a post has been added in its middle and one edited."""
    edited = FIRST.replace("设 $x$ 为数。", "新的一段。\n\n设 $x$ 为数。")
    before, after = (tmp_path_factory.mktemp(name) for name in ("before", "after"))
    return (
        build_in(before, {"a.md": FIRST, "c.md": LAST}, **CHOSEN),
        build_in(after, {"a.md": edited, "b.md": NEW, "c.md": LAST}, **CHOSEN),
    )


def test_what_an_edition_has_the_next_has_too(editions: tuple[Built, Built]) -> None:
    old, new = map(members, editions)
    lost = old.keys() - new.keys()
    assert not lost
    pages = [name for name in old if name.endswith(".xhtml") and "nav" not in name]
    assert len(pages) > 5
    for name in pages:
        assert set(ids(old[name])) <= set(ids(new[name])), name


def test_the_spine_names_its_files_as_before(editions: tuple[Built, Built]) -> None:
    old, new = (
        re.findall(r'<itemref idref="([^"]+)"', made.member("content.opf")) for made in editions
    )
    assert [name for name in new if name in old] == old
    assert "p-b" in new


def test_a_paragraph_is_found_again_after_an_edit_before_it(
    editions: tuple[Built, Built],
) -> None:
    """As a highlight is: by the id on the way to it."""

    def said(built: Built) -> dict[str, str]:
        page = etree.fromstring(built.member("p-a.xhtml").encode())
        return {
            str(block.get("id")): "".join(map(str, block.itertext()))
            for block in page.iter(f"{XHTML}p", f"{XHTML}li", f"{XHTML}h2")
            if block.get("id")
        }

    old, new = map(said, editions)
    assert {"一节", "项一", "项二", "二节"} <= set(old.values())
    assert {name: new[name] for name in old} == old
    assert set(new.values()) - set(old.values()) == {"新的一段。"}


def test_the_book_keeps_its_name_and_gets_a_date(build_book: BuildBook, tmp_path: Path) -> None:
    def told(posts: dict[str, str], folder: str, **options: object) -> tuple[str, str]:
        made = build_in(tmp_path / folder, posts, **{**CHOSEN, **options})
        package = made.member("content.opf")
        (name,) = re.findall(r"<dc:identifier[^>]*>([^<]+)", package)
        (date,) = re.findall(r'"dcterms:modified">([^<]+)', package)
        return name, date

    first = told({"a.md": FIRST}, "1")
    assert first[1] == "2019-05-01T00:00:00Z"
    touched = FIRST.replace("categories", "updated: 2022-02-03\ncategories")
    assert told({"a.md": touched, "b.md": NEW}, "2") == (first[0], "2022-02-03T00:00:00Z")
    assert told({"a.md": FIRST}, "3", title="别名")[0] != first[0]
    assert told({"a.md": FIRST}, "4", selection=Selection())[0] != first[0]


# --- long chapters

LONG = post(
    *("长文", "2022-01-01"),
    "开头。[^前]\n\n"
    + "\n\n".join(
        f"## 第 {n} 节\n\n"
        + "\n\n".join(f"第 {n} 节第 {m} 段，见 $x_{{{n}}}$。" for m in range(8))
        + f"\n\n$$z_{{{n}}}=1\\tag{{{n}}}\\label{{eq:{n}}}$$\n\n接着说[^{n}]。"
        for n in range(6)
    )
    + "\n\n见 $\\eqref{eq:0}$ 与[第 5 节](#第-5-节)。\n\n"
    + "\n\n".join(f"[^{n}]: 注释 {n}。" for n in range(6))
    + "\n\n[^前]: 最前的注。",
)
OTHER = post("他文", "2022-02-01", "见[长文第 4 节](long.md#第-4-节)。")
SMALL = 6_000


@pytest.fixture(scope="module")
def long_book(tmp_path_factory: pytest.TempPathFactory) -> Built:
    with pytest.MonkeyPatch.context() as patch:
        whole = splitting.split_page
        patch.setattr(
            "kexue_book.epub.page_press.split_page",
            lambda root, title: whole(root, title, largest=SMALL),
        )
        folder = tmp_path_factory.mktemp("long")
        return build_in(folder, {"long.md": LONG, "other.md": OTHER}, keeping=False)


def long_files(built: Built) -> dict[str, bytes]:
    return {
        name.removeprefix("EPUB/"): data
        for name, data in members(built).items()
        if name.startswith("EPUB/p-long")
    }


def test_a_long_chapter_is_several_files(long_book: Built) -> None:
    assert epub_faults(long_book.epub) == []
    files = long_files(long_book)
    assert list(files)[:3] == ["p-long.xhtml", "p-long_2.xhtml", "p-long_3.xhtml"]
    assert all(len(data) < 1.5 * SMALL for data in files.values())
    spine = re.findall(r'<itemref idref="([^"]+)"', long_book.member("content.opf"))
    assert [name for name in spine if name.startswith("p-long")] == [
        name.removesuffix(".xhtml") for name in files
    ]


def test_nothing_of_a_long_chapter_is_lost_or_said_twice(long_book: Built) -> None:
    pages = [etree.fromstring(data) for data in long_files(long_book).values()]
    text = "".join("".join(map(str, page.find(f"{XHTML}body").itertext())) for page in pages)  # type: ignore[union-attr]
    for n in range(6):
        for m in range(8):
            assert text.count(f"第 {n} 节第 {m} 段") == 1
        assert text.count(f"注释 {n}。") == 1
    places = [text.index(f"第 {n} 节第 7 段") for n in range(6)]
    assert places == sorted(places)
    every = [name for data in long_files(long_book).values() for name in ids(data)]
    assert len(every) == len(set(every))


def test_a_file_begins_with_a_section(long_book: Built) -> None:
    for data in list(long_files(long_book).values())[1:]:
        body = etree.fromstring(data).find(f".//{XHTML}div[@class='chapter-body']")
        assert body is not None
        assert body[0].tag == f"{XHTML}h2"


def test_notes_stand_in_the_file_that_calls_them(long_book: Built) -> None:
    files = long_files(long_book)
    calls = [re.findall(r'href="(#p-long-note-\d+)"', data.decode()) for data in files.values()]
    assert sum(map(len, calls)) == 7
    for data, called in zip(files.values(), calls, strict=True):
        assert {target.removeprefix("#") for target in called} <= set(ids(data))


def test_links_and_contents_find_the_right_file(long_book: Built) -> None:
    files = {name: set(ids(data)) for name, data in long_files(long_book).items()}
    pages = {name.removeprefix("EPUB/"): data for name, data in members(long_book).items()}
    followed = 0
    for page in ("nav.xhtml", "p-other.xhtml", *files):
        for file, anchor in re.findall(r'href="(p-long[^"#]*)#([^"]+)"', pages[page].decode()):
            assert anchor in files[file]
            followed += file != "p-long.xhtml"
    assert followed >= 5
    assert pages["toc.ncx"].decode().count("p-long_") >= 3


def test_a_section_that_is_too_long_is_cut_at_blocks() -> None:
    text = "".join(f"<p>{'字' * 100}</p>" for _ in range(20))
    items = "".join(f"<li>{'项' * 100}</li>" for _ in range(20))
    root = etree.fromstring(
        '<html xmlns="http://www.w3.org/1999/xhtml"><head/><body><section class="chapter" id="a">'
        f'<div class="chapter-body"><h2>题</h2>{text}<ol id="o">{items}</ol></div></section>'
        '<p class="after">后</p></body></html>'
    )
    trees = splitting.split_page(root, "章", largest=3000)
    assert len(trees) > 3
    assert max(len(etree.tostring(tree, encoding="utf-8")) for tree in trees) < 3500
    lists = [found for tree in trees for found in tree.iter(f"{XHTML}ol")]
    numbers = [int(found.get("start", "1")) + n for found in lists for n in range(len(list(found)))]
    assert numbers == list(range(1, 21))
    assert [tree.find(f".//{XHTML}p[@class='after']") is not None for tree in trees[-2:]] == [
        False,
        True,
    ]
    assert [bool(tree.findall(".//*[@id='a']")) for tree in trees[:2]] == [True, False]


# --- what is kept


@pytest.mark.parametrize("math", [EpubMath.MATHML, EpubMath.PNG])
def test_what_is_kept_gives_the_same_bytes(tmp_path: Path, math: EpubMath) -> None:
    posts = {"a.md": FIRST, "c.md": LAST}

    def made(folder: str, **options: object) -> bytes:
        built = build_in(tmp_path / folder, posts, title="书", epub_math=math, **options)
        return built.epub.read_bytes()

    cache = {"cache": tmp_path / "cache" / "formulas"}
    anew = made("1", keeping=False)
    assert made("2", **cache) == anew
    pages = tmp_path / "cache" / "pages"
    kept = {path: path.read_bytes() for path in pages.glob("*/*")}
    assert len(kept) >= 3
    assert made("3", **cache) == anew
    for path in kept:
        path.write_bytes(b"damaged")
    assert made("4", **cache) == anew


def test_only_what_changed_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kexue_book.epub import page_press

    filled: list[str] = []
    fill = page_press.fill_page
    monkeypatch.setattr(
        page_press,
        "fill_page",
        lambda page, *rest: (filled.append(page.name), fill(page, *rest))[1],
    )
    cache = {"cache": tmp_path / "cache" / "formulas"}
    build_in(tmp_path, {"a.md": FIRST, "c.md": LAST}, **cache)
    assert {"p-a", "p-c"} <= set(filled)
    filled.clear()
    # The chapters around a new post are the third and no more the second, but else as they were.
    made = build_in(tmp_path, {"a.md": FIRST.replace("为数", "是数"), "c.md": LAST}, **cache)
    assert [name for name in filled if name.startswith("p-")] == ["p-a"]
    assert "是数" in made.member("p-a.xhtml")


@pytest.mark.parametrize(
    ("depth", "shown"),
    [(1, []), (2, ["一节", "二节"]), (3, ["一节", "小节", "二节"])],
)
def test_the_contents_go_as_deep_as_asked(tmp_path: Path, depth: int, shown: list[str]) -> None:
    text = post("甲", "2020-01-01", "## 一节\n\n### 小节\n\n文。\n\n## 二节\n\n文。")
    made = build_in(tmp_path, {"a.md": text}, toc_depth=depth)
    for file in ("nav.xhtml", "toc.ncx"):
        page = "".join(map(str, etree.fromstring(made.member(file).encode()).itertext()))
        assert re.findall("一节|小节|二节", page) == shown
