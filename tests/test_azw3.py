"""The EPUB for Kindle → AZW3 and back by calibre: chapters, contents and formulas are kept.

Only with ``-m validate``: calibre is large, and not on every machine.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from lxml import etree
from PIL import Image

from conftest import build_in
from kexue_book.model import Device

pytestmark = pytest.mark.validate
XHTML = "{http://www.w3.org/1999/xhtml}"
NCX = "{http://www.daisy.org/z3986/2005/ncx/}"
POSTS = Path(__file__).parent.parent / "posts"


@dataclass
class Opened:
    """An EPUB as a reader goes through it."""

    text: str
    contents: list[str]
    formulas: list[str]
    """LaTeX, as alternative text, in reading order."""
    sizes: list[tuple[int, int]]
    """px, of the formulas' pictures."""
    drawn: list[bool]
    """Whether there is something to see on a formula's picture."""
    sheets: str
    hiding: str = ""
    """Classes of what stands around the landmarks."""


def read(path: Path) -> Opened:
    with zipfile.ZipFile(path) as archive:
        package_path = next(n for n in archive.namelist() if n.endswith(".opf"))
        folder = package_path.rpartition("/")[0]
        package = etree.fromstring(archive.read(package_path))
        files = {item.get("id"): item for item in package.iter("{*}item")}
        places = [str(files[i.get("idref")].get("href")) for i in package.iter("{*}itemref")]
        ncx = next(i for i in files.values() if "ncx" in str(i.get("media-type")))
        names = etree.fromstring(archive.read(_join(folder, str(ncx.get("href")))))
        pages = [(p, etree.fromstring(archive.read(_join(folder, p)))) for p in places]
        opened = Opened("", [], [], [], [], "")
        opened.contents = ["".join(map(str, e.itertext())) for e in names.iter(f"{NCX}navLabel")]
        for place, page in pages:
            body = page.find(f"{XHTML}body")
            assert body is not None
            opened.text += "".join(map(str, body.itertext()))
            for heading in page.iter(f"{XHTML}h2"):
                if heading.text == "导览":
                    opened.hiding = " ".join(str(e.get("class")) for e in heading.iterancestors())
            for image in page.iter(f"{XHTML}img"):
                if not str(image.get("class")).startswith("formula-picture"):
                    continue
                source = _join(_join(folder, place).rpartition("/")[0], str(image.get("src")))
                with archive.open(source) as file, Image.open(file) as picture:
                    opened.sizes.append(picture.size)
                    opened.drawn.append(picture.convert("L").getextrema()[0] == 0)
                opened.formulas.append(str(image.get("alt")))
        opened.sheets = "".join(
            archive.read(n).decode() for n in archive.namelist() if n.endswith(".css")
        )
    return opened


def _join(folder: str, name: str) -> str:
    return os.path.normpath(f"{folder}/{name}" if folder else name)


def convert(source: Path, target: Path) -> Path:
    command = shutil.which("ebook-convert")
    if command is None:
        pytest.fail("calibre is not installed: apt-get install calibre, brew install calibre")
    screen = {"QT_QPA_PLATFORM": "offscreen", "QTWEBENGINE_CHROMIUM_FLAGS": "--no-sandbox"}
    subprocess.run(
        [command, source, target, *(["--no-inline-toc"] if target.suffix == ".azw3" else [])],
        env={**os.environ, **screen},
        capture_output=True,
        check=True,
    )
    return target


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> tuple[Opened, Opened]:
    """The book, and what comes back of it."""
    folder = tmp_path_factory.mktemp("azw3")
    posts = {path.name: path.read_text("utf-8") for path in sorted(POSTS.glob("*.md"))[:4]}
    figures = {f"figures/{p.name}": p.read_bytes() for p in (POSTS / "figures").glob("*.*g")}
    built = build_in(folder, posts, figures, device=Device.KINDLE, name="b")
    azw3 = convert(built.epub, folder / "b.azw3")
    return read(built.epub), read(convert(azw3, folder / "back.epub"))


def plain(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_the_text_is_kept_to_the_letter(books: tuple[Opened, Opened]) -> None:
    there, back = books
    assert len(plain(there.text)) > 4_000
    assert plain(back.text) == plain(there.text)


def test_the_contents_are_kept(books: tuple[Opened, Opened]) -> None:
    there, back = books
    assert len(there.contents) > 10
    assert list(map(plain, back.contents)) == list(map(plain, there.contents))


def test_what_is_hidden_stays_hidden(books: tuple[Opened, Opened]) -> None:
    """The list of landmarks, and the sections in the contents."""
    _, back = books
    hidden = set(re.findall(r"\.([\w-]+) \{\s*display: none", back.sheets))
    assert "导览" in back.text
    assert hidden & set(back.hiding.split())


def test_every_formula_is_kept_and_can_be_seen(books: tuple[Opened, Opened]) -> None:
    there, back = books
    assert len(there.formulas) > 50
    assert back.formulas == there.formulas
    assert all(back.drawn)
    # Calibre makes what is wider than its idea of a screen narrower.
    for (width, height), (less, lower) in zip(there.sizes, back.sizes, strict=True):
        assert less <= width
        assert less / lower == pytest.approx(width / height, rel=0.05)


def test_nothing_turns_formulas_white(books: tuple[Opened, Opened]) -> None:
    """Calibre applies rules for dark screens to all: they must not reach a formula."""
    _, back = books
    rules = re.findall(r"\.formula-picture\d* \{[^}]*\}", back.sheets)
    assert rules
    assert not any("invert" in rule for rule in rules)
    below = [rule for rule in rules if "vertical-align: -" in rule]
    assert len(below) > 10, "formulas stand on the line"
