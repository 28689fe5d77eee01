"""A book that is larger than a file for its device may be → volumes, each a book of its own."""

from __future__ import annotations

import random
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree
from PIL import Image

from conftest import Built, build_in
from epub_faults import epub_faults
from kexue_book.epub import devices
from kexue_book.layout.labels import labels_for
from kexue_book.model import Device, Grouping
from pictures import saved

XHTML = "{http://www.w3.org/1999/xhtml}"
DC = "{http://purl.org/dc/elements/1.1/}"


def limit(patch: pytest.MonkeyPatch, most: int) -> None:
    """Let a file for Kindle be so large."""
    small = replace(devices.profile_for(Device.KINDLE), book_bytes=most)
    patch.setitem(devices._BY_DEVICE, Device.KINDLE, small)


def noise(seed: int, size: int = 180) -> bytes:
    """A picture of about 100 KB that does not get smaller."""
    pixels = random.Random(seed).randbytes(size * size * 3)
    return saved(Image.frombytes("RGB", (size, size), pixels), "PNG")


def posts() -> dict[str, str]:
    """Six posts with a picture each; the first and the last lead to others."""
    texts = {
        f"2021-01-0{n}-p{n}.md": f"---\ntitle: 第{n}篇\ndate: 202{n // 4}-01-0{n}\n---\n\n"
        f"## 甲\n\n![图](p{n}.png)\n\n$x_{n}$\n\n"
        for n in range(1, 7)
    }
    first, *_, last = texts
    texts[first] += (
        "见[后面](2021-01-06-p6.md)、[第6篇](2021-01-06-p6.md#甲)、[近处](2021-01-02-p2.md)。注[^1]。"
        "\n\n[^1]: 也见[那里](2021-01-05-p5.md)。\n"
    )
    texts[last] += "回[**前面**](2021-01-01-p1.md)去。\n"
    return texts


def build(folder: Path, **options: object) -> Built:
    pictures = {f"p{n}.png": noise(n) for n in range(1, 7)}
    settings = {"device": Device.KINDLE, "name": "b", "title": "书", **options}
    return build_in(folder, posts(), pictures, **settings)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Built:
    with pytest.MonkeyPatch.context() as patch:
        limit(patch, 500_000)
        return build(tmp_path_factory.mktemp("two"))


def member(path: Path, name: str) -> etree._Element:
    with zipfile.ZipFile(path) as archive:
        return etree.fromstring(archive.read(f"EPUB/{name}"))


def chapters(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return [n.removeprefix("EPUB/") for n in archive.namelist() if n.startswith("EPUB/p-")]


def text_of(element: etree._Element) -> str:
    return "".join("".join(map(str, element.itertext())).split())


def test_a_book_that_fits_is_one_file(tmp_path: Path) -> None:
    built = build(tmp_path)
    assert [file.name for file in built.summary.files] == ["b.epub"]
    assert built.told.codes == []


def test_volumes_fit_and_are_valid_books(two: Built) -> None:
    assert [file.name for file in two.summary.files] == ["b-1.epub", "b-2.epub"]
    assert [len(chapters(file)) for file in two.summary.files] == [3, 3]
    for file, size in zip(two.summary.files, two.summary.sizes, strict=True):
        assert size == file.stat().st_size <= 500_000
        assert epub_faults(file) == []
    assert not (two.summary.files[0].parent / "b.epub").exists()
    assert two.told.codes == ["split-into-volumes"]
    assert "2 volumes" in two.told.diagnostics[0].message


def test_a_volume_has_title_contents_and_name_of_its_own(two: Built) -> None:
    packages = [member(file, "content.opf") for file in two.summary.files]
    assert [p.findtext(f".//{DC}title") for p in packages] == ["书 上册", "书 下册"]
    names = {p.findtext(f".//{DC}identifier") for p in packages}
    assert len(names) == 2
    for file, numbers in zip(two.summary.files, ("123", "456"), strict=True):
        contents = text_of(member(file, "nav.xhtml"))
        assert re.findall(r"第(\d)章", contents) == list(numbers)
        assert "共3篇" in text_of(member(file, "title-page.xhtml"))
        with zipfile.ZipFile(file) as archive:
            assert "EPUB/images/cover.png" in archive.namelist()
            assert sum("img-" in name for name in archive.namelist()) == 3


def test_what_led_to_another_volume_says_where_it_is(two: Built) -> None:
    first, last = two.summary.files
    page = member(first, "p-2021-01-01-p1.xhtml")
    shown = text_of(page)
    assert "见后面（见下册第6章《第6篇》）、第6篇（见下册第6章）、近处。" in shown
    assert "也见那里（见下册第5章《第5篇》）。" in shown
    links = {text_of(a): a.get("href") for a in page.iter(f"{XHTML}a")}
    assert links["近处"] == "p-2021-01-02-p2.xhtml"
    assert {"后面", "第6篇", "那里"}.isdisjoint(links)
    back = member(last, "p-2021-01-06-p6.xhtml")
    assert "回前面（见上册第1章《第1篇》）去。" in text_of(back)
    assert text_of(next(back.iter(f"{XHTML}strong"))) == "前面"
    assert "dead-link" not in two.told.codes


def test_the_same_posts_give_the_same_volumes(
    two: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(monkeypatch, 500_000)
    files = build(tmp_path, keeping=False).summary.files
    assert [f.read_bytes() for f in files] == [f.read_bytes() for f in two.summary.files]


def test_many_volumes_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limit(monkeypatch, 170_000)
    files = build(tmp_path).summary.files
    assert len(files) >= 4
    titles = [member(file, "content.opf").findtext(f".//{DC}title") for file in files]
    assert titles == [f"书 卷{n}" for n in "一二三四五六"[: len(files)]]
    assert sum(len(chapters(file)) for file in files) == 6


def test_volumes_rather_begin_with_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limit(monkeypatch, 500_000)
    built = build(tmp_path, grouping=Grouping.YEAR)
    files = built.summary.files
    assert [len(chapters(file)) for file in files] == [3, 3]
    assert ["2020" in text_of(member(file, "nav.xhtml")) for file in files] == [True, False]
    assert [epub_faults(file) for file in files] == [[], []]


def test_a_chapter_too_large_for_any_file_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(monkeypatch, 150_000)
    built = build_in(
        tmp_path,
        {"a.md": "# 甲\n\n![](a.png)\n"},
        {"a.png": noise(1, 300)},
        device=Device.KINDLE,
        name="b",
    )
    assert [file.name for file in built.summary.files] == ["b.epub"]
    assert built.told.codes == ["volume-too-large"]
    finding = built.told.diagnostics[0]
    assert str(finding.path).endswith("a.md")
    assert re.search(r"0\.[34] MB", finding.message)
    assert finding.hint is not None


def test_names_of_volumes() -> None:
    chinese, english = labels_for("zh-CN"), labels_for("en")
    assert [chinese.volume(n, 2) for n in (1, 2)] == ["上册", "下册"]
    assert [chinese.volume(n, 3) for n in (1, 2, 3)] == ["上册", "中册", "下册"]
    assert [chinese.volume(n, 12) for n in (1, 4, 12)] == ["卷一", "卷四", "卷十二"]
    assert english.volume(2, 2) == "Volume 2"
