"""What was made before is used again, and no reader can tell: the bytes are a new build's."""

from __future__ import annotations

import json
import os
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import BuildBook, Built, Run, make_post
from kexue_book.build import build_books
from kexue_book.build_options import BuildOptions
from kexue_book.errors import Diagnostic, Severity, StrictError
from kexue_book.kept import from_plain, to_plain
from kexue_book.manuscript.chapter import draft_chapter, read_source
from kexue_book.manuscript.draft import Draft, read_draft
from kexue_book.manuscript.pandoc import Parsed, parse_markdown
from kexue_book.model import Book, Chapter, Grouping, Selection
from kexue_book.outline import make_book
from kexue_book.progress import Collector

RunCli = Callable[..., Run]
POSTS = {
    "a.md": "---\ntitle: 甲\ndate: 2020-01-01\n---\n$x^2$，见[乙](b.md#节)与![图](p.svg)。\n",
    "b.md": "---\ntitle: 乙\ndate: 2021-01-01\n---\n## 节\n\n正文[^1]、`码`。\n\n[^1]: 注 $y$。\n",
    "c.md": '---\ntitle: 丙 $z$\ndate: 2022-01-01\n---\n<b id="here">粗</b>、[甲](/a.md)。\n',
}
FIGURE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
OTHER = FIGURE.replace(b"h9v9", b"h5v5")
FILES = {"p.svg": FIGURE}


@pytest.fixture
def build(build_book: BuildBook, tmp_path: Path) -> Callable[..., Built]:
    """Build the posts above, changed where a test says so, with a cache of the test's own."""

    def run(
        posts: dict[str, str] | None = None,
        files: dict[str, bytes] | None = None,
        **options: object,
    ) -> Built:
        chosen = {"cache": tmp_path / "kept" / "f.sqlite", "name": "book", **options}
        return build_book({**POSTS, **(posts or {})}, {**FILES, **(files or {})}, **chosen)

    return run


Build = Callable[..., Built]


def test_when_nothing_changed_the_files_are_left_alone(build: Build) -> None:
    first = build(formats=("epub", "pdf"))
    before = [(file.read_bytes(), file.stat().st_mtime_ns) for file in first.summary.files]
    second = build(formats=("epub", "pdf"), jobs=2)
    assert (first.summary.up_to_date, second.summary.up_to_date) == (False, True)
    assert [(f.read_bytes(), f.stat().st_mtime_ns) for f in second.summary.files] == before
    assert second.summary.pages == first.summary.pages
    assert second.summary.sizes == first.summary.sizes
    assert second.told.totals == {}, "no stage was entered"


@pytest.mark.parametrize("damage", ["deleted", "changed", "emptied"])
def test_a_book_that_is_not_as_it_was_written_is_made_again(build: Build, damage: str) -> None:
    book = build().epub
    whole = book.read_bytes()
    if damage == "deleted":
        book.unlink()
    else:
        book.write_bytes(b"" if damage == "emptied" else whole[:-1] + b"x")
    again = build()
    assert not again.summary.up_to_date
    assert book.read_bytes() == whole


def test_an_edit_that_changes_neither_size_nor_date_is_seen(build: Build) -> None:
    built = build()
    post = built.folder / "posts" / "b.md"
    dates = post.stat()
    again = build({"b.md": POSTS["b.md"].replace("正文", "新文")})
    os.utime(post, ns=(dates.st_atime_ns, dates.st_mtime_ns))
    assert "新文" in again.chapters()
    once_more = build({"b.md": POSTS["b.md"].replace("正文", "旧文")})
    assert "旧文" in once_more.chapters()


@pytest.mark.parametrize(
    ("files", "posts"),
    [
        ({"p.svg": OTHER}, {}),
        ({"a/p.svg": OTHER}, {"a.md": POSTS["a.md"].replace("p.svg", "q.svg")}),
        ({}, {"d.md": "---\ntitle: 丁\ndate: 2020-06-01\n---\n文"}),
        ({}, {"sub/d.markdown": "文"}),
        ({}, {"bad.md": "\x00"}),
    ],
    ids=["image", "image elsewhere", "post", "post in a folder", "unreadable post"],
)
def test_what_comes_or_changes_is_seen(
    build: Build, tmp_path: Path, files: dict[str, bytes], posts: dict[str, str]
) -> None:
    before = build().epub.read_bytes()
    after = build(posts, files)
    assert not after.summary.up_to_date
    kept = after.epub.read_bytes()
    assert kept == build(posts, files, keeping=False, output=tmp_path / "new").epub.read_bytes()
    assert kept != before or "bad.md" in posts


