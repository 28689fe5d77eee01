"""Drawings in the PDF: as WeasyPrint draws them, and once in the book."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageChops

from conftest import BuildBook, Built
from kexue_book.model import PdfVariant
from kexue_book.pdf.vector_image import Drawings
from verapdf import broken_rules

HEAD = b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
SIZE = b'width="120" height="60" viewBox="0 0 240 120">'
CLIPPED = (
    b'<defs><style>*{stroke-linejoin:round}</style><path id="m" d="M0 -6L6 6L-6 6Z"/>'
    b'<clipPath id="c"><rect x="20" y="10" width="160" height="100"/></clipPath></defs>'
    b'<rect width="240" height="120" style="fill:#eee"/>'
    b'<path d="M10 10L200 100" style="stroke:#a33;stroke-width:9" clip-path="url(#c)"/>'
    b'<use xlink:href="#m" x="60" y="60" style="fill:#1f4e79"/></svg>'
)
PLAIN = HEAD + SIZE + CLIPPED
SEEN_THROUGH = HEAD + SIZE + b'<circle cx="60" cy="60" r="50" fill="#00f" fill-opacity=".4"/></svg>'
GROUPED = HEAD + SIZE + b'<g opacity=".5"><rect width="99" height="99" fill="#080"/></g></svg>'
WRITTEN = HEAD + SIZE + '<text x="20" y="70" font-size="40">字 x</text></svg>'.encode()
SHADED = (
    HEAD + SIZE + b'<defs><linearGradient id="g"><stop offset="0" stop-color="#f00"/>'
    b'<stop offset="1" stop-color="#00f"/></linearGradient></defs>'
    b'<rect width="240" height="120" fill="url(#g)"/></svg>'
)
POST = "---\ntitle: 题{}\n---\n前文。\n\n![图](figure.svg)\n\n后文。"


def build(build_book: BuildBook, drawing: bytes, posts: int = 1, **options: object) -> Built:
    texts = {f"{n}.md": POST.format(n) for n in range(posts)}
    return build_book(texts, {"figure.svg": drawing}, formats=("pdf",), **options)


def page(built: Built) -> Image.Image:
    """The page with the drawing, in 150 dpi."""
    command = ["pdftoppm", "-r", "150", "-f", "4", "-l", "4", built.pdf]
    drawn = subprocess.run(command, capture_output=True, check=True).stdout
    return Image.open(io.BytesIO(drawn))


def forms(pdf: Path) -> int:
    """How many forms draw paths and nothing else."""
    with pikepdf.open(pdf) as document:
        return sum(
            isinstance(item, pikepdf.Stream)
            and item.get("/Subtype") == "/Form"
            and b" l" in item.read_bytes()
            and b"BT" not in item.read_bytes()
            for item in document.objects
        )


@pytest.mark.parametrize("drawing", [PLAIN, SEEN_THROUGH, GROUPED, WRITTEN, SHADED])
def test_drawings_look_as_weasyprint_draws_them(
    build_book: BuildBook, monkeypatch: pytest.MonkeyPatch, drawing: bytes
) -> None:
    ours = page(build(build_book, drawing, keeping=False, name="ours"))
    monkeypatch.setattr(Drawings, "images", lambda self, assets: {})
    theirs = page(build(build_book, drawing, keeping=False, name="theirs"))
    difference = ImageChops.difference(ours.convert("L"), theirs.convert("L"))
    assert sum(difference.histogram()[80:]) == 0
    assert len(ours.convert("RGB").getcolors(1 << 20) or ()) > 40, "there is a drawing"


def test_a_drawing_is_in_the_book_once(build_book: BuildBook) -> None:
    built = build(build_book, PLAIN, posts=3)
    assert forms(built.pdf) == 1


def test_pages_that_are_tagged_keep_the_standards(build_book: BuildBook) -> None:
    variants = (PdfVariant.UA_1, PdfVariant.A_2A)
    built = build(build_book, PLAIN, posts=2, pdf_variants=variants)
    expected = {(variant, built.pdf): [] for variant in ("ua1", "2a")}
    assert broken_rules(*expected) == expected
    assert forms(built.pdf) == 1
