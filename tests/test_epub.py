"""EPUBs of small books whose manuscripts and formulas are written by hand."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

import pytest
from lxml import etree
from PIL import Image

from conftest import make_post
from epub_faults import epub_faults
from kexue_book.epub import write_epub
from kexue_book.errors import Diagnostic, KexueBookError, OutputError, RenderError, ThemeError
from kexue_book.formulas.packed import pack
from kexue_book.layout import Layout
from kexue_book.model import (
    Asset,
    Book,
    BookMeta,
    Chapter,
    EquationNumber,
    Footnote,
    Formula,
    FormulaKey,
    Heading,
    Manuscript,
    Part,
    Text,
    Typeset,
    Typesetting,
)

XHTML = "{http://www.w3.org/1999/xhtml}"
EPUB = "{http://www.idpf.org/2007/ops}"
MATH = "http://www.w3.org/1998/Math/MathML"


def make_formula(
    source: str, *, display: bool = False, numbers: Sequence[str] = (), anchors: Sequence[str] = ()
) -> Formula:
    return Formula(
        source=source,
        key=FormulaKey(tex=source, display=display),
        line=1,
        numbers=tuple(EquationNumber(text=n, anchor=f"eq-{n}") for n in numbers),
        anchors=tuple(anchors),
    )


def make_typeset(content: str = "<mi>x</mi>", **more: object) -> Typeset:
    values: dict[str, object] = {
        "mathml": f'<math xmlns="{MATH}">{content}</math>',
        "width": 1.0,
        "height": 0.7,
        "depth": 0.2,
        "operators": "[]",
    }
    return Typeset(**{**values, **more})  # type: ignore[arg-type]


def make_manuscript(
    number: int, *, body: str = "<p>正文。</p>", title: str = "题目", **more: object
) -> Manuscript:
    post = make_post(f"s{number}", title=title, categories=(("数学", "分析"),), tags=("甲", "乙"))
    post = replace(post, author="张三", url=f"https://example.org/{number}?a=1&b=2")
    values: dict[str, object] = {
        "chapter": Chapter(number=number, anchor=f"p-s{number}", post=post),
        "title": title,
        "plain_title": title,
    }
    text = {name: more.pop(name) for name in ("formulas", "footnotes") if name in more}
    values["text"] = Text(body=body, **text)  # type: ignore[arg-type]
    return Manuscript(**{**values, **more})  # type: ignore[arg-type]


def make_book(
    manuscripts: Sequence[Manuscript], parts: Sequence[str | None] = (None,), **meta: object
) -> Book:
    """A book that deals its chapters out to its parts, in order."""
    values: dict[str, object] = {
        "title": "书名",
        "subtitle": None,
        "authors": ("张三",),
        "language": "zh-CN",
        "identifier": "urn:uuid:29ef2901-c9ef-50e3-8a51-62b8c8c02a90",
        "modified": dt.datetime(2021, 3, 5, tzinfo=dt.UTC),
        "rights": None,
        "source": "https://example.org/",
    }
    chapters = [manuscript.chapter for manuscript in manuscripts]
    share = -(-len(chapters) // len(parts))
    return Book(
        meta=BookMeta(**{**values, **meta}),  # type: ignore[arg-type]
        parts=tuple(
            Part(
                title=title,
                number=number,
                anchor=f"part-{number}",
                chapters=tuple(chapters[(number - 1) * share : number * share]),
            )
            for number, title in enumerate(parts, 1)
        ),
    )


@dataclass
class Written:
    """An EPUB to look into."""

    path: Path
    diagnostics: tuple[Diagnostic, ...]

    def names(self) -> list[str]:
        with zipfile.ZipFile(self.path) as archive:
            return archive.namelist()

    def member(self, name: str) -> str:
        with zipfile.ZipFile(self.path) as archive:
            return archive.read(f"EPUB/{name}").decode()

    def page(self, name: str) -> etree._Element:
        return etree.fromstring(self.member(name).encode())

    def spine(self) -> list[str]:
        package = self.page("content.opf")
        files = {item.get("id"): item.get("href") for item in package.iter("{*}item")}
        return [str(files[item.get("idref")]) for item in package.iter("{*}itemref")]


def write(
    tmp_path: Path,
    manuscripts: Sequence[Manuscript],
    formulas: Sequence[Typeset] = (),
    *,
    theme: Path | None = None,
    **book: object,
) -> Written:
    """Write a book; ``formulas`` are what is typeset of the manuscripts' formulas, in order."""
    keys = [formula.key for manuscript in manuscripts for formula in manuscript.formulas]
    typesetting = Typesetting(packed=dict(zip(keys, map(pack, formulas), strict=True)), glyphs={})
    path = tmp_path / "b.epub"
    made = make_book(manuscripts, **book)  # type: ignore[arg-type]
    written = write_epub(made, manuscripts, typesetting, Layout(theme, "zh-CN"), path)
    return Written(path, written.diagnostics)