def test_an_image_that_was_missing_is_found_when_it_comes(build: Build) -> None:
    lost = {"a.md": POSTS["a.md"].replace("p.svg", "later/p.svg")}
    assert "missing-image" in build(lost).told.codes
    said_again = build(lost)
    assert said_again.summary.up_to_date
    assert said_again.told.codes == ["missing-image"]
    assert said_again.summary.warnings == 1
    found = build(lost, {"later/p.svg": OTHER})
    assert found.told.codes == []
    assert not found.summary.up_to_date


def test_an_image_that_would_now_be_found_first_is_seen(build: Build) -> None:
    post = {"a.md": POSTS["a.md"].replace("p.svg", "q.svg")}
    before = build(post, {"static/q.svg": FIGURE})
    assert before.told.codes == []
    after = build(post, {"a/q.svg": OTHER})
    assert not after.summary.up_to_date
    assert OTHER in [zipfile.ZipFile(after.epub).read(name) for name in images(after)]


def images(built: Built) -> list[str]:
    """The names of the images of the posts in the EPUB."""
    names = zipfile.ZipFile(built.epub).namelist()
    return [name for name in names if "/img-" in name]


def test_a_link_that_leads_elsewhere_is_seen(build: Build) -> None:
    link = {"b.md": POSTS["b.md"] + "\n见[丙](way/c.md)。\n"}
    built = build(link, {"one/c.md": b"1", "two/c.md": b"2"})
    way = built.folder / "posts" / "way"
    way.symlink_to("one")
    first = build(link)
    assert "p-one--c.xhtml" in first.chapters()
    way.unlink()
    way.symlink_to("two")
    second = build(link)
    assert "p-two--c.xhtml" in second.member("p-b.xhtml")


def test_options_themes_and_templates_are_seen(build: Build, tmp_path: Path) -> None:
    theme = tmp_path / "theme"
    (theme / "styles").mkdir(parents=True)
    build()
    for options in ({"title": "另一本"}, {"grouping": Grouping.YEAR}):
        assert not build(**options).summary.up_to_date
    assert not build().summary.up_to_date, "the file is another book by now"
    assert not build(theme=theme).summary.up_to_date
    assert build(theme=theme).summary.up_to_date
    (theme / "styles" / "epub.css").write_text("p { color: red }", "utf-8")
    changed = build(theme=theme)
    assert not changed.summary.up_to_date
    assert "color: red" in changed.member("styles/epub.css")


def test_without_the_cache_it_is_neither_used_nor_written(build: Build, tmp_path: Path) -> None:
    build(keeping=False)
    assert not (tmp_path / "kept").exists()
    build()
    before = sorted((tmp_path / "kept").rglob("*"))
    assert not build(keeping=False).summary.up_to_date
    assert sorted((tmp_path / "kept").rglob("*")) == before
    assert build().summary.up_to_date


