"""Covers: what is drawn of a book, and the picture that a user brings instead."""

from __future__ import annotations

import io
import itertools
import math
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from PIL import Image

from conftest import BuildBook, Built, Run, make_post
from kexue_book.cover import CoverFont, DrawnCover, draw_cover, read_cover, text
from kexue_book.cover.figure import arrange_posts
from kexue_book.cover.palette import PALETTES, Palette
from kexue_book.cover.statistics import PostFacts
from kexue_book.cover.text import fit_text, wrap
from kexue_book.errors import MissingDependencyError
from kexue_book.layout import labels_for
from kexue_book.model import Grouping, Manuscript, Selection, Text
from kexue_book.outline import make_book

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def face() -> CoverFont:
    return CoverFont.find(bold=True)


def test_a_short_title_stands_large_in_one_line(face: CoverFont) -> None:
    assert fit_text("科学札记", face, 1240, sizes=range(180, 80, -4), most=4) == (180, ["科学札记"])


def test_a_long_title_is_smaller_and_evenly_broken(face: CoverFont) -> None:
    title = "开普勒方程：一个解了四百年的方程"
    size, lines = fit_text(title, face, 1240, sizes=range(180, 80, -4), most=4)
    assert size < 180
    assert "".join(lines) == title
    assert len(lines) == 2
    assert min(map(len, lines)) >= 6


def test_latin_words_stay_whole(face: CoverFont) -> None:
    lines = wrap("从 Transformer 到 Mamba 的笔记", face.at(100), 700)
    assert len(lines) > 1
    assert any("Transformer" in line for line in lines)
    assert any("Mamba" in line for line in lines)


def test_a_title_without_end_is_cut(face: CoverFont) -> None:
    size, lines = fit_text("无穷" * 200, face, 1240, sizes=range(180, 80, -4), most=4)
    assert size == 84
    assert len(lines) == 4
    assert lines[-1].endswith("…")


@given(st.text(alphabet="甲乙，。（）《》ab 1…", max_size=40), st.integers(300, 900))
def test_wrapping_loses_nothing_and_breaks_at_the_right_marks(text: str, measure: int) -> None:
    lines = wrap(text, CoverFont.find(bold=False).at(60), measure)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for before, line in itertools.pairwise(lines):
        # A line with at most one word or character cannot give it away.
        cannot_give = re.fullmatch("[（《 ]*([ab1]+|[甲乙])?[，。）》…（《 ]*", before)
        assert line[0] not in "，。）》…" or cannot_give


def test_emoji_are_left_out_but_not_all_of_a_title(face: CoverFont) -> None:
    assert face.drawable("机器 🤖 学习") == "机器 学习"
    assert face.drawable("🤖") == "🤖"


def test_a_machine_without_chinese_fonts_is_told_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(text, "_FILES", ())
    with pytest.raises(MissingDependencyError) as caught:
        cover_of(3).image()
    assert "fonts-noto-cjk" in str(caught.value.hint)


def cover_of(count: int, *, title: str = "数学", links: str = "") -> DrawnCover:
    """The cover of posts of which the third has two formulas, the fourth three, and so on.

    ``links`` are chapters that the second post links to.
    """
    posts = [
        make_post(f"s{n}", date=f"{2000 + n}-01-01", author="张三", categories=(("数学", "分析"),))
        for n in range(count)
    ]
    book = make_book(posts, Selection(), Grouping.NONE, title=title)
    made = [
        Manuscript(
            chapter=chapter,
            title="题",
            plain_title="题",
            text=Text(body=f"<p>{100 * '字'}</p>"),
            length=100,
            formula_marks=n * ("x",),
            leads_to=tuple(links.split()) if n == 1 else (),
        )
        for n, chapter in enumerate(book.chapters)
    ]
    return draw_cover(book, made, labels_for("zh-CN"))


def drawn(cover: DrawnCover, name: str) -> list[etree._Element]:
    return list(etree.fromstring(cover.page_image()).iter(f"{SVG}{name}"))


def test_a_book_has_one_cover_and_others_look_otherwise() -> None:
    assert cover_of(5).image() == cover_of(5).image()
    images = [cover_of(5), cover_of(6), cover_of(5, title="物理")]
    assert len({cover.image() for cover in images}) == 3


