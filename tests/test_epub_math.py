"""How formulas look in the EPUB: three profiles, the font, what engines need to be told."""

from __future__ import annotations

import importlib.util
import io
import itertools
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from PIL import Image

from conftest import BuildBook, Built, Run
from epub_faults import epub_faults
from kexue_book.build import build_books
from kexue_book.build_options import BuildOptions
from kexue_book.epub import require_shapes
from kexue_book.epub.math_accents import draw_accents
from kexue_book.epub.math_font import math_characters, subset_math_font
from kexue_book.epub.math_spacing import space_operators
from kexue_book.epub.punctuation import keep_together
from kexue_book.errors import MissingDependencyError
from kexue_book.formulas import typeset_formulas
from kexue_book.model import EpubMath, FormulaKey
from kexue_book.progress import Collector

MATH = "{http://www.w3.org/1998/Math/MathML}"
XHTML = "{http://www.w3.org/1999/xhtml}"
POST = r"""---
title: 题目
---

行内 $x_1<\sqrt{y}$，再来一次 $x_1<\sqrt{y}$，中文 $\text{损失函数}$，彩色 $\color{red}{z}$。

\begin{equation}\left(\frac{a}{b}\right)=\sum_{i=1}^n \hat{x}_i\label{eq:a}\end{equation}

由\eqref{eq:a}得，写坏的是 $\nosuchcommand$。
"""
SOURCES = [
    *(r"x_1<\sqrt{y}",) * 2,
    *(r"\text{损失函数}", r"\color{red}{z}"),
    r"\begin{equation}\left(\frac{a}{b}\right)=\sum_{i=1}^n \hat{x}_i\label{eq:a}\end{equation}",
]


def files_of(built: Built) -> dict[str, bytes]:
    with zipfile.ZipFile(built.epub) as archive:
        return {name.removeprefix("EPUB/"): archive.read(name) for name in archive.namelist()}


def manifest(built: Built) -> dict[str, etree._Element]:
    package = etree.fromstring(built.member("content.opf").encode())
    return {str(item.get("href")): item for item in package.iter("{*}item")}


def build(folder: Path, math: EpubMath, name: str) -> Built:
    (folder / "posts").mkdir(exist_ok=True)
    (folder / "posts" / "a.md").write_text(POST, "utf-8")
    told = Collector()
    options = BuildOptions(
        posts=folder / "posts",
        output=folder,
        name=name,
        formats=("epub",),
        epub_math=math,
        jobs=1,
        cache=folder / "cache",
    )
    return Built(build_books(options, told), told, folder)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[EpubMath, Built]:
    folder = tmp_path_factory.mktemp("books")
    return {math: build(folder, math, math.value) for math in EpubMath}


def test_every_profile_is_valid_and_keeps_numbers_and_links(books: dict[EpubMath, Built]) -> None:
    for built in books.values():
        assert epub_faults(built.epub) == []
        chapter = built.chapters()
        (anchor,) = re.findall(r'<span id="([^"]+)">\(1\)</span>', chapter)
        assert f'href="#{anchor}"' in chapter
        assert r"\nosuchcommand</code>" in chapter


def test_each_profile_has_its_own_shape(books: dict[EpubMath, Built]) -> None:
    counts = {
        math: tuple(
            len(re.findall(f"<{tag}[ >]", built.chapters())) for tag in ("math", "svg", "img")
        )
        for math, built in books.items()
    }
    assert counts == {
        EpubMath.MATHML: (5, 0, 0),
        EpubMath.SVG: (0, 5, 0),
        EpubMath.PNG: (0, 0, 5),
    }


@pytest.mark.parametrize(
    ("math", "attribute"), [("mathml", "alttext"), ("svg", "aria-label"), ("png", "alt")]
)
def test_the_alternative_text_is_the_latex(
    books: dict[EpubMath, Built], math: str, attribute: str
) -> None:
    page = etree.fromstring(books[EpubMath(math)].chapters().encode())
    assert page.xpath(f"//@{attribute}") == SOURCES


