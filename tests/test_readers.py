"""The sample book in foliate-js, in Chromium: what a person sees who opens it and finds their way.

Pictures of what is seen are left in ``build/screens``, to be looked at by whoever changes it.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser

from conftest import REPOSITORY
from kexue_book.build import build_books
from kexue_book.build_options import BuildOptions
from kexue_book.library import read_library
from kexue_book.model import Grouping
from kexue_book.progress import Collector
from reading import PHONE, SCREENS, SIX_INCHES, Reader, Screen, browser, reading

SCREENSHOTS = REPOSITORY / "build" / "screens"
POSTS = REPOSITORY / "posts"
CHAPTER = "EPUB/p-2022-05-08-gradient-descent-3.xhtml"
"""A chapter with equations that are referred to, notes, links to other chapters, and code."""


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    options = BuildOptions(
        posts=POSTS,
        output=tmp_path_factory.mktemp("sample"),
        formats=("epub",),
        grouping=Grouping.CATEGORY,
        title="科学札记",
        jobs=1,
    )
    return build_books(options, Collector()).files[0]


@pytest.fixture(scope="module")
def chromium(sample: Path) -> Iterator[Browser]:
    """Chromium, once the book is made: MathJax's V8 does not answer while Playwright is running."""
    assert sample.exists()
    with browser() as started:
        yield started


@pytest.fixture
def reader(chromium: Browser, sample: Path) -> Iterator[Reader]:
    """The book on a phone, where notes pop up."""
    with reading(chromium, sample) as opened:
        yield opened
        assert opened.faults == []


@pytest.fixture
def plain_reader(chromium: Browser, sample: Path) -> Iterator[Reader]:
    """The book on a phone, in a reading system that knows of no notes."""
    with reading(chromium, sample, pop_ups=False) as opened:
        yield opened
        assert opened.faults == []


def letters(text: str) -> str:
    """What is read of a text; Chromium gives a variable as 𝑥 in some answers, as x in others."""
    return "".join(re.findall(r"[^\W_]", unicodedata.normalize("NFKC", text)))


