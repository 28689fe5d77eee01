"""The EPUB's list of pages beside the PDF it was built with."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from lxml import etree

from conftest import Built, build_in
from epub_faults import epub_faults
from kexue_book.epub.filled import File, Filled
from kexue_book.epub.page_breaks import PageBreaks
from kexue_book.epub.pages import Page
from kexue_book.model import Grouping, PagePlace

XHTML = "{http://www.w3.org/1999/xhtml}"
EPUB = "{http://www.idpf.org/2007/ops}"
WORDS = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳"


def paragraphs(first: int, last: int) -> str:
    return "\n\n".join(f"第 {n} 段：" + WORDS * 3 + "。" for n in range(first, last))


POSTS = {
    "a.md": f"---\ntitle: 甲\ndate: 2020-01-01\n---\n\n{paragraphs(0, 20)}\n\n"
    "| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n\n$$x=1\\tag{1}$$\n\n" + paragraphs(20, 30),
    # On its second page nothing begins.
    "b.md": "---\ntitle: 乙\ndate: 2021-01-01\n---\n\n第 77 段：" + WORDS * 60 + "\n\n第 78 段。",
}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Built:
    options = {"formats": ("epub", "pdf"), "grouping": Grouping.YEAR, "title": "书"}
    return build_in(tmp_path_factory.mktemp("pages"), POSTS, **options)


def page_list(built: Built) -> list[tuple[int, str, str]]:
    """The numbers of the pages, with file and anchor."""
    nav = etree.fromstring(built.member("nav.xhtml").encode())
    (listed,) = (n for n in nav.iter(f"{XHTML}nav") if n.get(f"{EPUB}type") == "page-list")
    links = listed.iter(f"{XHTML}a")
    return [(int(str(a.text)), *str(a.get("href")).partition("#")[::2]) for a in links]


def printed(built: Built) -> dict[int, str]:
    """The text of the PDF's pages of the body, by number, without spaces."""
    command = ["pdftotext", str(built.pdf), "-"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    pages = [re.sub(r"\s", "", page) for page in text.split("\f")[:-1]]
    first = len(pages) - page_list(built)[-1][0]
    return dict(enumerate(pages[first:], 1))


def test_it_is_valid(both: Built) -> None:
    assert epub_faults(both.epub) == []


def test_every_page_of_the_body_is_listed(both: Built) -> None:
    numbers = [number for number, _, _ in page_list(both)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 8
    assert both.summary.pages is not None
    assert len(numbers) < both.summary.pages


def test_a_page_begins_where_it_does_in_the_pdf(both: Built) -> None:
    pages = printed(both)
    met = 0
    for number, file, anchor in page_list(both):
        content = both.member(file)
        _, _, after = content.partition(f'id="{anchor}"')
        begun = re.search(r"第 (\d+) 段", re.sub(r"<[^>]*>", "", after))
        if begun is None or not file.startswith("p-"):
            continue
        # What begins after the mark is the first to begin on that page.
        shown = re.findall(r"第(\d+)段", pages[number])
        if shown:
            met += 1
            assert shown[0] == begun[1]
    assert met >= 4


def test_a_page_without_a_beginning_is_where_the_next_is(both: Built) -> None:
    content = both.member("p-b.xhtml")
    marks = [match.start() for match in re.finditer("doc-pagebreak", content)]
    assert len(marks) == 3
    assert marks[0] < content.index("第 77 段") < marks[1] < marks[2] < content.index("第 78 段")


def test_marks_have_names_and_the_package_says_so(both: Built) -> None:
    page = etree.fromstring(both.member("p-a.xhtml").encode())
    marks = [e for e in page.iter(f"{XHTML}span") if e.get("role") == "doc-pagebreak"]
    assert [mark.get("id") for mark in marks] == [
        f"page-{mark.get('aria-label')}" for mark in marks
    ]
    assert {mark.get(f"{EPUB}type") for mark in marks} == {"pagebreak"}
    package = both.member("content.opf")
    assert "《书》PDF 版</meta>" in package
    for feature in ("pageBreakMarkers", "pageNavigation"):
        assert f">{feature}</meta>" in package


def test_without_a_pdf_there_is_no_list(tmp_path: Path) -> None:
    made = build_in(tmp_path, {"a.md": "# 甲\n\n文。"})
    assert "page-list" not in made.member("nav.xhtml")
    assert "pagebreak" not in made.chapters()
    assert "pageBreak" not in made.member("content.opf")


def test_the_text_before_a_mark_keeps_its_count(both: Built, tmp_path: Path) -> None:
    """A highlight is remembered by numbers of children: a mark comes last in a block."""
    alone = build_in(tmp_path, POSTS, grouping=Grouping.YEAR, title="书")

    def ways(built: Built) -> dict[str, str]:
        tree = etree.fromstring(built.member("p-a.xhtml").encode()).getroottree()
        return {
            str(e.get("id")): tree.getpath(e)
            for e in tree.iter(f"{XHTML}p")
            if "段" in (e.text or "")
        }

    assert len(ways(alone)) == 30
    assert ways(both) == ways(alone)


def page_of(content: str, blocks: tuple[str, ...]) -> tuple[Page, Filled]:
    file = File(name="p", content=content.encode(), properties=(), anchors=(), blocks=blocks)
    return Page(name="p", title="", text=""), Filled(files=(file,), characters="", pictures={})


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ('<p id="a">甲</p><p id="b">乙</p>', '<p id="a">甲|</p><p id="b">乙</p>'),
        ('<p id="a">甲</p><table id="b">乙</table>', '<p id="a">甲|</p><table id="b">乙</table>'),
        ('<li id="a">甲</li><li id="b">乙</li>', '<li id="a">甲</li><li id="b">|乙</li>'),
        ('<figure id="a"/><figure id="b"/>', '<figure id="a"/>|<figure id="b"/>'),
        ('<p id="a"> id="b"&gt;</p><p id="b">乙</p>', '<p id="a"> id="b"&gt;|</p><p id="b">乙</p>'),
    ],
)
def test_where_a_mark_stands(blocks: str, expected: str) -> None:
    page, filled = page_of(f"<body><h1>题</h1>{blocks}</body>", ("a", "b"))
    places = [PagePlace(number=n, sheet="p", block=n - 7) for n in (7, 8)]
    breaks = PageBreaks(places, [(page, filled)])
    (file,) = filled.files
    marked = re.sub("<span[^>]*></span>", "|", breaks.mark(file, file.content).decode())
    assert marked == f"<body><h1>题|</h1>{expected}</body>"
    assert [entry.address for entry in breaks.entries] == ["p.xhtml#page-7", "p.xhtml#page-8"]