def test_the_package_says_what_the_pages_hold(books: dict[EpubMath, Built]) -> None:
    for math, properties in (("mathml", "mathml"), ("svg", "svg"), ("png", None)):
        built = books[EpubMath(math)]
        (chapter,) = (item for href, item in manifest(built).items() if href.startswith("p-"))
        assert chapter.get("properties") == properties
        package = built.member("content.opf")
        assert ('accessibilityFeature">MathML<' in package) == (math == "mathml")
        assert 'accessibilityFeature">latex<' in package


def test_drawings_take_the_texts_colour_and_refer_to_nothing(
    books: dict[EpubMath, Built],
) -> None:
    drawings = re.findall(r"<svg.*?</svg>", books[EpubMath.SVG].chapters(), re.DOTALL)
    assert len(drawings) == 5
    for drawing in drawings:
        assert 'fill="currentColor"' in drawing
        assert not re.search(r"href|url\(|<script|\bid=|#000", drawing)
    assert '<text font-family="serif"' in drawings[2]
    assert 'fill="#ff0000"' in drawings[3]


def test_drawings_stand_on_the_line(books: dict[EpubMath, Built]) -> None:
    inline = FormulaKey(tex=SOURCES[0], display=False)
    typeset = typeset_formulas([inline], cache=None).formulas[inline]
    page = etree.fromstring(books[EpubMath.SVG].chapters().encode())
    drawing = next(page.iter("{*}svg"))
    assert drawing.get("style") == f"vertical-align:{-typeset.depth:.3f}".rstrip("0") + "em"
    assert drawing.get("width") == f"{typeset.width:.3f}".rstrip("0") + "em"


def test_pictures_are_transparent_and_stand_on_the_line(books: dict[EpubMath, Built]) -> None:
    built = books[EpubMath.PNG]
    files = files_of(built)
    page = etree.fromstring(built.chapters().encode())
    images = list(page.iter(f"{XHTML}img"))
    assert images[0].get("src") == images[1].get("src")
    for image in images:
        picture = Image.open(io.BytesIO(files[str(image.get("src"))])).convert("RGBA")
        size = dict(re.findall(r"([a-z-]+):(-?[\d.]+)em", str(image.get("style"))))
        assert float(size["width"]) == pytest.approx(picture.width / 50, rel=0.001)
        assert picture.getpixel((0, 0))[3] == 0  # type: ignore[index]
        assert picture.getchannel("A").getextrema() == (0, 255)
    key = FormulaKey(tex=SOURCES[0], display=False)
    depth = typeset_formulas([key], cache=None).formulas[key].depth
    inline = dict(re.findall(r"([a-z-]+):(-?[\d.]+)em", str(images[0].get("style"))))
    assert float(inline["vertical-align"]) == pytest.approx(-depth, abs=0.02)


def test_a_formula_of_any_size_becomes_a_picture_of_some(build_book: BuildBook) -> None:
    post = "# 题目\n\n$$\\rule{600em}{600em}$$\n"
    built = build_book({"a.md": post}, epub_math=EpubMath.PNG)
    ((_, content),) = ((n, c) for n, c in files_of(built).items() if "formula-" in n)
    picture = Image.open(io.BytesIO(content))
    assert picture.width * picture.height < 5_000_000
    assert "width:600em" in built.chapters()


def test_ink_outside_of_its_formula_is_not_cut(build_book: BuildBook) -> None:
    built = build_book(
        {"a.md": "# 题目\n\n$\\mathrlap{abcdef}$，$abcdef$\n"}, epub_math=EpubMath.PNG
    )
    shown = re.findall(r"width:([\d.]+)em", built.chapters())
    assert float(shown[0]) == pytest.approx(float(shown[1]), abs=0.05)


def test_only_the_coloured_picture_has_colours(books: dict[EpubMath, Built]) -> None:
    files = files_of(books[EpubMath.PNG])
    pictures = [Image.open(io.BytesIO(files[name])) for name in files if "formula-" in name]
    assert sorted(picture.mode for picture in pictures) == ["P", "P", "P", "RGBA"]