def text_of(element: etree._Element) -> str:
    return " ".join("".join(map(str, element.itertext())).split())


def by_id(page: etree._Element, anchor: str) -> etree._Element:
    found = page.xpath("//*[@id=$anchor]", anchor=anchor)
    assert isinstance(found, list)
    assert len(found) == 1
    return found[0]  # type: ignore[return-value]


def rich_book(folder: Path) -> tuple[list[Manuscript], list[Typeset]]:
    """Two chapters with one of everything."""
    drawing = folder / "x.png"
    Image.new("RGB", (4, 3), "red").save(drawing)
    picture = Asset(name="img-1.png", path=drawing, media_type="image/png", width=4, height=3)
    first = make_manuscript(
        1,
        title="甲 &amp; 乙",
        plain_title="甲 & 乙",
        body=(
            '<h2 id="p-s1-h1">第一节</h2><p>设<span class="formula gap-before" data-n="0"/>，见'
            '<a class="eqref" href="#eq-1">(1)</a>、<a href="#p-s2">下一章</a>与'
            '<a href="#p-s2-h1">其中一节</a><a class="noteref" id="n1-ref" href="#n1">1</a>。</p>'
            '<div class="display" data-n="1"/><p class="continued">于是</p>'
            '<figure><img src="asset:img-1.png" alt="红"/><figcaption>图</figcaption></figure>'
            '<table><thead><tr><th scope="col">a</th></tr></thead><tbody><tr><td>1</td></tr>'
            '</tbody></table><pre class="code"><code>a  b\n  c</code></pre>'
        ),
        headings=(Heading(anchor="p-s1-h1", level=2, text="第一节"),),
        formulas=(
            make_formula("x<1"),
            make_formula("x \\\\ y", display=True, numbers=("1", "2"), anchors=("eq-hidden",)),
        ),
        footnotes=(Footnote(anchor="n1", number=1, body="<p>注。</p>"),),
        assets=(picture,),
    )
    second = make_manuscript(
        2,
        body='<h2 id="p-s2-h1">第二节</h2><h3 id="p-s2-h2">小节</h3><p><a href="#eq-2">(2)</a></p>',
        headings=(
            Heading(anchor="p-s2-h1", level=2, text="第二节"),
            Heading(anchor="p-s2-h2", level=3, text="小节"),
        ),
        assets=(picture,),
    )
    display = make_typeset(height=1.5, depth=1.5, tag_rows=(1.0, -1.2))
    return [first, second], [make_typeset(), display]


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("rich")
    manuscripts, formulas = rich_book(folder)
    return write(folder, manuscripts, formulas, parts=("上篇", "下篇"), subtitle="副题")


def test_it_is_valid(rich: Written) -> None:
    assert epub_faults(rich.path) == []
    assert rich.diagnostics == ()


def test_what_is_not_valid_would_be_said(rich: Written, tmp_path: Path) -> None:
    other = tmp_path / "b.epub"
    with zipfile.ZipFile(rich.path) as good, zipfile.ZipFile(other, "w") as bad:
        for item in good.infolist():
            if item.filename != "EPUB/images/img-1.png":
                bad.writestr(item, good.read(item).replace(b"2021-03-05</dc:date>", b"x</dc:date>"))
    faults = " ".join(epub_faults(other))
    for part in ("ERROR RSC-001", "EPUB/images/img-1.png", "WARNING OPF-053"):
        assert part in faults
    assert epub_faults(rich.path) == [], "one book's faults are not another's"


