"""What is read of a folder, and what is not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from kexue_book.errors import LibraryError, Severity
from kexue_book.library import Library, read_library


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with one sound post."""
    folder = tmp_path / "posts"
    folder.mkdir()
    (folder / "sound.md").write_text("好", "utf-8")
    return folder


def titles(library: Library) -> list[str]:
    return [post.title for post in library.posts]


def findings(library: Library) -> list[tuple[str, str, Severity]]:
    return [
        (finding.code, finding.path.name if finding.path else "", finding.severity)
        for finding in library.diagnostics
    ]


def test_links_out_of_the_folder_are_not_followed(root: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("秘密", "utf-8")
    (tmp_path / "posts-of-others").mkdir()
    (tmp_path / "posts-of-others" / "other.md").write_text("别人的", "utf-8")
    (root / "link.md").symlink_to(secret)
    (root / "up.md").symlink_to("../secret.md")
    (root / "folder").symlink_to(tmp_path / "posts-of-others", target_is_directory=True)
    library = read_library(root)
    assert titles(library) == ["sound"]
    assert findings(library) == [
        ("outside-link", "folder", Severity.WARNING),
        ("outside-link", "link.md", Severity.ERROR),
        ("outside-link", "up.md", Severity.ERROR),
    ]


def test_links_inside_the_folder(root: Path) -> None:
    (root / "again.md").symlink_to("sound.md")
    (root / "notes.txt").write_text("文", "utf-8")
    (root / "notes.md").symlink_to("notes.txt")
    (root / "lost.md").symlink_to("nowhere.md")
    (root / "circle.md").symlink_to("circle.md")
    library = read_library(root)
    # `again` is a second name of a post that is there.
    assert titles(library) == ["notes", "sound"]
    assert findings(library) == [
        ("unreadable-post", "circle.md", Severity.ERROR),
        ("unreadable-post", "lost.md", Severity.ERROR),
    ]


def test_the_folder_itself_may_be_a_link(root: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(root)
    library = read_library(tmp_path / "link")
    assert [post.path for post in library.posts] == [tmp_path / "link" / "sound.md"]


@pytest.mark.timeout(20)
def test_a_pipe_does_not_hang_the_build(root: Path) -> None:
    os.mkfifo(root / "pipe.md")
    library = read_library(root)
    assert titles(library) == ["sound"]
    assert "no regular file" in library.diagnostics[0].message


def test_a_folder_that_cannot_be_read_is_named(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "shut").mkdir()
    scandir = os.scandir

    def refuse(path: str) -> Iterator[os.DirEntry[str]]:
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    library = read_library(root)
    assert titles(library) == ["sound"]
    assert findings(library) == [("unreadable-folder", "shut", Severity.ERROR)]


@pytest.mark.parametrize(
    ("data", "line", "hint"),
    [
        ("中文\n二三四五\n".encode("gb18030"), 1, "iconv -f GB18030"),
        ("# A\n中文\n".encode("utf-16"), 1, "iconv -f UTF-16"),
        ("abc\nd".encode("utf-16-le"), 1, "UTF-16"),
        (b"one\r\ntwo\0", 2, "UTF-8 text"),
        (b"\xff\xff\xff", 1, "save it as UTF-8"),
        ("一二三四五六七八九十\r".encode() + b"\xff" + "甲乙".encode(), 2, "iconv -c"),
    ],
    ids=["gb18030", "utf-16", "utf-16 without mark", "nul", "neither", "one byte"],
)
def test_what_is_not_utf8_is_left_out_with_a_remedy(
    root: Path, data: bytes, line: int, hint: str
) -> None:
    (root / "my post.md").write_bytes(data)
    library = read_library(root)
    assert titles(library) == ["sound"]
    (finding,) = library.diagnostics
    assert (finding.code, finding.severity, finding.line) == ("not-utf8", Severity.ERROR, line)
    assert hint in str(finding.hint)
    assert "iconv" not in str(finding.hint) or "'my post.md'" in str(finding.hint)


def test_readme_and_hidden_files_are_no_posts(root: Path) -> None:
    for name in ("README.md", "readme.zh.md", ".hidden.md", ".git/x.md", "b.txt"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("不是文章", "utf-8")
    (root / "part").mkdir()
    (root / "part" / "README.md").write_text("---\ntitle: 是文章\n---\n文", "utf-8")
    library = read_library(root)
    assert titles(library) == ["是文章", "sound"]
    assert library.diagnostics == ()
    (root / "README.md").write_text("---\ntitle: 也是文章\n---\n文", "utf-8")
    assert "也是文章" in titles(read_library(root))


def test_the_readme_of_a_folder_below_is_its_chapter(root: Path) -> None:
    (root / "chapter-1").mkdir()
    (root / "chapter-1" / "README.md").write_text("文", "utf-8")
    chapter, _ = read_library(root).posts
    assert (chapter.title, chapter.slug) == ("chapter 1", "chapter-1")


def test_posts_stand_in_the_order_of_their_paths(root: Path) -> None:
    for name in ("z.markdown", "a/y.md", "a/b/x.MD", "t.md"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("文", "utf-8")
    paths = [post.path.relative_to(root).as_posix() for post in read_library(root).posts]
    assert paths == ["a/b/x.MD", "a/y.md", "sound.md", "t.md", "z.markdown"]


def test_two_files_of_one_name_are_told_apart_and_named(root: Path) -> None:
    (root / "sound").mkdir()
    (root / "sound" / "index.md").write_text("另一篇", "utf-8")
    library = read_library(root)
    slugs = {post.path.name: post.slug for post in library.posts}
    assert slugs["sound.md"] == "sound"
    assert slugs["index.md"].startswith("sound-")
    assert findings(library) == [("same-name", "index.md", Severity.WARNING)]


def test_no_post_at_all_names_the_first_reason(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / f"{name}.md").write_bytes("中文\n二三四五\n".encode("gb18030"))
    with pytest.raises(LibraryError) as caught:
        read_library(tmp_path)
    assert "3 are left out" in caught.value.message
    assert "a.md:1: not-utf8" in caught.value.message
    assert "GB18030" in str(caught.value.hint)


def test_a_name_that_is_no_unicode_still_makes_a_title(root: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(root) + b"/caf\xe9.md")).write_text("文", "utf-8")
    except OSError:  # file systems that hold Unicode names only cannot have this trouble
        return
    library = read_library(root)
    assert "caf?" in titles(library)
    assert all(post.slug.isascii() for post in library.posts)
