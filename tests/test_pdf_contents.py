"""The contents of a PDF: the number of each chapter's page, and what happens when they are long."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pikepdf
import pytest

from conftest import BuildBook, Built
from kexue_book.layout import Layout
from kexue_book.model import PdfVariant, Typesetting
from kexue_book.pdf import press, sheet
from test_epub import make_book, make_manuscript
from verapdf import broken_rules

MANY = {
    f"{number:02}.md": f"---\ntitle: 第{number}题\ndate: {2000 + number // 50}-01-01\n---\n文。"
    for number in range(100)
}


def build(build_book: BuildBook, posts: dict[str, str], **options: object) -> Built:
    return build_book(posts, formats=("pdf",), **options)


def lines(built: Built) -> list[str]:
    """The lines of the contents without spaces and dots, from all its pages."""
    pages = built.pdf_text("-layout").split("\f")
    with pikepdf.open(built.pdf) as pdf:
        front = sum(not page.label.isdigit() for page in pdf.pages)
    return [re.sub(r"[\s.]", "", line) for text in pages[:front] for line in text.split("\n")]


def words(built: Built) -> str:
    """All text of all pages, without spaces and dots."""
    return re.sub(r"[^\S\f]|\.", "", built.pdf_text("-layout"))


@pytest.mark.parametrize(
    ("options", "entries"),
    [({}, 40), ({"two_sided": True, "pdf_variants": (PdfVariant.UA_1,), "grouping": "year"}, 70)],
    ids=("one after the other", "two-sided, tagged, in parts"),
)
def test_long_contents_are_set_in_several_pieces(
    build_book: BuildBook,
    monkeypatch: pytest.MonkeyPatch,
    options: dict[str, object],
    entries: int,
) -> None:
    monkeypatch.setattr(sheet, "ENTRIES", 500)
    whole = build(build_book, MANY, name="whole", **options)
    monkeypatch.setattr(sheet, "ENTRIES", entries)
    pieces = build(build_book, MANY, name="pieces", **options)
    assert lines(pieces) == lines(whole)
    # The colophon lists all posts, and comes in pieces as well.
    assert words(pieces) == words(whole)
    sources = pieces.pdf_text("-layout").rpartition("收录文章")[2]
    assert re.findall(r"(\d+)\. 第(\d+)题", sources) == [
        (str(number + 1), str(number)) for number in range(100)
    ]
    titles = [line for line in lines(pieces) if "题" in line]
    assert [line[: line.index("题") + 1] for line in titles] == [
        f"第{number + 1}章第{number}题" for number in range(100)
    ]
    with pikepdf.open(pieces.pdf) as pdf, pikepdf.open(whole.pdf) as other:
        assert [page.label for page in pdf.pages] == [page.label for page in other.pages]
    if "pdf_variants" in options:
        assert broken_rules(("ua1", pieces.pdf)) == {("ua1", pieces.pdf): []}


def test_chapters_before_the_first_part() -> None:
    manuscripts = [make_manuscript(1), make_manuscript(2)]
    book = make_book(manuscripts, parts=(None, "下篇"))
    maker = sheet.SheetMaker(book, manuscripts, Typesetting(packed={}, glyphs={}), Layout())
    html = maker.contents(0, 2).html
    assert re.findall('href="(.*?)"', html) == ["#p-s1", "#part-2", "#p-s2"]


def test_other_page_numbers_need_no_new_contents(
    build_book: BuildBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid_out: list[str] = []
    original = press.Press._lay_out

    def noted(self: press.Press, one: sheet.Sheet) -> bytes:
        laid_out.append(one.anchor)
        return original(self, one)

    monkeypatch.setattr(press.Press, "_lay_out", noted)
    posts = {"a.md": "---\ntitle: 甲\n---\n短。", "b.md": "---\ntitle: 乙\n---\n短。"}
    kept = {"keeping": True}
    assert "乙2" in "".join(lines(build(build_book, posts, **kept)))
    assert "contents" in laid_out
    laid_out.clear()
    longer = posts | {"a.md": "---\ntitle: 甲\n---\n" + "\n\n".join(200 * ["长。"])}
    assert re.search("乙[3-9]", "".join(lines(build(build_book, longer, **kept))))
    assert "contents" not in laid_out


def test_numbers_end_at_the_margin(build_book: BuildBook) -> None:
    long = "\n\n".join(300 * ["长。"])
    posts = {"a.md": f"---\ntitle: 甲\n---\n{long}", "b.md": "---\ntitle: 乙\n---\n短。"}
    built = build(build_book, posts)
    boxes = subprocess.run(
        ["pdftotext", "-bbox", built.pdf, "-"], capture_output=True, text=True, check=True
    ).stdout
    contents = next(page for page in boxes.split("<page ") if ">目" in page)
    numbers = re.findall(r'xMax="([\d.]+)"[^>]*>[. ]*(\d+)</word>', contents)
    numbers = [found for found in numbers if float(found[0]) > 300]
    ends = [float(end) for end, _ in numbers]
    assert sorted(len(number) for _, number in numbers) == [1, 2]
    assert ends[0] == pytest.approx(ends[1], abs=0.1)


def test_a_theme_s_own_colophon_comes_whole(
    build_book: BuildBook, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "theme/templates").mkdir(parents=True)
    (tmp_path / "theme/templates/colophon.html").write_text(
        '<section id="colophon"><h1>Sources</h1>{% for chapter in book.chapters %}'
        '<p><a href="{{ href(chapter.anchor) }}">{{ chapter.post.title }}</a></p>{% endfor %}'
        "</section>",
        "utf-8",
    )
    monkeypatch.setattr(sheet, "ENTRIES", 40)
    text = build(build_book, MANY, theme=tmp_path / "theme").pdf_text()
    assert len(re.findall(r"第\d+题", text.rpartition("Sources")[2])) == 100


ENDS = "基于双向循环神经网络的中文分词与词性标注的一体化模型的设计与实现"


@pytest.mark.parametrize("length", [20, 21, 22, 28, 29, 30])
def test_no_title_ends_in_a_single_character(build_book: BuildBook, length: int) -> None:
    built = build(build_book, {"a.md": f"---\ntitle: {ENDS[-length:]}\n---\n文。"})
    last = ENDS[-2:]
    # In the contents and at the chapter's head; in the running head and among the sources.
    text = built.pdf_text("-layout").partition("关于本书")[0]
    assert len(re.findall(last, text)) == 3


@pytest.mark.parametrize("length", range(26, 31))
def test_dots_and_number_stand_behind_the_end_of_the_title(
    build_book: BuildBook, length: int
) -> None:
    built = build(build_book, {"a.md": f"---\ntitle: {ENDS[-length:]}\n---\n文。"})
    contents = built.pdf_text("-layout").split("\f")[2].rstrip().split("\n")
    numbered = [line for line in contents if re.search(r" 1$|\.1$", line)]
    assert len(numbered) == 1
    assert "实现" in numbered[0]


def test_a_page_with_a_ground_shows_its_number(build_book: BuildBook, tmp_path: Path) -> None:
    (tmp_path / "theme/styles").mkdir(parents=True)
    rules = "@page body { background: #ffe }"
    own = Path(__file__).parents[1] / "styles/print.css"
    (tmp_path / "theme/styles/print.css").write_text(own.read_text("utf-8") + rules, "utf-8")
    built = build(build_book, {"a.md": "---\ntitle: 甲\n---\n短。"}, theme=tmp_path / "theme")
    with pikepdf.open(built.pdf) as pdf:
        contents = [page.Contents.read_bytes() for page in pdf.pages]
    (content,) = (one for one in contents if b"1 1 .933 rg" in one and b"/1 Do" in one)
    assert content.index(b"1 1 .933 rg") < content.index(b"/1 Do")
