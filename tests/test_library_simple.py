"""The short way through front matter leads where PyYAML leads, or nowhere."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from kexue_book.library import strict_yaml
from kexue_book.library.simple import read_simple

WORDS = st.sampled_from(
    (
        *(
            "a",
            "甲",
            "1",
            "2021-03-05 20:46:25",
            "https://a.b/c?d",
            "null",
            "~",
            "",
            " ",
            "- ",
            "-",
        ),
        *(": ", ":", "#", " #", "'", '"', "''", "\\", "[", "]", ", ", ",", "{", "}", "?", "&", "*"),
        *("!", "|", ">", "%", "@", "`", "\t", "\xa0", "\u3000", "\u2028", "\x85", "\ufeff", "…"),
        *(
            "name: ",
            "tags:",
            "\n",
            "\n",
            "\n  - ",
            "\n- ",
            "\nName: 甲",
            "\nb: [甲, 'x']",
            "\n  ",
            "$",
        ),
    )
)
SOURCES = st.lists(WORDS, max_size=14).map("".join)


def through_yaml(source: str) -> object:
    try:
        loaded = yaml.load(source, strict_yaml._Loader)
    except yaml.YAMLError:
        return "no YAML"
    if not isinstance(loaded, dict):
        return loaded or {}
    return {str(name).strip().lower(): loaded[name] for name in loaded}


@given(st.builds("{}{}".format, st.sampled_from(("", "name: ", "tags:", "a: 甲\n")), SOURCES))
@example("tags: null\n- a")
@example("tags:\n- a\n - b")
@example("tags: [a?, b]")
@example("name: a\n  b")
@example("null: a")
def test_it_is_what_yaml_says(source: str) -> None:
    fields = read_simple(source)
    assert fields is None or fields == through_yaml(source)


@pytest.mark.parametrize(
    ("source", "fields"),
    [
        ("title: 甲: 乙", None),
        (
            "title: 甲：乙\nDate: 2021-03-05 20:46:25  ",
            {"title": "甲：乙", "date": "2021-03-05 20:46:25"},
        ),
        (
            "tags: [\"甲\", 乙 丙, '丁']\nurl: https://a.b/c",
            {"tags": ["甲", "乙 丙", "丁"], "url": "https://a.b/c"},
        ),
        (
            "tags:\n  - 甲\n  - '乙'\ndraft: no\ncover:",
            {"tags": ["甲", "乙"], "draft": "no", "cover": None},
        ),
        ("tags: []\nid: 0001", {"tags": [], "id": "0001"}),
    ],
)
def test_what_authors_write_goes_the_short_way(source: str, fields: object) -> None:
    assert read_simple(source) == fields
