"""Front matter as it is found: broken, hostile, in other dialects."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kexue_book.errors import Diagnostic
from kexue_book.library.dates import date_in_name, parse_date
from kexue_book.library.front_matter import MAX_CHARACTERS, split_front_matter
from kexue_book.library.post import read_post
from kexue_book.model import Post

FILE = Path("posts/a.md")


def read(text: str, name: str = "a.md") -> tuple[Post, tuple[Diagnostic, ...]]:
    return read_post(text, FILE, Path(name), "a")


@pytest.mark.parametrize(
    ("line", "title", "said"),
    [
        ("title: 苏剑林: 就是这样", "苏剑林: 就是这样", 'a value holds ": "'),
        ('title: "预训练"的意义', '"预训练"的意义', "goes on after its quotation mark"),
        ("title: [翻译] 你好", "[翻译] 你好", "goes on after its quotation mark or bracket"),
        ('title: "没有关上', "没有关上", "quotation mark is not closed"),
        (r'title: "损失 $\alpha$"', r"损失 $\alpha$", "backslash"),
        (r'title: "梯度 $\nabla f$"', r"梯度 $\nabla f$", "backslash"),
        (r'title: "a\pb"', r"a\pb", "backslash"),
        ("title: &AI 时代", "&AI 时代", "cannot begin with &"),
        ("title: !重要 通知", "!重要 通知", "no YAML"),
        ("title: !!timestamp x", "!!timestamp x", "cannot begin with !"),
        ("title: `code`", "`code`", "cannot start"),
        ("title:标题", "标题", "colon without a space"),
        ("title：标题", "标题", "colon without a space"),
    ],
)
def test_a_broken_title_is_reported_at_its_line_and_costs_nothing_else(
    line: str, title: str, said: str
) -> None:
    post, (finding,) = read(f"---\nlayout: post\n{line}\ndate: 2021-03-05\ntags: [甲, 乙]\n---\n文")
    assert post.title == title
    assert post.date == dt.datetime(2021, 3, 5)
    assert post.tags == ("甲", "乙")
    assert post.body == "文"
    assert finding.code == "broken-front-matter"
    assert said in finding.message
    # An unclosed quotation mark is seen only where the text ends.
    assert finding.line == (5 if "关上" in line else 3)
    assert finding.hint


@pytest.mark.parametrize(
    "attack",
    [
        "a: " + "[" * 5000,
        "- " * 5000,
        "".join(" " * depth + "a:\n" for depth in range(350)),
        "a: !!bool x",
        'a: !!int ""',
        "a: !!python/object/apply:os.system [ls]",
        r't: "\UFFFFFFFF"',
        "a: &a [x]\nb: [*a, *a]",
        "<<: *a",
        "%YAML 9.9",
        "a: \x85\x9f",
        "x" * (MAX_CHARACTERS + 1) + ": x",
    ],
    ids=lambda attack: attack[:12],
)
def test_attacks_end_in_a_warning(attack: str) -> None:
    post, findings = read(f"---\ntitle: 题\n{attack}\n---\n正文")
    assert post.title == "题"
    assert post.body == "正文"
    assert [finding.code for finding in findings] == ["broken-front-matter"]


def test_null_is_nothing_and_quoted_null_is_a_word() -> None:
    post, _ = read("---\ntitle: null\nauthor: ~\ntags: [null, 'null', 空]\n---\n文", "名字.md")
    assert (post.title, post.author, post.tags) == ("名字", None, ("null", "空"))


def test_escaped_surrogates_are_one_character() -> None:
    assert read('---\ntitle: "\\ud83d\\ude00"\n---\n文')[0].title == "😀"
    lone, findings = read('---\ntitle: "\\ud83d"\n---\n文')
    assert lone.title == "\\ud83d"
    assert [finding.code for finding in findings] == ["broken-front-matter"]


def test_prose_between_rules_stays_in_the_text() -> None:
    text = "---\n引言，不是字段。\n---\n正文"
    post, (finding,) = read(text)
    assert (post.body, post.body_line) == (text, 1)
    assert finding.code == "broken-front-matter"
    assert read("---\n\n正文")[0].body == "---\n\n正文"


def test_front_matter_that_is_not_closed_is_read_to_its_last_field() -> None:
    post, (finding,) = read("---\ntitle: 题\ndate: 2021-03-05\ntags:\n  - 甲\n\n正文")
    assert (post.title, post.tags) == ("题", ("甲",))
    assert (post.body.strip(), post.body_line) == ("正文", 7)
    assert (finding.code, finding.line) == ("broken-front-matter", 1)
    assert "not closed" in finding.message
    # A rule and a line with a colon are no front matter.
    assert read("---\nNote: 注意\n\n正文")[0].body == "---\nNote: 注意\n\n正文"


def test_toml_is_named_and_kept() -> None:
    text = '+++\ntitle = "题"\n+++\n正文'
    post, (finding,) = read(text)
    assert post.body == text
    assert (finding.code, finding.line) == ("unknown-front-matter", 1)


def test_a_bad_date_is_named_at_its_line_and_the_next_one_taken() -> None:
    post, (finding,) = read("---\ntitle: 题\ndate: 2018-13-45\ncreated: 2018/1/2\n---\n文")
    assert post.date == dt.datetime(2018, 1, 2)
    assert (finding.code, finding.line) == ("bad-date", 3)
    assert "2018-13-45" in finding.message


def test_a_switch_is_neither_a_date_nor_a_licence() -> None:
    post, findings = read("---\npublished: true\ncopyright: true\n---\n文")
    assert (post.date, post.rights, post.draft, findings) == (None, None, False, ())


@pytest.mark.parametrize(
    ("text", "name", "draft"),
    [
        ("draft: true", "a.md", True),
        ("draft: false", "a.md", False),
        ("published: false", "a.md", True),
        ("status: private", "a.md", True),
        ("status: publish", "a.md", False),
        ("title: x", "_drafts/a.md", True),
        ("title: x", "drafts/a.md", False),
    ],
)
def test_drafts(text: str, name: str, draft: bool) -> None:
    assert read(f"---\n{text}\n---\n文", name)[0].draft is draft


def test_addresses_numbers_and_other_names() -> None:
    text = "permalink: /old/1.html\nslug: one\nlink: 'http://['\nsource: https://a.org/archives/7"
    post, _ = read(f"---\n{text}\naliases: [/x, /y, /x]\n---\n文")
    assert (post.url, post.site_id) == ("https://a.org/archives/7", "7")
    assert post.aliases == ("/old/1.html", "one", "/x", "/y")
    assert read("---\nurl: javascript:alert(1)\ncid: 0042\n---\n文")[0].site_id == "0042"
    assert read("---\nurl: javascript:alert(1)\n---\n文")[0].url is None


def test_people_and_words() -> None:
    post, _ = read(
        "---\nauthor: Smith, J.\ntags: 概率，统计、物理; 概率\nsummary: >\n  一\n  二\n---\n文"
    )
    assert post.author == "Smith, J."
    assert post.tags == ("概率", "统计", "物理")
    assert post.summary == "一 二"
    several, _ = read("---\nauthors:\n- name: 甲\n- 乙\ncategories:\ncategory: 丙\n---\n文")
    assert (several.author, several.categories) == ("甲、乙", (("丙",),))


def test_an_empty_post_is_named() -> None:
    assert [finding.code for finding in read("---\ntitle: 题\n---\n \n")[1]] == ["empty-post"]
    assert [finding.code for finding in read("")[1]] == ["empty-post"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2013/7/13 20:46:25", "2013-07-13 20:46:25"),
        ("2022-10-9", "2022-10-09 00:00:00"),
        ("2023-05-03 14:36", "2023-05-03 14:36:00"),
        ("2023-05-03T23:59:59.123+08:00", "2023-05-03 23:59:59"),
        ("2023-05-03 23:59:59 +0800", "2023-05-03 23:59:59"),
        ("2023-05-03T01:02:03Z", "2023-05-03 01:02:03"),
        ("2023-05-03 01:02:03 +0800 CST", "2023-05-03 01:02:03"),
        ("2023年5月3日", "2023-05-03 00:00:00"),
    ],
)
def test_the_clock_on_the_authors_wall(written: str, expected: str) -> None:
    assert str(parse_date(written)) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("2021-03-05-a", "2021-03-05"),
        ("2021-03-05", "2021-03-05"),
        ("2021-03-05 题", "2021-03-05"),
        ("2020-01-01-all/2021-03-05-a", "2021-03-05"),
        ("2021-03-05-a/index", "2021-03-05"),
        ("2021-13-05-a", None),
        ("a-2021-03-05", None),
    ],
)
def test_dates_in_names(name: str, expected: str | None) -> None:
    found = date_in_name(name)
    assert (str(found.date()) if found else None) == expected


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "---",
                "+++",
                "...",
                "title: 题",
                "tags:",
                "- a",
                "a: [",
                "b: {",
                "&a",
                "*a",
                "# 标题",
                "===",
                "",
            ]
        ),
        st.text(alphabet="ab: -[]{}'\"&*#!|>\\%@`\t中：", max_size=20),
    ),
    max_size=12,
)


@given(LINES)
def test_nothing_of_the_body_is_lost_and_its_lines_are_right(lines: list[str]) -> None:
    text = "\n".join(lines)
    front = split_front_matter(text)
    assert text.endswith(front.body)
    start = len(text) - len(front.body)
    assert front.body_line == text.count("\n", 0, start) + 1
    # What is cut off the front was between fences, or fields under an opening one.
    assert not start or text.lstrip().startswith("---")
    assert front.problem is None or 1 <= front.problem.line <= len(lines) + 1
    assert all(name == name.lower() for name in front.fields)


@given(LINES, st.text(max_size=20))
def test_any_text_makes_a_post(lines: list[str], noise: str) -> None:
    post, findings = read("\n".join(lines) + noise)
    assert post.title.strip()
    assert all(finding.hint and finding.path == FILE for finding in findings)
    (post.title + post.body + "".join(post.tags)).encode("utf-8")


FIELD_TEXT = (
    st.text(alphabet="甲乙abc 019:,/-$", min_size=1, max_size=20).map(str.strip).filter(bool)
)


@given(FIELD_TEXT, st.lists(FIELD_TEXT, max_size=4, unique=True))
def test_quoted_values_come_back_as_they_were(title: str, tags: list[str]) -> None:
    listed = "".join(f"\n  - '{tag}'" for tag in tags)
    post, findings = read(f"---\ntitle: '{title}'\ntags:{listed}\n---\n文")
    assert findings == ()
    assert post.title == " ".join(title.split())
    assert post.tags == tuple(dict.fromkeys(" ".join(tag.split()) for tag in tags))
