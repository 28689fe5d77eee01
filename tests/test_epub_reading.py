"""What the EPUB's styles leave to its reader, and what fits on a small screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import tinycss2
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from conftest import REPOSITORY, Built, build_in
from epub_faults import epub_faults
from kexue_book.epub.listings import hang_long_lines

XHTML = "{http://www.w3.org/1999/xhtml}"
MATH = "{http://www.w3.org/1998/Math/MathML}"
GREYS = ("#8b8b8b", "rgba(127, 127, 127, 0.1)", "rgba(127, 127, 127, 0.06)")
"""Lines and fields, in the middle between day and night."""
NIGHTS = {
    "white": ("#000000", "#ffffff"),
    "black": ("#cccccc", "#000000"),
    "sepia": ("#5b4636", "#f4ecd8"),
}
"""What readers choose: text and paper; foliate's sepia."""


@dataclass(frozen=True)
class Rule:
    """A declaration and the elements it is for."""

    selector: str
    name: str
    value: str


def rules() -> Iterator[Rule]:
    for name in ("base.css", "epub.css"):
        text = (REPOSITORY / "styles" / name).read_text("utf-8")
        yield from in_block(tinycss2.parse_stylesheet(text, True, True))


def in_block(nodes: list[object]) -> Iterator[Rule]:
    for node in nodes:
        assert node.type in ("qualified-rule", "at-rule"), node
        if node.type == "at-rule":
            yield from in_block(tinycss2.parse_rule_list(node.content, True, True))
            continue
        selector = " ".join(tinycss2.serialize(node.prelude).split())
        for made in tinycss2.parse_blocks_contents(node.content, True, True):
            assert made.type == "declaration", (selector, made)
            yield Rule(selector, made.name, tinycss2.serialize(made.value).strip())


RULES = tuple(rules())


def test_text_has_no_colour_of_its_own() -> None:
    assert {rule.value for rule in RULES if rule.name == "color"} == {"inherit"}


def test_lines_and_fields_are_grey_enough_for_day_and_night() -> None:
    for rule in RULES:
        colors = re.findall(r"#[0-9a-f]{3,8}\b|(?:rgb|hsl)a?\([^)]*\)", rule.value)
        if rule.selector == "figure img":
            assert colors in ([], ["#fff"])  # drawings with black lines
        else:
            assert set(colors) <= set(GREYS), rule
        words = re.findall(r"\b(?:black|white|gr[ae]y|red|green|blue|navy)\b", rule.value)
        assert words == [] or rule.name == "white-space" or "var" in rule.value, rule


@pytest.mark.parametrize(("text", "paper"), NIGHTS.values(), ids=NIGHTS)
def test_what_is_paler_is_readable_on_every_paper(text: str, paper: str) -> None:
    ink, ground = rgb(text), rgb(paper)
    field = mixed((127.0, 127.0, 127.0), ground, 0.1)
    shades = [float(rule.value) for rule in RULES if rule.name == "opacity"]
    letters = [shade for shade in shades if shade != 0.5]
    assert len(letters) > 5
    for share in (1.0, *letters):
        assert contrast(mixed(ink, ground, share), ground) >= 4.5
        assert contrast(mixed(ink, field, share), field) >= 4.5
    # Half is for lines that only adorn.
    assert all("::after" in rule.selector for rule in RULES if rule.value == "0.5")


Color = tuple[float, ...]


def rgb(color: str) -> Color:
    return tuple(map(float, bytes.fromhex(color[1:])))


def mixed(over: Color, under: Color, share: float) -> Color:
    return tuple(a * share + b * (1 - share) for a, b in zip(over, under, strict=True))


