"""A link on paper says on which page it leads, whatever the book around it becomes."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pikepdf
import pytest

from conftest import REPOSITORY, BuildBook, Built
from kexue_book.pdf import pagination
from kexue_book.pdf.number_room import mark_page_numbers
from kexue_book.pdf.page_numbers import fill_page_numbers
from kexue_book.pdf.references import References, add_references

PAGE = "\n\n".join("汉字" * 160 for _ in range(3))


def post(title: str, date: str, body: str) -> str:
    return f"---\ntitle: {title}\ndate: {date}\n---\n{body}"


def book(pages: int) -> dict[str, str]:
    """A book whose second chapter begins after about so many pages."""
    return {
        "a.md": post(
            "甲篇", "2020-01-01", "开头见[乙篇](b.md)，细节见[乙节](b.md#乙节)。\n\n" + PAGE * pages
        ),
        "b.md": post("乙篇", "2021-01-01", f"回到[甲篇](a.md)。\n\n{PAGE}\n\n## 乙节\n\n末了。"),
    }


def page_texts(built: Built) -> list[str]:
    return built.pdf_text().split("\f")[:-1]


def folio_of(built: Built, text: str) -> str:
    """The number of the first page of the body that has a text."""
    page = next(page for page in page_texts(built)[3:] if re.search(text, page))
    return page.split()[-1]


def walked(html: str, *targets: str) -> str:
    body = fromstring(f"<div>{html}</div>")
    figures = dict.fromkeys(targets or ("x", "y"), 2)
    label, inside = "（见第 {page} 页）", "，见第 {page} 页"
    add_references(body, References(figures=figures, label=label, label_in_brackets=inside))
    return "".join(body.itertext())


@pytest.mark.parametrize("pages", [1, 8, 9, 10, 11])
def test_references_name_the_page_they_lead_to(build_book: BuildBook, pages: int) -> None:
    built = build_book(book(pages), formats=("pdf",))
    text = built.pdf_text()
    chapter, section = folio_of(built, "第 ?2 ?章"), folio_of(built, "末了")
    assert f"开头见乙篇（见第 {chapter} 页），细节见乙节（见第 {section} 页）。" in text
    assert "回到甲篇（见第 1 页）。" in text


def words(built: Built, page: int) -> list[tuple[float, float, str]]:
    command = ["pdftotext", "-bbox", "-f", str(page), "-l", str(page), built.pdf, "-"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.findall(r'xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)"[^>]*>([^<]*)', answer)
    return [(float(left), float(right), text) for left, right, text in found]


@pytest.mark.parametrize("pages", [4, 12])
def test_a_number_fills_the_room_it_has(build_book: BuildBook, pages: int) -> None:
    # Whatever its figures, it stands as far from what comes before it as from what comes after.
    line = words(build_book(book(pages), formats=("pdf",)), 4)
    at = next(i for i, word in enumerate(line) if word[2].endswith("乙篇（见第"))
    before, number, after = line[at : at + 3]
    assert len(number[2]) == (1 if pages == 4 else 2)
    assert number[0] - before[1] == pytest.approx(after[0] - number[1], abs=0.1)
    assert after[0] - number[1] < 6


def test_links_stand_on_the_references(build_book: BuildBook) -> None:
    built = build_book(book(1), formats=("pdf",))
    left = next(word for word in words(built, 4) if word[2] == folio_of(built, "第 ?2 ?章"))
    with pikepdf.open(built.pdf) as pdf:
        links = [link for link in pdf.pages[3].obj.Annots if str(link.get("/Dest", "")) == "p-b"]
        boxes = [[float(side) for side in link.Rect] for link in links]
    assert any(box[0] <= left[0] and left[1] <= box[2] for box in boxes)


def test_a_wrong_guess_is_put_right(build_book: BuildBook, monkeypatch: pytest.MonkeyPatch) -> None:
    before = build_book(book(11), formats=("pdf",), keeping=False).pdf.read_bytes()
    monkeypatch.setattr(pagination, "estimated_pages", lambda sheet, page: 1)
    again = build_book(book(11), formats=("pdf",), keeping=False).pdf.read_bytes()
    assert again == before


def test_the_guess_is_a_good_one(build_book: BuildBook) -> None:
    # Else chapters are laid out twice, and building takes longer than it needs.
    from kexue_book.pdf import render

    laid_out: list[str] = []
    original = render.Renderer.render

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            render.Renderer,
            "render",
            lambda self, sheet: laid_out.append(sheet.anchor) or original(self, sheet),
        )
        build_book(book(15), formats=("pdf",), keeping=False)
    assert laid_out.count("p-a") == 1


def test_an_edit_elsewhere_moves_the_numbers(build_book: BuildBook, tmp_path: Path) -> None:
    cache = tmp_path / "kept" / "f.sqlite"
    build_book(book(8), formats=("pdf",), cache=cache)
    longer = {**book(8), "0.md": post("零篇", "2019-01-01", PAGE * 2)}
    built = build_book(longer, formats=("pdf",), cache=cache)
    assert f"乙篇（见第 {folio_of(built, '第 ?3 ?章')} 页）" in built.pdf_text()
    fresh = build_book(longer, formats=("pdf",), keeping=False)
    assert fresh.pdf.read_bytes() == built.pdf.read_bytes()


def test_they_can_be_left_out(build_book: BuildBook) -> None:
    text = build_book(book(1), formats=("pdf",), page_references=False).pdf_text()
    assert "见第" not in text
    assert "开头见乙篇，细节见乙节。" in text


def test_text_that_is_partly_transparent_has_its_numbers(
    build_book: BuildBook, tmp_path: Path
) -> None:
    theme = tmp_path / "theme"
    (theme / "styles").mkdir(parents=True)
    style = (REPOSITORY / "styles" / "print.css").read_text("utf-8")
    (theme / "styles" / "print.css").write_text(style + "p { opacity: 0.6 }", "utf-8")
    built = build_book(book(2), formats=("pdf",), theme=theme)
    assert f"乙篇（见第 {folio_of(built, '第 ?2 ?章')} 页）" in built.pdf_text()


def test_in_bold_and_in_a_quotation_numbers_have_the_font_of_their_place(
    build_book: BuildBook,
) -> None:
    body = "**粗见[乙篇](b.md)。**\n\n## 二\n\n> 引见[乙篇](b.md)。"
    posts = {**book(1), "a.md": post("甲篇", "2020-01-01", body)}
    built = build_book(posts, formats=("pdf",))
    assert "粗见乙篇（见第 2 页）。" in built.pdf_text()
    assert "引见乙篇（见第 2 页）。" in built.pdf_text()
    used = subprocess.run(["pdffonts", built.pdf], capture_output=True, text=True, check=True)
    assert "WenKai" in used.stdout


def test_where_references_stand() -> None:
    assert walked('<p>见<a href="#x">甲</a>。</p>') == "见甲（见第 00 页）。"
    assert walked('<p>《<a href="#x">甲</a>》说</p>') == "《甲》（见第 00 页）说"
    assert walked('<p><b>《<a href="#x">甲</a>》</b>说</p>') == "《甲》（见第 00 页）说"
    assert walked('<p>（参考<a href="#x">甲</a>）</p>') == "（参考甲，见第 00 页）"
    assert walked('<p>(见<a href="#x">甲</a>) <a href="#y">乙</a> 说</p>') == (
        "(见甲，见第 00 页) 乙（见第 00 页）说"
    )


def test_what_gets_no_reference() -> None:
    link = '<a href="#x">甲</a>'
    for html in (
        *(f"<h2>{link}</h2>", f"<figure><figcaption>{link}</figcaption></figure>"),
        *(f"<table><tr><td>{link}</td></tr></table>", f'<span class="footnote">{link}</span>'),
        *('<p><a href="#z">丙</a></p>', '<p><a href="#x"><img/></a></p>', f"<pre>{link}</pre>"),
    ):
        assert "页" not in walked(html), html


def test_a_target_has_one_reference_in_a_section() -> None:
    link = '<p><a href="#x">甲</a></p>'
    assert walked(link + link) == "甲（见第 00 页）甲"
    assert walked(f"{link}<h3>乙</h3>{link}").count("页") == 2


def test_weasyprint_draws_text_as_page_numbers_were_written_for() -> None:
    assert mark_page_numbers()


def test_a_number_shorter_than_foreseen_stands_in_the_middle(build_book: BuildBook) -> None:
    figures = b"".join(b"%04x" % (17 + figure) for figure in range(10))
    content = b"/KxPage<</Of<70>/Figures<%b>/Font/F>>DP\n[<001100110011>] TJ ET" % figures
    widths = {"F": dict.fromkeys(range(17, 27), 500)}
    filled = fill_page_numbers(content, widths, lambda name: {"p": "42"}[name])
    assert filled == b"[-250(\0\x15\0\x13)] TJ ET"
