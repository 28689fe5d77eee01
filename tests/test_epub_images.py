"""Images of posts → what each device shows: kinds, sizes, greys, ground, upright, first frames."""

from __future__ import annotations

import io
import random
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from conftest import BuildBook
from kexue_book.epub.bitmaps import fit_bitmap
from kexue_book.epub.devices import DeviceProfile, profile_for
from kexue_book.epub.images import ImageShelf
from kexue_book.epub.rasterise import UndrawableError, rasterise
from kexue_book.manuscript.images import ImageStore, NoImage
from kexue_book.model import Asset, Device
from pictures import DRAWING, all_kinds, drawing, frames, photo, saved, turned_jpeg

GENERIC = profile_for(Device.GENERIC)
KINDLE = profile_for(Device.KINDLE)
EINK = profile_for(Device.EINK)


def shown(data: bytes, media_type: str, profile: DeviceProfile) -> Image.Image:
    """The image as the book for a device has it."""
    fitted = fit_bitmap(data, media_type, profile)
    if fitted is None:
        return Image.open(io.BytesIO(data))
    image = Image.open(io.BytesIO(fitted.content))
    assert Image.MIME[str(image.format)] == fitted.media_type
    return image


def pixel(image: Image.Image, x: int, y: int) -> tuple[int, ...]:
    found: Any = image.convert("RGB").getpixel((x, y))
    return tuple(found)


def near(found: tuple[int, ...], wanted: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(found, wanted, strict=True))


@pytest.mark.parametrize("device", Device)
@pytest.mark.parametrize("kind", ["WEBP", "AVIF", "BMP", "TIFF"])
def test_what_a_device_does_not_show_is_converted(device: Device, kind: str) -> None:
    image = shown(saved(drawing(), kind), f"image/{kind.lower()}", profile_for(device))
    kept = kind == "WEBP" and device is Device.GENERIC
    assert image.format == (kind if kept else "PNG")
    assert image.size == (120, 80)
    red = (76, 76, 76) if device is Device.EINK else (255, 0, 0)
    assert near(pixel(image, 60, 8), red)
    assert near(pixel(image, 60, 50), (255, 255, 255))


@pytest.mark.parametrize("device", [device for device in Device if device is not Device.EINK])
def test_what_it_shows_is_left_alone(device: Device) -> None:
    for data, media_type in (
        (saved(photo(), "JPEG"), "image/jpeg"),
        (saved(drawing(), "PNG"), "image/png"),
        (saved(drawing().convert("P"), "GIF"), "image/gif"),
        # A channel for transparency that nothing uses.
        (saved(drawing().convert("RGBA"), "PNG"), "image/png"),
    ):
        assert fit_bitmap(data, media_type, profile_for(device)) is None


def test_photographs_become_jpeg_and_drawings_png() -> None:
    assert shown(saved(photo(), "BMP"), "image/bmp", KINDLE).format == "JPEG"
    assert shown(saved(photo().convert("L"), "BMP"), "image/bmp", KINDLE).format == "JPEG"
    assert shown(saved(drawing(), "BMP"), "image/bmp", KINDLE).format == "PNG"
    large = shown(saved(photo((3000, 200)), "JPEG"), "image/jpeg", KINDLE)
    assert (large.format, large.size) == ("JPEG", (2480, 165))


@pytest.mark.parametrize(
    ("device", "size"),
    [
        (Device.GENERIC, (3000, 300)),
        (Device.APPLE, (3000, 300)),
        (Device.KOBO, (1920, 192)),
        (Device.KINDLE, (2480, 248)),
        (Device.EINK, (1448, 144)),
    ],
)
def test_no_image_is_larger_than_the_screen(device: Device, size: tuple[int, int]) -> None:
    data = saved(drawing((3000, 300)), "PNG")
    assert shown(data, "image/png", profile_for(device)).size == size


def test_apple_takes_so_many_pixels() -> None:
    data = saved(drawing((3000, 2400)), "PNG")
    width, height = shown(data, "image/png", profile_for(Device.APPLE)).size
    assert 5_500_000 < width * height <= 5_600_000
    assert width / height == pytest.approx(1.25, abs=0.01)


def test_small_images_stay_small() -> None:
    for device in Device:
        image = shown(saved(drawing((30, 20)), "BMP"), "image/bmp", profile_for(device))
        assert image.size == (30, 20)


def test_electronic_paper_gets_its_greys() -> None:
    slope = Image.linear_gradient("L").convert("RGB")
    image = shown(saved(slope, "PNG"), "image/png", replace(EINK, longest=None))
    shades = {color for _, color in image.convert("L").getcolors() or ()}
    assert len(shades) == 16
    assert {0, 255} <= shades
    photograph = shown(saved(photo(), "JPEG"), "image/jpeg", EINK)
    assert (photograph.format, photograph.mode) == ("JPEG", "L")


