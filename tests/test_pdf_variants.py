"""A tagged PDF: it keeps its standards, and who listens to it hears the book."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from conftest import BuildBook, Built
from kexue_book.model import Grouping, PdfVariant
from verapdf import broken_rules

BOTH = (PdfVariant.UA_1, PdfVariant.A_2A)
LONG = "".join(f"| {n} | 第{n}行 |\n" for n in range(50))
FIRST = r"""---
title: 甲篇 $E=mc^2$
date: 2020-01-01
tags: [甲, 乙]
---
第一段有公式 $x_1+\text{汉字}$ 与注[^1]，见[乙篇](b.md#乙节)与[网页](https://example.org/a)。

[^1]: 注里有 $y^2$。

### 跳过一级的标题

$$\begin{align}a&=b\label{eq:one}\\c&=d\end{align}$$

由式 $\eqref{eq:one}$ 得 $\frac{$ 之后。$\undefinedmacro{$

- 一
- 二
    1. 二之一
    2. 二之二

![图的说明](a.png)

![](b.jpg)

```python
def f(x):  # 注释
    return "字" + x
```

> 引文
"""
SECOND = f"""---
title: 乙篇
date: 2021-01-01
---
这里没有字形：\ue150 与 \U0001f9ff。

## 乙节

| 甲 | 乙 |
|----|----|
{LONG}

术语
:   解释

回到[甲篇](a.md)。{"长段落。" * 300}
"""
POSTS = {"a.md": FIRST, "b.md": SECOND}


def picture(mode: str, kind: str) -> bytes:
    data = io.BytesIO()
    Image.new(mode, (60, 40), 120 if mode == "L" else None).save(data, kind)
    return data.getvalue()


FILES = {"a.png": picture("RGBA", "PNG"), "b.jpg": picture("CMYK", "JPEG")}


@pytest.fixture(scope="module")
def tagged(tmp_path_factory: pytest.TempPathFactory) -> Built:
    from conftest import build_in

    folder = tmp_path_factory.mktemp("tagged")
    options = {"formats": ("pdf",), "grouping": Grouping.YEAR, "pdf_variants": BOTH}
    return build_in(folder, POSTS, FILES, **options)


@pytest.mark.parametrize("profile", ["ua1", "2a"])
def test_verapdf_finds_nothing(tagged: Built, profile: str) -> None:
    assert broken_rules(profile, tagged.pdf) == []


def test_verapdf_finds_what_is_wrong(build_book: BuildBook) -> None:
    built = build_book({"a.md": "---\ntitle: 甲\n---\n文。"}, formats=("pdf",))
    assert any("7.1-11" in line for line in broken_rules("ua1", built.pdf))
