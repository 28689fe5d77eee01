"""Images of posts come out of the PDF with the pixels they have, whatever kind of file they are."""

from __future__ import annotations

import io
import random
import struct
import subprocess
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageFile, ImageOps

from conftest import Built, build_in
from kexue_book.model import Asset
from kexue_book.pdf import bitmaps
from kexue_book.pdf.bitmap_image import bitmaps_possible
from kexue_book.pdf.bitmaps import Bitmaps, read_bitmap
from pictures import saved

_WIDTH, _HEIGHT = 37, 23
_PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2)]
_PASSES += [(0, 1, 1, 2)]
_TURNED = 6
"""EXIF: a quarter clockwise."""


def speckled(mode: str) -> Image.Image:
    """Return pixels none of which is like its neighbours; lines fill no bytes."""
    chance = random.Random(mode)
    bands = [
        Image.frombytes("L", (_WIDTH, _HEIGHT), chance.randbytes(_WIDTH * _HEIGHT))
        for _ in ("1" if mode == "1" else mode)
    ]
    return bands[0].convert(mode) if len(bands) == 1 else Image.merge(mode, bands)


def turned() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = _TURNED
    return saved(speckled("RGB"), "PNG", exif=exif)


def interlaced(image: Image.Image) -> bytes:
    """Return a PNG of greys in seven passes (PNG, third edition, 8.1): Pillow writes none."""
    lines = b""
    for left, top, across, down in _PASSES:
        for y in range(top, _HEIGHT, down):
            levels = [image.getpixel((x, y)) for x in range(left, _WIDTH, across)]
            lines += b"\0" + bytes(levels) if levels else b""  # type: ignore[arg-type]
    header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 0, 0, 0, 1)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


KINDS = {
    "grey.png": saved(speckled("L"), "PNG"),
    "colours.png": saved(speckled("RGB"), "PNG"),
    "two-levels.png": saved(speckled("1"), "PNG"),
    "palette.png": saved(speckled("RGB").quantize(200), "PNG"),
    "small-palette.png": saved(speckled("RGB").quantize(5), "PNG"),
    "clear-colour.png": saved(speckled("RGB").quantize(16), "PNG", transparency=3),
    "clear-level.png": saved(speckled("L"), "PNG", transparency=7),
    "alpha.png": saved(speckled("RGBA"), "PNG"),
    "grey-alpha.png": saved(speckled("LA"), "PNG"),
    "turned.png": turned(),
    "interlaced.png": interlaced(speckled("L")),
    "still.gif": saved(speckled("RGB").quantize(30), "GIF"),
    "drawing.webp": saved(speckled("RGBA"), "WEBP", lossless=True, exact=True),
    "drawing.bmp": saved(speckled("RGB"), "BMP"),
}


def in_pdf(built: Built) -> list[Image.Image]:
    """The images of a PDF in the order of its pages, masks after what they belong to."""
    prefix = built.folder / "shown"
    subprocess.run(["pdfimages", "-f", "4", "-png", built.pdf, prefix], check=True)
    return [Image.open(file) for file in sorted(built.folder.glob("shown*"))]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Image.Image]]:
    """The images of a book, each with its mask if it has one, by the names of the files."""
    body = "\n\n".join(f"![图]({name})" for name in KINDS)
    post = {"a.md": f"---\ntitle: 题\n---\n{body}"}
    built = build_in(tmp_path_factory.mktemp("kinds"), post, KINDS, formats=("pdf",))
    assert built.told.codes == []
    images = iter(in_pdf(built))
    return {
        name: [next(images) for _ in range(1 + has_holes(data))] for name, data in KINDS.items()
    }


def has_holes(data: bytes) -> bool:
    return opened(data).getchannel("A").getextrema()[0] < 255  # type: ignore[operator]


def opened(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as image:
        return ImageOps.exif_transpose(image).convert("RGBA")


@pytest.mark.parametrize("name", KINDS)
def test_pixels_are_those_of_the_file(shown: dict[str, list[Image.Image]], name: str) -> None:
    expected = opened(KINDS[name])
    image, *masks = shown[name]
    assert image.size == expected.size
    assert image.convert("RGB").tobytes() == expected.convert("RGB").tobytes()
    assert [mask.convert("L").tobytes() for mask in masks] == (
        [expected.getchannel("A").tobytes()] if masks else []
    )


def test_an_alpha_channel_that_hides_nothing_is_no_mask() -> None:
    opaque = speckled("RGBA")
    opaque.putalpha(255)
    assert read_bitmap(saved(opaque, "PNG")).mask is None


def test_lines_of_a_png_are_not_encoded_again() -> None:
    file = saved(speckled("RGB"), "PNG", compress_level=1)
    assert read_bitmap(file).seen.data in file


@pytest.mark.parametrize("lost", [1, 40, 2000])
def test_lines_that_are_not_whole_are_not_embedded_as_they_are(
    monkeypatch: pytest.MonkeyPatch, lost: int
) -> None:
    """Where WeasyPrint is loaded, Pillow takes truncated files; a PDF's reader may not."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    file = saved(speckled("RGB"), "PNG")
    start, end = file.index(b"IDAT") + 4, file.rindex(b"IEND") - 8
    data = file[start : end - lost]
    damaged = file[: start - 8] + struct.pack(">I", len(data)) + b"IDAT" + data
    damaged += struct.pack(">I", zlib.crc32(b"IDAT" + data)) + file[end + 4 :]
    bitmap = read_bitmap(damaged)
    assert len(zlib.decompress(bitmap.seen.data)) == _HEIGHT * (1 + 3 * _WIDTH)


def test_what_was_made_of_a_file_is_at_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asset(name: str) -> Asset:
        path = tmp_path / name
        path.write_bytes(saved(speckled("RGB"), "PNG"))
        size = {"width": _WIDTH, "height": _HEIGHT}
        return Asset(name=name, path=path, media_type="image/png", **size)

    one, two = asset("one.png"), asset("two.png")
    store = Bitmaps()
    first = store.read(one)
    assert store.read(one) is first
    monkeypatch.setattr(bitmaps, "_AT_HAND", first.size)
    assert store.read(two) is store.read(two)
    assert store.read(one) is not first


def test_weasyprint_draws_images_as_it_did() -> None:
    assert bitmaps_possible()
