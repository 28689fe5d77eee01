"""Lines of code that are too long go on below, with a mark that is not copied."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from xml.etree.ElementTree import fromstring, tostring

import pikepdf
import pytest

from conftest import BuildBook, Built
from kexue_book.pdf import lines, page_size, render
from kexue_book.pdf.listings import break_places, classes_in, join_words

LONG = (
    "        self.backbone_trainable.load_state_dict(self.backbone_frozen.state_dict(), strict=0)"
)
HARD = [
    LONG,
    "x = f'" + "a" * 200 + "'",
    "    " + "very_long_name" * 12 + " = 1",
    "# " + "中文注释很长" * 20,
    "get('https://example.org/a/" + "path/" * 20 + "')",
]


def listing(*lines: str, language: str = "python") -> str:
    return f"---\ntitle: 题\n---\n```{language}\n" + "\n".join(lines) + "\n```\n"


def build(build_book: BuildBook, text: str) -> Built:
    return build_book({"a.md": text}, formats=("pdf",))


def words(built: Built) -> list[tuple[float, float, float, str]]:
    """The words of the first page of the body: left, right, top, text."""
    command = ["pdftotext", "-bbox", "-f", "4", "-l", "4", built.pdf, "-"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    word = r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)"[^>]*>([^<]*)'
    return [(float(a), float(b), float(y), text) for a, y, b, text in re.findall(word, answer)]


def arrows(built: Built, page: int = 3) -> list[tuple[float, float]]:
    """Where marks stand: pt from the left and from the top."""
    with pikepdf.open(built.pdf) as pdf:
        contents = pdf.pages[page].obj.Contents
        parts = contents if isinstance(contents, pikepdf.Array) else [contents]
        drawn = b"\n".join(part.read_bytes() for part in parts).decode("latin-1")
    found = re.search(r"/Artifact BMC q \.55 G(.*?)EMC", drawn, re.DOTALL)
    places = re.findall(r"q \S+ 0 0 \S+ (\S+) (\S+) cm 0 0 m 2\.7", found[1]) if found else []
    return [(0.75 * float(x), 0.75 * float(y)) for x, y in places]


def test_a_long_line_goes_on_two_characters_in(build_book: BuildBook) -> None:
    built = build(build_book, listing("if x:", LONG, "    y = 1"))
    found = words(built)
    first = next(word for word in found if word[3].startswith("self."))
    second = next(word for word in found if word[3].startswith("state_dict("))
    assert second[2] > first[2]
    assert second[0] - first[0] == pytest.approx(8, abs=0.3)
    ((x, y),) = arrows(built)
    size = page_size("a5")
    assert (
        max(word[1] for word in found if 60 < word[2] < 550)
        <= x
        <= size.width - size.outer_margin - 3
    )
    assert first[2] < y < first[2] + 13


def test_marks_are_not_copied(build_book: BuildBook) -> None:
    text = build(build_book, listing(*HARD)).pdf_text()
    copied = "".join(text.split())
    for line in HARD:
        assert "".join(line.split()) in copied
    assert not re.search("[↩↵↪\u200b]", text)


def test_no_line_is_wider_than_the_measure(build_book: BuildBook) -> None:
    size = page_size("a5")
    nested = "- 一\n    - 二\n\n        ```\n        " + "b" * 150 + "\n        ```\n"
    for text in (listing(*HARD), nested):
        built = build(build_book, text)
        right = size.width - size.outer_margin
        assert max(word[1] for word in words(built)) <= right + 0.1
        assert len(arrows(built)) >= 1


def test_a_line_that_goes_on_overleaf_is_marked(build_book: BuildBook) -> None:
    built = build(build_book, listing(*(["y = 1"] * 20), "x = " + "'a' + " * 500))
    total = [len(arrows(built, page)) for page in (3, 4)]
    lines = len(re.findall(r"^(?:x = |'a' \+|\+)", built.pdf_text(), re.MULTILINE))
    assert sum(total) == lines - 1
    assert min(total) > 5


def test_short_lines_have_no_marks_and_keep_their_blank_lines(build_book: BuildBook) -> None:
    short = build(build_book, listing("a = 1", "", "b = 2"))
    assert arrows(short) == []
    gap = {word[3]: word[2] for word in words(short)}
    apart = gap["b"] - gap["a"]
    with_long = build(build_book, listing("a = 1", "", "b = 2", LONG))
    gap = {word[3]: word[2] for word in words(with_long)}
    assert gap["b"] - gap["a"] == pytest.approx(apart, abs=0.2)


def test_a_token_over_several_lines_keeps_its_colour(build_book: BuildBook) -> None:
    built = build(build_book, listing("'''一", "二 " + "a" * 90, "三'''"))
    text = "".join(built.pdf_text().split())
    assert "'''一二" + "a" * 90 + "三'''" in text


@pytest.mark.parametrize(
    ("code", "broken"),
    [
        ("f(a, b)", "f(|a, b)"),
        ("a.b->c", "a.|b->|c"),
        ("x == y", "x == y"),
        ("f()", "f()"),
        ("p/q?r=1", "p/|q?|r=|1"),
        ("a" * 4, "aaaa"),
    ],
)
def test_where_a_line_of_code_may_end(code: str, broken: str) -> None:
    places = set(break_places(code))
    assert "".join(c + "|" * (i in places) for i, c in enumerate(code)) == broken


def test_a_long_word_may_end_anywhere() -> None:
    assert list(break_places("a" * 40)) == list(range(39))


def test_a_book_with_long_lines_has_the_same_bytes(build_book: BuildBook, tmp_path: Path) -> None:
    posts = {"a.md": listing(*HARD), "b.md": listing(LONG)}
    one = build_book(posts, formats=("pdf",), cache=tmp_path / "1").pdf.read_bytes()
    two = build_book(posts, formats=("pdf",), cache=tmp_path / "2", jobs=2).pdf.read_bytes()
    assert one == two


CODE = """```python
import math  # 注释

def area(radius: float) -> float:

    return math.pi * radius ** 2  if radius > 0 else 0.0

```

    plain	with a tab
    and without

