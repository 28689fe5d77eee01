"""A device's name → what its book must be like; docs/devices.md has the source of each rule."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kexue_book.model import Device, EpubMath

PNG, JPEG, GIF = "image/png", "image/jpeg", "image/gif"
SVG, WEBP = "image/svg+xml", "image/webp"
_EVERYWHERE = frozenset((PNG, JPEG, GIF))
_MB = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceProfile:
    """What a device shows, and what it wants otherwise."""

    device: Device
    math: EpubMath
    shown: frozenset[str] = _EVERYWHERE
    """Media types of images that it shows as they are; others are converted."""
    moving: bool = False
    """Whether images of several frames play; else the first frame is kept."""
    longest: int | None = None
    """px: the longer side of an image."""
    pixels: int | None = None
    """Of an image."""
    greys: int | None = None
    """Levels from black to white; None for a screen with colours."""
    opaque: bool = True
    """Whether images and formulas bring their own ground: what is transparent is shown badly."""
    image_bytes: int = 5 * _MB
    """Of one image."""
    book_bytes: int | None = None
    """Of one file; a larger book becomes several volumes."""
    ending: str = ".epub"
    scrolls: bool = False
    """Whether a box on a page can be scrolled; else what is wide is made smaller."""
    flex: bool = False
    """Whether flexible boxes are laid out; else a numbered equation is a table."""
    duokan_notes: bool = False
    """Whether notes are marked up as 多看 asks for."""
    styles: tuple[str, ...] = ("devices/paged.css",)
    """Style sheets after those of every EPUB."""


_PROFILES = (
    DeviceProfile(
        device=Device.GENERIC,
        math=EpubMath.MATHML,
        shown=_EVERYWHERE | {SVG, WEBP},
        moving=True,
        opaque=False,
        image_bytes=50 * _MB,
        scrolls=True,
        flex=True,
        styles=(),
    ),
    DeviceProfile(
        device=Device.APPLE,
        math=EpubMath.MATHML,
        shown=_EVERYWHERE | {SVG},
        moving=True,
        pixels=5_600_000,
        opaque=False,
        image_bytes=10 * _MB,
        scrolls=True,
        flex=True,
        styles=(),
    ),
    DeviceProfile(
        device=Device.KOBO,
        math=EpubMath.SVG,
        shown=_EVERYWHERE | {SVG},
        longest=1920,
        ending=".kepub.epub",
        flex=True,
    ),
    DeviceProfile(
        device=Device.KINDLE,
        math=EpubMath.PNG,
        longest=2480,
        book_bytes=50 * _MB,
    ),
    DeviceProfile(
        device=Device.WEREAD,
        math=EpubMath.PNG,
        longest=2000,
    ),
    DeviceProfile(
        device=Device.DUOKAN,
        math=EpubMath.PNG,
        longest=2000,
        duokan_notes=True,
        styles=("devices/paged.css", "devices/duokan.css"),
    ),
    DeviceProfile(
        device=Device.EINK,
        math=EpubMath.PNG,
        longest=1448,
        greys=16,
        styles=("devices/paged.css", "devices/eink.css"),
    ),
)
_BY_DEVICE = {profile.device: profile for profile in _PROFILES}


def profile_for(device: Device, math: EpubMath | None = None) -> DeviceProfile:
    """Return the profile of a device; ``math`` overrides how it shows formulas."""
    profile = _BY_DEVICE[device]
    return profile if math is None else replace(profile, math=math)