def test_the_same_book_gives_the_same_bytes(books: dict[EpubMath, Built]) -> None:
    for math, built in books.items():
        again = build(built.folder, math, "again")
        assert again.epub.read_bytes() == built.epub.read_bytes()


def test_the_font_holds_what_the_formulas_show(books: dict[EpubMath, Built]) -> None:
    built = books[EpubMath.MATHML]
    (name,) = (name for name in files_of(built) if name.endswith(".otf"))
    assert manifest(built)[name].get("media-type") == "font/otf"
    font = TTFont(io.BytesIO(files_of(built)[name]))
    known = {chr(code) for code in font.getBestCmap()}
    assert set("<()=∑1ˆ√𝑥𝑎𝑏") <= known
    assert "𝑞" not in known
    style = built.member("styles/epub.css")
    assert f'src: url("../{name}")' in style
    family = re.search(r'@font-face \{\s*font-family: ("[^"]+")', style)
    assert family is not None
    assert f"math {{ font-family: {family[1]}" in style


def test_the_font_says_whose_it_is(books: dict[EpubMath, Built]) -> None:
    names = TTFont(io.BytesIO(subset_math_font("x")))["name"]
    assert "The STIX Fonts Project Authors" in str(names.getDebugName(0))
    assert "SIL Open Font License" in str(names.getDebugName(13))


def test_no_font_where_there_is_no_mathml(
    books: dict[EpubMath, Built], build_book: BuildBook
) -> None:
    plain = build_book({"a.md": "# 题目\n\n没有公式。\n"}, name="plain")
    for built in (plain, books[EpubMath.SVG], books[EpubMath.PNG]):
        assert not [name for name in files_of(built) if name.endswith(".otf")]
        assert "@font-face" not in built.member("styles/epub.css")


def test_what_the_fonts_characters_grow_into_is_kept() -> None:
    font = TTFont(io.BytesIO(subset_math_font("(√→ˆ")))
    variants = font["MATH"].table.MathVariants
    names = font.getBestCmap()
    upright = dict(
        zip(variants.VertGlyphCoverage.glyphs, variants.VertGlyphConstruction, strict=True)
    )
    flat = dict(
        zip(variants.HorizGlyphCoverage.glyphs, variants.HorizGlyphConstruction, strict=True)
    )
    bracket, root = upright[names[ord("(")]], upright[names[ord("√")]]
    assert len(bracket.MathGlyphVariantRecord) > 5
    assert len(bracket.GlyphAssembly.PartRecords) == 3
    widths = [font["hmtx"][record.VariantGlyph][0] for record in root.MathGlyphVariantRecord]
    assert max(widths) <= 1.11 * widths[0]
    arrow = flat[names[ord("→")]].GlyphAssembly.PartRecords
    assert all(
        min(left.EndConnectorLength, right.StartConnectorLength) >= variants.MinConnectorOverlap
        for left, right in itertools.pairwise(arrow)
    )
    assert len(flat[names[ord("ˆ")]].MathGlyphVariantRecord) > 3


def test_letters_alone_are_italic() -> None:
    math = etree.fromstring(
        f'<math xmlns="{MATH[1:-1]}"><mi>h</mi><mi>ρ</mi><mi>θ</mi><mn>1</mn></math>'
    )
    assert math_characters([math]) == set("hℎρ𝜌1θ𝜃")


def shown(tex: str, *, display: bool = False) -> etree._Element:
    key = FormulaKey(tex=tex, display=display)
    math = etree.fromstring(typeset_formulas([key], cache=None).formulas[key].mathml)
    draw_accents(math)
    space_operators(math)
    return math