def test_posts_are_discs_and_formulas_seeds() -> None:
    cover = cover_of(5)
    assert [disc.count for disc in cover.figure.discs] == [0, 1, 2, 3, 4]
    assert len(drawn(cover, "circle")) == 5 + 1  # a single seed is a circle, too
    dots = [path for path in drawn(cover, "path") if "linecap" in str(path.attrib)]
    assert [dot.get("d", "").count("M") for dot in dots] == [2, 3, 4]
    for disc, dot in zip(cover.figure.discs[2:], dots, strict=True):
        a, b, c, d, e, f = map(float, dot.get("transform", "")[7:-1].split())
        places = [tuple(map(float, place.split())) for place in dot.get("d", "")[1:-2].split("h0M")]
        shown = [(a * x + c * y + e, b * x + d * y + f) for x, y in places]
        for place, (x, y) in zip(shown, disc.seeds, strict=True):
            assert math.dist(place, (1000 * x, 1000 * y)) < 1


def test_links_are_drawn_once_and_only_between_posts() -> None:
    figure = cover_of(4, links="p-s0 p-s1 p-s3 p-nowhere").figure
    first, second, fourth = (figure.discs[n] for n in (0, 1, 3))
    ends = [(arc.start, arc.end) for arc in figure.arcs]
    middle = (second.x, second.y)
    assert ends == [((first.x, first.y), middle), (middle, (fourth.x, fourth.y))]
    assert cover_of(4).figure.arcs == ()


facts = st.builds(
    PostFacts,
    length=st.integers(0, 10**6),
    formulas=st.integers(0, 1000),
    age=st.floats(0, 1),
    links=st.lists(st.integers(0, 3), max_size=3).map(tuple),
)


@given(st.lists(facts, min_size=4, max_size=160))
def test_no_disc_covers_another_or_leaves_the_circle(posts: list[PostFacts]) -> None:
    figure = arrange_posts(posts)
    for one, other in itertools.combinations(figure.discs, 2):
        apart = math.dist((one.x, one.y), (other.x, other.y))
        assert one.radius + other.radius <= apart + 1e-9
    for disc in figure.discs:
        assert disc.radius > 0
        assert math.hypot(disc.x, disc.y) + disc.radius <= 1 + 1e-9
        for x, y in disc.seeds:
            assert math.dist((x, y), (disc.x, disc.y)) + disc.seed_radius <= disc.radius


def test_a_longer_post_is_larger() -> None:
    lengths = [1000, 1000, 4000, 1000, 1000, 1000]
    discs = arrange_posts([PostFacts(length=n, formulas=1, age=0.5) for n in lengths]).discs
    assert max(discs, key=lambda disc: disc.radius) is discs[2]


@pytest.mark.parametrize("palette", PALETTES)
def test_words_and_seeds_are_readable(palette: Palette) -> None:
    for color in (palette.ink, palette.quiet):
        assert contrast(color, palette.paper) >= 4.5
    for share in range(11):
        assert contrast(palette.of_age(share / 10), palette.seed) >= 2.2


def contrast(one: str, other: str) -> float:
    """https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio."""
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(color: str) -> float:
    parts = [part / 255 for part in bytes.fromhex(color[1:])]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(c * share for c, share in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def test_a_cover_says_what_the_book_is() -> None:
    words = cover_of(3).words
    assert (words.title, words.authors, words.extent) == (
        *("数学", "张三"),
        "分析 · 2000–2002 · 共 3 篇",
    )
    assert cover_of(3, title="数学分析").words.extent == "2000–2002 · 共 3 篇"


def test_a_title_can_be_read_160_px_wide() -> None:
    with Image.open(io.BytesIO(cover_of(9, title="信息时代").image())) as image:
        small = image.convert("L").resize((160, 240), Image.Resampling.LANCZOS)
    title = small.crop((0, 10, 160, 60))
    ink = title.point(lambda grey: 255 if abs(grey - small.getpixel((2, 2))) > 90 else 0).getbbox()
    assert ink is not None
    assert ink[2] - ink[0] > 90
    assert ink[3] - ink[1] > 20


POSTS = {
    "a.md": "---\ntitle: 甲\ndate: 2020-01-01\n---\n$x$ 见[乙](b.md)。\n",
    "b.md": "---\ntitle: 乙\ndate: 2021-01-01\n---\n文\n",
}


def picture(kind: str = "PNG", mode: str = "RGB", size: tuple[int, int] = (400, 600)) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size, 0).save(file, kind)
    return file.getvalue()


