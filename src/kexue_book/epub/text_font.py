"""The characters of a book's pages → fonts of just these, for ``--embed-fonts``.

The fonts are found on this machine. They get a name of our own: some, like LXGW WenKai, reserve
theirs for the font as it was made, and a reader's choice of the same name must not meet half a
font. The text asks for them on ``html`` alone, so that whatever a reader chooses is stronger.
OpenType, not WOFF2: old reading systems know it, and the EPUB's zip makes it nearly as small.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import uharfbuzz
from fontTools.ttLib import TTFont
from lxml import etree

from kexue_book.epub.xhtml import MATHML, XHTML
from kexue_book.errors import MissingDependencyError

FAMILY = "Kexue Book Text"
_USUAL = "Noto Serif CJK SC"
_NAMED = re.compile(r'--book-font:\s*"([^"]+)"')
"""In ``epub.css``, a theme's too: the font to embed."""
_FROM_STYLES = "\u3000·…"
_BOLD = frozenset(f"{XHTML}{name}" for name in ("h1", "h2", "h3", "h4", "h5", "h6", "strong", "b"))
_BOLD_TOO = frozenset(f"{XHTML}{name}" for name in ("dt", "th"))
_BOLD_CLASSES = frozenset(("alert-title", "book-title", "toc-part", "note-number"))
_OTHER = frozenset((f"{MATHML}math", *(f"{XHTML}{name}" for name in ("pre", "code", "head"))))
"""Elements with fonts of their own."""
_KEPT_NAMES = (0, 5, 7, 13, 14)
"""Copyright, version, trademark and licence, which the OFL wants kept."""
_DROPPED = ("DSIG", "VORG", "vhea", "vmtx")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFont:
    """A font file of the book."""

    file: str
    media_type: str
    data: bytes
    is_bold: bool

    @property
    def rule(self) -> str:
        """The rule of style that makes it known."""
        return (
            f'\n@font-face {{\n  font-family: "{FAMILY}";\n  src: url("../{self.file}");\n'
            f"  font-weight: {'bold' if self.is_bold else 'normal'};\n}}\n"
        )


USE = f'html {{ font-family: "{FAMILY}", serif; }}\n'
"""The rule that sets the text in it."""


def make_text_fonts(pages: Iterable[etree._Element], styles: str) -> tuple[TextFont, ...]:
    """Return the fonts that pages need: the text's, and its bold if there is one.

    Raises:
        MissingDependencyError: the font is not installed, or may not be embedded.
    """
    found = _NAMED.search(styles)
    family = found[1] if found is not None else _USUAL
    plain: set[str] = set(_FROM_STYLES)
    bold: set[str] = set()
    for page in pages:
        _collect(page, plain, bold, is_bold=False)
    regular = _find(family, "Regular")
    heavy = _find(family, "Bold")
    if heavy == regular:
        return (_make(*regular, plain | bold, is_bold=False),)
    made = (_make(*regular, plain, is_bold=False), _make(*heavy, bold, is_bold=True))
    return made if bold else made[:1]


def _collect(element: etree._Element, plain: set[str], bold: set[str], *, is_bold: bool) -> None:
    """Add the characters of an element to those in plain or in bold type."""
    if element.tag in _OTHER or not isinstance(element.tag, str):
        return
    names = element.get("class", "").split()
    is_bold |= element.tag in _BOLD or element.tag in _BOLD_TOO
    is_bold |= not _BOLD_CLASSES.isdisjoint(names)
    characters = bold if is_bold else plain
    characters.update(element.text or "")
    for child in element:
        _collect(child, plain, bold, is_bold=is_bold)
        characters.update(child.tail or "")


def _find(family: str, style: str) -> tuple[str, int]:
    """Return the file of a font, and which of its faces it is.

    Raises:
        MissingDependencyError: it is not installed, or may not be embedded.
    """
    program = shutil.which("fc-match")
    if program is None:
        raise MissingDependencyError(
            "fontconfig, which finds the font to embed, is not installed",
            hint="`apt install fontconfig`, `brew install fontconfig`, or leave --embed-fonts",
        )
    query = [program, "-f", "%{file}\n%{index}\n%{family}", f"{family}:style={style}"]
    answer = subprocess.run(query, capture_output=True, text=True, timeout=60).stdout.split("\n")
    if len(answer) != 3 or family not in answer[2].split(","):
        raise MissingDependencyError(
            f"the font {family}, which is to be embedded, is not installed",
            hint="`apt install fonts-noto-cjk` (Noto) or `fonts-lxgw-wenkai` on Debian and Ubuntu",
        )
    place = answer[0], int(answer[1]) & 0xFFFF
    with TTFont(place[0], fontNumber=place[1], lazy=True) as font:
        if font["OS/2"].fsType & 0x0302:
            raise MissingDependencyError(
                f"the maker of {family} does not allow that it is embedded and made smaller",
                hint='name another in epub.css: html { --book-font: "LXGW WenKai"; }',
            )
    return place


def _make(path: str, index: int, characters: set[str], *, is_bold: bool) -> TextFont:
    style = "Bold" if is_bold else "Regular"
    font = TTFont(io.BytesIO(_subset(path, index, characters)), recalcTimestamp=False)
    _rename(font, style)
    file = io.BytesIO()
    font.save(file)
    kind = "otf" if "CFF " in font else "ttf"
    return TextFont(
        file=f"fonts/KexueBookText-{style}.{kind}",
        media_type=f"font/{kind}",
        data=file.getvalue(),
        is_bold=is_bold,
    )


def _subset(path: str, index: int, characters: set[str]) -> bytes:
    """Return the font file of characters; HarfBuzz takes a tenth of a second, fontTools many."""
    face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(path), index)
    wanted = uharfbuzz.SubsetInput()
    wanted.unicode_set.update(
        sorted(ord(c) for c in characters if c.isprintable() or c == "\u3000")
    )
    features = wanted.layout_feature_tag_set
    features.clear()
    features.update([_tag("kern")])
    wanted.name_id_set.clear()
    wanted.name_id_set.update(_KEPT_NAMES)
    wanted.drop_table_tag_set.update(map(_tag, _DROPPED))
    flags = uharfbuzz.SubsetFlags
    wanted.flags = flags.NO_HINTING | flags.DESUBROUTINIZE | flags.NOTDEF_OUTLINE
    return bytes(uharfbuzz.subset(face, wanted).blob.data)


def _tag(name: str) -> int:
    return int.from_bytes(name.encode("ascii"), "big")


def _rename(font: TTFont, style: str) -> None:
    joined = f"{FAMILY.replace(' ', '')}-{style}"
    for name_id, text in _names(style, joined):
        font["name"].setName(text, name_id, 3, 1, 0x409)
    if "CFF " in font:
        table = font["CFF "].cff
        table.fontNames[0] = joined
        for name in ("FullName", "FamilyName"):
            if hasattr(table.topDictIndex[0], name):
                setattr(table.topDictIndex[0], name, FAMILY)


def _names(style: str, joined: str) -> Iterator[tuple[int, str]]:
    yield from ((1, FAMILY), (2, style), (3, joined), (4, f"{FAMILY} {style}"), (6, joined))
