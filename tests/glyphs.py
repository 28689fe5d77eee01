"""A PDF → where each character stands on its pages, read from what is drawn there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pikepdf

Matrix = tuple[float, ...]
_UNIT = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Glyph:
    text: str
    left: float
    """pt, of its box as the font has it."""
    right: float
    baseline: float
    size: float


class _Face:
    """Widths and characters of an embedded font."""

    def __init__(self, font: pikepdf.Object) -> None:
        self.widths: dict[int, float] = {}
        array = list(font.DescendantFonts[0].W)
        while array:
            first, second = int(array.pop(0)), array.pop(0)
            if isinstance(second, pikepdf.Array):
                self.widths |= {first + n: float(width) for n, width in enumerate(second)}
            else:
                width = float(array.pop(0))
                self.widths |= dict.fromkeys(range(first, int(second) + 1), width)
        written = font.ToUnicode.read_bytes().decode()
        self.texts = {
            int(code, 16): bytes.fromhex(text).decode("utf-16-be")
            for code, text in re.findall(r"^<([0-9a-f]{4})> <([0-9a-f]+)>$", written, re.M | re.I)
        }


def _times(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    p, q, r, s, x, y = then
    return (
        a * p + b * r,
        a * q + b * s,
        c * p + d * r,
        c * q + d * s,
        e * p + f * r + x,
        e * q + f * s + y,
    )


def page_glyphs(page: pikepdf.Page) -> Iterator[Glyph]:
    faces = {name: _Face(font) for name, font in page.Resources.Font.items()}
    now, line, text = _UNIT, _UNIT, _UNIT
    kept: list[Matrix] = []
    face, size, spacing, rise = next(iter(faces.values())), 0.0, 0.0, 0.0
    for operands, operator in pikepdf.parse_content_stream(page):
        match str(operator):
            case "q":
                kept.append(now)
            case "Q":
                now = kept.pop()
            case "cm":
                now = _times(tuple(map(float, operands)), now)
            case "Tf":
                face, size = faces[str(operands[0])], float(operands[1])
            case "Tc":
                spacing = float(operands[0])
            case "Ts":
                rise = float(operands[0])
            case "BT":
                line = text = _UNIT
            case "Tm":
                line = text = tuple(map(float, operands))
            case "Td":
                line = text = _times((1, 0, 0, 1, *map(float, operands)), line)
            case "TJ" | "Tj":
                for part in operands[0] if str(operator) == "TJ" else operands:
                    if not isinstance(part, pikepdf.String):
                        text = _times((1, 0, 0, 1, -float(part) * size / 1000, 0), text)
                        continue
                    data = bytes(part)
                    for at in range(0, len(data), 2):
                        code = int.from_bytes(data[at : at + 2], "big")
                        advance = face.widths.get(code, 1000) * size / 1000
                        placed = _times(_times((1, 0, 0, 1, 0, rise), text), now)
                        right = placed[4] + advance * placed[0]
                        written = face.texts.get(code, "\ufffd")
                        yield Glyph(written, placed[4], right, placed[5], size * placed[0])
                        text = _times((1, 0, 0, 1, advance + spacing, 0), text)


def page_lines(page: pikepdf.Page) -> list[list[Glyph]]:
    """The page's lines from the top, their glyphs from the left; indices stand on their line."""
    lines: list[list[Glyph]] = []
    for glyph in sorted(page_glyphs(page), key=lambda glyph: -glyph.baseline):
        if not lines or lines[-1][0].baseline - glyph.baseline > 8:
            lines.append([])
        lines[-1].append(glyph)
    return [sorted(line, key=lambda glyph: glyph.left) for line in lines]


def lines_with(pdf: Path, beginning: str, end: str) -> list[list[Glyph]]:
    """The glyphs of each line from the one that has ``beginning`` to the one that has ``end``."""
    with pikepdf.open(pdf) as document:
        pages = [page for page in document.pages if "/Font" in page.Resources]
        lines = [line for page in pages for line in page_lines(page)]
    texts = ["".join(glyph.text for glyph in line) for line in lines]
    first = next(index for index, text in enumerate(texts) if beginning in text)
    last = next(index for index, text in enumerate(texts) if index >= first and end in text)
    return lines[first : last + 1]


def line_with(pdf: Path, text: str) -> list[Glyph]:
    return lines_with(pdf, text, text)[0]
