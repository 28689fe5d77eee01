"""How Chinese lines are set in the PDF, read from where its glyphs stand."""

from __future__ import annotations

import re

import pikepdf
import pytest

from conftest import BuildBook, Built
from glyphs import Glyph, line_with, lines_with
from kexue_book.model import PdfVariant
from kexue_book.pdf import draw_line
from kexue_book.pdf.justify import justify_chinese, unknown_parts
from kexue_book.pdf.pages import PAGE_SIZES
from kexue_book.pdf.spacing import AT_GAP, AT_HAN, AT_MARK, AT_SPACE, classes, kinds, stretch

PAGE = PAGE_SIZES["a5"]
LEFT = PAGE.inner_margin
RIGHT = PAGE.width - PAGE.inner_margin
TENTH_OF_A_MM = 0.1 * 72 / 25.4
HALF_EMPTY = "，。、；：？！）》」”"


def built(build_book: BuildBook, body: str, **options: object) -> Built:
    return build_book({"a.md": f"---\ntitle: T\n---\n{body}"}, formats=("pdf",), **options)


def edge(line: list[Glyph]) -> float:
    """The right edge of a line, the white half of a mark left out."""
    last = max(line, key=lambda glyph: glyph.right)
    return last.right - (last.size / 2 if last.text in HALF_EMPTY else 0)


def pitch(line: list[Glyph], pair: str) -> float:
    """How far the second of two characters stands from the first, in em."""
    text = "".join(glyph.text for glyph in line if glyph.text != " ")
    glyphs = [glyph for glyph in line if glyph.text != " "]
    at = text.index(pair)
    return (glyphs[at + 1].left - glyphs[at].left) / glyphs[at].size


def test_weasyprint_lays_lines_out_as_known() -> None:
    assert unknown_parts() == ()
    assert justify_chinese()


def test_all_lines_but_the_last_end_flush(build_book: BuildBook) -> None:
    sentence = (
        "汉字与English，夹杂$x+y$的（一段）话，“长短”不齐，*楷体，*和**黑体**也有："
        "[链接里的“文字”](https://example.com)，`code`、1234个数字；还有不少别的词语。"
    )
    body = "始" + "甲乙丙丁戊".join([sentence] * 12) + "终"
    lines = lines_with(built(build_book, body).pdf, "始汉", "终")
    assert len(lines) > 20
    for line in lines[:-1]:
        assert edge(line) == pytest.approx(RIGHT, abs=TENTH_OF_A_MM)


def test_a_line_before_a_long_word_is_not_torn_apart(build_book: BuildBook) -> None:
    word = "/".join(["a" * 9] * 5)
    line = line_with(built(build_book, f"甲乙丙丁戊己庚辛壬癸{word}").pdf, "甲乙丙")
    assert pitch(line, "甲乙") == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(
    ("markdown", "pair", "em"),
    [
        ("始（好）。", "）。", 0.5),
        ("始“好”，", "”，", 0.5),
        ("始“好”“坏”", "”“", 0.5),
        ("始：“好", "：“", 0.5),
        ("始《（好", "《（", 0.5),
        ("始好，好", "，好", 1),
        ("始*（好）*。", "）。", 0.5),
        ("始**（好）**。", "）。", 0.5),
        ("始[（好）](https://example.com)。", "）。", 0.5),
        ("## 始（好）、末", "）、", 0.5),
        ("| 始（好）、末 |\n|---|\n| 甲 |", "）、", 0.5),
        ("甲[^1]\n\n[^1]: 始（好）、末", "）、", 0.5),
        ("- 始（好）、末", "）、", 0.5),
        ("> 始（好）、末", "）、", 0.5),
        ("```\n始（好）、末\n```", "）、", 1),
        ("始`（好）、末`", "）、", 1),
    ],
)
def test_punctuation_that_meets_is_squeezed(
    markdown: str, pair: str, em: float, build_book: BuildBook
) -> None:
    line = line_with(built(build_book, markdown).pdf, "始")
    assert pitch(line, pair) == pytest.approx(em, abs=0.01)


def test_punctuation_at_both_ends_of_a_line_is_squeezed(build_book: BuildBook) -> None:
    body = "始" + "甲" * 28 + "，乙" + "（" + "丙" * 32 + "。丁终"
    first, second, *_ = lines_with(built(build_book, body).pdf, "始", "终")
    assert [first[-1].text, second[0].text] == ["乙", "（"]
    assert second[0].left == pytest.approx(LEFT - second[0].size / 2, abs=TENTH_OF_A_MM)
    assert second[-1].text == "。"
    assert second[-1].right == pytest.approx(RIGHT + second[-1].size / 2, abs=TENTH_OF_A_MM)


@pytest.mark.parametrize(
    ("markdown", "pair", "gap"),
    [
        ("始中A末", "中A", 0.2),
        ("始中5末", "中5", 0.2),
        ("始中*A*末", "中A", 0.2),
        ("始**中**A末", "中A", 0.2),
        ("始中`A`末", "中A", 0.2),
        ("始中，A末", "，A", 0),
        ("始中（A末", "（A", 0),
        ("```\n始中A末\n```", "中A", 0),
        ("始中<sup>2</sup>末", "中2", 0),
        ("始中[^1]\n\n[^1]: 注", "中1", 0),
    ],
)
def test_a_gap_parts_chinese_and_latin(
    markdown: str, pair: str, gap: float, build_book: BuildBook
) -> None:
    line = line_with(built(build_book, markdown).pdf, "始")
    assert pitch(line, pair) == pytest.approx(1 + gap, abs=0.03)


