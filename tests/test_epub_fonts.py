"""``--embed-fonts``: the font of the text, with the book's characters and no more."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from lxml import etree

from conftest import BuildBook, Built, Run, build_in
from epub_faults import epub_faults
from kexue_book.epub.text_font import FAMILY, make_text_fonts
from kexue_book.errors import MissingDependencyError

POSTS = {"a.md": "---\ntitle: 龘题\n---\n正文 Ab，**粗犷**，$x$。\n\n```\n码\n```\n"}
REGULAR, BOLD = "fonts/KexueBookText-Regular.otf", "fonts/KexueBookText-Bold.otf"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build_in(tmp_path_factory.mktemp("fonts"), POSTS, embed_fonts=True)


def font_of(built: Built, name: str) -> TTFont:
    with zipfile.ZipFile(built.epub) as archive:
        return TTFont(io.BytesIO(archive.read(f"EPUB/{name}")))


def test_epubcheck_finds_nothing(built: Built) -> None:
    assert epub_faults(built.epub) == []
    assert built.member("content.opf").count('media-type="font/otf"') == 3  # and the math font


def test_fonts_have_the_books_characters_each_in_its_weight(built: Built) -> None:
    regular, bold = (
        {chr(code) for code in font_of(built, name).getBestCmap()} for name in (REGULAR, BOLD)
    )
    assert set("正文Ab，。 ") <= regular
    assert set("龘题粗犷") <= bold
    assert not set("码鑫") & (regular | bold)
    assert not set("粗犷") & regular
    assert len(regular | bold) < 200


def test_the_fonts_are_called_ours_and_keep_their_licence(built: Built) -> None:
    for name in (REGULAR, BOLD):
        names = font_of(built, name)["name"]
        assert names.getDebugName(1) == FAMILY
        assert "Open Font License" in names.getDebugName(13)
        assert not re.search("Noto|Source", " ".join(names.getDebugName(n) for n in (1, 3, 4, 6)))


def test_the_text_asks_for_them_where_any_choice_is_stronger(built: Built) -> None:
    css = built.member("styles/epub.css")
    assert re.findall(r'src: url\("\.\./(fonts/Kexue[^"]+)"\)', css) == [REGULAR, BOLD]
    assert css.count(f'"{FAMILY}"') == 3
    assert f'html {{ font-family: "{FAMILY}", serif; }}' in css


def test_it_costs_nothing_unasked_and_says_what_it_costs(
    built: Built, build_book: BuildBook
) -> None:
    (said,) = [found for found in built.told.diagnostics if found.code == "embedded-fonts"]
    assert re.search(r"0\.\d MB", said.message)
    assert built.summary.warnings == 0
    plain = build_book(POSTS)
    assert "KexueBookText" not in plain.member("content.opf") + plain.member("styles/epub.css")


def test_the_same_book_has_the_same_fonts(built: Built, tmp_path: Path) -> None:
    again = build_in(tmp_path, POSTS, embed_fonts=True, keeping=False)
    assert again.epub.read_bytes() == built.epub.read_bytes()


def page(text: str) -> etree._Element:
    return etree.fromstring(f'<html xmlns="http://www.w3.org/1999/xhtml"><p>{text}</p></html>')


def test_a_theme_may_name_another_font_whose_name_is_reserved() -> None:
    fonts = make_text_fonts([page("楷体")], 'html { --book-font: "LXGW WenKai"; }')
    assert [font.file for font in fonts] == ["fonts/KexueBookText-Regular.ttf"]
    names = TTFont(io.BytesIO(fonts[0].data))["name"]
    assert "WenKai" not in " ".join(
        record.toUnicode() for record in names.names if record.nameID < 5 and record.nameID
    )


def test_a_font_that_is_not_there_is_told(run_cli: Callable[..., Run], tmp_path: Path) -> None:
    with pytest.raises(MissingDependencyError) as caught:
        make_text_fonts([page("文")], 'html { --book-font: "No Such Font"; }')
    assert "No Such Font" in caught.value.message
    assert "apt install" in str(caught.value.hint)
