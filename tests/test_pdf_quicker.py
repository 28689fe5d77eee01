"""Shorter ways through layout leave nothing behind, and come to the same."""

from __future__ import annotations

import gc

import pytest
from weasyprint.css import ComputedStyle

from conftest import BuildBook, Built
from kexue_book.layout import Layout
from kexue_book.pdf import page_size, quicker
from kexue_book.pdf.design import design_of
from kexue_book.pdf.render import Renderer
from kexue_book.pdf.sheet import Sheet

PARAGRAPHS = "".join(
    f"<p>第{n}段，<strong>字</strong>与 <code>code</code>。</p>" for n in range(60)
)
HTML = (
    '<html lang="zh-CN"><body><div class="body-matter"><section class="chapter" id="p-a">'
    f'<h1 class="chapter-title" data-label="">题</h1><div class="chapter-body">{PARAGRAPHS}</div>'
    "</section></div></body></html>"
)
BOXES = """
## 节

> 引文。

- 甲
- 乙

| 甲 | 乙 |
|---|---|
| 1 | 2 |

```
code
```

正文[^1]，$x$，

$$y$$

[^1]: 注。
"""


def styles_alive() -> int:
    return sum(isinstance(found, ComputedStyle) for found in gc.get_objects())


def test_what_a_sheet_was_laid_out_with_is_let_go() -> None:
    renderer = Renderer(design_of(Layout(), page_size("a5", two_sided=False), ()))
    renderer.warm_up()
    gc.collect()
    before = styles_alive()
    gc.disable()
    try:
        renderer.render(Sheet(anchor="p-a", html=HTML))
        assert styles_alive() - before < 50  # of more than 200
    finally:
        gc.enable()


def test_lengths_that_nobody_set_are_what_they_would_be(
    build_book: BuildBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pdf(name: str) -> bytes:
        built: Built = build_book(
            {"a.md": f"---\ntitle: T\n---\n{BOXES}"}, formats=("pdf",), name=name
        )
        return built.pdf.read_bytes()

    quick = pdf("quick")
    # It is always looked up, so nothing seems to be unset.
    monkeypatch.setattr(quicker, "_SIZES", frozenset(("border_collapse",)))
    assert pdf("plain") == quick
