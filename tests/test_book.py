"""Whole books, from posts to files, seen as a reader sees them."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from lxml import etree
from PIL import Image

from conftest import REPOSITORY, BuildBook, Built, build_in
from epub_faults import epub_faults
from kexue_book.errors import OutputError, SelectionError, StrictError, ThemeError, UsageError
from kexue_book.model import Grouping, Selection


def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(file, "PNG")
    return file.getvalue()


FIRST = """---
title: 甲：关于 $x^2$
date: 2020-05-01
author: 作者
categories: [数学]
tags: [概率]
url: https://example.org/archives/1
license: CC BY 4.0
---
第一段
接着写，由[乙](b.md#小节)可知\\eqref{eq:b}：

\\begin{align}
a &= b\\label{eq:a}\\\\
c &= \\text{损失}\\label{eq:b}
\\end{align}

![图](p.png "图的说明")

又见\\eqref{eq:a}，脚注[^1]。

[^1]: 注的 $y$ 内容。
"""
SECOND = """---
title: 乙
date: 2021-06-02
categories: [物理]
---
## 小节

```python
x = 1  # 注释
```

| 甲 | 乙 |
|---|---|
| 1 | $z$ |

坏公式 $\\foo$ 与 <b>粗</b>。
"""
POSTS = {"a.md": FIRST, "b.md": SECOND}
PARTS = ("part-17308149", "part-e2260050")
"""Anchors of the years 2020 and 2021: of their titles, whatever parts there are."""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Built:
    options = {"formats": ("epub", "pdf"), "grouping": Grouping.YEAR, "title": "书名"}
    return build_in(tmp_path_factory.mktemp("both"), POSTS, {"p.png": png()}, **options)


def outline(pdf: Path) -> str:
    command = ["pdfinfo", "-dests", str(pdf)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_epub_is_valid(both: Built) -> None:
    assert epub_faults(both.epub) == []


def test_the_epub_holds_what_it_should(both: Built) -> None:
    with zipfile.ZipFile(both.epub) as archive:
        names = archive.namelist()
        assert names[0] == "mimetype"
        assert archive.infolist()[0].compress_type == zipfile.ZIP_STORED
    for name in ("cover", "title-page", "nav", PARTS[0], "p-a", PARTS[1], "p-b", "colophon"):
        assert f"EPUB/{name}.xhtml" in names
    package = both.member("content.opf")
    spine = re.findall(r'<itemref idref="([^"]+)"', package)
    assert spine == ["cover", "title-page", "nav", PARTS[0], "p-a", PARTS[1], "p-b", "colophon"]
    assert "书名" in package
    assert 'xml:lang="zh-CN"' in package
    assert 'properties="mathml"' in package


def test_links_of_the_epub_lead_somewhere(both: Built) -> None:
    with zipfile.ZipFile(both.epub) as archive:
        pages = {
            name.removeprefix("EPUB/"): etree.fromstring(archive.read(name))
            for name in archive.namelist()
            if name.endswith(".xhtml")
        }
    ids = {name: {e.get("id") for e in page.iter() if e.get("id")} for name, page in pages.items()}
    links = 0
    for name, page in pages.items():
        for link in page.iter("{http://www.w3.org/1999/xhtml}a"):
            href = link.get("href", "")
            if href.startswith("http"):
                continue
            file, _, fragment = href.partition("#")
            assert (file or name) in pages
            assert not fragment or fragment in ids[file or name]
            links += 1
    assert links > 15


def test_the_chapters_of_the_epub(both: Built) -> None:
    first = both.member("p-a.xhtml")
    assert "第一段接着写" in first
    assert 'alttext="x^2"' in first
    assert re.search(r'<span id="p-a-eq-2">\(2\)</span>', first)
    assert '<a class="eqref" href="#p-a-eq-2">(2)</a>' in first
    assert 'epub:type="noteref"' in first
    assert 'epub:type="footnote"' in first
    assert "<figcaption>图的说明</figcaption>" in first
    assert 'href="https://example.org/archives/1"' in first
    second = both.member("p-b.xhtml")
    assert '<code class="formula-error">\\foo</code>' in second


def test_nav_and_ncx_show_parts_chapters_and_sections(both: Built) -> None:
    for name in ("nav.xhtml", "toc.ncx"):
        text = re.sub(r"<[^>]+>", "", both.member(name))
        for entry in ("第一部分 2020 年", "第 1 章 甲：关于x²", "第 2 章 乙", "小节", "关于本书"):
            assert entry in text
        assert text.index("小节") > text.index("第 2 章")


def test_the_pdf_reads_well(both: Built) -> None:
    text = both.pdf_text()
    for words in (
        "书名",
        "目 录".replace(" ", ""),
        "第 1 章",
        "第一段接着写",
        "图的说明",
        "CC BY 4.0",
    ):
        assert words.replace(" ", "") in text.replace(" ", "").replace("\n", "")
    assert "(1)" in text
    assert "(2)" in text
    assert "注的" in text
    assert "损失" in text
    # A formula copies as its LaTeX.
    assert r"a &= b" in text
    assert r"\label" not in text
    assert "\\foo" in text


def test_the_contents_give_the_right_pages(both: Built) -> None:
    pages = both.pdf_text("-layout").split("\f")
    contents = next(page for page in pages if re.search(r"第 ?1 ?章(.|\n)*第 ?2 ?章", page))
    number = re.search(r"第 ?2 ?章\s+乙[ .]*?(\d+)\s*$", contents, re.MULTILINE)
    assert number is not None
    opened = next(page for page in pages if re.search(r"^\s*第 ?2 ?章\s*$", page, re.MULTILINE))
    assert opened.rstrip().splitlines()[-1].strip() == number[1]


def test_the_pdf_has_destinations_for_links(both: Built) -> None:
    destinations = outline(both.pdf)
    for anchor in ("p-a", "p-b", "p-a-eq-1", "p-a-eq-2", PARTS[0]):
        assert f'"{anchor}"' in destinations


def test_the_diagnostics_name_file_and_line(both: Built) -> None:
    (finding,) = both.told.diagnostics
    assert finding.code == "broken-formula"
    assert str(finding).endswith("b.md:16: broken-formula: " + finding.message)
    assert "Undefined control sequence" in finding.message
    assert both.summary.warnings == 1


def test_the_summary_counts(both: Built) -> None:
    assert (both.summary.chapters, both.summary.formulas) == (2, 5)
    assert both.summary.pages is not None
    assert both.summary.pages >= 8
    assert all(size > 10_000 for size in both.summary.sizes)


def test_the_same_posts_give_the_same_bytes(build_book: BuildBook, tmp_path: Path) -> None:
    options = {"formats": ("epub", "pdf")}
    first = build_book(POSTS, {"p.png": png()}, output=tmp_path / "1", **options)
    second = build_book(POSTS, {"p.png": png()}, output=tmp_path / "2", **options)
    assert first.epub.read_bytes() == second.epub.read_bytes()
    assert first.pdf.read_bytes() == second.pdf.read_bytes()


def test_page_sizes(build_book: BuildBook) -> None:
    made = build_book({"a.md": "文"}, formats=("pdf",), page="b5")
    answer = subprocess.run(["pdfinfo", made.pdf], capture_output=True, text=True, check=True)
    assert "498.9 x 708.66" in answer.stdout
    with pytest.raises(UsageError, match="page size"):
        build_book({"a.md": "文"}, formats=("pdf",), page="a99")


def test_a_wide_display_is_made_smaller_not_cut(build_book: BuildBook) -> None:
    wide = "+".join(f"x_{{{n}}}y_{{{n}}}" for n in range(40))
    made = build_book({"a.md": f"\\begin{{equation}}{wide}\\end{{equation}}"}, formats=("pdf",))
    subprocess.run(
        ["pdftoppm", "-r", "50", "-gray", "-f", "4", "-l", "4", made.pdf, made.folder / "page"],
        check=True,
    )
    (picture,) = made.folder.glob("page*.pgm")
    with Image.open(picture) as page:
        inked = page.point(lambda value: 255 * (value < 200)).getbbox()
        assert inked is not None
        margin = page.width * 44 / 420
        assert inked[0] >= margin - 2
        assert inked[2] <= page.width - margin + 2


def test_nothing_is_written_when_something_is_wrong(build_book: BuildBook, tmp_path: Path) -> None:
    made = build_book(POSTS, {"p.png": png()}, title="书")
    before = made.epub.read_bytes()
    with pytest.raises(StrictError):
        build_book({}, title="书", strict=True)
    with pytest.raises(SelectionError):
        build_book({}, title="书", selection=Selection(tags=("无",)))
    theme = tmp_path / "theme"
    (theme / "templates").mkdir(parents=True)
    (theme / "templates" / "chapter.html").write_text("{% if %}")
    with pytest.raises(ThemeError) as caught:
        build_book({}, title="书", theme=theme)
    assert caught.value.line == 1
    assert made.epub.read_bytes() == before
    assert [path.name for path in made.epub.parent.iterdir()] == [made.epub.name]


def test_an_output_that_cannot_be_written(build_book: BuildBook, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        build_book({"a.md": "文"}, output=tmp_path / "file")


def test_a_theme_replaces_one_file(build_book: BuildBook, tmp_path: Path) -> None:
    theme = tmp_path / "theme"
    (theme / "templates").mkdir(parents=True)
    (theme / "templates" / "part.html").write_text(
        '<section id="{{ part.anchor }}"><h1>自定 {{ part.title }}</h1></section>'
    )
    made = build_book(POSTS, {"p.png": png()}, theme=theme, grouping=Grouping.YEAR)
    assert "自定 2020 年" in made.member(f"{PARTS[0]}.xhtml")
    assert "第一段" in made.member("p-a.xhtml")


@pytest.mark.parametrize(
    "style", ["@import 'file:///etc/passwd';", "body{background:url(http://127.0.0.1:9/x.png)}"]
)
def test_a_theme_fetches_nothing_from_outside(
    build_book: BuildBook, tmp_path: Path, style: str
) -> None:
    theme = tmp_path / "theme"
    (theme / "styles").mkdir(parents=True)
    (theme / "styles" / "print.css").write_text(style)
    made = build_book({"a.md": "文"}, theme=theme, formats=("pdf",))
    assert made.told.codes == ["refused-resource"]


def test_hostile_names_and_titles(build_book: BuildBook) -> None:
    made = build_book(
        {"深度 <学习>&.md": "---\ntitle: '<script>&\"x'\ntags: ['<b>']\n---\n文 & <字>"},
        title='a/b\\c:"<书>&',
        formats=("epub", "pdf"),
    )
    assert epub_faults(made.epub) == []
    assert "&lt;script&gt;&amp;" in made.member("nav.xhtml")
    assert made.epub.parent == made.folder / "out"


def test_characters_no_font_has_are_named(build_book: BuildBook) -> None:
    made = build_book({"a.md": "字 \u0378 字"}, formats=("pdf",))
    assert made.told.codes == ["missing-glyph"]


def test_the_middle_can_be_looked_at(build_book: BuildBook, tmp_path: Path) -> None:
    build_book(POSTS, {"p.png": png()}, dump=tmp_path / "dump")
    assert "第一段接着写" in (tmp_path / "dump" / "p-a.xhtml").read_text("utf-8")


def test_the_sample_posts_make_a_book_without_a_warning(tmp_path: Path) -> None:
    from kexue_book.build import build_books
    from kexue_book.build_options import BuildOptions
    from kexue_book.progress import Collector

    told = Collector()
    options = BuildOptions(
        posts=REPOSITORY / "posts", output=tmp_path, grouping=Grouping.CATEGORY, jobs=1
    )
    made = Built(build_books(options, told), told, tmp_path)
    assert told.diagnostics == []
    assert made.summary.chapters >= 12
    assert epub_faults(made.epub) == []


def test_paragraphs_with_wide_formulas_are_not_pulled_apart(build_book: BuildBook) -> None:
    wide = "$" + "+".join(f"x_{{{n}}}" for n in range(12)) + "$"
    chapters = build_book({"a.md": f"短的 $x$ 在此。\n\n长的 {wide} 在此。"}).chapters()
    paragraphs = re.findall(r'<p id="\w+"([^>]*)>(短的|长的)', chapters)
    assert paragraphs == [("", "短的"), (' class="ragged"', "长的")]


def test_a_formula_of_a_third_of_a_phone_is_wide(build_book: BuildBook) -> None:
    third, fifth = "$x_1+x_2+x_3$", "$x_1+x_2$"
    chapters = build_book({"a.md": f"短的 {fifth} 在此。\n\n长的 {third} 在此。"}).chapters()
    paragraphs = re.findall(r'<p id="\w+"([^>]*)>(短的|长的)', chapters)
    assert paragraphs == [("", "短的"), (' class="ragged"', "长的")]


def test_items_and_cells_with_wide_formulas_are_not_pulled_apart(build_book: BuildBook) -> None:
    wide = "$" + "+".join(f"x_{{{n}}}" for n in range(12)) + "$"
    table = f"|甲|乙|\n|--|--|\n|格一 {wide}|格二|"
    chapters = build_book({"a.md": f"- 项一 {wide}\n- 项二\n\n{table}"}).chapters()
    assert re.findall(r'<(?:li|td)\b[^>]*class="ragged"[^>]*>(..)', chapters) == ["项一", "格一"]