def entries(contents: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for entry in contents:
        yield entry
        yield from entries(entry["subitems"] or [])


def tap_far_link(reader: Reader, selector: str) -> str:
    """Tap the next link in sight whose target is not; return the target's id."""
    for _ in range(40):
        for href in reader.ask("hrefs", selector):
            target = href.partition("#")[2]
            spot = reader.ask("spot", f'{selector}[href="{href}"]')
            if spot is not None and not reader.ask("isOnScreen", f'[id="{target}"]'):
                reader.tap(spot)
                return target
        reader.turn()
    raise AssertionError(f"no {selector} leads out of sight")


def test_all_text_of_the_posts_is_shown(
    plain_reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(REPOSITORY / "benchmarks"))
    import fidelity

    posts = {f"p-{post.slug}": post for post in read_library(POSTS).posts if not post.draft}
    shown = plain_reader.texts(posts)
    assert set(shown) == set(posts)
    missing = {
        anchor: dict(fidelity.wanted(post) - Counter(fidelity.TEXT.findall(shown[anchor])))
        for anchor, post in posts.items()
    }
    assert {anchor: letters for anchor, letters in missing.items() if letters} == {}


def test_turning_pages_shows_all_of_a_chapter_and_leads_into_the_next(
    plain_reader: Reader,
) -> None:
    place = plain_reader.go_to(CHAPTER)
    whole, number = Counter(letters(plain_reader.ask("text"))), 1
    seen = Counter(letters(place["text"]))
    following = plain_reader.book["sections"][place["index"] + 1]
    assert place["pages"] > 2
    for number in range(2, place["pages"] + 1):
        place = plain_reader.turn()
        assert (place["section"], place["page"]) == (CHAPTER, number)
        seen += Counter(letters(place["text"]))
    assert whole - seen == Counter()
    assert plain_reader.turn()["section"] == following


def test_a_link_leads_to_its_section_of_another_chapter(reader: Reader) -> None:
    reader.go_to(CHAPTER)
    spot = reader.turn_to('a[href*=".xhtml#"]')
    file, _, target = spot["href"].partition("#")
    reader.tap(spot)
    reader.wait_for(f"reader.where().section == 'EPUB/{file}'")
    reader.wait_for(f"""reader.isOnScreen('[id="{target}"]')""")


def test_a_reference_leads_to_its_equation(reader: Reader) -> None:
    reader.go_to(CHAPTER)
    target = tap_far_link(reader, "a.eqref")
    reader.wait_for(f"""reader.isOnScreen('[id="{target}"]')""")


def test_a_note_pops_up_where_it_is_called(reader: Reader) -> None:
    reader.go_to(CHAPTER)
    spot = reader.turn_to("a.noteref")
    before = reader.ask("where")
    assert "Wasserstein" not in before["text"]
    reader.tap(spot)
    note = reader.wait_for("reader.note()")
    assert "尺子是最优传输里的 Wasserstein 距离" in note
    assert not note.startswith("Wasserstein")
    reader.ask("closeNote")
    assert reader.ask("where")["page"] == before["page"]


def test_where_notes_do_not_pop_up_links_lead_there_and_back(plain_reader: Reader) -> None:
    plain_reader.go_to(CHAPTER)
    plain_reader.tap(plain_reader.turn_to("a.noteref"))
    plain_reader.wait_for("reader.isOnScreen('aside.footnote')")
    assert "Wasserstein" in plain_reader.ask("where")["text"]
    plain_reader.tap(plain_reader.turn_to("a.note-number"))
    plain_reader.wait_for("reader.isOnScreen('a.noteref')")


def test_every_entry_of_the_contents_shows_what_it_names(reader: Reader) -> None:
    listed = list(entries(reader.book["contents"]))
    assert len(listed) > 60
    for entry in listed:
        place = reader.go_to(entry["href"])
        assert place["section"] == entry["href"].partition("#")[0]
        assert letters(entry["label"]) in letters(place["text"])


def test_the_contents_in_the_book_are_links(reader: Reader) -> None:
    reader.go_to("EPUB/nav.xhtml")
    spot = reader.turn_to('nav a[href^="p-"]')
    reader.tap(spot)
    reader.wait_for(f"reader.where().section == 'EPUB/{spot['href']}'")
    title = spot["text"].split("章", 1)[1]
    assert letters(title) in letters(reader.ask("where")["text"])


# A page of text is no wider on a tablet than on six inches; `make validate` looks there, too.
@pytest.mark.parametrize("screen", [PHONE, SIX_INCHES], ids=lambda screen: screen.name)
def test_nothing_is_wider_than_the_page(chromium: Browser, sample: Path, screen: Screen) -> None:
    cut, moved = [], []
    with reading(chromium, sample, screen) as opened:
        for index, section in enumerate(opened.book["sections"]):
            opened.go_to(index)
            for found in opened.ask("overflow"):
                (cut if found["kind"] == "cut" else moved).append((section, found))
        assert opened.faults == []
    assert cut == []
    # A phone has a finger to push a formula with, an e-reader is slow at it or cannot.
    assert screen == PHONE or moved == []


def test_what_is_too_wide_is_noticed(reader: Reader) -> None:
    reader.go_to(CHAPTER)
    assert [it for it in reader.ask("overflow") if it["kind"] == "cut"] == []
    reader.ask("insert", '<p style="white-space: nowrap">' + "宽" * 80 + "</p>")
    assert [it["kind"] for it in reader.ask("overflow") if it["text"].startswith("宽宽")] == ["cut"]


def luminances(picture: bytes) -> list[int]:
    """How light the pixels of a page are, from the darkest on."""
    return sorted(Image.open(io.BytesIO(picture)).convert("L").resize((150, 200)).tobytes())


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_pages_are_legible_by_day_and_by_night(
    chromium: Browser, sample: Path, screen: Screen, dark: bool
) -> None:
    light = "dark" if dark else "light"
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    with reading(chromium, sample, screen, dark=dark) as opened:
        views = {"contents": ("EPUB/nav.xhtml", 0), "chapter": (CHAPTER, 0), "text": (CHAPTER, 1)}
        for name, (target, turns) in views.items():
            opened.go_to(target)
            for _ in range(turns):
                opened.turn()
            picture = opened.page.screenshot(path=SCREENSHOTS / f"{screen.name}-{light}-{name}.png")
            shades = luminances(picture)
            paper, ink = shades[len(shades) // 2], shades[-1 if dark else 0]
            assert (paper < 60) if dark else (paper > 240)
            assert abs(paper - ink) > 100
        assert opened.faults == []
