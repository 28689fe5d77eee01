"""An SVG's bytes → a PNG's, in a process of its own: a drawing can ask for any amount of work.

``python -m kexue_book.epub.rasterise WIDTH HEIGHT FONT FAMILY`` reads the one, writes the other.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys

from kexue_book.errors import MissingDependencyError

_SECONDS = 30


class UndrawableError(Exception):
    """The drawing cannot be made a picture."""


def rasterise(svg: bytes, size: tuple[int, int]) -> bytes:
    """Return the drawing as a PNG file of so many pixels.

    Raises:
        UndrawableError: resvg refuses it, or takes too long.
        MissingDependencyError: resvg, or a Chinese font, is not installed.
    """
    if importlib.util.find_spec("resvg_py") is None:
        raise MissingDependencyError(
            "SVG images cannot be made bitmaps for this device without resvg_py",
            hint="install it with `pip install 'kexue-book[png]'`",
        )
    from kexue_book.epub.pictures import chinese_font

    command = [sys.executable, "-m", __name__, *map(str, size), *chinese_font()]
    try:
        done = subprocess.run(command, input=svg, capture_output=True, timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        raise UndrawableError(f"it takes more than {_SECONDS} s to draw") from None
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise UndrawableError(said[-1] if said else "the drawing program died")
    return done.stdout


def _main(width: str, height: str, font: str, family: str) -> None:
    import resvg_py

    drawn = resvg_py.svg_to_bytes(
        svg_string=sys.stdin.buffer.read().decode("utf-8", "replace"),
        width=int(width),
        height=int(height),
        dpi=96,  # else what is in points has no size (resvg_py 0.5)
        font_files=[font],
        serif_family=family,
        sans_serif_family=family,
        monospace_family=family,
        languages=["zh-CN"],
    )
    sys.stdout.buffer.write(drawn)


if __name__ == "__main__":
    _main(*sys.argv[1:])
