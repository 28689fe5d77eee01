"""Posts in, cleaned chapters out, through the real pandoc."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from conftest import make_post
from kexue_book.manuscript import Composition, compose
from kexue_book.model import Book, Grouping, Manuscript, Post, Selection
from kexue_book.outline import make_book


def composed(tmp_path: Path, *posts: Post) -> Composition:
    book: Book = make_book(posts, Selection(), Grouping.NONE)
    return compose(book, root=tmp_path)


def written(tmp_path: Path, body: str, **more: object) -> Manuscript:
    post = make_post("a", body=body, path=tmp_path / "a.md", **more)
    return composed(tmp_path, post).manuscripts[0]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("第一行\n第二行", "<p>第一行第二行</p>"),
        ("第一行\nEnglish\nwords", "<p>第一行 English words</p>"),
        ("结束，\nEnglish", "<p>结束，English</p>"),
        ("한국어\n문장", "<p>한국어 문장</p>"),
        ("**粗体。**后文", "<p><strong>粗体。</strong>后文</p>"),
        ("前**“引用”**后", "<p>前<strong>“引用”</strong>后</p>"),
        ("这是 **重点** 内容", "<p>这是<strong>重点</strong>内容</p>"),
        ("a **b** c", "<p>a <strong>b</strong> c</p>"),
        ("10~20岁，30~40岁", "<p>10~20岁，30~40岁</p>"),
        ("`a**。b`**c**", "<p><code>a**。b</code><strong>c</strong></p>"),
        ("　　手工缩进", "<p>手工缩进</p>"),
        ("[[[[[[[[[[[[[[[[", "<p>[[[[[[[[[[[[[[[[</p>"),
        ("> 引", "<blockquote><p>引</p>\n</blockquote>"),
        (
            '???+ note "**证** 明"\n    因为\n\n    $$\n    x\n    $$\n后文',
            "<blockquote><p><strong><strong>证</strong>明</strong></p>\n<p>因为</p>"
            '\n<div class="display" data-n="0"/>\n</blockquote>\n<p>后文</p>',
        ),
        (
            "!!! warning\n\n    甲\n\n    - 乙\n    - 丙",
            "<p><strong>Warning</strong></p>\n<p>甲</p>",
        ),
        ('!!! tip "甲"\n    乙\n    ??? note "丙"\n        丁\n    戊', "<p>戊</p>\n</blockquote>"),
        ('- 甲\n\n    === "乙"\n        丙', "<li><p>甲</p>\n<blockquote><p><strong>乙"),
        ('!!! note ""\n    甲\n!!! note ""\n    乙', "<p>甲</p>\n</blockquote>\n<blockquote>"),
        ('```\n!!! note "甲"\n    乙\n```', "!!! note"),
        ("!!! 好极了\n后文", "<p>!!! 好极了后文</p>"),
        ("真好!!! Note\n后文", "<p>真好!!! Note 后文</p>"),
        (
            "| 甲 | 乙 |\n|---|---|\n| `a|b` | `|` 丙 |",
            "<td><code>a|b</code></td><td><code>|</code> 丙</td>",
        ),
        ("| 甲 | 乙 |\n|---|---|\n| `a | b` |", "<td>`a</td><td>b`</td>"),
        ("| 甲 | 乙 |\n|---|---|\n| 1 | 2 |", "<tr><td>1</td><td>2</td></tr>"),
        ("> | 甲 |\n> |---|\n> | `a|b` |", "<td><code>a|b</code></td>"),
        ("段落\n- 一\n- 二", "<p>段落</p>\n<ul><li>一</li>"),
        ("段落\n##标题\n正文", "<p>段落</p>\n<h2"),
        ("正文\n\n---\n\n正文: 后\n\n---\n后", "<hr/>\n<p>正文: 后</p>\n<hr/>"),
        ("~~删~~", "<p><del>删</del></p>"),
        (
            "见https://a.example/b（这里）",
            '<a href="https://a.example/b">https://a.example/b</a>（',
        ),
        ("应定义 set<int> pre，则 $x$。后文", "后文</p>"),
        ("模板<Text>不是</Text>标签", "<p>模板不是标签</p>"),
        ("a<sub>1</sub><u>b</u>", "<p>a<sub>1</sub><u>b</u></p>"),
        ("- [x] 做\n- [ ] 不", '<ul class="task-list">'),
        ("词\n: 义", "<dl><dt>词</dt><dd>义</dd></dl>"),
        ("> [!NOTE]\n> 注意", '<p class="alert-title">注</p>'),
        ("| 甲 | 乙 |\n|:-:|--:|\n| 1 | 2 |", '<th scope="col" class="center">甲</th>'),
    ],
)
def test_markdown_as_chinese_authors_write_it(tmp_path: Path, body: str, expected: str) -> None:
    assert expected in written(tmp_path, body).body


def test_a_table_without_head_has_none(tmp_path: Path) -> None:
    assert "<thead>" not in written(tmp_path, "| | |\n|---|---|\n| 1 | 2 |").body


def test_headings_go_under_the_title_and_keep_their_ids(tmp_path: Path) -> None:
    made = written(tmp_path, "### 甲 $x^2$\n\n##### 乙\n\n### 丙")
    assert [(h.level, h.text) for h in made.headings] == [(2, "甲x²"), (3, "乙"), (2, "丙")]
    more = written(tmp_path, "### 新\n\n### 甲 $x^2$\n\n### 丙")
    kept = {h.text: h.anchor for h in more.headings}
    assert kept["丙"] == made.headings[2].anchor
    assert all(re.fullmatch(r"p-a-s-[0-9a-f]{8}", h.anchor) for h in made.headings)


def test_a_heading_without_a_space(tmp_path: Path) -> None:
    assert [h.text for h in written(tmp_path, "##标题\n\n文").headings] == ["标题"]


def test_a_display_splits_its_paragraph(tmp_path: Path) -> None:
    made = written(tmp_path, "由\n$$a$$\n可知 **甲\n$$b$$\n乙**。")
    text = re.sub(r"\s+", " ", made.body)
    assert text == (
        '<p>由</p><div class="display" data-n="0"/><p class="continued">可知<strong>甲</strong></p>'
        '<div class="display" data-n="1"/><p class="continued"><strong>乙</strong>。</p> '
    )


def test_formulas_know_when_they_touch_chinese(tmp_path: Path) -> None:
    body = written(tmp_path, "设$x$，则 $y$ 和 $z$").body
    assert 'class="formula gap-before" data-n="0"' in body
    assert '则<span class="formula gap-before gap-after" data-n="1"/>和' in body


def test_footnotes_leave_the_text(tmp_path: Path) -> None:
    made = written(tmp_path, "甲[^a]乙[^b]\n\n[^a]: 注 $x$\n[^b]: 又")
    assert [note.number for note in made.footnotes] == [1, 2]
    assert 'href="#p-a-note-1"' in made.body
    assert 'data-n="0"' in made.footnotes[0].body
    assert "注" not in made.body


@pytest.mark.parametrize(
    ("body", "note"),
    [
        ("甲[^1]\n\n[^1]: 一[^乙]，后\n\n[^乙]: 二[^3]\n[^3]: 三", "<p>一（二（三）），后</p>"),
        ("甲[^1]\n\n[^1]: 一[^2]\n[^2]: 二 $x$", '一（二<span class="formula gap-before"'),
        ("甲[^1]\n\n[^1]:\n    一\n\n    又[^2]\n\n[^2]: 二\n\n    三", "<p>又（二三）</p>"),
        ("甲[^1]\n\n[^1]: 一[^2]\n\n[^2]:\n    - 二", "<ul><li>二</li>"),
        ("> 甲[^1]\n>\n> [^1]: 一\n> 续[^2]\n>\n> [^2]: 二", "<p>一续（二）</p>"),
        ("甲[^1]\n\n[^1]: 一[^2]", "<p>一[^2]</p>"),
    ],
)
def test_a_footnote_in_a_footnote_is_a_parenthesis(tmp_path: Path, body: str, note: str) -> None:
    made = composed(tmp_path, make_post("a", body=body, path=tmp_path / "a.md"))
    assert made.diagnostics == ()
    (shown,) = made.manuscripts[0].footnotes
    assert note in shown.body


def test_a_call_lost_in_a_footnote_leaves_what_it_calls(tmp_path: Path) -> None:
    made = composed(tmp_path, make_post("a", body="甲[^1]\n\n[^1]: 一[^*]后\n\n[^*]: 二"))
    assert said(made) == [("nested-footnote", 3), ("uncalled-footnote", 5)]
    assert [note.body.strip() for note in made.manuscripts[0].footnotes] == ["<p>一后</p>"]
    assert "<li><p>二</p>" in made.manuscripts[0].body


def test_calls_behind_a_footnote_stay_calls(tmp_path: Path) -> None:
    made = written(tmp_path, "[^1]: 一[^2]\n[^2]: 二\n\n甲[^1]乙[^2]\n\n- 丙[^2]")
    assert [note.body.strip() for note in made.footnotes] == [*("<p>一（二）</p>", "<p>二</p>")]
    assert re.findall(r'<a class="noteref[^>]*>(.)</a>', made.body) == ["1", "2", "2"]


def test_a_note_called_again_is_the_same_note(tmp_path: Path) -> None:
    note = "[^b]: 一\n\n    $$x\\tag{7}\\label{q}$$\n"
    made = written(tmp_path, f"> **甲[^b]**丁\n\n乙[^c]丙[^b]\\eqref{{q}}\n\n{note}\n[^c]: 二")
    assert [re.sub(r"<[^>]*>", "", note.body).strip() for note in made.footnotes] == ["一", "二"]
    assert re.findall(r'<a class="(noteref[^>]*)">(.)</a>', made.body) == [
        ('noteref" id="p-a-note-1-ref" href="#p-a-note-1', "1"),
        ('noteref" id="p-a-note-2-ref" href="#p-a-note-2', "2"),
        ('noteref again" href="#p-a-note-1', "1"),
    ]


def test_the_first_call_of_a_note_is_the_first_in_the_text(tmp_path: Path) -> None:
    made = written(tmp_path, "*甲**乙[^1]***丙[^1]\n\n[^1]: 注")
    assert made.body.index('id="p-a-note-1-ref"') < made.body.index("丙")


def test_notes_that_say_the_same_are_two(tmp_path: Path) -> None:
    body = "甲[^1]乙[^2]丙[^3]丁[^4]，`[^9]: 同上`\n\n[^1]: 书\n[^2]: 同上\n[^3]: 又\n[^4]: 同上"
    made = written(tmp_path, f"{body}\n\n```\n[^5]: 同上\n```")
    assert [note.body.strip() for note in made.footnotes] == [
        *("<p>书</p>", "<p>同上</p>", "<p>又</p>", "<p>同上</p>")
    ]
    assert "".join(re.findall("[\U0010f000-\U0010ffff]", made.body)) == ""
    assert "[^5]: 同上" in re.sub(r"<[^>]+>", "", made.body)


def test_a_formula_in_a_note_in_two_notes_has_one_number(tmp_path: Path) -> None:
    notes = "[^1]: 一[^3]\n[^2]: 二[^3]\n\n[^3]: 三\n\n    $$x\\tag{7}\\label{q}$$\n"
    made = written(tmp_path, f"甲[^1]乙[^2]丙[^3]\n\n{notes}")
    shown = [n for note in made.footnotes for n in re.findall(r'data-n="(\d+)"', note.body)]
    assert len(shown) == len(set(shown)) == 3
    formulas = [made.formulas[int(n)] for n in shown]
    assert [len(formula.numbers) for formula in formulas] == [1, 0, 0]
    assert {formula.key for formula in formulas} == {formulas[0].key}


@pytest.mark.parametrize(
    ("body", "note", "line"),
    [
        ("甲[^1]\n\n[^1]: 一[^1]", "<p>一[^1]</p>", 3),
        ("甲[^1]\n\n[^1]: 一[^2]\n\n[^2]: 二[^1]", "<p>一（二[^1]）</p>", 5),
    ],
)
def test_what_no_parenthesis_can_show_is_said(
    tmp_path: Path, body: str, note: str, line: int
) -> None:
    made = composed(tmp_path, make_post("a", body=body, path=tmp_path / "a.md"))
    (said,) = made.diagnostics
    assert (said.code, said.path, said.line) == ("nested-footnote", tmp_path / "a.md", line)
    assert [shown.body.strip() for shown in made.manuscripts[0].footnotes] == [note]


def test_calls_in_a_footnote_that_are_none_stay_as_they_are(tmp_path: Path) -> None:
    made = written(tmp_path, "甲[^1]\n\n[^1]: 一`[^2]`\\[^2]\n\n[^2]: 二")
    assert "<p>一<code>[^2]</code>[^2]</p>" in made.footnotes[0].body
    assert "<li><p>二</p>" in made.body


def said(made: Composition) -> list[tuple[str, int | None]]:
    return [(diagnostic.code, diagnostic.line) for diagnostic in made.diagnostics]


@pytest.mark.parametrize(
    ("body", "shown", "lines"),
    [
        ("甲[^1]\n\n[^1]: 一\n[^二 乙]: 二*丙*", "<li><p>二<em>丙</em></p>\n</li>", [4]),
        ("甲\n\n[^*]: 二 $x$\n\n    三", '二<span class="formula', [3]),
        ("甲\n\n[^$x$]: 一\n[^a\\]b]: 二", "<p>一</p>\n</li><li><p>二</p>", [3, 4]),
        ("甲\n\n- [^a]: 二\n- 乙", "<li><p>二</p>", [3]),
        ("甲\n\n> [^a]:\n>     - 二", "<li><ul><li>二</li>", [3]),
        ("甲\n\n[^A]: 一[^b]\n[^B]: 二[^c]\n[^c]: 三", "<li><p>一（二（三））</p>", [3]),
        ("甲\n\n[^b]: 二\n[^a]: 一[^b]", "<li><p>一（二）</p>", [4]),
        ("甲\n\n[^a]: 同\n[^b]: 同", "<li><p>同</p>\n</li><li><p>同</p>", [3, 4]),
        ("甲[^b]\n\n[^a]: 同\n[^b]: 同", "<li><p>同</p>\n</li></ul>", [3]),
        ("<b>甲\n\n[^a]: 一", "<li><p>一</p>", [3]),
        ("`[^a]`\n\n```\n[^a]: 甲\n```\n\n[^a]: 一", "<li><p>一</p>", [7]),
    ],
)
def test_a_footnote_that_nothing_calls_stands_at_the_end(
    tmp_path: Path, body: str, shown: str, lines: list[int]
) -> None:
    made = composed(tmp_path, make_post("a", body=body, path=tmp_path / "a.md"))
    text = made.manuscripts[0].body
    assert said(made) == [("uncalled-footnote", line) for line in lines]
    assert shown in text.partition('<ul class="uncalled-notes">')[2]
    assert text.endswith("</ul>")


@pytest.mark.parametrize(
    "body",
    [
        "甲[^1]\n\n[^1]: 一",
        "甲[^Ab]\n\n[^aB]: 一",
        "甲[^1]\n\n[^1]: 一[^2]\n[^2]: 二",
        "甲\n\n```\n[^1]: 一\n```",
        "甲\n\n    [^1]: 一",
        "`[^1]: 一`",
        "甲\n\n\\[^1]: 一",
        "甲\n\n<!--\n[^1]: 一\n-->",
        "甲[^1]\n\n<!--\n[^1]: 二\n-->\n\n[^1]: 一\n\n```\n[^1]: 三\n```\n\n[^1]: 一",
        "| 甲[^1] |\n|---|\n| 乙 |\n\n[^1]: 一",
        "甲\n\n[^1]:",
    ],
)
def test_footnotes_in_order_and_in_code_are_no_matter(tmp_path: Path, body: str) -> None:
    made = composed(tmp_path, make_post("a", body=body))
    assert made.diagnostics == ()
    assert "uncalled-notes" not in made.manuscripts[0].body


def test_a_second_footnote_of_one_name_is_not_lost_silently(tmp_path: Path) -> None:
    made = composed(tmp_path, make_post("a", body="甲[^a]\n\n[^a]: 一\n\n[^A]: 二", body_line=5))
    assert said(made) == [("repeated-footnote", 9)]
    assert [note.body.strip() for note in made.manuscripts[0].footnotes] == ["<p>一</p>"]


def test_footnotes_that_call_each_other_twice_end(tmp_path: Path) -> None:
    notes = [f"[^{n}]: 文[^{n + 1}][^{n + 1}]" for n in range(40)]
    made = composed(tmp_path, make_post("a", body="\n\n".join(("甲[^0]", *notes, "[^40]: 末"))))
    assert {said.code for said in made.diagnostics} == {"nested-footnote"}
    (shown,) = made.manuscripts[0].footnotes
    assert 1 < shown.body.count("末") < 500


def test_code_is_kept_to_the_letter_and_highlighted(tmp_path: Path) -> None:
    code = "def f(x):\n    return '$x$'  # 注\n\n\n"
    made = written(tmp_path, f"```python\n{code}```")
    shown = re.sub(r"<[^>]+>", "", made.body).replace("&#39;", "'")
    assert shown.strip("\n") == code.strip("\n")
    assert '<span class="k">def</span>' in made.body
    assert made.formulas == ()


def test_links_between_posts(tmp_path: Path) -> None:
    bodies = (
        "[文件](b.md) [地址](https://www.kexue.fm/archives/42/) [编号](/archives/42) "
        "[节](b.md#第二节) [自己](#这里) [外](https://other.example/archives/42)\n\n## 这里"
    )
    first = make_post("a", body=bodies, path=tmp_path / "a.md")
    second = make_post(
        "b",
        body="## 第一节\n\n## 第二节",
        path=tmp_path / "b.md",
        url="https://kexue.fm/archives/42",
        site_id="42",
    )
    made = composed(tmp_path, first, second)
    text = made.manuscripts[0].body
    section = made.manuscripts[1].headings[1].anchor
    for name, target in {
        "文件": "#p-b",
        "地址": "#p-b",
        "编号": "#p-b",
        "节": f"#{section}",
        "自己": f"#{made.manuscripts[0].headings[0].anchor}",
        "外": "https://other.example/archives/42",
    }.items():
        assert f'<a href="{target}">{name}</a>' in text
    assert made.diagnostics == ()


def test_dead_and_dangerous_links_keep_their_text(tmp_path: Path) -> None:
    post = make_post("a", body="甲\n\n[乙](nowhere.md) [丙](javascript:x)", path=tmp_path / "a.md")
    made = composed(tmp_path, post)
    assert [(d.code, d.line) for d in made.diagnostics] == [("refused-link", 3), ("dead-link", 3)]
    assert "乙" in made.manuscripts[0].body
    assert "<a" not in made.manuscripts[0].body


def test_a_link_that_a_script_would_fill_shows_its_address(tmp_path: Path) -> None:
    made = written(tmp_path, '<div><a href="https://a.example/b"></a></div>\n\n后')
    assert '<a href="https://a.example/b">https://a.example/b</a>' in made.body


def png(path: Path, size: tuple[int, int] = (4, 3)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, "white").save(path)


def test_images_become_figures_with_captions(tmp_path: Path) -> None:
    png(tmp_path / "img" / "图 1.png")
    body = (
        '![](img/图%201.png "说明")\n\n'
        '[![名字](/img/图 1.png)](/img/图%201.png "点击查看原图")\n\n名字\n\n下一段'
    ).replace("(/img/图 1.png)", "(/img/图%201.png)")
    made = written(tmp_path, body)
    assert made.body.count("<figure>") == 2
    assert "<figcaption>说明</figcaption>" in made.body
    assert "<figcaption>名字</figcaption>" in made.body
    assert "<p>下一段</p>" in made.body
    (asset,) = made.assets
    assert (asset.width, asset.height, asset.media_type) == (4, 3, "image/png")


@pytest.mark.parametrize(
    ("markdown", "caption"),
    [
        ('![描述](a.png "动量系数固定为 0.999")', "动量系数固定为 0.999"),
        ('![描述](a.png "图 2")', "图 2"),
        ('[![](a.png)](a.png "链接的标题")', "链接的标题"),
        ('![描述](a.png "截图 2.webp")', "描述"),
        ('![描述](a.png "点击查看原图")', "描述"),
        ('![描述](a.png "标题")\n\n标题', "标题"),
    ],
)
def test_the_title_of_an_image_is_its_caption(tmp_path: Path, markdown: str, caption: str) -> None:
    png(tmp_path / "a.png")
    made = written(tmp_path, f"{markdown}\n\n下一段")
    assert re.findall("<figcaption>(.*?)</figcaption>", made.body) == [caption]
    assert made.body.count("<p>") == 1
    assert 'alt="描述"' in made.body or "![]" in markdown


def test_a_paragraph_that_repeats_the_description_stays_below_a_title(tmp_path: Path) -> None:
    png(tmp_path / "a.png")
    made = written(tmp_path, '![名字](a.png "标题")\n\n名字')
    assert "<figcaption>标题</figcaption>" in made.body
    assert "<p>名字</p>" in made.body


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("https://a.example/b.png", "remote-image"),
        ("none.png", "missing-image"),
        ("../secret.png", "missing-image"),
        ("/etc/passwd", "missing-image"),
        ("broken.png", "unsupported-image"),
        ("bomb.svg", "unsupported-image"),
        ("C:/Users/x.png", "missing-image"),
    ],
)
def test_images_that_cannot_be_shown_become_a_box(tmp_path: Path, address: str, code: str) -> None:
    root = tmp_path / "posts"
    root.mkdir()
    png(tmp_path / "secret.png")
    (root / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n nothing")
    (root / "bomb.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>")
    post = make_post("a", body=f"甲\n\n![说明]({address})", path=root / "a.md")
    made = composed(root, post)
    assert [(d.code, d.line) for d in made.diagnostics] == [(code, 3)]
    assert 'class="missing-image"' in made.manuscripts[0].body
    assert "<img" not in made.manuscripts[0].body


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<p onclick='x'>好</p>",
        "<style>@import 'file:///etc/passwd'</style>",
        "<iframe src='file:///etc/passwd'></iframe>",
        "<object data='/etc/passwd'></object>",
        "<img src='file:///etc/passwd'>",
        "<a rel='attachment' href='file:///etc/passwd'>好</a>",
        "<base href='file:///'>",
        "<span class='formula' data-n='0'>好</span>",
        "<div style='position:fixed'>好",
    ],
)
def test_raw_html_is_reduced_to_the_harmless(tmp_path: Path, html: str) -> None:
    body = written(tmp_path, f"前\n\n{html}\n\n后").body
    assert "前" in body
    assert "后" in body
    attributes = " ".join(re.findall(r"<[^>]*>", body))
    for word in ("script", "onclick", "style", "iframe", "object", "base", "data-n", "attachment"):
        assert word not in attributes
    assert not re.search(r"(?:src|href)=.file:", body)


def test_a_tag_that_goes_is_reported(tmp_path: Path) -> None:
    post = make_post("a", body="甲\n\n<video src='x.mp4'></video>", path=tmp_path / "a.md")
    made = composed(tmp_path, post)
    assert [(d.code, d.line) for d in made.diagnostics] == [("removed-html", 3)]


def test_an_empty_code_block_is_left_out_and_reported(tmp_path: Path) -> None:
    post = make_post("a", body="甲\n\n```python\n\n```\n\n乙", path=tmp_path / "a.md")
    made = composed(tmp_path, post)
    assert [(d.code, d.line) for d in made.diagnostics] == [("empty-code", 3)]
    assert "<pre" not in made.manuscripts[0].body


def test_deep_nesting_is_no_trouble(tmp_path: Path) -> None:
    body = written(
        tmp_path, "<div>" * 300 + "深" + "</div>" * 300 + "\n\n" + "> " * 100 + "引"
    ).body
    assert "深" in body
    assert "引" in body


def test_formulas_in_comments_are_not_lost_silently(tmp_path: Path) -> None:
    post = make_post("a", body="[x]: http://a.example '$y$'\n\n文 $z$", path=tmp_path / "a.md")
    made = composed(tmp_path, post)
    assert [d.code for d in made.diagnostics] == ["lost-formula"]


def test_titles_hold_markup_and_formulas(tmp_path: Path) -> None:
    made = written(tmp_path, "文 $a$", title="论 $\\sqrt{d}$ 与 *重点*")
    assert made.plain_title == "论√d与重点"
    assert "<em>重点</em>" in made.title
    assert 'data-n="1"' in made.title
    assert [formula.source for formula in made.formulas] == ["a", "\\sqrt{d}"]
