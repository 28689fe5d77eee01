"""A tagged PDF: it keeps its standards, and who listens to it hears the book."""

from __future__ import annotations

import inspect
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image
from weasyprint import pdf as weasyprint_pdf
from weasyprint.pdf.stream import Stream

from conftest import BuildBook, Built, build_in
from kexue_book.model import Grouping, PdfVariant
from kexue_book.pdf.binding import Binder, Surroundings
from kexue_book.pdf.elements import Content, Element, mend
from kexue_book.pdf.pieces import Pieces
from tagged_pdf import TaggedPdf, kids
from verapdf import broken_rules

BOTH = (PdfVariant.UA_1, PdfVariant.A_2A)
ROWS = "".join(f"| {n} | 第{n}行 |\n" for n in range(40))
FIRST = r"""---
title: 甲篇 $E=mc^2$
date: 2020-01-01
tags: [甲, 乙]
---
第一段有公式 $x_1+\text{汉字}$ 与注[^1]，见[乙篇](b.md#乙节)与[网页](https://example.org/a)。

[^1]: 注里有 $y^2$。

### 跳过一级的标题

$$\begin{align}a&=b\label{eq:one}\\c&=d\end{align}$$

由式 $\eqref{eq:one}$ 得不成的公式 $\undefinedmacro$ 之后。

- 一
- 二
    1. 二之一
    2. 二之二

![图的说明](a.png)

![](b.jpg)

```python
def f(x):  # 注释
    return "字" + x
```

> 引文
"""
SECOND = f"""---
title: 乙篇
date: 2021-01-01
---
这里没有字形：\ue150 与 \U0001f9ff。

## 乙节

| 甲 | 乙 |
|----|----|
{ROWS}

![两色图](c.png)

术语
:   解释

回到[甲篇](a.md)。{"长段落。" * 300}
"""
POSTS = {"a.md": FIRST, "b.md": SECOND}
SAID = """
P: 第 1 章
H1: 甲篇 ⟨E=mc^2⟩
P: 2020 年 1 月 1 日
P: 标签：甲、乙
P: 第一段有公式⟨x_1+\\text{汉字}⟩与注11  注里有⟨y^2⟩。，见乙篇（见第 5 页）与网页。
H2: 跳过一级的标题
P: ⟨\\begin{align}a&=b\\label{eq:one}\\\\c&=d\\end{align} (1) (2)⟩
P: 由式(1)得不成的公式\\undefinedmacro之后。
Lbl: •
LBody: 一
Lbl: •
LBody: 二1. 二之一2. 二之二
Figure: ⟨图的说明⟩
Caption: 图的说明
Figure: ⟨图⟩
P: def f(x):  # 注释 return "字" + x
P: 引文
"""


def picture(mode: str, kind: str) -> bytes:
    data = io.BytesIO()
    Image.new(mode, (60, 40)).save(data, kind)
    return data.getvalue()


FILES = {
    "a.png": picture("RGBA", "PNG"),
    "b.jpg": picture("CMYK", "JPEG"),
    "c.png": picture("P", "PNG"),
}
OPTIONS: dict[str, Any] = {"formats": ("pdf",), "grouping": Grouping.YEAR}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("tagged")
    return build_in(folder, POSTS, FILES, **OPTIONS, pdf_variants=BOTH)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Built:
    posts = {**POSTS, "b.md": SECOND.replace("\ue150", "□").replace("\U0001f9ff", "□")}
    return build_in(tmp_path_factory.mktemp("plain"), posts, FILES, **OPTIONS)


@pytest.fixture
def tagged(built: Built) -> Iterator[TaggedPdf]:
    with pikepdf.open(built.pdf) as pdf:
        yield TaggedPdf(pdf)


def test_verapdf_finds_nothing_and_would(built: Built, plain: Built) -> None:
    good, also_good, bad = ("ua1", built.pdf), ("2a", built.pdf), ("ua1", plain.pdf)
    broken = broken_rules(good, also_good, bad)
    assert broken[good] == broken[also_good] == []
    assert any(line.startswith("7.1-11 ") for line in broken[bad])


@pytest.mark.parametrize("variant", PdfVariant)
def test_a_book_says_what_it_keeps_and_no_more(build_book: BuildBook, variant: PdfVariant) -> None:
    options = {"formats": ("pdf",), "pdf_variants": (variant,)}
    one = build_book({"a.md": "---\ntitle: 甲\n---\n文。"}, **options)
    with pikepdf.open(one.pdf) as pdf:
        said = pdf.Root.Metadata.read_bytes()
        assert (b"<pdfuaid:part>" in said) == (variant is PdfVariant.UA_1)
        assert (b"<pdfaid:conformance>" in said) == (variant is PdfVariant.A_2A)
        assert ("/OutputIntents" in pdf.Root) == (variant is PdfVariant.A_2A)