def test_after_latin_there_is_the_same_gap(build_book: BuildBook) -> None:
    line = line_with(built(build_book, "始AA中`B`末").pdf, "始")
    first, second = (index for index, glyph in enumerate(line) if glyph.text == "A")
    han = next(glyph for glyph in line if glyph.text == "中")
    assert han.left - line[second].right == pytest.approx(0.2 * han.size, abs=0.02 * han.size)
    code = next(glyph for glyph in line if glyph.text == "B")
    end = next(glyph for glyph in line if glyph.text == "末")
    assert end.left - code.right == pytest.approx(0.2 * han.size, abs=0.02 * han.size)
    assert first < second


def test_where_the_author_typed_a_space_there_is_one_gap(build_book: BuildBook) -> None:
    line = line_with(built(build_book, "始中 A末").pdf, "始")
    space = line[2]
    assert space.text == " "
    width = (space.right - space.left) / line[1].size
    assert pitch(line, "中A") == pytest.approx(1 + width, abs=0.01)


@pytest.mark.parametrize("variants", [(), (PdfVariant.UA_1,)])
def test_no_gap_is_copied_as_a_space(
    variants: tuple[PdfVariant, ...], build_book: BuildBook
) -> None:
    sentence = "用Word排版，共5页：“好（A）的”；在GPU上跑3天，得到Transformer的99%结果！"
    text = built(build_book, f"始{sentence * 12}终", pdf_variants=variants).pdf_text()
    body = text[text.index("始用") : text.index("终")]
    assert " " not in body
    assert re.sub(r"\s", "", body).count(sentence) == 12


def test_marks_that_are_squeezed_are_copied_on_one_line(build_book: BuildBook) -> None:
    body = "先看[“甲”](https://a.example/)、“乙”，再看（*丙*）。\n\n"
    body += "> 引文（见“丁”）。\n>\n> “戊”：《己》！"
    text = built(build_book, body).pdf_text()
    for line in ("先看“甲”、“乙”，再看（丙）。", "引文（见“丁”）。", "“戊”：《己》！"):
        assert line in text


def test_no_line_begins_or_ends_with_a_mark_that_must_not(build_book: BuildBook) -> None:
    words = "甲·乙～丙℃丁％戊……己——庚（辛）壬“癸”子、丑"
    paragraphs = ["天" * n + words * 3 for n in range(40)]
    text = built(build_book, "\n\n".join(paragraphs)).pdf_text()
    lines = [line for line in text.splitlines() if set(line) & set(words)]
    assert len(lines) > 80
    for line in lines:
        assert line[0] not in "·～℃％…—）”、"
        assert line[-1] not in "（“"
    assert text.count("……") == text.count("…") / 2
    assert text.count("——") == text.count("—") / 2


def test_marks_do_not_begin_a_line_in_a_piece_of_their_own(build_book: BuildBook) -> None:
    paragraphs = [f"{'天' * n}$x$～*地*·**玄**％黄" for n in range(20, 40)]
    text = built(build_book, "\n\n".join(paragraphs)).pdf_text()
    assert not [line for line in text.splitlines() if line and line[0] in "～·％"]


def test_spaces_stretch_before_marks_and_those_before_characters() -> None:
    places = kinds(classes("字 a字，字字"))
    assert list(places) == [0, AT_SPACE, AT_GAP, 0, AT_MARK, AT_HAN]
    counts = [places.count(kind) for kind in range(6)]
    little = stretch(counts, 100)
    assert little[AT_SPACE] == little[AT_GAP] == 50
    assert little[AT_MARK] == little[AT_HAN] == 0
    more = stretch(counts, 250)
    assert more[AT_MARK] == 50
    assert more[AT_HAN] == 0
    assert not any(stretch(counts, 10_000))


def test_lines_are_drawn_as_weasyprint_draws_them(
    build_book: BuildBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Glyphs come from the text that was shaped as a whole; the pages must not show it."""
    words = (
        "汉字与English，“引号”（括号）。fi、ffi、AVATAR的连字与字距；*强调*，**加粗的To**，"
        "`code 里`，[链接“中”](https://example.com)，$x$～\u00a0终。\n\n"
    )
    odd = "e\u0301、\u200b、\U0001f468\u200d\U0001f469、没有的\U0010fffe字\n\n"
    body = (
        "## 节 Title\n\n"
        + "".join("始" * n + words for n in range(1, 30))
        + f"{odd}> {words}- {words}"
    )
    shown = []
    original = draw_line._Piece.show
    monkeypatch.setattr(
        draw_line._Piece, "show", lambda piece, *more: shown.append(original(piece, *more))
    )
    ours = contents(built(build_book, body))
    drawn = len(shown)
    assert drawn > 200
    monkeypatch.setattr(draw_line, "SetLine", type(None))
    theirs = contents(built(build_book, body, name="theirs"))
    assert len(shown) == drawn
    assert ours == theirs


def contents(book: Built) -> list[bytes]:
    with pikepdf.open(book.pdf) as pdf:
        return [pikepdf.unparse_content_stream(pikepdf.parse_content_stream(p)) for p in pdf.pages]


def test_short_latin_words_are_told_whole(build_book: BuildBook) -> None:
    body = "用BERT做，第3章，与Transformer-XL比，a与b。"
    built = build_book({"a.md": f"---\ntitle: 题\n---\n{body}"}, formats=("pdf",))
    assert body in built.pdf_text()
    with pikepdf.open(built.pdf) as pdf:
        content = b"".join(page.Contents.read_bytes() for page in pdf.pages)
    assert b"/ActualText(BERT)" in content
    assert b"/ActualText(3)" in content
    assert b"/ActualText(Transf" not in content  # it is too long
