"""dist/kexue-book-sample.pdf → the pictures in the READMEs. Needs pdftoppm (poppler)."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageOps

ROOT = Path(__file__).parent.parent
PDF = ROOT / "dist" / "kexue-book-sample.pdf"
PICTURES = {
    "cover": "",
    "contents": r"目 ?录",
    "chapter": r"^(?!.*目 ?录)(.|\n)*第 ?7 ?章\n",
    "formulas": r"概率：π ?从哪里来|斯特林公式的三种读法\s+第 ?12 ?章",
    "figure": "同一个梯度，三把尺子下的最速方向",
}
"""Name of the picture → what stands on the page."""


def main() -> None:
    text = subprocess.run(["pdftotext", PDF, "-"], capture_output=True, text=True, check=True)
    pages = text.stdout.split("\f")
    for name, pattern in PICTURES.items():
        later = (n for n, page in enumerate(pages, 1) if n > 2 and re.search(pattern, page))
        number = next(later) if pattern else 1
        with tempfile.TemporaryDirectory() as folder:
            stem = Path(folder) / "page"
            command = ["pdftoppm", "-r", "110", "-png", "-singlefile", "-f", str(number)]
            subprocess.run([*command, "-l", str(number), PDF, stem], check=True)
            with Image.open(stem.with_suffix(".png")) as page:
                shown = page if name == "cover" else page.convert("L")
                framed = ImageOps.expand(shown, border=1, fill=170 if name != "cover" else "#aaa")
                colors = 16 if name != "cover" else 64
                framed.quantize(colors).save(
                    ROOT / "docs" / "pictures" / f"{name}.png", optimize=True
                )


if __name__ == "__main__":
    main()
