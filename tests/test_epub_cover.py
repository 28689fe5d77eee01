"""The text on a cover, and the marks that formulas keep by them."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from kexue_book.epub import cover_text
from kexue_book.epub.cover import draw_cover
from kexue_book.epub.cover_text import CoverFont, fit_text, wrap
from kexue_book.epub.punctuation import keep_together
from kexue_book.errors import MissingDependencyError
from kexue_book.layout import labels_for
from kexue_book.model import BookMeta

XHTML = "http://www.w3.org/1999/xhtml"


@pytest.fixture(scope="module")
def face() -> CoverFont:
    return CoverFont.find(bold=True)


def make_meta(title: str) -> BookMeta:
    return BookMeta(
        title=title,
        subtitle=None,
        authors=("张三",),
        language="zh-CN",
        identifier="urn:uuid:0",
        modified=dt.datetime(2021, 1, 1),
        rights=None,
        source=None,
    )


def test_a_short_title_stands_large_in_one_line(face: CoverFont) -> None:
    assert fit_text("科学札记", face, 1240, sizes=range(180, 80, -4), most=4) == (180, ["科学札记"])


def test_a_long_title_is_smaller_and_evenly_broken(face: CoverFont) -> None:
    title = "开普勒方程：一个解了四百年的方程"
    size, lines = fit_text(title, face, 1240, sizes=range(180, 80, -4), most=4)
    assert size < 180
    assert "".join(lines) == title
    assert len(lines) == 2
    assert min(map(len, lines)) >= 6


def test_latin_words_stay_whole(face: CoverFont) -> None:
    lines = wrap("从 Transformer 到 Mamba 的笔记", face.at(100), 700)
    assert len(lines) > 1
    assert any("Transformer" in line for line in lines)
    assert any("Mamba" in line for line in lines)


def test_a_title_without_end_is_cut(face: CoverFont) -> None:
    size, lines = fit_text("无穷" * 200, face, 1240, sizes=range(180, 80, -4), most=4)
    assert size == 84
    assert len(lines) == 4
    assert lines[-1].endswith("…")


@given(st.text(alphabet="甲乙，。（）《》ab 1…", max_size=40), st.integers(300, 900))
def test_wrapping_loses_nothing_and_breaks_at_the_right_marks(text: str, measure: int) -> None:
    lines = wrap(text, CoverFont.find(bold=False).at(60), measure)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for before, line in itertools.pairwise(lines):
        # A line with at most one word or character cannot give it away.
        cannot_give = re.fullmatch("[（《 ]*([ab1]+|[甲乙])?[，。）》…（《 ]*", before)
        assert line[0] not in "，。）》…" or cannot_give


def test_emoji_are_left_out_but_not_all_of_a_title(face: CoverFont) -> None:
    assert face.drawable("机器 🤖 学习") == "机器 学习"
    assert face.drawable("🤖") == "🤖"


def test_each_title_has_its_own_cover_and_always_the_same() -> None:
    labels, dates = labels_for("zh-CN"), [dt.datetime(2020, 1, 1)]
    first = draw_cover(make_meta("甲"), labels, dates)
    assert first == draw_cover(make_meta("甲"), labels, dates)
    assert first != draw_cover(make_meta("乙"), labels, dates)


def test_a_machine_without_chinese_fonts_is_told_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(cover_text, "_FILES", ())
    with pytest.raises(MissingDependencyError) as caught:
        draw_cover(make_meta("甲"), labels_for("zh-CN"), [])
    assert "fonts-noto-cjk" in str(caught.value.hint)


pieces = st.lists(st.text(alphabet="甲乙，。（“）a", max_size=5), min_size=2, max_size=5)


@given(pieces)
def test_marks_by_formulas_are_boxed_and_nothing_is_lost(texts: list[str]) -> None:
    root = etree.fromstring(f'<p xmlns="{XHTML}">{"<span/>".join(texts)}</p>')
    formulas = list(root)
    for formula in formulas:
        formula.text = "x"
        keep_together(formula)
    assert "".join(map(str, root.itertext())) == "x".join(texts)
    for formula, following in zip(formulas, texts[1:], strict=True):
        if following[:1] in ("，", "。", "）"):
            box = formula.getparent()
            assert box is not None
            assert box.get("class") == "together"
            assert (formula.tail or "").startswith(following[0])
