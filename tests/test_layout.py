"""Templates, style sheets and the words of a book."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from kexue_book.errors import ThemeError
from kexue_book.layout import Layout, labels_for


def theme_with(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def test_a_theme_replaces_files_one_by_one(tmp_path: Path) -> None:
    theme = theme_with(
        tmp_path,
        {"templates/part.html": "<p>{{ title }}</p>", "styles/epub.css": "p { margin: 0 }"},
    )
    themed, plain = Layout(theme), Layout()
    assert themed.render("part.html", title="甲") == "<p>甲</p>"
    assert themed.style("epub.css") == "p { margin: 0 }"
    assert themed.style("base.css") == plain.style("base.css")
    assert "blockquote" in plain.style("base.css")


def test_a_theme_may_build_on_the_built_in_templates(tmp_path: Path) -> None:
    theme = theme_with(tmp_path, {"templates/my.html": "{% include 'epub/page.xhtml' %}"})
    page = Layout(theme).render("my.html", stem="x", title="题", content="<p>文</p>")
    assert "<title>题</title>" in page
    assert "<p>文</p>" in page


def test_text_is_escaped_and_markup_is_not(tmp_path: Path) -> None:
    theme = theme_with(tmp_path, {"templates/x.html": "{{ text }}|{{ text | markup }}"})
    assert Layout(theme).render("x.html", text="<b>&") == "&lt;b&gt;&amp;|<b>&"


def test_a_missing_theme_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ThemeError, match="nowhere") as caught:
        Layout(tmp_path / "nowhere")
    assert caught.value.hint


@pytest.mark.parametrize(
    ("template", "line", "message"),
    [
        ("<p>\n{% if %}\n</p>", 2, "broken"),
        ("<p>\n\n{{ nothing.title }}</p>", 3, "'nothing' is undefined"),
        ("{{ 1 }}\n{{ 1 / 0 }}", 2, "division by zero"),
        ("\n{{ labels.no_such_word }}", 2, "no_such_word"),
        ("\n\n\n{{ ''.__class__.__mro__ }}", 4, "unsafe"),
        ("{{ labels.date(3) }}", 1, "year"),
    ],
)
def test_a_broken_template_is_named_with_its_line(
    tmp_path: Path, template: str, line: int, message: str
) -> None:
    theme = theme_with(tmp_path, {"templates/x.html": template})
    with pytest.raises(ThemeError, match=message) as caught:
        Layout(theme).render("x.html")
    assert str(caught.value).startswith(f"{theme / 'templates' / 'x.html'}:{line}: ")


def test_a_fault_in_an_included_template_is_found_there(tmp_path: Path) -> None:
    files = {"templates/x.html": "\n{% include 'y.html' %}", "templates/y.html": "\n\n{{ gone }}"}
    with pytest.raises(ThemeError, match="gone") as caught:
        Layout(theme_with(tmp_path, files)).render("x.html")
    assert str(caught.value.path).endswith("y.html")
    assert caught.value.line == 3


def test_a_template_cannot_change_or_reach_what_it_is_given(tmp_path: Path) -> None:
    theme = theme_with(
        tmp_path,
        {
            "templates/change.html": "{% set _ = values.append(4) %}",
            "templates/reach.html": "{% include '../secret.html' %}",
            "secret.html": "secret",
        },
    )
    values = [1, 2, 3]
    with pytest.raises(ThemeError, match="unsafe"):
        Layout(theme).render("change.html", values=values)
    assert values == [1, 2, 3]
    with pytest.raises(ThemeError, match="there is no template"):
        Layout(theme).render("reach.html")


def test_a_missing_template_or_style_is_named() -> None:
    with pytest.raises(ThemeError, match=r"nothing\.html"):
        Layout().render("nothing.html")
    with pytest.raises(ThemeError, match=r"nothing\.css"):
        Layout().style("nothing.css")


def test_a_style_sheet_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "styles").mkdir()
    (tmp_path / "styles" / "base.css").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(ThemeError, match="cannot be read") as caught:
        Layout(tmp_path).style("base.css")
    assert caught.value.path == tmp_path / "styles" / "base.css"


def test_chinese_words() -> None:
    labels = labels_for("zh-CN")
    assert labels.contents == "目录"
    assert labels.chapter(3) == "第 3 章"
    assert [labels.part(n) for n in (1, 10, 12, 20, 21, 99)] == [
        *("第一部分", "第十部分", "第十二部分", "第二十部分", "第二十一部分", "第九十九部分")
    ]
    assert labels.part(100) == "第 100 部分"
    assert labels.date(dt.datetime(2023, 3, 7)) == "2023 年 3 月 7 日"


def test_english_words_for_other_languages() -> None:
    labels = labels_for("en")
    assert labels.contents == "Contents"
    assert labels.chapter(3) == "Chapter 3"
    assert labels.date(dt.datetime(2023, 3, 7)) == "2023-03-07"


def test_every_word_has_both_languages() -> None:
    from kexue_book.layout.labels import _CHINESE, _ENGLISH

    assert _CHINESE.keys() == _ENGLISH.keys()
    assert all(_CHINESE.values())
    assert all(_ENGLISH.values())


@pytest.mark.parametrize(
    ("years", "span"), [([], ""), ([2015], "2015 年"), ([2023, 2015, 2018], "2015–2023")]
)
def test_the_period_of_a_book(years: list[int], span: str) -> None:
    assert labels_for("zh-CN").period([dt.datetime(year, 1, 1) for year in years]) == span