def contrast(one: Color, other: Color) -> float:
    """https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio."""
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(color: Color) -> float:
    parts = [c / 255 for c in color]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(c * share for c, share in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def test_sizes_follow_the_readers() -> None:
    for rule in RULES:
        if rule.name in ("font-size", "line-height", "text-indent", "margin", "padding"):
            assert not re.search(r"\d(px|pt|cm|mm|in)\b", rule.value), rule
    assert not [
        rule
        for rule in RULES
        if rule.selector in ("html", "body", "p")
        and rule.name in ("font-size", "font-family", "font", "background")
    ]


def test_only_code_formulas_and_emphasis_have_fonts() -> None:
    named = {rule.selector for rule in RULES if rule.name in ("font-family", "font")}
    assert named == {"code, pre, kbd, samp", "em, i, cite", "math", "math mtext"}


def test_important_rules_are_none_that_a_reader_sets() -> None:
    for name in ("base.css", "epub.css"):
        text = (REPOSITORY / "styles" / name).read_text("utf-8")
        assert set(re.findall(r"([a-z-]+):[^;{}]*!important", text)) <= {"text-align"}


def value(selector: str, name: str) -> str:
    """The last value that a selector of its own or in a list gets."""
    found = [r for r in RULES if selector in r.selector.split(", ") and r.name == name]
    return found[-1].value if found else ""


def test_nothing_is_parted_that_belongs_together() -> None:
    for heading in ("h2", "h3", "h4", "h5", "h6"):
        assert value(heading, "break-after") == value(heading, "page-break-after") == "avoid"
    assert value("figure", "break-inside") == value("figure", "page-break-inside") == "avoid"
    assert value("figcaption", "break-before") == "avoid"
    assert (value("body", "orphans"), value("body", "widows")) == ("2", "2")


def test_chinese_paragraphs_are_indented_and_stand_close() -> None:
    assert (value("p", "text-indent"), value("p", "margin")) == ("2em", "0")
    assert value("p.continued", "text-indent") == "0"


def test_what_is_wide_scrolls_shrinks_or_wraps() -> None:
    for box in (".display", ".equation-body", ".wide", ".long-formula"):
        assert value(box, "overflow-x") == "auto"
    assert value("img", "max-width") == "100%"
    assert value("figure img", "max-height").endswith("vh")
    assert value("pre.code", "white-space") == "pre-wrap"
    assert value("pre.code", "overflow-wrap") == "anywhere"


LONG = "a=b+c+d+e+f+g+h+i+j+k+l+m+n+o+p+q+r+s+t"
CODE = (
    'def f():\n    """说\n\n    明"""\n        return some_function(with_many, arguments)  # 注\n'
)
POST = (
    f"---\ntitle: 甲\n---\n设 ${LONG}$，见 $x$。\n\n$$x$$\n\n$${LONG}$$\n\n"
    f"\\begin{{equation}}{LONG}\\end{{equation}}\n\n```python\n{CODE}```\n\n```\nshort\n```\n\n"
    "<details><summary>解</summary>\n\n藏\n\n</details>\n\n|甲|乙|\n|--|--|\n|丙|丁|\n\n"
    "见 [$y$](https://a.example/)，又见[式 $z$](https://b.example/)。\n"
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build_in(tmp_path_factory.mktemp("reading"), {"a.md": POST})


@pytest.fixture(scope="module")
def page(built: Built) -> etree._Element:
    return etree.fromstring(built.member("p-a.xhtml").encode())


def of_class(page: etree._Element, name: str) -> list[etree._Element]:
    return [element for element in page.iter() if name in element.get("class", "").split()]


def test_epubcheck_finds_nothing(built: Built) -> None:
    assert epub_faults(built.epub) == []


def test_wide_displays_fit_themselves_to_the_page_and_others_do_not(page: etree._Element) -> None:
    boxes = of_class(page, "roomy")
    assert ["display" in box.get("class", "").split() for box in boxes] == [True, False]
    for box in boxes:
        size = box[0].get("style", "")
        found = re.fullmatch(r"font-size:min\(1em,max\(0\.6em,([\d.]+)cqw\)\)", size)
        assert found is not None
        assert 2 < float(found[1]) < 5  # of 37 em, what an em may be on a page 100 wide
    others = [m for m in page.iter(f"{MATH}math") if "roomy" not in m.getparent().get("class", "")]
    assert len(others) == 5
    assert not [math for math in others if "font-size" in math.get("style", "")]
    assert boxes[1].get("style", "").startswith("flex-basis:")


def test_a_long_formula_in_the_text_scrolls_on_its_baseline(page: etree._Element) -> None:
    (box,) = of_class(page, "long-formula")
    assert re.fullmatch(r"vertical-align:-0\.\d\dem", box.get("style", ""))


def test_whatever_scrolls_can_be_reached_without_a_pointer(page: etree._Element) -> None:
    scrolling = [box for name in ("roomy", "long-formula", "wide") for box in of_class(page, name)]
    assert len(scrolling) == 4
    assert [box for box in page.iter() if box.get("tabindex") == "0"] == sorted(
        scrolling, key=list(page.iter()).index
    )


def test_a_link_that_is_a_formula_has_a_name(page: etree._Element) -> None:
    links = {link.get("href"): link for link in page.iter(f"{XHTML}a")}
    titles = [
        [box.get("title") for box in links[address].iter() if box.get("title")]
        for address in ("https://a.example/", "https://b.example/")
    ]
    assert titles == [["y"], []]


def test_lines_of_code_hang_and_say_the_same(page: etree._Element) -> None:
    long, short = page.iter(f"{XHTML}pre")
    assert "".join(long.itertext()).rstrip("\n") == CODE.rstrip("\n")
    lines = of_class(long, "code-line")
    assert [line.get("class") for line in lines] == [
        *("code-line", "code-line deep-2", "code-line", "code-line deep-2"),
        "code-line deep-4",
    ]
    # The documentation string goes over three lines, one of them blank.
    assert [len(line) > 0 for line in lines[1:4]] == [True, False, True]
    assert of_class(short, "code-line") == []


def test_nothing_is_folded_away(page: etree._Element) -> None:
    (details,) = page.iter(f"{XHTML}details")
    assert details.get("open") == "open"


def test_every_depth_of_code_has_a_rule() -> None:
    depths = [rule.selector for rule in RULES if "deep-" in rule.selector and "ch" in rule.value]
    assert {int(depth.rpartition("-")[2]) for depth in depths} == set(range(1, 7))


tokens = st.lists(
    st.tuples(st.booleans(), st.text(alphabet="ab 中\n\t", max_size=30)), min_size=1, max_size=6
)


@given(tokens)
def test_code_keeps_its_text_and_its_tokens(parts: list[tuple[bool, str]]) -> None:
    listing = etree.Element(f"{XHTML}pre")
    code = etree.SubElement(listing, f"{XHTML}code")
    for is_token, text in parts:
        if is_token:
            etree.SubElement(code, f"{XHTML}span", {"class": "k"}).text = text
        elif len(code):
            code[-1].tail = (code[-1].tail or "") + text
        else:
            code.text = (code.text or "") + text
    before = "".join(map(str, listing.itertext()))
    marked = "".join(text for is_token, text in parts if is_token)
    hang_long_lines(listing)
    assert "".join(map(str, listing.itertext())) == before
    assert "".join("".join(map(str, t.itertext())) for t in of_class(listing, "k")) == marked
    for line in of_class(listing, "code-line"):
        assert "\n" not in "".join(map(str, line.itertext()))[:-1]