def test_its_files_and_their_order(rich: Written) -> None:
    assert rich.names()[0] == "mimetype"
    assert {name.removeprefix("EPUB/") for name in rich.names()[1:]} == {
        *("META-INF/container.xml", "content.opf", "toc.ncx", "nav.xhtml"),
        *("cover.xhtml", "title-page.xhtml", "part-1.xhtml", "part-2.xhtml", "colophon.xhtml"),
        *("p-s1.xhtml", "p-s2.xhtml", "styles/base.css", "styles/epub.css"),
        *("images/cover.png", "images/img-1.png", "fonts/STIXTwoMath-subset.otf"),
    }
    assert rich.spine() == [
        *("cover.xhtml", "title-page.xhtml", "nav.xhtml", "part-1.xhtml", "p-s1.xhtml"),
        *("part-2.xhtml", "p-s2.xhtml", "colophon.xhtml"),
    ]


def test_what_a_library_shows(rich: Written) -> None:
    package = rich.page("content.opf")
    shown = {
        etree.QName(element).localname: element.text
        for element in package.iter("{http://purl.org/dc/elements/1.1/}*")
    }
    assert shown == {
        "identifier": "urn:uuid:29ef2901-c9ef-50e3-8a51-62b8c8c02a90",
        "title": "书名",
        "description": "副题",
        "creator": "张三",
        "language": "zh-CN",
        "date": "2021-03-05",
        "source": "https://example.org/",
        "subject": "数学",
    }
    assert '<meta property="dcterms:modified">2021-03-05T00:00:00Z</meta>' in rich.member(
        "content.opf"
    )


def test_only_pages_with_formulas_say_so(rich: Written) -> None:
    package = rich.page("content.opf")
    properties = {item.get("href"): item.get("properties") for item in package.iter("{*}item")}
    assert properties["p-s1.xhtml"] == "mathml"
    assert properties["p-s2.xhtml"] is None
    assert properties["nav.xhtml"] == "nav"
    assert properties["images/cover.png"] == "cover-image"


def test_the_contents_show_parts_chapters_and_sections(rich: Written) -> None:
    links = [
        (link.get("href"), text_of(link))
        for link in by_id(rich.page("nav.xhtml"), "toc").iter(f"{XHTML}a")
    ]
    assert links == [
        ("part-1.xhtml", "第一部分 上篇"),
        ("p-s1.xhtml", "第 1 章 甲 & 乙"),
        ("p-s1.xhtml#p-s1-h1", "第一节"),
        ("part-2.xhtml", "第二部分 下篇"),
        ("p-s2.xhtml", "第 2 章 题目"),
        ("p-s2.xhtml#p-s2-h1", "第二节"),
        ("p-s2.xhtml#p-s2-h2", "小节"),
        ("colophon.xhtml", "关于本书"),
    ]
    ncx = rich.page("toc.ncx")
    assert [content.get("src") for content in ncx.iter("{*}content")] == [href for href, _ in links]


def test_links_lead_to_files(rich: Written) -> None:
    links = {text_of(a): a.get("href") for a in rich.page("p-s1.xhtml").iter(f"{XHTML}a")}
    assert links["(1)"] == "#eq-1"
    assert links["下一章"] == "p-s2.xhtml"
    assert links["其中一节"] == "p-s2.xhtml#p-s2-h1"
    other = {text_of(a): a.get("href") for a in rich.page("p-s2.xhtml").iter(f"{XHTML}a")}
    assert other["(2)"] == "p-s1.xhtml#eq-2"
    assert other["原文"] == "https://example.org/2?a=1&b=2"


