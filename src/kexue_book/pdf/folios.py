"""Records with a page for each figure → page numbers, stamped wherever they belong."""

from __future__ import annotations

from collections.abc import Sequence

from kexue_book.pdf.object_file import rounded
from kexue_book.pdf.record import Record


class Folios:
    """Draws numbers of one kind, aligned as their figures are on their own pages."""

    def __init__(self, record: Record, forms: Sequence[int], suffix: str, side: str) -> None:
        """``forms`` are the objects of the pages of ``record``, as form XObjects."""
        self._alignment = {"left": 0.0, "center": 0.5, "right": 1.0}[side]
        places = {name: (page, x) for name, page, x, _ in record.anchors}
        self._figures: dict[str, tuple[str, float]] = {}
        """Of each figure its resource, and its width."""
        resources = []
        for name, (page, left) in places.items():
            side, _, figure = name.partition("-")
            if side == "from":
                resource = f"/{figure}{suffix}"
                self._figures[figure] = (resource, places[f"to-{figure}"][1] - left)
                resources.append(f"{resource} {forms[page]} 0 R")
        self.resources = " ".join(resources).encode()
        """What :meth:`draw` names, as entries of a dictionary of XObjects."""

    def draw(self, number: str) -> str:
        """Return the operators that draw a number."""
        total = sum(self._figures[figure][1] for figure in number)
        drawn = []
        offset = here = 0.0
        for figure in number:
            resource, width = self._figures[figure]
            # The number's middle, or its edge, has to be where those of its figures are.
            place = self._alignment * (width - total) + offset
            moved = rounded(place - here, 1).decode()
            drawn.append(f"1 0 0 1 {moved} 0 cm{resource} Do" if moved != "0" else f"{resource} Do")
            offset, here = offset + width, here + float(moved)
        if len(drawn) == 1 and drawn[0].startswith("/"):
            return drawn[0]
        return f"q {' '.join(drawn)} Q"


def roman(number: int) -> str:
    """Return a number in small Roman figures, as front matter has it."""
    steps = zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"),
        strict=True,
    )
    written = ""
    for value, figures in steps:
        count, number = divmod(number, value)
        written += figures * count
    return written
