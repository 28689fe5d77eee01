"""A tagged PDF → what a screen reader finds in it: elements, their text, and marks on pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf

_SHOWING = ("Tj", "TJ", "'", '"', "Do", "f", "F", "f*", "S", "s", "B", "B*", "b", "b*", "sh")


@dataclass
class Marked:
    """Something that a page shows, and the mark it stands in."""

    mark: int | None
    is_artifact: bool
    text: str


class TaggedPdf:
    """A PDF and the text of its marks."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self.pdf = pdf
        self.root = pdf.Root.StructTreeRoot
        self._fonts: dict[Any, dict[int, str]] = {}
        self._pages = {page.obj.objgen: list(self._shown(page.obj)) for page in pdf.pages}

    def shown(self, page: pikepdf.Page) -> list[Marked]:
        """What a page shows, in the order of drawing."""
        return self._pages[page.obj.objgen]

    def _shown(self, page: Any) -> Iterator[Marked]:
        marks: list[tuple[int | None, bool]] = []
        instead: list[str | None] = []  # what is read in place of what each mark shows
        characters: dict[int, str] = {}
        for operands, operator in pikepdf.parse_content_stream(page):
            name = str(operator)
            if name in ("BDC", "BMC"):
                properties = operands[1] if name == "BDC" else {}
                mark = int(properties["/MCID"]) if "/MCID" in properties else None
                marks.append((mark, operands[0] == "/Artifact"))
                actual = properties.get("/ActualText")
                instead.append(None if actual is None else str(actual))
            elif name == "EMC":
                marks.pop()
                instead.pop()
            elif name == "Tf":
                characters = self._characters(page.Resources.Font[operands[0]])
            elif name in _SHOWING:
                number = next((mark for mark, _ in marks if mark is not None), None)
                text = "".join(_decoded(operands, characters)) if name in ("Tj", "TJ") else ""
                if text and instead[-1:] and instead[-1] is not None:
                    text, instead[-1] = instead[-1], ""
                yield Marked(number, any(is_artifact for _, is_artifact in marks), text)
        assert marks == []

    def _characters(self, font: Any) -> dict[int, str]:
        if font.objgen not in self._fonts:
            pairs = re.findall(rb"<(\w{4})> <(\w*)>", font.ToUnicode.read_bytes())
            self._fonts[font.objgen] = {
                int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be")
                for code, text in pairs
            }
        return self._fonts[font.objgen]

    def elements(self, above: Any = None) -> Iterator[Any]:
        """All elements, in reading order."""
        for kid in kids(self.root if above is None else above):
            if "/S" in kid:
                yield kid
                yield from self.elements(kid)

    def elements_below(self, above: Any) -> list[Any]:
        """The elements that stand directly in one."""
        return [kid for kid in kids(above) if "/S" in kid]

    def text(self, element: Any) -> str:
        """What is read of an element."""
        if "/Alt" in element:
            return f"⟨{element.Alt}⟩"
        if "/ActualText" in element:
            return str(element.ActualText)
        said = []
        for kid in kids(element, marks=True):
            if isinstance(kid, int):
                said.append(self._text_of(element.Pg, kid))
            elif "/S" in kid:
                said.append(self.text(kid))
            elif kid.Type == "/MCR":
                said.append(self._text_of(kid.Pg, int(kid.MCID)))
        return "".join(said)

    def _text_of(self, page: Any, mark: int) -> str:
        return "".join(item.text for item in self._pages[page.objgen] if item.mark == mark)

    def parents(self) -> dict[int, Any]:
        """The tree from pages and links to elements."""
        found: dict[int, Any] = {}
        for leaf in self.root.ParentTree.Kids:
            numbers = list(leaf.Nums)
            assert [int(limit) for limit in leaf.Limits] == [int(numbers[0]), int(numbers[-2])]
            found |= {int(k): v for k, v in zip(numbers[::2], numbers[1::2], strict=True)}
        return found


def kids(element: Any, *, marks: bool = False) -> list[Any]:
    """What stands in an element: dictionaries, and with ``marks`` numbers of marks."""
    held = element.get("/K", pikepdf.Array())
    listed = list(held) if isinstance(held, pikepdf.Array) else [held]
    return [
        kid if isinstance(kid, pikepdf.Dictionary) else int(kid)
        for kid in listed
        if marks or isinstance(kid, pikepdf.Dictionary)
    ]


def _decoded(operands: Any, characters: dict[int, str]) -> Iterator[str]:
    for operand in operands:
        parts = list(operand) if isinstance(operand, pikepdf.Array) else [operand]
        for part in parts:
            if isinstance(part, pikepdf.String):
                data = bytes(part)
                codes = (int.from_bytes(data[i : i + 2], "big") for i in range(0, len(data), 2))
                yield from (characters[code] for code in codes)
