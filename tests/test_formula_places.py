"""Formulas wherever a post may have them → both books show them, and copy as LaTeX from the PDF."""

from __future__ import annotations

import io
import re
from html import unescape

import pytest
from PIL import Image

from conftest import Built, build_in
from epub_faults import epub_faults

POST = r"""---
title: 题目 $t_0$ 之一
date: 2021-01-02
---

段落{% raw %}$r_1$ 与 $r_2${% endraw %}，{% math %}m_1^2{% endmath %}，$x\_1+\\{y\\}$，\\(p_1\\)。

{% math %}
m_2=0
{% endmath %}

{% raw %}
$$
\begin{aligned}
r_3&=1\\\\
r_4&=2
\end{aligned}
$$
{% endraw %}

## 标题 $h_1$ 与 \(h_2\)

| 列 $c_1$ | 乙 |
|---|---|
| $c_2|c_3$ | $$c_4$$ |
| `|a|` | $c_5$ |
| 丙 | \begin{equation}c_6\label{c}\end{equation} |

[链接 $l_1$ 文](https://a.example/) 与 [$l_2$](https://b.example/)。

![图注 $g_1$](a.png)

注[^1]与\eqref{q}、\eqref{c}。

[^1]: 脚注 $f_1$，及
    $$f_2\label{q}\tag{7}$$
    完。

- 列表 $i_1$

  $$i_2$$

> 引用 $q_1$
> $$
> q_2
> $$

**粗 $b_1$** 与 *斜 $b_2$*，<span>$s_1$</span>。

词
: 定义 $d_1$

???+ note "证明 $n_1$"
    因为 $n_2$。

    $$n_3$$

<details><summary>摘要 $u_1$</summary>

内 $u_2$

</details>

<center>$$e_1$$</center>

<p>段 $e_2$</p>

<table><tr><td>$e_3$</td></tr></table>
"""
FORMULAS = (
    *("t_0", "r_1", "r_2", "m_1^2", r"x_1+\{y\}", "p_1", "m_2=0", "h_1", "h_2", "c_1", "c_2|c_3"),
    r"\begin{aligned} r_3&=1\\ r_4&=2 \end{aligned}",
    *("c_4", "c_5", r"\begin{equation}c_6\label{c}\end{equation}", "l_1", "l_2", "g_1", "f_1"),
    *(r"f_2\label{q}\tag{7}", "i_1", "i_2", "q_1", "q_2", "b_1", "b_2", "s_1", "d_1"),
    *("n_1", "n_2", "n_3", "u_1", "u_2", "e_1", "e_2", "e_3"),
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("places")
    image = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(image, "PNG")
    files = {"a.png": image.getvalue()}
    return build_in(folder, {"a.md": POST}, files, formats=("epub", "pdf"))


def test_every_formula_is_in_both_books(built: Built) -> None:
    assert built.told.codes == []
    shown = [unescape(tex) for tex in re.findall(r'alttext="([^"]*)"', built.chapters())]
    assert sorted(shown) == sorted(FORMULAS)
    copied = re.sub(r"\s", "", built.pdf_text("-raw"))
    for tex in FORMULAS:
        bare = re.sub(r"\\label\{.*?\}|\\(begin|end)\{equation\}", "", tex.replace(" ", ""))
        assert bare in copied, tex
    assert "label" not in copied


def test_nothing_of_their_notation_is_left(built: Built) -> None:
    text = re.sub(r"<math.*?</math>|<[^>]*>", "", built.member("p-a.xhtml"), flags=re.DOTALL)
    for mark in ("$", "{%", "\\", "???"):
        assert mark not in text


def test_numbers_stand_where_the_references_say(built: Built) -> None:
    text = re.sub(r"<math.*?</math>|<[^>]*>", "", built.member("p-a.xhtml"), flags=re.DOTALL)
    assert "与(7)、(1)。" in text
    assert re.findall(r"\(\d\)", text) == ["(1)", "(7)", "(1)", "(7)"]
    copied = built.pdf_text("-layout")
    assert re.search(r"c_6 +\(1\)", copied)
    assert re.search(r"\\tag\{7\} +\(7\)", copied)


def test_the_book_is_valid(built: Built) -> None:
    assert epub_faults(built.epub) == []
