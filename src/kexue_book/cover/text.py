"""A line of Chinese and Latin text → lines of the cover, in a font found on this machine."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PIL import ImageFont

from kexue_book.errors import MissingDependencyError

_FAMILIES = (
    *("Noto Serif CJK SC", "Source Han Serif SC", "Noto Serif SC", "Songti SC", "STSong"),
    *("SimSun", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei"),
)
_FILES = (
    "/System/Library/Fonts/Supplemental/Songti.ttc",
    "/System/Library/Fonts/STHeiti Medium.ttc",
    "C:/Windows/Fonts/simsun.ttc",
    "C:/Windows/Fonts/msyh.ttc",
)
"""Where systems without fontconfig keep their Chinese font."""

_USUAL = re.compile(r"[ -~\u3001-\u3011\u4e00-\u9fa5，。；：？！（）“”‘’—…·–]*")
"""What every Chinese font has."""
_ALONE = 0.6
"""A title stands in one line if that is not smaller than this share of the largest size."""
_UNIT = re.compile(r"[A-Za-z0-9\u00c0-\u024f'’+#./_-]+|\s|.", re.DOTALL)
_CLOSERS = frozenset("，。、；：？！）》」』】〉”’…—·,.;:?!)]}%")
"""Never first in a line."""
_OPENERS = frozenset("（《「『【〈“‘([{")
"""Never last in a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverFont:
    """A font file and the face in it."""

    path: str
    index: int

    @classmethod
    def find(cls, *, bold: bool) -> CoverFont:
        """Return a Chinese font.

        Raises:
            MissingDependencyError: there is none.
        """
        found = _ask_fontconfig("Bold" if bold else "Regular")
        if found is None:
            found = next(((path, 0) for path in _FILES if Path(path).is_file()), None)
        if found is None:
            raise MissingDependencyError(
                "no Chinese font is installed, which the cover needs",
                hint="`apt install fontconfig fonts-noto-cjk` on Debian and Ubuntu, "
                "`brew install fontconfig font-noto-serif-cjk-sc` on macOS",
            )
        return cls(path=found[0], index=found[1])

    def at(self, size: int) -> ImageFont.FreeTypeFont:
        """Return the font at ``size`` px."""
        return ImageFont.truetype(self.path, size, index=self.index)

    def drawable(self, text: str) -> str:
        """Return ``text`` without what the font has no glyph for, such as emoji; all if none."""
        if _USUAL.fullmatch(text):
            return text
        from fontTools.ttLib import TTFont

        with TTFont(self.path, fontNumber=self.index, lazy=True) as font:
            known = font.getBestCmap()
        kept = "".join(character for character in text if ord(character) in known)
        return " ".join(kept.split()) or text


def fit_text(
    text: str, face: CoverFont, measure: float, *, sizes: Iterable[int], most: int
) -> tuple[int, list[str]]:
    """Return the size, the largest that needs few lines, and the lines, evenly filled.

    One line, unless it would be much smaller than two. The smallest of ``sizes`` may need ``most``
    lines; what is left then is cut.
    """
    tried = list(sizes)
    size, lines = 0, [text]
    for few, size in [*((1, s) for s in tried if s >= _ALONE * tried[0]), *((2, s) for s in tried)]:
        font = face.at(size)
        lines = wrap(text, font, measure)
        if len(lines) <= few and max(map(font.getlength, lines), default=0) <= measure:
            break
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1][:-1] + "…"]
        return size, lines
    return size, _balanced(text, lines, face.at(size), measure)


def wrap(text: str, font: ImageFont.FreeTypeFont, measure: float) -> list[str]:
    """Break ``text``: Latin words stay whole, no line starts or ends with the wrong mark."""
    lines: list[list[str]] = [[]]
    for unit in _UNIT.findall(text):
        line = lines[-1]
        fits = font.getlength("".join(line) + unit) <= measure
        if not line or unit.isspace() or fits:
            line.append(unit)
            continue
        carried = [unit]
        while len(line) > 1 and (_first(carried) in _CLOSERS or line[-1] in _OPENERS):
            carried.insert(0, line.pop())
        lines.append(carried)
    return [stripped for line in lines if (stripped := "".join(line).strip())]


def _first(units: list[str]) -> str:
    return "".join(units).lstrip()[:1]


def _balanced(
    text: str, lines: list[str], font: ImageFont.FreeTypeFont, measure: float
) -> list[str]:
    """Narrow the measure as long as the text needs no more lines."""
    best = lines
    for percent in range(95, 45, -5):
        narrower = wrap(text, font, measure * percent / 100)
        if len(narrower) > len(lines):
            break
        best = narrower
    return best


def _ask_fontconfig(style: str) -> tuple[str, int] | None:
    """Return the file and the face's index in it, or nothing without a Chinese font."""
    program = shutil.which("fc-match")
    if program is None:
        return None
    query = f"{','.join(_FAMILIES)}:style={style}:lang=zh-cn"
    try:
        answer = subprocess.run(
            [program, "-f", "%{file}\n%{index}\n%{lang}", query],
            capture_output=True,
            text=True,
            timeout=60,
        ).stdout.split("\n")
    except (OSError, subprocess.TimeoutExpired):
        return None
    if len(answer) != 3 or "zh-cn" not in answer[2]:
        return None
    # The upper bits of the index name an instance of a variable font.
    return answer[0], int(answer[1]) & 0xFFFF