行内 `a  b` 与后文。"""


def boxes(built: Built) -> list[tuple[float, ...]]:
    return [word[:3] for word in words(built)]


def test_words_joined_into_one_text_stand_where_they_stood(
    build_book: BuildBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Joined or not, a line of code that fits looks the same."""
    text = f"---\ntitle: 题\n---\n{CODE}"
    joined = build(build_book, text)
    found, said = boxes(joined), joined.pdf_text()
    monkeypatch.setattr(render, "join_words", lambda root, styled: None)
    apart = build(build_book, text)
    assert apart.pdf_text() == said
    assert len(boxes(apart)) == len(found) > 20
    for one, other in zip(boxes(apart), found, strict=True):
        assert one == pytest.approx(other, abs=0.02)


def test_only_words_that_style_sheets_mention_keep_their_elements() -> None:
    styled = classes_in([".k, .kd { font-weight: 500 } pre.code .x:hover { color: red }"])
    assert {"k", "kd", "code", "x"} <= styled
    listed = fromstring(
        '<div><pre><code><span class="k">if</span> <span class="n">a</span><span class="o">.</span>'
        '<span class="n x">b</span>:<span class="p" id="i">(</span></code></pre>'
        '<span class="n">c</span></div>'
    )
    join_words(listed, styled)
    assert tostring(listed, encoding="unicode") == (
        '<div><pre><code><span class="k">if</span> a.'
        '<span class="n x">b</span>:<span class="p" id="i">(</span></code></pre>'
        '<span class="n">c</span></div>'
    )


def test_preformatted_lines_measured_here_come_out_as_weasyprint_s_own(
    build_book: BuildBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"{listing(*HARD)}\n{CODE}"
    here = build(build_book, text).pdf.read_bytes()
    monkeypatch.setattr(lines, "_AS_WRITTEN", ())
    assert build(build_book, text).pdf.read_bytes() == here
