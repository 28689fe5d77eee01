"""``--device``: the same posts as a book for each device, looked into as its reader would."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree
from PIL import Image, ImageChops

from conftest import Built, Run, build_in
from epub_faults import epub_faults
from kexue_book.model import Device, EpubMath
from pictures import all_kinds

XHTML = "{http://www.w3.org/1999/xhtml}"
EPUB = "{http://www.idpf.org/2007/ops}"
MATH = "{http://www.w3.org/1998/Math/MathML}math"
SVG = "{http://www.w3.org/2000/svg}svg"
POST = r"""---
title: 甲
---

设 $x>1$，见[乙](b.md)。注[^1]，又注[^2]。

\begin{equation}\frac{a}{b}=c\label{eq:a}\end{equation}

\begin{align}x&=1\\y&=2\end{align}

$$a_1+a_2+a_3+a_4+a_5+a_6+a_7+a_8+a_9+a_{10}+a_{11}+a_{12}+a_{13}+a_{14}+a_{15}=0$$

由\eqref{eq:a}得。

| 表 | 头 |
|---|---|
| 1 | $z$ |

[^1]: 第一条，有式 $y$。
[^2]: 第二条。

"""
POSTS = {
    "a.md": POST + "\n\n".join(f"![]({name})" for name in all_kinds()),
    "b.md": "---\ntitle: 乙\n---\n\n没有注。\n",
}


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[Device, Built]:
    folder = tmp_path_factory.mktemp("devices")
    cache = folder / "cache" / "formulas"
    return {
        device: build_in(folder, POSTS, all_kinds(), device=device, name=device, cache=cache)
        for device in Device
    }


def page(built: Built, name: str = "p-a") -> etree._Element:
    return etree.fromstring(built.member(f"{name}.xhtml").encode())


def images(built: Built) -> dict[str, bytes]:
    with zipfile.ZipFile(built.epub) as archive:
        names = [name for name in archive.namelist() if "/images/" in name]
        return {name.removeprefix("EPUB/"): archive.read(name) for name in names}


def text_of(element: etree._Element) -> str:
    return "".join("".join(map(str, element.itertext())).split())


@pytest.mark.parametrize("device", Device)
def test_every_book_is_valid_and_complete(books: dict[Device, Built], device: Device) -> None:
    built = books[device]
    assert epub_faults(built.epub) == []
    root = page(built)
    sources = [str(image.get("src")) for image in root.iter(f"{XHTML}img")]
    assert set(sources) <= set(images(built))
    figures = list(root.iter(f"{XHTML}figure"))
    assert len(figures) == len(all_kinds())
    shown = text_of(root)
    for part in ("第一条，有式", "第二条。", "(1)", "(2)", "(3)", "表头1"):
        assert part in shown
    links = {str(link.get("href")) for link in root.iter(f"{XHTML}a")}
    ids = {str(element.get("id")) for element in root.iter("*") if element.get("id")}
    assert {link[1:] for link in links if link.startswith("#")} <= ids
    assert "p-b.xhtml" in links


@pytest.mark.parametrize(
    ("device", "shape"),
    [
        (Device.GENERIC, MATH),
        (Device.APPLE, MATH),
        (Device.KOBO, SVG),
        (Device.KINDLE, f"{XHTML}img"),
        (Device.WEREAD, f"{XHTML}img"),
        (Device.DUOKAN, f"{XHTML}img"),
        (Device.EINK, f"{XHTML}img"),
    ],
)
def test_formulas_are_what_the_device_shows(
    books: dict[Device, Built], device: Device, shape: str
) -> None:
    root = page(books[device])
    pictures = [i for i in root.iter(f"{XHTML}img") if i.get("class") == "formula-picture"]
    found = {kind: len(list(root.iter(kind))) for kind in (MATH, SVG)}
    assert found | {f"{XHTML}img": len(pictures)} == {
        kind: 6 if kind == shape else 0 for kind in (MATH, SVG, f"{XHTML}img")
    }


def test_epub_math_wins(tmp_path: Path) -> None:
    posts = {"a.md": "# 甲\n\n$x$\n"}
    built = build_in(tmp_path, posts, device=Device.KINDLE, epub_math=EpubMath.MATHML)
    assert "<math" in built.chapters()
    assert "formula-picture" not in built.chapters()


def test_only_what_a_device_shows_is_in_its_book(books: dict[Device, Built]) -> None:
    endings = {
        device: {name.rpartition(".")[2] for name in images(built)}
        for device, built in books.items()
    }
    assert endings[Device.GENERIC] == {"png", "jpg", "gif", "svg", "webp"}
    assert endings[Device.APPLE] == endings[Device.KOBO] == {"png", "jpg", "gif", "svg"}
    assert endings[Device.KINDLE] == {"png", "jpg", "gif"}
    assert endings[Device.EINK] == {"png", "jpg"}


def test_what_stands_still_is_said(books: dict[Device, Built]) -> None:
    said = {device for device, built in books.items() if "still-image" in built.told.codes}
    assert said == set(Device) - {Device.GENERIC, Device.APPLE}
    for built in books.values():
        assert set(built.told.codes) <= {"still-image"}


def test_opaque_devices_have_nothing_transparent(books: dict[Device, Built]) -> None:
    for device in (Device.KINDLE, Device.WEREAD, Device.DUOKAN, Device.EINK):
        for name, data in images(books[device]).items():
            image = Image.open(io.BytesIO(data))
            assert not image.has_transparency_data, f"{device}: {name}"
            if "formula" in name:
                assert image.convert("L").getpixel((0, 0)) == 255


def test_electronic_paper_has_no_colours_not_even_on_its_cover(books: dict[Device, Built]) -> None:
    for name, data in images(books[Device.EINK]).items():
        red, green, blue = Image.open(io.BytesIO(data)).convert("RGB").split()
        assert ImageChops.difference(red, green).getbbox() is None, name
        assert ImageChops.difference(green, blue).getbbox() is None, name
        assert "formula" in name or max(Image.open(io.BytesIO(data)).size) <= 1448


@pytest.mark.parametrize("device", [Device.KINDLE, Device.WEREAD, Device.DUOKAN, Device.EINK])
def test_numbers_stand_beside_without_flexible_boxes(
    books: dict[Device, Built], device: Device
) -> None:
    tables = [t for t in page(books[device]).iter(f"{XHTML}table") if t.get("role")]
    assert [t.get("role") for t in tables] == ["presentation"] * 2
    rows = [[text_of(cell) for cell in table.iter(f"{XHTML}td")] for table in tables]
    assert rows == [["", "(1)"], ["", "(2)(3)"]]
    assert "flex-grow" not in books[device].chapters()


def test_nothing_needs_scrolling_where_nothing_scrolls(
    books: dict[Device, Built], tmp_path: Path
) -> None:
    drawn = build_in(tmp_path, POSTS, epub_math=EpubMath.SVG)
    assert "min-width" in drawn.chapters(), "where there is scrolling, a display stays readable"
    for device in set(Device) - {Device.GENERIC, Device.APPLE}:
        assert "min-width" not in books[device].chapters()
        assert ".display, .equation-body, .wide { overflow: visible; }" in (
            books[device].member("styles/epub.css")
        )


def test_duokan_calls_notes_by_pictures_and_lists_them(books: dict[Device, Built]) -> None:
    root = page(books[Device.DUOKAN])
    calls = [a for a in root.iter(f"{XHTML}a") if "duokan-footnote" in a.get("class", "")]
    items = list(root.iter(f"{XHTML}li"))
    (notes,) = (ol for ol in root.iter(f"{XHTML}ol") if ol.get("class"))
    assert notes.get("class") == "duokan-footnote-content"
    assert [item.get("class") for item in items] == ["duokan-footnote-item"] * 2
    assert [str(call.get("href")) for call in calls] == [f"#{item.get('id')}" for item in items]
    assert [call[0].get("alt") for call in calls] == ["注1", "注2"]
    assert "第一条，有式" in text_of(items[0])
    back = next(items[1].iter(f"{XHTML}a"))
    assert back.get("href") == f"#{calls[1].get('id')}"
    mark = Image.open(io.BytesIO(images(books[Device.DUOKAN])["images/note-mark.png"]))
    assert mark.size[0] == mark.size[1]
    for device, built in books.items():
        assert ("duokan" in built.chapters()) == (device is Device.DUOKAN)


def test_kobo_books_have_its_ending(books: dict[Device, Built]) -> None:
    names = {device: built.epub.name for device, built in books.items()}
    assert names.pop(Device.KOBO) == "kobo.kepub.epub"
    assert set(names.values()) == {f"{device}.epub" for device in names}


def test_the_same_posts_give_the_same_bytes(books: dict[Device, Built], tmp_path: Path) -> None:
    other = build_in(tmp_path, POSTS, all_kinds(), device=Device.EINK, keeping=False)
    assert other.epub.read_bytes() == books[Device.EINK].epub.read_bytes()


def test_a_theme_may_change_what_a_device_gets(tmp_path: Path) -> None:
    own = tmp_path / "theme" / "styles" / "devices" / "eink.css"
    own.parent.mkdir(parents=True)
    own.write_text(".own-rule { margin: 0 }", "utf-8")
    posts = {"a.md": "# 甲\n"}
    built = build_in(tmp_path, posts, device=Device.EINK, theme=tmp_path / "theme")
    assert ".own-rule" in built.member("styles/epub.css")


def test_another_device_is_another_book(run_cli: Callable[..., Run], tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "a.md").write_text("# 甲\n\n$x$\n", "utf-8")
    told = []
    for device in ("generic", "kindle", "kindle"):
        done = run_cli(
            *("build", "--posts", tmp_path / "posts", "--output", tmp_path, "--format", "epub"),
            *("--name", "b", "--device", device, "--jobs", 1),
        )
        assert done.code == 0
        told.append("up to date" in done.stderr)
    assert told == [False, False, True]
    with zipfile.ZipFile(tmp_path / "b.epub") as archive:
        assert re.search(rb'class="formula-picture"', archive.read("EPUB/p-a.xhtml"))
    refused = run_cli("build", "--posts", tmp_path / "posts", "--device", "sony")
    assert refused.code == 2
