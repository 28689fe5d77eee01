"""Input that means harm, or is just broken: every build ends, names what it left out, is valid."""

from __future__ import annotations

from pathlib import Path

from conftest import BuildBook
from epub_faults import epub_faults

HOSTILE = {
    "amp.md": "&" * 50_000,
    "brackets.md": "[" * 5_000,
    "colspan.md": '<table><tr><td colspan="100000">x</td></tr></table>',
    "deep.md": "> " * 200 + "x\n\n" + "- " * 120 + "y",
    "divs.md": "<div>" * 500 + "x",
    "empty.md": "",
    "environments.md": "\\begin{a}" * 500,
    "front.md": "---\ntitle: 空\n---\n",
    "headings.md": "# h\n\n" * 500,
    "images.md": "![" * 1_000,
    "links.md": "[a](http://[) [b](file:///etc/passwd) <a href='data:text/html,x'>c</a>",
    "notes.md": "^[" * 500,
    "stars.md": "*a **b " * 3_000,
    "style.md": '<p style="tab-size:999999999;width:0">x</p><svg><use href="#a"/></svg>',
    "tex.md": "$" + "{x^" * 300 + "}" * 300 + "$ $\\def\\a{\\a\\a}\\a$",
    "ticks.md": " ".join("`" * n for n in range(1, 400)),
    "title.md": '---\ntitle: "$\\\\frac{1}{2}$ <b>x</b> $\\\\foo$"\n---\n$\\text{a$b$c}$',
    "unicode.md": "\u202e rtl \u200b zalg̷̢o 😀 \ufffe",
    "wide.md": "x" * 3_000,
}


def test_hostile_posts_end_in_a_valid_book(build_book: BuildBook) -> None:
    made = build_book(HOSTILE)
    assert made.summary.chapters == len(HOSTILE)
    assert epub_faults(made.epub) == []
    text = made.chapters()
    assert "/etc/passwd" not in text
    assert "<svg" not in text
    for code in ("broken-formula", "refused-link", "removed-html", "control-character"):
        assert code in made.told.codes


def test_hostile_posts_end_in_a_pdf(build_book: BuildBook) -> None:
    quick = ("colspan.md", "deep.md", "divs.md", "links.md", "style.md", "tex.md", "wide.md")
    made = build_book({name: HOSTILE[name] for name in quick}, formats=("pdf",))
    assert made.summary.pages is not None
    assert "refused-resource" not in made.told.codes


def test_posts_cannot_reach_outside_their_folder(build_book: BuildBook, tmp_path: Path) -> None:
    (tmp_path / "secret.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    body = "![a](../../secret.svg) ![b](/etc/hostname)\n\n<img src='../../secret.svg'>"
    made = build_book({"posts/a.md": body}, formats=("epub", "pdf"))
    assert made.told.codes == ["missing-image"] * 3
    assert made.member("content.opf").count('media-type="image/') == 1  # the cover