def test_formulas_are_mathml_with_their_source(rich: Written) -> None:
    page = rich.page("p-s1.xhtml")
    inline, display = page.iter(f"{{{MATH}}}math")
    assert inline.get("alttext") == "x<1"
    assert display.get("alttext") == "x \\\\ y"
    assert "data-n" not in rich.member("p-s1.xhtml")
    assert text_of(by_id(page, "eq-1")) == "(1)"
    assert text_of(by_id(page, "eq-2")) == "(2)"
    assert text_of(by_id(page, "eq-hidden")) == ""


def test_numbers_stand_beside_their_rows(rich: Written) -> None:
    column = by_id(rich.page("p-s1.xhtml"), "eq-1").getparent()
    assert column is not None
    rooms = [int(str(room.get("style")).removeprefix("flex-grow:")) for room in column[::2]]
    # Middles of the rows 0.25 and 2.45 em below the top of 3 em; a number is 1.2 em high.
    assert rooms == [0, 100, 0]


@pytest.mark.parametrize(
    ("rows", "rooms"),
    [
        ((-0.25,), ["1", "1"]),  # in the middle of the formula
        ((-1.25,), ["190", "0"]),  # in the last row
        ((), ["1", "1"]),  # the engine says nothing of rows
    ],
)
def test_a_single_number(tmp_path: Path, rows: tuple[float, ...], rooms: list[str]) -> None:
    manuscript = make_manuscript(
        1,
        body='<div class="display" data-n="0"/>',
        formulas=(make_formula("x", display=True, numbers=("1",)),),
    )
    typeset = make_typeset(height=1.5, depth=1.5, tag_rows=rows)
    written = write(tmp_path, [manuscript], [typeset])
    shown = re.findall(r"flex-grow:(\d+)", written.member("p-s1.xhtml"))
    assert shown == rooms


def test_a_formula_that_failed_shows_its_source(tmp_path: Path) -> None:
    manuscript = make_manuscript(
        1,
        body='<p>有<span class="formula" data-n="0"/>。</p><div class="display" data-n="1"/>',
        formulas=(
            make_formula(r"\oops{a<b}"),
            make_formula(r"\oops^^", display=True, numbers=("7",)),
        ),
    )
    failed = make_typeset(mathml="", error="Undefined control sequence")
    written = write(tmp_path, [manuscript], [replace(failed, mathml=""), failed])
    page = written.page("p-s1.xhtml")
    sources = [code.text for code in page.iter(f"{XHTML}code")]
    assert sources == [r"\oops{a<b}", r"\oops^^"]
    assert text_of(by_id(page, "eq-7")) == "(7)"
    assert epub_faults(written.path) == []


def test_punctuation_stays_with_its_formula(tmp_path: Path) -> None:
    span = '<span class="formula" data-n="{}"/>'
    body = f"<p>甲（{span.format(0)}），乙{span.format(1)}丙{span.format(2)}。</p>"
    manuscript = make_manuscript(1, body=body, formulas=tuple(make_formula(name) for name in "abc"))
    written = write(tmp_path, [manuscript], [make_typeset(f"<mi>{name}</mi>") for name in "abc"])
    page = written.page("p-s1.xhtml")
    paragraph = next(p for p in page.iter(f"{XHTML}p") if text_of(p).startswith("甲"))
    assert text_of(paragraph) == "甲（a），乙b丙c。"
    boxes = [
        text_of(box) for box in paragraph.iter(f"{XHTML}span") if box.get("class") == "together"
    ]
    assert boxes == ["（a），", "c。"]


def test_notes_pop_up_and_lead_back(rich: Written) -> None:
    page = rich.page("p-s1.xhtml")
    call, note = by_id(page, "n1-ref"), by_id(page, "n1")
    assert call.get(f"{EPUB}type") == "noteref"
    assert call.get("href") == "#n1"
    assert note.get(f"{EPUB}type") == "footnote"
    assert note.tag == f"{XHTML}aside"
    assert text_of(note) == "1 注。"
    back = next(note.iter(f"{XHTML}a"))
    assert back.get("href") == "#n1-ref"
    assert rich.member("p-s2.xhtml").count("footnote") == 0


