"""What is known of chapters from earlier builds: it saves work, and changes nothing in the book."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from conftest import BuildBook, Built
from kexue_book.manuscript import finish

POSTS = {
    "a.md": "---\ntitle: 甲\n---\n见[那一节](b.md#节名)，$a+b$，![](x.png)。\n\n$$\\frac{1}{2}$$",
    "b.md": "---\ntitle: 乙\n---\n## 节名\n\n文 $c$，坏 $\\frac{1}$。[^1]\n\n[^1]: 注 $d$。",
    "c.md": "---\ntitle: 丙\n---\n文。",
}


@pytest.fixture
def build(build_book: BuildBook, tmp_path: Path) -> BuildBook:
    """Build a PDF with a cache of the test's own."""

    def built(posts: dict[str, str], **options: object) -> Built:
        cache = tmp_path / "cache" / "formulas.sqlite"
        return build_book(posts, formats=("pdf",), cache=cache, **options)

    return built


@pytest.fixture
def texts_made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The chapters whose texts are made, once each time."""
    made: list[str] = []
    original = finish._text

    def noted(draft: finish.Draft, *rest: object) -> object:
        made.append(draft.chapter.post.title)
        return original(draft, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(finish, "_text", noted)
    return made


def test_only_the_text_of_a_post_that_was_edited_is_made(
    build: BuildBook, texts_made: list[str]
) -> None:
    build(POSTS)
    assert set(texts_made) == {"甲", "乙", "丙"}
    texts_made.clear()
    edited = build(POSTS | {"c.md": "---\ntitle: 丙\n---\n别的文。"})
    assert set(texts_made) == {"丙"}
    assert "别的文" in edited.pdf_text()
    assert edited.told.codes == ["missing-image", "broken-formula"]
    assert edited.summary.formulas == 5
    assert edited.summary.distinct_formulas == 5


@pytest.mark.parametrize(
    "change",
    [
        {"c.md": "---\ntitle: 丙\n---\n别的文。"},
        {"b.md": POSTS["b.md"].replace("节名", "新名")},
        {"b.md": POSTS["b.md"].replace("title: 乙", "title: 新的乙")},
        {"d.md": "---\ntitle: 丁\n---\n文 $x$。"},
        {"a.md": POSTS["a.md"].replace("$a+b$", "$a-b$")},
    ],
    ids=("a text", "a heading that is linked to", "a title", "a new post", "a formula"),
)
def test_what_is_kept_changes_nothing(build: BuildBook, change: dict[str, str]) -> None:
    build(POSTS)
    posts = POSTS | change
    kept, anew = build(posts, name="kept"), build(posts, name="anew", keeping=False)
    assert kept.pdf.read_bytes() == anew.pdf.read_bytes()
    assert kept.told.diagnostics == anew.told.diagnostics
    assert kept.summary.formulas == anew.summary.formulas


@pytest.mark.parametrize(
    "lost", ["chapters", "plans", "drafts", "formulas.sqlite"], ids=lambda name: name
)
def test_each_of_what_is_kept_may_be_lost(build: BuildBook, tmp_path: Path, lost: str) -> None:
    before = build(POSTS, name="before")
    cache = tmp_path / "cache"
    for path in (cache / lost, cache / "builds"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            for file in cache.glob(f"{path.name}*"):
                file.unlink()
    after = build(POSTS, name="after")
    assert after.pdf.read_bytes() == before.pdf.read_bytes()
    assert after.told.diagnostics == before.told.diagnostics


def test_a_theme_may_do_with_a_text_what_it_likes(
    build: BuildBook, tmp_path: Path, texts_made: list[str]
) -> None:
    templates = tmp_path / "theme" / "templates"
    templates.mkdir(parents=True)
    (templates / "part.html").write_text("<p>{{ book.chapters | length }}</p>", "utf-8")
    build(POSTS, theme=tmp_path / "theme")
    texts_made.clear()
    build(POSTS | {"c.md": "---\ntitle: 丙\n---\n别的文。"}, theme=tmp_path / "theme")
    assert set(texts_made) == {"甲", "乙", "丙"}