def test_all_that_is_shown_is_an_artifact_or_belongs_to_an_element(tagged: TaggedPdf) -> None:
    parents = tagged.parents()
    for page in tagged.pdf.pages:
        shown = tagged.shown(page)
        assert all((item.mark is None) == item.is_artifact for item in shown)
        marks = {item.mark for item in shown if item.mark is not None}
        assert marks
        for mark in marks:
            element = parents[int(page.obj.StructParents)][mark]
            assert (page.obj.objgen, mark) in set(held_marks(element))


def held_marks(element: Any) -> Iterator[tuple[Any, int]]:
    for kid in kids(element, marks=True):
        if isinstance(kid, int):
            yield element.Pg.objgen, kid
        elif kid.get("/Type") == "/MCR":
            yield kid.Pg.objgen, int(kid.MCID)


def test_running_heads_and_page_numbers_are_not_read(built: Built, tagged: TaggedPdf) -> None:
    title = "第一部分2020年"
    [document] = kids(tagged.root)
    assert squeezed(tagged.text(document)).count(title) == 2  # in the contents, on its page
    assert squeezed(built.pdf_text()).count(title) == 4  # and above two pages of its chapter


def test_a_chapter_is_read_in_its_order(tagged: TaggedPdf) -> None:
    [document] = tagged.elements_below(tagged.root)
    parts = [kid for kid in kids(document) if kid.S == "/Part"]
    assert [len(kids(part)) for part in parts] == [2, 2]  # its own page, and one chapter
    _, chapter = kids(parts[0])
    blocks = ("/P", "/H1", "/H2", "/Lbl", "/LBody", "/Figure", "/Caption")
    said = [
        (str(element.S)[1:], " ".join(tagged.text(element).split()))
        for element in tagged.elements(chapter)
        if element.S in blocks
    ]
    wanted = [tuple(line.split(": ", 1)) for line in SAID.strip().splitlines()]
    for line in wanted:
        assert (line[0], squeezed(line[1])) in [(role, squeezed(text)) for role, text in said]
    order = [(role, squeezed(text)) for role, text in said]
    places = [order.index((role, squeezed(text))) for role, text in wanted if role != "Lbl"]
    assert places == sorted(places)


def squeezed(text: str) -> str:
    """A text without blanks: a reader finds those by where the words stand."""
    return re.sub(r"\s", "", text)


def test_formulas_are_read_as_latex(tagged: TaggedPdf) -> None:
    formulas = [str(item.Alt) for item in tagged.elements() if item.S == "/Formula"]
    assert formulas[:3] == ["E=mc^2", "x_1+\\text{汉字}", "y^2"]
    assert formulas[3].endswith("\\end{align} (1) (2)")
    assert len(formulas) == 4


def test_a_table_on_two_pages_is_one_with_one_head(tagged: TaggedPdf) -> None:
    [table] = [item for item in tagged.elements() if item.S == "/Table"]
    head, body = kids(table)
    assert [tagged.text(cell) for cell in kids(kids(head)[0])] == ["甲", "乙"]
    rows = [tagged.text(row) for row in kids(body)]
    assert rows == [f"{n}第{n}行" for n in range(40)]
    pages = {cell.Pg.objgen for row in kids(body) for cell in kids(row)}
    assert len(pages) == 2


def test_links_are_in_the_tree_and_have_names(tagged: TaggedPdf) -> None:
    parents = tagged.parents()
    said: list[str] = []
    for page in tagged.pdf.pages:
        for link in page.obj.get("/Annots", []):
            element = parents[int(link.StructParent)]
            assert element.S == "/Link"
            leading = [kid.Obj.objgen for kid in kids(element) if kid.get("/Type") == "/OBJR"]
            assert link.objgen in leading
            said.append(squeezed(str(link.Contents)))
    assert {"乙篇", "网页", "(1)", "第一部分2020年1"} <= set(said)


def test_a_link_that_leads_nowhere_is_only_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bind = Binder.bind

    def without_sections(binder: Binder, pieces: Pieces, around: Surroundings, *more: Any) -> Any:
        names = {name for name in around.names if not name.startswith("p-b-s-")}
        return bind(binder, pieces, replace(around, names=names), *more)

    monkeypatch.setattr(Binder, "bind", without_sections)
    built = build_in(tmp_path, POSTS, FILES, **OPTIONS, pdf_variants=BOTH)
    with pikepdf.open(built.pdf) as pdf:
        links = [link for page in pdf.pages for link in page.obj.get("/Annots", [])]
        assert not [link for link in links if str(link.get("/Dest")).startswith("p-b-s-")]
        texts = [e for e in TaggedPdf(pdf).elements() if e.S == "/Link" and not kids(e)]
        said = [squeezed(TaggedPdf(pdf).text(text)) for text in texts]
        assert said == ["乙篇", "（见第5页）"]