def test_pages_say_what_they_are(rich: Written) -> None:
    for name, kind in [
        ("cover.xhtml", "cover"),
        ("title-page.xhtml", "titlepage"),
        ("part-1.xhtml", "part"),
        ("p-s1.xhtml", "chapter"),
        ("colophon.xhtml", "colophon"),
    ]:
        kinds = [s.get(f"{EPUB}type") for s in rich.page(name).iter(f"{XHTML}section")]
        assert kinds[0] == kind


def test_code_and_markup_are_kept_to_the_letter(rich: Written) -> None:
    page = rich.member("p-s1.xhtml")
    assert "<code>a  b\n  c</code>" in page
    assert 'src="images/img-1.png"' in page
    # As HTML, <span/> would stay open and swallow the chapter.
    assert re.findall(r"<(?!br|hr|img|link|meta|m)\w+[^>]*/>", page) == []


def test_the_cover_is_a_large_picture(rich: Written) -> None:
    with zipfile.ZipFile(rich.path) as archive, archive.open("EPUB/images/cover.png") as file:
        image = Image.open(file)
        assert image.size == (1600, 2400)
        colors = image.convert("RGB").getcolors(1 << 20)
    assert colors is not None
    assert len(colors) > 20


def test_the_colophon_lists_sources(rich: Written) -> None:
    colophon = text_of(rich.page("colophon.xhtml"))
    assert "共 2 篇" in colophon
    assert "2021 年 3 月 5 日" in colophon
    assert "https://example.org/1?a=1&b=2" in colophon
    assert "未注明许可" in colophon


def test_the_same_book_gives_the_same_bytes(tmp_path: Path) -> None:
    manuscripts, formulas = rich_book(tmp_path)
    first = write(tmp_path, manuscripts, formulas).path.read_bytes()
    second = write(tmp_path, manuscripts, formulas).path.read_bytes()
    assert first == second


HOSTILE_TITLES = (
    "<b>&amp;</b> \"引\" 'x'",
    "a\x00b\x0b\ufffe\ufdd0c",
    "🤖🤖🤖",
    "很长的题目" * 60,
    "-- --> ]]> %s {{ x }} {% if %}",
    "\u202e倒\u200b写",
)


def printable(text: str) -> str:
    return re.sub("[\x00\x0b\ufffe\ufdd0]", "", text)


def test_hostile_titles_of_chapters_and_parts(tmp_path: Path) -> None:
    manuscripts = [
        make_manuscript(
            number,
            title=escape(title),
            plain_title=title,
            headings=(Heading(anchor=f"p-s{number}-h", level=2, text=title),),
            body=f'<h2 id="p-s{number}-h">x</h2>',
        )
        for number, title in enumerate(HOSTILE_TITLES, 1)
    ]
    written = write(tmp_path, manuscripts, parts=HOSTILE_TITLES, authors=HOSTILE_TITLES[:5])
    assert epub_faults(written.path) == []
    nav = text_of(by_id(written.page("nav.xhtml"), "toc"))
    assert [nav.count(printable(title)) for title in HOSTILE_TITLES] == [3] * 6


@pytest.mark.parametrize("title", HOSTILE_TITLES)
def test_hostile_titles_of_books(tmp_path: Path, title: str) -> None:
    written = write(tmp_path, [make_manuscript(1)], title=title, subtitle=title, rights=title)
    package = written.page("content.opf")
    assert next(package.iter("{http://purl.org/dc/elements/1.1/}title")).text == printable(title)
    assert printable(title) in text_of(written.page("title-page.xhtml"))


def test_sections_without_text_or_order(tmp_path: Path) -> None:
    levels = [(3, "深"), (2, ""), (2, "浅"), (5, "太深"), (3, "再深")]
    manuscript = make_manuscript(
        1,
        body="".join(f'<h{level} id="h-{n}">x</h{level}>' for n, (level, _) in enumerate(levels)),
        headings=tuple(
            Heading(anchor=f"h-{n}", level=level, text=text)
            for n, (level, text) in enumerate(levels)
        ),
    )
    written = write(tmp_path, [manuscript])
    links = [text_of(a) for a in by_id(written.page("nav.xhtml"), "toc").iter(f"{XHTML}a")]
    assert links == ["第 1 章 题目", "深", "浅", "再深", "关于本书"]