def spaces(tex: str) -> list[str]:
    """Each operator with the space that is said to be around it."""
    return [
        f"{element.get('lspace', '')}[{element.text}]{element.get('rspace', '')}"
        for element in shown(tex).iter(f"{MATH}mo")
        if element.text != "\u2061"
    ]


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        ("a-b", ["[−]"]),
        ("a=-b", ["[=]", "0[−]0"]),
        ("a,-b", ["[,]", "0[−]0"]),
        (r"\{\to,x\}", ["0[{]0", "0[→]0", "[,]", "0[}]0"]),
        (r"\lvert z\rvert", ["0[|]0", "0[|]0"]),
        (r"x_{i=1}", ["0[=]0"]),
        (r"2\max(x)", ["0.167em[max]0", "0[(]0", "0[)]0"]),
        (r"\max x", ["0[max]0.167em"]),
        (r"a\perp b", ["[⊥]"]),
        (r"a\color{red}{+b}", ["[+]"]),
        (r"1,\dots,n", ["[,]", "0[…]0.167em", "[,]"]),
    ],
)
def test_operators_have_texs_space(tex: str, expected: list[str]) -> None:
    assert spaces(tex) == expected


def test_an_operator_that_begins_a_coloured_part_joins_what_is_before() -> None:
    (plus,) = shown(r"a\color{red}{+b}").iter(f"{MATH}mo")
    assert plus.get("form") == "infix"


@pytest.mark.parametrize(
    ("tex", "row"),
    [
        (r"i\sin x", ["mi", "mspace", "mi", "mo", "mi"]),
        (r"a\left(b\right)c", ["mi", "mspace", "mrow", "mspace", "mi"]),
        (r"=\left(b\right)+c", ["mo", "mrow", "mo", "mi"]),
    ],
)
def test_what_is_no_operator_keeps_clear_as_well(tex: str, row: list[str]) -> None:
    assert [element.tag.removeprefix(MATH) for element in shown(tex)] == row


@pytest.mark.parametrize(
    ("tex", "mark", "accent"),
    [
        (r"\hat x", "ˆ", "true"),
        (r"\widetilde{xyz}", "˜", "true"),
        (r"\bar x", "¯", "true"),
        (r"\vec x", "→", "true"),
        (r"\overline{xyz}", "‾", None),
        (r"\overrightarrow{AB}", "→", None),
    ],
)
def test_accents_are_accents(tex: str, mark: str, accent: str | None) -> None:
    (over,) = shown(tex).iter(f"{MATH}mover")
    assert over[-1].text == mark
    assert over.get("accent") == accent


def test_pictures_need_a_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingDependencyError, match="resvg_py") as caught:
        require_shapes(EpubMath.PNG)
    assert "kexue-book[png]" in str(caught.value.hint)
    require_shapes(EpubMath.SVG)


def test_the_command_line_knows_the_profiles(run_cli: Callable[..., Run], tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "a.md").write_text("# 题目\n\n$x$\n", "utf-8")
    build = ("build", "--posts", tmp_path / "posts", "-o", tmp_path, "-f", "epub", "--name", "b")
    assert run_cli(*build, "--epub-math", "svg").code == 0
    with zipfile.ZipFile(tmp_path / "b.epub") as archive:
        assert any(b"<svg" in archive.read(name) for name in archive.namelist() if "/p-" in name)
    assert run_cli(*build, "--epub-math", "gif").code == 2


pieces = st.lists(st.text(alphabet="甲乙，。（“）a", max_size=5), min_size=2, max_size=5)


@given(pieces)
def test_marks_by_formulas_are_boxed_and_nothing_is_lost(texts: list[str]) -> None:
    root = etree.fromstring(f'<p xmlns="{XHTML[1:-1]}">{"<span/>".join(texts)}</p>')
    formulas = list(root)
    for formula in formulas:
        formula.text = "x"
        keep_together(formula)
    assert "".join(map(str, root.itertext())) == "x".join(texts)
    for formula, following in zip(formulas, texts[1:], strict=True):
        if following[:1] in ("，", "。", "）"):
            box = formula.getparent()
            assert box is not None
            assert box.get("class") == "together"
            assert (formula.tail or "").startswith(following[0])
