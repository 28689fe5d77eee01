"""Slugs: ASCII, unique, and the same whatever else is in the library."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kexue_book.library.slugs import MAX_LENGTH, assign_slugs, slug_of


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        ("2023-03-07-9512.md", "2023-03-07-9512"),
        ("a/b.md", "a--b"),
        ("a/index.md", "a"),
        ("a/b/README.md", "a--b"),
        ("index.md", "index"),
        ("attention.markdown", "attention"),
    ],
)
def test_plain_names_stay_as_they_are(path: str, slug: str) -> None:
    assert slug_of(PurePosixPath(path)) == slug


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("深度学习.md", r"[0-9a-f]{8}"),
        ("深度学习-gan.md", r"gan-[0-9a-f]{8}"),
        ("GAN.md", r"gan-[0-9a-f]{8}"),
        ("my post_1.md", r"my-post-1-[0-9a-f]{8}"),
        ("数学/a.md", r"a-[0-9a-f]{8}"),
        ("x" * 200 + ".md", r"x{80}-[0-9a-f]{8}"),
    ],
)
def test_what_a_name_loses_a_hash_makes_up_for(path: str, pattern: str) -> None:
    assert re.fullmatch(pattern, slug_of(PurePosixPath(path)))


def test_both_ways_of_writing_an_accent_are_one_name() -> None:
    assert slug_of(PurePosixPath("caf\u00e9.md")) == slug_of(PurePosixPath("cafe\u0301.md"))


def test_a_third_of_one_name_does_not_rename_the_second() -> None:
    second, third = PurePosixPath("a/index.md"), PurePosixPath("a.markdown")
    first = PurePosixPath("a.md")
    assert assign_slugs([first, second])[second] == assign_slugs([first, second, third])[second]
    assert assign_slugs([first, third])[third] == assign_slugs([third, first, second])[third]


PATHS = st.lists(
    st.builds(
        lambda folders, stem, suffix: PurePosixPath(*folders, stem + suffix),
        st.lists(st.sampled_from(["a", "A", "b-a", "数学", "index"]), max_size=2),
        st.sampled_from(
            ["a", "A", "b", "a-b", "a--b", "a_b", "a b", "é", "e\u0301", "index", "学"]
        ),
        st.sampled_from([".md", ".markdown", ".MD"]),
    ),
    unique=True,
    max_size=30,
)


@given(PATHS)
def test_slugs_are_names_and_unique(paths: list[PurePosixPath]) -> None:
    slugs = assign_slugs(paths)
    assert set(slugs) == set(paths)
    assert len(set(slugs.values())) == len(paths)
    for slug in slugs.values():
        assert re.fullmatch(r"[a-z0-9]+(?:--?[a-z0-9]+)*", slug)
        assert len(slug) <= MAX_LENGTH + 18


@given(PATHS)
def test_slugs_do_not_depend_on_the_order_of_files(paths: list[PurePosixPath]) -> None:
    assert dict(assign_slugs(paths)) == dict(assign_slugs(paths[::-1]))


@given(PATHS, PATHS)
def test_a_new_post_renames_no_other_unless_it_bears_the_same_name(
    before: list[PurePosixPath], more: list[PurePosixPath]
) -> None:
    old = assign_slugs(before)
    new = assign_slugs({*before, *more})
    claimed = {slug_of(path) for path in set(more) - set(before)}
    for path in before:
        assert new[path] == old[path] or slug_of(path) in claimed
