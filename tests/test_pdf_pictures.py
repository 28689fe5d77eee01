"""Without the WeasyPrint that is known formulas are SVG images, which look the same."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageFilter

from conftest import BuildBook, Built

FORMULAS = [
    r"\sum_{i=1}^n \frac{x_i^2}{\sqrt{1+y_i}}",
    r"\left[\begin{matrix}a&b\\c&d\end{matrix}\right]^{-1}",
    r"f(x)=\begin{cases}1,&x>0\\0,&x\le 0\end{cases}",
    r"\int_{-\infty}^{\infty} e^{-x^2}\,dx=\sqrt{\pi}",
    r"\hat{\boldsymbol{\theta}},\ \mathcal{L},\ \mathbb{E},\ \mathfrak{g},\ \mathrm{d}x",
    r"\underbrace{a+b}_{c}\xrightarrow{f}\overline{xyz}",
    r"\boxed{E=mc^2}\quad\cancel{x}\quad\color{red}{y}",
    r"\begin{array}{c|c}1&2\\\hline 3&4\end{array}",
    r"\Bigg(\bigg(\Big(\big(x\big)\Big)\bigg)\Bigg)",
    r"\prod_{k}\bigcup_{j}\oint\iint\nabla\partial\aleph",
]
NUMBER = r"\tag{7}"
BODY = "---\ntitle: T\n---\n" + "\n\n".join(
    f"文字${tex}$文字。\n\n$${tex}{NUMBER if index % 3 == 0 else ''}$$"
    for index, tex in enumerate(FORMULAS)
)


def pages(built: Built, folder: Path) -> list[Image.Image]:
    folder.mkdir()
    subprocess.run(["pdftoppm", "-r", "72", "-gray", "-png", built.pdf, folder / "p"], check=True)
    shown = [Image.open(file).convert("L") for file in sorted(folder.glob("p*.png"))]
    return [page.filter(ImageFilter.GaussianBlur(1.5)) for page in shown]


def test_pictures_look_like_text(
    build_book: BuildBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = build_book({"a.md": BODY}, formats=("pdf",), output=tmp_path / "text")
    as_text = pages(text, tmp_path / "1")
    assert "formulas-as-pictures" not in text.told.codes
    monkeypatch.setattr("kexue_book.pdf.render.draws_as_known", lambda: False)
    drawn = build_book(
        {"a.md": BODY}, formats=("pdf",), output=tmp_path / "pictures", keeping=False
    )
    assert drawn.told.codes == ["formulas-as-pictures"]
    assert r"\frac" in text.pdf_text()
    assert r"\frac" not in drawn.pdf_text()
    as_pictures = pages(drawn, tmp_path / "2")
    assert len(as_text) == len(as_pictures)
    for one, other in zip(as_text, as_pictures, strict=True):
        difference = ImageChops.difference(one, other)
        apart = sum(count for value, count in enumerate(difference.histogram()) if value > 70)
        dark = sum(count for value, count in enumerate(one.histogram()) if value < 180)
        assert apart <= 0.02 * dark + 5