def test_moving_images_play_or_stand_still() -> None:
    assert fit_bitmap(frames("GIF"), "image/gif", GENERIC) is None
    for data, media_type in ((frames("GIF"), "image/gif"), (frames("PNG"), "image/png")):
        still = fit_bitmap(data, media_type, KINDLE)
        assert still is not None
        assert still.still
        image = Image.open(io.BytesIO(still.content))
        assert not getattr(image, "is_animated", False)
        assert pixel(image, 5, 5) == (255, 0, 0)


def test_images_are_upright_without_being_told_to_turn() -> None:
    for device in Device:
        image = shown(turned_jpeg(), "image/jpeg", profile_for(device))
        assert image.size == (40, 80)
        assert image.getexif().get(0x0112, 1) == 1
        top, bottom = pixel(image, 20, 6), pixel(image, 20, 70)
        assert near(top, (76, 76, 76) if device is Device.EINK else (255, 0, 0))
        assert near(bottom, (255, 255, 255))


def test_colours_of_print_become_those_of_screens() -> None:
    image = shown(saved(drawing().convert("CMYK"), "JPEG"), "image/jpeg", GENERIC)
    assert (image.format, image.mode) == ("JPEG", "RGB")
    assert near(pixel(image, 60, 8), (255, 0, 0))


def test_sixteen_bits_become_eight() -> None:
    image = shown(saved(Image.new("I;16", (50, 40), 40_000), "PNG"), "image/png", GENERIC)
    assert image.mode == "L"
    assert pixel(image, 5, 5) == (156, 156, 156)


def test_the_one_clear_level_of_sixteen_bits_is_clear() -> None:
    deep = Image.new("I;16", (50, 40), 20_000)
    deep.putpixel((5, 5), 20_001)  # the same in eight bits
    image = shown(saved(deep, "PNG", transparency=20_001), "image/png", GENERIC).convert("RGBA")
    assert image.getpixel((5, 5)) == (78, 78, 78, 0)
    assert image.getpixel((20, 20)) == (78, 78, 78, 255)


def test_what_is_transparent_gets_a_ground_to_be_seen_on() -> None:
    dark = saved(drawing(mode="RGBA"), "PNG")
    assert fit_bitmap(dark, "image/png", GENERIC) is None
    assert pixel(shown(dark, "image/png", KINDLE), 60, 50) == (255, 255, 255)
    light = Image.new("RGBA", (60, 40), (255, 255, 255, 0))
    light.paste((240, 240, 200, 255), (10, 10, 50, 30))
    for device in Device:  # light ink was drawn for a dark page: on white it would be gone
        image = shown(saved(light, "PNG"), "image/png", profile_for(device))
        assert max(pixel(image, 3, 3)) < 60
        assert min(pixel(image, 30, 20)) > 190


def test_an_image_is_not_larger_than_a_device_takes() -> None:
    noise = Image.frombytes("RGB", (400, 300), random.Random(1).randbytes(400 * 300 * 3))
    small = replace(KINDLE, image_bytes=20_000)
    fitted = fit_bitmap(saved(noise, "PNG"), "image/png", small)
    assert fitted is not None
    assert len(fitted.content) <= 20_000


def test_drawings_are_sharp_and_have_their_letters() -> None:
    image = Image.open(io.BytesIO(rasterise(DRAWING, (600, 300)))).convert("RGBA")
    assert image.size == (600, 300)
    assert image.getpixel((100, 150)) == (0, 0, 0, 255)
    letters = image.crop((310, 60, 460, 220)).getchannel("A").getextrema()
    assert letters == (0, 255), "the text's font is not there, another has to do"


def test_a_drawing_that_cannot_be_drawn_says_why() -> None:
    with pytest.raises(UndrawableError, match="size"):
        rasterise(b'<svg xmlns="http://www.w3.org/2000/svg" width="0" height="0"/>', (100, 100))


def test_the_same_image_gives_the_same_bytes_kept_or_not(tmp_path: Path) -> None:
    for name, data in all_kinds().items():
        (tmp_path / name).write_bytes(data)
    store = ImageStore(tmp_path)
    found = [store.find(name, tmp_path / "a.md") for name in all_kinds()]
    assets = [asset for asset in found if isinstance(asset, Asset)]
    assert [f.message for f in found if isinstance(f, NoImage)] == []
    books = []
    for kept in (None, tmp_path / "kept", tmp_path / "kept"):
        shelf = ImageShelf(EINK, kept)
        shelf.take(assets)
        books.append(shelf.files(assets))
        assert [finding.code for finding in shelf.diagnostics] == ["still-image"]
    assert books[0] == books[1] == books[2]
    assert len(list((tmp_path / "kept").glob("*/*"))) == len(assets)


def test_the_pdf_shows_each_kind(build_book: BuildBook) -> None:
    kinds = {name: data for name, data in all_kinds().items() if name != "deep.png"}
    pictures = "\n\n".join(f"![]({name})" for name in kinds)
    built = build_book({"a.md": f"# 题目\n\n{pictures}\n"}, kinds, formats=("pdf",))
    assert built.told.codes == []
    command = ["pdfimages", "-list", str(built.pdf)]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    shown = re.findall(r"^ +\d+ +\d+ image ", listed, re.MULTILINE)
    assert len(shown) == len(kinds) - 1, "all but the SVG, which is drawn"