def test_what_is_damaged_is_made_again(build: Build, tmp_path: Path) -> None:
    whole = build().epub.read_bytes()
    for number, kind in enumerate(("builds", "drafts", "drafts", "builds")):
        files = [path for path in (tmp_path / "kept" / kind).rglob("*") if path.is_file()]
        assert files
        for path in files:
            data = path.read_bytes()
            path.write_bytes(data[: len(data) // 2 * (number % 2)])
        assert build().epub.read_bytes() == whole


def test_what_was_said_is_said_again(run_cli: RunCli, tmp_path: Path) -> None:
    posts = tmp_path / "posts"
    posts.mkdir()
    (posts / "a.md").write_text("---\ntitle: 甲\n---\n![](no.png) 与 $\\frac{$\n", "utf-8")
    command = ["build", "--posts", posts, "-o", tmp_path / "o", "-f", "epub"]
    first, second = (run_cli(*command, "--json").json() for _ in range(2))
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert (first.pop("up_to_date"), second.pop("up_to_date")) == (False, True)
    assert first.pop("seconds") > second.pop("seconds") >= 0
    assert first == second
    assert len(first["diagnostics"]) == first["warnings"] == 2
    shown = run_cli(*command)
    assert "missing-image" in shown.stderr
    assert shown.stderr.rstrip().endswith("up to date")
    assert run_cli(*command, "--strict").code == StrictError.exit_code


def test_one_edit_sends_one_post_through_pandoc(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    build()
    read: list[str] = []

    def watched(chapter: Chapter, prefix: str) -> object:
        read.append(chapter.post.slug)
        return read_source(chapter, prefix)

    monkeypatch.setattr("kexue_book.manuscript.chapter.read_source", watched)
    build({"b.md": POSTS["b.md"].replace("节", "新节")})
    assert read == ["b"]
    build(posts={"d.md": "---\ntitle: 丁\ndate: 2019-01-01\n---\n文"})
    assert read == ["b", "d"], "what was read before is known when it comes back"


def draft_of(body: str, title: str = "题 $t$") -> Draft:
    book: Book = make_book([make_post(body=body, title=title)], Selection(), Grouping.NONE)
    source = read_source(book.chapters[0])
    parsed = parse_markdown([source.title.text, source.body.text])
    return draft_chapter(source, *parsed)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "\\begin{equation}x\\tag{甲}\\label{l}\\end{equation}见\\eqref{l}与\\eqref{no}。",
        "\\newcommand{\\R}{\\mathbb{R}}\n\n$\\R$ &amp; <b id='q'>粗</b><iframe>[^1]\n\n[^1]: 注$a$",
        "## 节 $n<2$\n\n```python\nx = '&'\n```\n\n|a|b|\n|-|-|\n|1|$$2$$|\n\n![图](x.png)\r\n",
    ],
)
def test_a_draft_is_read_as_it_was_written(body: str) -> None:
    draft = draft_of(body)
    assert read_draft(draft.to_bytes(), draft.chapter, draft.name) == draft
    for damaged in (b"", b"x", draft.to_bytes()[9:], b"x\x9c\x03\x00\x00\x00\x00\x01"):
        with pytest.raises(ValueError):  # noqa: PT011 - which, does not matter
            read_draft(damaged, draft.chapter, draft.name)


def test_a_diagnostic_is_read_as_it_was_written() -> None:
    whole = Diagnostic(
        code="a", severity=Severity.INFO, message="甲", path=Path("\udc80"), line=3, hint="乙"
    )
    bare = Diagnostic(code="b", severity=Severity.ERROR, message="")
    for diagnostic in (whole, bare):
        assert from_plain(json.loads(json.dumps(to_plain(diagnostic)))) == diagnostic


def test_what_pandoc_gave_up_is_tried_again(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(texts: list[str]) -> tuple[Parsed, ...]:
        return tuple(Parsed(error="it took too long") for _ in texts)

    with monkeypatch.context() as patch:
        patch.setattr("kexue_book.manuscript.pandoc.parse_markdown", busy)
        assert "unreadable-markdown" in build().told.codes
    second = build()
    assert second.told.codes == []
    assert not second.summary.up_to_date


def test_drafts_of_a_folder_that_moved_speak_of_the_new_one(build: Build, tmp_path: Path) -> None:
    first = build({"a.md": "---\ntitle: 甲\n---\n<iframe></iframe>文$$x$$见\\eqref{y}。"})
    moved = (tmp_path / "posts").rename(tmp_path / "moved")
    told = Collector()
    cache = tmp_path / "kept" / "f.sqlite"
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr("kexue_book.manuscript.chapter.read_source")
        build_books(BuildOptions(posts=moved, output=tmp_path / "o", cache=cache, jobs=1), told)
    assert told.codes == first.told.codes != []
    assert {finding.path for finding in told.diagnostics} == {moved / "a.md"}


class Tinkerer:
    """Changes a book at random, as its author might in a year."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self.posts = dict(POSTS)
        self.files: dict[str, bytes] = {}

    def act(self) -> None:
        """Change something, or nothing."""
        self._chance.choice((self._edit, self._edit, self._add, self._draw, self._revert))()

    def _edit(self) -> None:
        name = self._chance.choice(sorted(self.posts))
        piece = self._chance.choice(
            ("新的一段 $a_{N}$。", "![](p{N}.svg)", "[甲](a.md#h{N})", "## h{N}")
        )
        self.posts[name] += "\n\n" + piece.replace("{N}", str(self._chance.randrange(3)))

    def _add(self) -> None:
        number = self._chance.randrange(4)
        date = f"20{20 + number}-05-05"
        self.posts[f"n{number}.md"] = f"---\ntitle: 新{number}\ndate: {date}\n---\n[乙](b.md)"

    def _draw(self) -> None:
        self.files[f"p{self._chance.randrange(3)}.svg"] = self._chance.choice((FIGURE, OTHER))

    def _revert(self) -> None:
        self.posts.update(POSTS)


@pytest.mark.parametrize(("formats", "steps"), [(("epub",), 10), (("pdf",), 3)])
def test_after_any_edits_the_book_is_that_of_a_new_build(
    build: Build, tmp_path: Path, formats: tuple[str, ...], steps: int
) -> None:
    tinkerer = Tinkerer(len(formats) + steps)
    unchanged = 0
    for _ in range(steps):
        tinkerer.act()
        kept = build(tinkerer.posts, tinkerer.files, formats=formats)
        new = build(
            *(tinkerer.posts, tinkerer.files),
            **{"formats": formats, "keeping": False, "output": tmp_path / "new"},
        )
        assert kept.summary.files[0].read_bytes() == new.summary.files[0].read_bytes()
        assert kept.told.diagnostics == new.told.diagnostics
        unchanged += kept.summary.up_to_date
    assert unchanged < steps