def test_the_pdf_opens_with_the_cover_and_counts_as_before(build_book: BuildBook) -> None:
    built = build_book(POSTS, formats=("pdf",), title="两篇")
    assert pages(built)[0].split() == ["两篇", "2020–2021", "·", "共", "2", "篇"]
    assert "黄金角" in joined(pages(built)[-1])
    with pikepdf.open(built.pdf) as pdf:
        first = pikepdf.Page(pdf.pages[0])
        assert (first.label, pikepdf.Page(pdf.pages[2]).label) == ("i", "iii")
        assert pikepdf.Page(pdf.pages[3]).label == "1"


def joined(text: str) -> str:
    """Lines and columns of a page as one text."""
    return "".join(text.split())


def pages(built: Built) -> list[str]:
    return built.pdf_text().split("\f")[:-1]


def test_a_book_to_be_bound_has_no_cover_and_does_not_speak_of_one(build_book: BuildBook) -> None:
    built = build_book(POSTS, formats=("pdf",), title="两篇", two_sided=True)
    assert "共 2 篇，2020–2021" in pages(built)[0]
    assert "黄金角" not in joined(built.pdf_text())


def test_the_users_cover_takes_the_place_of_ours(build_book: BuildBook, tmp_path: Path) -> None:
    own = tmp_path / "cover.jpg"
    own.write_bytes(picture("JPEG"))
    built = build_book(POSTS, formats=("epub", "pdf"), cover=own)
    with zipfile.ZipFile(built.epub) as archive:
        assert archive.read("EPUB/images/cover.jpg") == own.read_bytes()
        assert "EPUB/images/cover.png" not in archive.namelist()
    assert 'href="images/cover.jpg" id="cover-image"' in built.member("content.opf")
    assert 'src="images/cover.jpg"' in built.member("cover.xhtml")
    assert "黄金角" not in joined(built.member("colophon.xhtml") + built.pdf_text())
    assert pages(built)[0].strip() == ""
    with pikepdf.open(built.pdf) as pdf:
        assert [image.Width for image in pdf.pages[0].get_images().values()] == [400]


def test_another_picture_in_the_same_file_makes_another_book(
    build_book: BuildBook, tmp_path: Path
) -> None:
    own, options = tmp_path / "c.png", {"cache": tmp_path / "kept" / "f.sqlite"}
    own.write_bytes(picture())
    assert not build_book(POSTS, cover=own, **options).summary.up_to_date
    assert build_book(POSTS, cover=own, **options).summary.up_to_date
    own.write_bytes(picture(size=(401, 600)))
    assert not build_book(POSTS, cover=own, **options).summary.up_to_date


@pytest.mark.parametrize(
    ("kind", "mode", "size", "media_type", "shown"),
    [
        ("PNG", "RGB", (400, 600), "image/png", (400, 600)),
        ("PNG", "RGBA", (400, 600), "image/png", (400, 600)),
        ("JPEG", "CMYK", (400, 600), "image/jpeg", (400, 600)),
        ("JPEG", "RGB", (4000, 6400), "image/jpeg", (2000, 3200)),
        ("WEBP", "RGB", (400, 600), "image/png", (400, 600)),
    ],
)
def test_pictures_become_what_every_device_shows(
    tmp_path: Path, kind: str, mode: str, size: tuple[int, int], media_type: str, shown: object
) -> None:
    path = tmp_path / "cover"
    path.write_bytes(picture(kind, mode, size))
    cover = read_cover(path)
    assert cover.media_type == media_type
    with Image.open(io.BytesIO(cover.image())) as image:
        assert (Image.MIME[image.format or ""], image.mode) == (media_type, "RGB")
        assert image.size == shown


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (None, "cannot be read: No such file"),
        (b"", "is no picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is no picture"),
        (picture()[:100], "is no picture"),
        (picture(size=(160, 240)), "is too small: 160 by 240 px"),
        (picture(mode="1", size=(8000, 8000)), "has too many pixels"),
    ],
    ids=("missing", "empty", "svg", "cut off", "small", "huge"),
)
def test_a_bad_picture_is_told_before_the_work(
    run_cli: Callable[..., Run], tmp_path: Path, data: bytes | None, said: str
) -> None:
    path = tmp_path / "cover.png"
    if data is not None:
        path.write_bytes(data)
    done = run_cli("build", "--posts", tmp_path / "nowhere", "--cover", path)
    assert done.code == 2
    assert f"the cover {path} {said}" in done.stderr
    assert "give --cover a PNG or JPEG file" in done.stderr


def test_a_picture_leaves_no_white_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "c.png"
    Image.new("RGB", (400, 600), "#204060").save(path)
    assert read_cover(path).paper == "#204060"
