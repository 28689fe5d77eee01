"""Footnotes from the post to both books: those called again, and those that nothing calls."""

from __future__ import annotations

import re
from pathlib import Path

import pikepdf
import pytest

from conftest import Built, build_in
from epub_faults import epub_faults
from kexue_book.model import Device

FILLING = "\n\n".join("汉字" * 150 for _ in range(6))
POST = f"""---
title: 题
---
先[^甲]，次[^乙]。

{FILLING}

又见[^甲]，即\\eqref{{eq:q}}。

[^甲]: 此注两呼，

    $$x^2=y\\tag{{7}}\\label{{eq:q}}$$

[^乙]: 第二注。
"""


@pytest.fixture(scope="module")
def called_again(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("again")
    return build_in(folder, {"a.md": POST}, formats=("epub", "pdf"))


def test_a_note_called_again_is_in_the_epub_once(called_again: Built) -> None:
    assert epub_faults(called_again.epub) == []
    page = called_again.chapters()
    assert page.count("此注两呼") == page.count('alttext="x^2=y') == 1
    calls = re.findall(r'<a ([^>]*epub:type="noteref"[^>]*)>(\d)</a>', page)
    places = [re.findall(r' (?:href|id)="([^"]+)"', f" {attributes}") for attributes, _ in calls]
    assert [number for _, number in calls] == ["1", "2", "1"]
    assert places == [
        ["p-a-note-1-ref", "#p-a-note-1"],
        ["p-a-note-2-ref", "#p-a-note-2"],
        ["#p-a-note-1"],
    ]
    assert re.findall(r'class="note-number"[^>]*href="([^"]+)"', page) == [
        "#p-a-note-1-ref",
        "#p-a-note-2-ref",
    ]


def test_a_note_called_again_is_at_the_foot_of_its_first_page(called_again: Built) -> None:
    pages = called_again.pdf_text().split("\f")
    (first,) = [number for number, page in enumerate(pages) if "此注两呼" in page]
    (again,) = [number for number, page in enumerate(pages) if "又见" in page]
    assert "先1，次2。" in pages[first]
    assert "又见1，即(7)。" in pages[again]
    assert first < again
    with pikepdf.open(called_again.pdf) as book:
        links = book.pages[again].get("/Annots", ())
        (link,) = [link for link in links if str(link.get("/Dest")) == "p-a-note-1"]
        left, low, right, high = map(float, link.Rect)
        assert abs(right - left) > 3
        assert abs(high - low) > 6


def test_a_second_call_is_a_picture_on_duokan_like_the_first(tmp_path: Path) -> None:
    page = build_in(tmp_path, {"a.md": POST}, device=Device.DUOKAN).chapters()
    assert page.count('class="note-mark"') == 3


def test_a_second_call_in_another_file_leads_to_the_note(tmp_path: Path) -> None:
    built = build_in(tmp_path, {"a.md": POST.replace(FILLING, "\n\n".join([FILLING] * 110))})
    assert epub_faults(built.epub) == []
    calls = re.findall(r'<a [^>]*href="([^"]*#p-a-note-1)"[^>]*noteref', built.chapters())
    assert sorted(calls) == ["#p-a-note-1", "p-a.xhtml#p-a-note-1"]


def test_a_note_that_nothing_calls_stands_at_the_end_of_both_books(tmp_path: Path) -> None:
    post = "---\ntitle: 题\n---\n正文[^1]。\n\n[^1]: 有呼。\n[^2]: 无呼，\n    $$u=v\\tag{8}$$\n"
    after = "---\ntitle: 后\ndate: 2030-01-01\n---\n后文。"
    built = build_in(tmp_path, {"a.md": post, "b.md": after}, formats=("epub", "pdf"))
    assert [found.code for found in built.told.diagnostics] == ["uncalled-footnote"]
    assert epub_faults(built.epub) == []
    page = built.member("p-a.xhtml")
    assert page.index("正文") < page.index("无呼") < page.index("有呼")
    assert page.count("无呼") == page.count("(8)") == page.count("doc-backlink") == 1
    (shown,) = [page for page in built.pdf_text().split("\f") if "无呼" in page]
    assert shown.index("正文1") < shown.index("无呼") < shown.index("1 有呼")