def test_characters_without_a_glyph_become_boxes(built: Built) -> None:
    assert "这里没有字形：□ 与 □。" in built.pdf_text()
    assert built.told.codes.count("missing-glyph") == 2


def test_processes_change_no_byte(built: Built, tmp_path: Path) -> None:
    again = build_in(tmp_path, POSTS, FILES, **OPTIONS, pdf_variants=BOTH, output=tmp_path, jobs=2)
    assert again.pdf.read_bytes() == built.pdf.read_bytes()


def test_tags_change_nothing_that_is_seen(built: Built, plain: Built) -> None:
    # Poppler may tell the two halves of a running head in another order.
    pages, same = (text.pdf_text().split("\f") for text in (built, plain))
    assert [sorted(page.split()) for page in pages] == [sorted(page.split()) for page in same]


def test_a_book_that_need_not_be_tagged_is_not(plain: Built) -> None:
    with pikepdf.open(plain.pdf) as pdf:
        assert not {"/StructTreeRoot", "/MarkInfo", "/OutputIntents"} & set(pdf.Root.keys())
        assert all(b"MCID" not in contents(page) for page in pdf.pages)


def contents(page: pikepdf.Page) -> bytes:
    page.contents_coalesce()
    return page.Contents.read_bytes()


def test_weasyprint_tags_as_it_did() -> None:
    given = list(inspect.signature(weasyprint_pdf.add_tags).parameters)
    assert given == ["pdf", "document", "pdf_version", "page_streams"]
    assert "self._tags[box] = {'tag': tag, 'mcid': mcid}" in inspect.getsource(Stream.marked)


def tree(element: Element) -> Any:
    below = [tree(kid) if isinstance(kid, Element) else kid for kid in element.kids]
    return (element.role, *below)


TEXT = Content(0, 0, "文")


@pytest.mark.parametrize(
    ("given", "mended"),
    [
        (Element("Sect", [TEXT]), ("Sect", ("P", TEXT))),
        (Element("Div", [Element("TD", [TEXT])]), ("Div", ("Table", ("TR", ("TD", TEXT))))),
        (Element("L", [TEXT]), ("L", ("LI", ("LBody", TEXT)))),
        (
            Element("L", [Element("Lbl", [TEXT]), Element("LBody", [TEXT])] * 2),
            ("L", *[("LI", ("Lbl", TEXT), ("LBody", TEXT))] * 2),
        ),
        (Element("Sect", [Element("P"), Element("H3", [TEXT])]), ("Sect", ("H1", TEXT))),
        (
            Element("Table", [Element("THead", [Element("TR", [Element("TH", [TEXT])])])]),
            ("Table", ("TR", ("TH", TEXT))),
        ),
    ],
)
def test_what_html_allows_and_pdf_does_not_is_mended(given: Element, mended: Any) -> None:
    mend(given, "图")
    assert tree(given) == mended


def test_a_two_sided_book_with_long_code_and_references_keeps_the_standards(
    build_book: BuildBook,
) -> None:
    code = "x = 1\n\nlong_name = another_name.method(argument_one, argument_two, argument_three)"
    wide = "|" + "甲列|" * 16 + "\n|" + "---|" * 16 + "\n|" + "value_one|" * 16
    first = f"见[乙篇](b.md)。\n\n```python\n{code}\n```\n\n{wide}\n\n长注[^1]。\n\n"
    posts = {
        "a.md": f"---\ntitle: 甲\ndate: 2020-01-01\n---\n{first}[^1]: {'很长的注文。' * 200}\n",
        "b.md": "---\ntitle: 乙\ndate: 2021-01-01\n---\n文。",
    }
    made = build_book(posts, formats=("pdf",), pdf_variants=BOTH, two_sided=True)
    assert list(broken_rules(("ua1", made.pdf), ("2a", made.pdf)).values()) == [[], []]
    with pikepdf.open(made.pdf) as pdf:
        elements = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary)]
        said = {str(item.ActualText) for item in elements if "/ActualText" in item}
        named = {str(item.Contents) for item in elements if item.get("/Subtype") == "/Link"}
    assert code in said
    assert any(re.fullmatch(r"（见第 \d 页）", name) for name in named)