def test_chapters_before_the_first_part(tmp_path: Path) -> None:
    manuscripts = [make_manuscript(1), make_manuscript(2)]
    written = write(tmp_path, manuscripts, parts=(None, "下篇"))
    expected = ["p-s1.xhtml", "part-2.xhtml", "p-s2.xhtml", "colophon.xhtml"]
    assert written.spine()[3:] == expected
    nav = by_id(written.page("nav.xhtml"), "toc")
    assert [link.get("href") for link in nav.iter(f"{XHTML}a")] == expected


def test_a_dead_link_keeps_its_text_and_is_told(tmp_path: Path) -> None:
    manuscript = make_manuscript(1, body='<p>见<a href="#gone">那里</a>。</p>')
    written = write(tmp_path, [manuscript])
    assert [diagnostic.code for diagnostic in written.diagnostics] == ["dead-link"]
    assert written.diagnostics[0].path == manuscript.chapter.post.path
    assert "gone" in written.diagnostics[0].message
    page = written.page("p-s1.xhtml")
    assert "见那里。" in text_of(page)
    assert not [a for a in page.iter(f"{XHTML}a") if text_of(a) == "那里"]


def test_a_book_that_knows_little(tmp_path: Path) -> None:
    manuscript = make_manuscript(1, body="")
    bare = replace(
        manuscript.chapter.post, author=None, url=None, date=None, tags=(), categories=()
    )
    manuscript = replace(manuscript, chapter=replace(manuscript.chapter, post=bare))
    written = write(tmp_path, [manuscript], authors=(), source=None)
    assert epub_faults(written.path) == []
    assert text_of(written.page("p-s1.xhtml").find(f"{XHTML}body")) == "第 1 章 题目"  # type: ignore[arg-type]


def test_a_theme_changes_pages_and_styles(tmp_path: Path) -> None:
    theme = tmp_path / "theme"
    (theme / "templates").mkdir(parents=True)
    (theme / "templates" / "title-page.html").write_text(
        "<section><p>{{ book.meta.title }}！</p>"
        "<p><a href=\"{{ href('nowhere') }}\">x</a></p></section>",
        "utf-8",
    )
    written = write(tmp_path, [make_manuscript(1)], theme=theme)
    assert "书名！" in written.member("title-page.xhtml")
    assert [diagnostic.code for diagnostic in written.diagnostics] == ["dead-link"]


def test_a_theme_that_is_no_xhtml_is_told(tmp_path: Path) -> None:
    theme = tmp_path / "theme"
    (theme / "templates").mkdir(parents=True)
    (theme / "templates" / "part.html").write_text("<p>a<br>&nbsp;</p>", "utf-8")
    with pytest.raises(ThemeError, match=r"part-1\.xhtml is not well-formed"):
        write(tmp_path, [make_manuscript(1)], theme=theme, parts=("上",))


def assert_untouched(folder: Path, error: type[KexueBookError], manuscript: Manuscript) -> None:
    (folder / "b.epub").write_text("old")
    before = sorted(folder.iterdir())
    with pytest.raises(error):
        write(folder, [manuscript])
    assert (folder / "b.epub").read_text() == "old"
    assert sorted(folder.iterdir()) == before


def test_a_failing_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    assert_untouched(tmp_path, OutputError, make_manuscript(1))


def test_an_image_that_went_away_leaves_the_old_file(tmp_path: Path) -> None:
    gone = Asset(name="img-9.png", path=Path("gone.png"), media_type="image/png", width=1, height=1)
    assert_untouched(tmp_path, RenderError, make_manuscript(1, assets=(gone,)))


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "b.epub").mkdir()
    with pytest.raises(OutputError, match=r"b\.epub cannot be written"):
        write(tmp_path, [make_manuscript(1)])
    assert [path.name for path in tmp_path.iterdir()] == ["b.epub"]
