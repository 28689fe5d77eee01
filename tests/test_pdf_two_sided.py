"""For printing and binding: chapters open on right pages, margins and heads are mirrored."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pikepdf
import pytest

from conftest import BuildBook, Built
from kexue_book.pdf import page_size

PAGE = "\n\n".join("汉字" * 160 for _ in range(3))


def post(title: str, date: str, body: str) -> str:
    return f"---\ntitle: {title}\ndate: {date}\n---\n{body}"


POSTS = {
    "a.md": post("甲篇", "2020-01-01", f"见[丙篇](c.md)。\n\n{PAGE}{PAGE}"),
    "b.md": post("乙篇", "2020-02-01", "短。"),
    "c.md": post("丙篇", "2021-03-01", f"见[甲篇](a.md)。\n\n## 丙节\n\n{PAGE}"),
}


def build(build_book: BuildBook, posts: dict[str, str] = POSTS, **options: object) -> Built:
    values = {"formats": ("pdf",), "two_sided": True, "grouping": "year", **options}
    return build_book(posts, **values)


def words(built: Built) -> list[list[tuple[float, float, float, str]]]:
    """The words of each page: left, right, top, text."""
    command = ["pdftotext", "-bbox", built.pdf, "-"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    word = r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)"[^>]*>([^<]*)'
    return [
        [(float(a), float(b), float(y), text) for a, y, b, text in re.findall(word, page)]
        for page in answer.split("<page ")[1:]
    ]


def text_of(page: list[tuple[float, float, float, str]]) -> str:
    return "".join(word[3] for word in page)


def labels(built: Built) -> list[str]:
    with pikepdf.open(built.pdf) as pdf:
        return [page.label for page in pdf.pages]


def test_what_opens_opens_on_a_right_page(build_book: BuildBook) -> None:
    built = build(build_book)
    pages = [text_of(page) for page in words(built)]
    for opening in ("目录", "第一部分2020年", "第1章", "第2章", "第二部分", "第3章", "关于本书"):
        found = next(i for i, page in enumerate(pages) if opening in page[: len(opening) + 9])
        assert found % 2 == 0, opening
    assert pages[1] == pages[3] == ""


def test_labels_contents_and_references_count_blank_pages(build_book: BuildBook) -> None:
    built = build(build_book)
    pages = words(built)
    named = labels(built)
    assert named[:5] == ["i", "ii", "iii", "iv", "1"]
    for index, page in enumerate(pages):
        if page and page[-1][2] > 550:
            assert page[-1][3] == named[index]
    third = next(i for i, page in enumerate(pages) if "第3章" in text_of(page)[:20])
    assert f"见丙篇（见第{named[third]}页）" in "".join(map(text_of, pages))
    said = re.search(r"丙篇[.·…]*(\d+)", text_of(pages[2]))
    assert said is not None
    assert said[1] == named[third]


def test_named_destinations_lead_to_their_pages(build_book: BuildBook) -> None:
    built = build(build_book)
    pages = words(built)
    with pikepdf.open(built.pdf) as pdf:
        leaves = [list(leaf.Names) for leaf in pdf.Root.Names.Dests.Kids]
        places = {str(leaf[i]): leaf[i + 1][0] for leaf in leaves for i in range(0, len(leaf), 2)}
        for anchor, opening in (("p-a", "第1章"), ("p-c", "第3章"), ("colophon", "关于本书")):
            index = next(i for i, p in enumerate(pdf.pages) if p.obj == places[anchor])
            assert opening in text_of(pages[index])[:20]
        assert pdf.Root.PageLayout == pikepdf.Name.TwoPageRight


def test_heads_and_folios_stand_outside(build_book: BuildBook) -> None:
    built = build(build_book)
    pages, named = words(built), labels(built)
    size = page_size("a5", two_sided=True)
    right, left = named.index("3"), named.index("4")
    head = [word for word in pages[left] if word[2] < 45]
    assert text_of(head) == "第一部分2020年"
    assert head[0][0] == pytest.approx(size.outer_margin, abs=0.2)
    assert pages[left][-1][0] == pytest.approx(size.outer_margin, abs=0.2)
    head = [word for word in pages[right] if word[2] < 45]
    assert text_of(head) == "甲篇"
    assert head[-1][1] == pytest.approx(size.width - size.outer_margin, abs=0.2)
    assert pages[right][-1][1] == pytest.approx(size.width - size.outer_margin, abs=0.2)


def test_margins_are_mirrored(build_book: BuildBook) -> None:
    built = build(build_book)
    pages, named = words(built), labels(built)
    size = page_size("a5", two_sided=True)
    assert size.inner_margin > size.outer_margin + 10
    assert size.outer_margin > 30

    def edge(label: str) -> float:
        return min(word[0] for word in pages[named.index(label)] if 50 < word[2] < 500)

    assert edge("3") == pytest.approx(size.inner_margin, abs=0.2)
    assert edge("4") == pytest.approx(size.outer_margin, abs=0.2)


def test_blank_pages_are_blank(build_book: BuildBook) -> None:
    built = build(build_book)
    with pikepdf.open(built.pdf) as pdf:
        # The part's title is on page 1, the back of its leaf is page 2.
        blank = pdf.pages[labels(built).index("2")]
        assert blank.obj.MediaBox == pdf.pages[0].obj.MediaBox
        assert "/Contents" not in blank.obj
        assert not pdf.check_pdf_syntax() if hasattr(pdf, "check_pdf_syntax") else not pdf.check()


def test_without_parts_the_book_stands_on_the_left(build_book: BuildBook) -> None:
    built = build(build_book, grouping="none", title="全书")
    pages, named = words(built), labels(built)
    assert text_of([word for word in pages[named.index("2")] if word[2] < 45]) == "全书"


def test_an_edit_keeps_the_records_of_other_chapters(
    build_book: BuildBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kexue_book.pdf import render

    cache = tmp_path / "kept" / "f.sqlite"
    before = build(build_book, cache=cache)
    laid_out: list[str] = []
    original = render.Renderer.render

    def watched(self: render.Renderer, sheet: object) -> object:
        laid_out.append(sheet.anchor)  # type: ignore[attr-defined]
        return original(self, sheet)  # type: ignore[arg-type]

    monkeypatch.setattr(render.Renderer, "render", watched)
    longer = {**POSTS, "b.md": POSTS["b.md"] + PAGE}
    after = build(build_book, longer, cache=cache)
    # The longer chapter fills a page that was blank, so nothing moves.
    assert laid_out == ["p-b"]
    assert len(labels(after)) == len(labels(before))
    for index, page in enumerate(words(after)):
        if "第3章" in text_of(page)[:20]:
            assert index % 2 == 0


def test_the_same_posts_give_the_same_bytes(build_book: BuildBook, tmp_path: Path) -> None:
    one = build(build_book, cache=tmp_path / "1" / "f.sqlite").pdf.read_bytes()
    other = build(build_book, cache=tmp_path / "2" / "f.sqlite", jobs=2).pdf.read_bytes()
    one_sided = build(build_book, cache=tmp_path / "1" / "f.sqlite", two_sided=False)
    assert one_sided.pdf.read_bytes() != one
    again = build(build_book, cache=tmp_path / "1" / "f.sqlite").pdf.read_bytes()
    assert one == other == again
