"""What the PDF writer relies on: its own math font, and WeasyPrint's undocumented parts."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import pikepdf
import pytest
import weasyprint
from fontTools.ttLib import TTFont

from conftest import BuildBook
from kexue_book.cover import CoverFont
from kexue_book.errors import UsageError
from kexue_book.formulas import parse_display_list, typeset_formulas
from kexue_book.model import FormulaKey, Glyph
from kexue_book.pdf import PAGE_SIZES, page_size
from kexue_book.pdf.content import draw_operators
from kexue_book.pdf.glyph_codes import glyph_codes
from kexue_book.pdf.math_font import BookMathFont, MathFont, true_type
from kexue_book.pdf.object_file import ObjectFile
from kexue_book.pdf.subset import bare_cff


def drawn(tex: str) -> tuple[str, MathFont, Mapping[str, Glyph]]:
    key = FormulaKey(tex=tex, display=True)
    done = typeset_formulas([key], cache=None)
    font = MathFont(done.glyphs)
    operators = parse_display_list(done.formulas[key].operators)
    return draw_operators(operators, font).content.decode(), font, done.glyphs


def embedded(font: MathFont, glyphs: Mapping[str, Glyph]) -> TTFont:
    written = io.BytesIO()
    file = ObjectFile(written)
    used = {name: glyphs[name] for name in font.glyphs_used}
    number = file.reserve()
    codes = {code: name for name, code in glyph_codes(font.glyphs_used).items()}
    BookMathFont(file, used, true_type(used)).put(number, codes)
    pages = file.add(b"<</Type/Pages/Kids[]/Count 0>>")
    file.finish(file.add(b"<</Type/Catalog/Pages %d 0 R>>" % pages), file.add(b"<<>>"))
    with pikepdf.open(written) as pdf:
        made = pdf.get_object((number, 0)).DescendantFonts[0].FontDescriptor.FontFile2
        return TTFont(io.BytesIO(made.read_bytes()))


def test_glyphs_stand_where_mathjax_put_them() -> None:
    # Renderers shift an outline by its left edge less its bearing; that must be nothing.
    content, font, glyphs = drawn(r"\left\{\begin{aligned}\frac{a}{b}\\c\\d\end{aligned}\right.")
    made = embedded(font, glyphs)
    assert len(made.getGlyphOrder()) > 6
    for name in made.getGlyphOrder()[1:]:
        assert made["hmtx"][name][1] == made["glyf"][name].xMin
    assert "re W n" in content


def test_colours_boxes_and_strokes_are_drawn() -> None:
    content, _, _ = drawn(r"\color{red}{x}\cancel{y}\bbox[yellow]{z}\boxed{w}")
    assert "q 1 0 0 rg 1 0 0 RG" in content
    assert content.count(" S Q") >= 2
    assert content.count("q ") == content.count("Q\n") + content.endswith("Q")


def test_words_of_an_unknown_colour_have_that_of_the_text(build_book: BuildBook) -> None:
    made = build_book({"a.md": r"前 $\color{mygreen}{\text{汉字}}$ 后"}, formats=("pdf",))
    assert made.told.codes == []
    assert "汉字" in made.pdf_text()


def test_page_sizes_hold_whole_characters_and_lines() -> None:
    for size in PAGE_SIZES.values():
        assert size.outer_margin > 30
        assert size.top_margin > 30
        assert size.bottom_margin > 30
    with pytest.raises(UsageError):
        page_size("a99")


def test_weasyprint_is_the_one_this_was_written_for() -> None:
    assert weasyprint.VERSION.startswith("70.")


def test_the_fonts_of_a_book_are_embedded_as_subsets(build_book: BuildBook) -> None:
    made = build_book({"a.md": "汉字 **粗** *楷* `code` $x+\\text{汉}$"}, formats=("pdf",))
    listed = subprocess.run(["pdffonts", made.pdf], capture_output=True, text=True, check=True)
    lines = listed.stdout.splitlines()[2:]
    assert any("KexueMath" in line for line in lines)
    assert len(lines) >= 4
    for line in lines:
        embedded_subset = line.split()[-5:-2]
        assert embedded_subset == ["yes", "yes", "yes"], line
    assert "CID Type 0C" in listed.stdout
    assert made.summary.sizes[0] < 80_000


def test_only_fonts_that_number_their_glyphs_give_their_outlines_alone() -> None:
    chinese = CoverFont.find(bold=False)
    codes = {1: 7, 2000: 3, 30000: 0x4E00}
    outlines = bare_cff(Path(chinese.path).read_bytes(), chinese.index, codes)
    assert outlines is not None
    assert len(outlines) < 5000
    assert b"OTTO" not in outlines
    stix = files("kexue_book.epub") / "fonts" / "STIXTwoMath-Regular.otf"
    assert bare_cff(stix.read_bytes(), 0, {0: 0, 1: 1, 2: 2}) is None  # it has names for its glyphs


def test_formulas_copy_as_latex_wherever_they_stand(build_book: BuildBook) -> None:
    body = (
        "# 题 $a_1$\n\n文 $b_2$ 与\n\n\\begin{align}c_3&=1\\\\d_4&=\\text{汉}\\end{align}\n\n"
        "| $e_5$ |\n|---|\n| $f_6$ |\n\n注[^1]\n\n[^1]: $g_7$"
    )
    text = build_book({"a.md": body}, formats=("pdf",)).pdf_text()
    for source in ("a_1", "b_2", "c_3&=1", r"d_4&=\text{汉}", "e_5", "f_6", "g_7"):
        assert source in text


def test_text_without_a_place_to_break_is_not_cut_off(build_book: BuildBook) -> None:
    run = "".join(f"a{n}=b{n}+" for n in range(60))
    built = build_book({"a.md": f"前{run}后"}, formats=("pdf",))
    assert run in "".join(built.pdf_text().split())


def test_letters_copy_without_a_span_and_displays_without_their_wrapper(
    build_book: BuildBook,
) -> None:
    body = (
        "---\ntitle: 题\n---\n设 $x$ 与 $f(x)$ 及 $\\theta$ 为\n"
        "\\begin{equation}y=x\\label{eq:y}\\end{equation}由\\eqref{eq:y}得。"
    )
    built = build_book({"a.md": body}, formats=("pdf",))
    text = " ".join(built.pdf_text().split())
    assert "设 x 与 f (x) 及 \\theta 为" in text or "设 x 与 f(x) 及 \\theta 为" in text
    assert "y=x" in text
    assert "equation" not in text
    assert "label" not in text
    with pikepdf.open(built.pdf) as pdf:
        content = b"".join(page.Contents.read_bytes() for page in pdf.pages)
    assert b"ActualText(x)" not in content
    assert b"ActualText(\\\\theta)" in content


def test_boxes_within_a_link_are_no_links_of_their_own(build_book: BuildBook) -> None:
    posts = {"a.md": "---\ntitle: 甲 $x$\n---\n[乙的**粗**与 `code`](b.md)", "b.md": "文"}
    with pikepdf.open(build_book(posts, formats=("pdf",)).pdf) as pdf:
        for page in pdf.pages:
            links = [
                (str(link.get("/Dest")), list(map(float, link.Rect)))
                for link in page.obj.get("/Annots", ())
            ]
            for target, box in links:
                inside = [
                    other
                    for name, other in links
                    if name == target
                    and other is not box
                    and box[0] <= other[0]
                    and other[2] <= box[2]
                    and box[1] <= other[1]
                    and other[3] <= box[3]
                ]
                assert not inside
