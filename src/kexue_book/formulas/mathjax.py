"""MathJax in V8: (preamble + LaTeX, display) → MathML and display list, in this process.

MathJax's files come from the package ``django-static-mathjax``, which needs no Django. One
engine holds one V8 context of about 200 MB; a formula that runs too long or asks for too much
memory costs it its context, and it makes another one.
"""

from __future__ import annotations

import atexit
import json
import re
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from tinycss2.color4 import parse_color

from kexue_book.model import FormulaKey, Glyph, Typeset

ENGINE = "mathjax-3.2.2/1"
"""Part of the cache's version: raise the last number when the driver's results change."""

PACKAGES = (
    *("base", "ams", "newcommand", "boldsymbol", "color", "cancel", "mhchem", "mathtools"),
    *("unicode", "extpfeil", "enclose", "braket", "html", "action", "bbox", "upgreek"),
    *("gensymb", "centernot", "amscd", "cases", "verb", "configmacros", "textcomp"),
)
MACROS: dict[str, str | list[Any]] = {
    # What 科学空间 and other blogs write that MathJax does not know.
    "bm": [r"\boldsymbol{#1}", 1],
    "require": ["", 1],
    "R": r"\mathbb{R}",
    "N": r"\mathbb{N}",
    "Z": r"\mathbb{Z}",
    "Q": r"\mathbb{Q}",
    "C": r"\mathbb{C}",
    "lang": r"\langle",
    "rang": r"\rangle",
    "argmin": r"\mathop{\mathrm{argmin}}",
    "argmax": r"\mathop{\mathrm{argmax}}",
    "mathbbm": [r"\mathbb{#1}", 1],
    "bold": [r"\boldsymbol{#1}", 1],
    "mathds": [r"\mathbb{#1}", 1],
    "centering": "",
    "hfill": r"\quad",
    "norm": [r"\left\Vert #1\right\Vert", 1],
    "abs": [r"\left\vert #1\right\vert", 1],
    "sgn": r"\operatorname{sgn}",
    "diag": r"\operatorname{diag}",
    "rank": r"\operatorname{rank}",
    "tr": r"\operatorname{tr}",
    "sign": r"\operatorname{sign}",
    "degree": r"{}^\circ",
    "class": ["#2", 2],
    "cssId": ["#2", 2],
    "href": ["#2", 2],
    "style": ["#2", 2],
    "data": ["#2", 2],
    "mathtip": ["#1", 2],
    "htmlClass": ["#2", 2],
    "htmlId": ["#2", 2],
}
_SCRIPTS = (
    "loader.js",
    "core.js",
    "adaptors/liteDOM.js",
    "input/tex-full.js",
    "output/svg.js",
    "output/svg/fonts/tex.js",
)
_DRIVER = ("display_list.js", "mathml.js", "driver.js")
MEMORY = 900 * 2**20
SECONDS = 10.0
"""For one batch of one formula; a batch of many gets as many more as it has hundreds."""
_COLOR = re.compile(r'(mathcolor|mathbackground)="([^"]*)"')


class MathJax:
    """One V8 context with MathJax in it, made when first needed."""

    def __init__(self) -> None:
        self._context: Any = None
        self.glyphs: dict[str, Glyph] = {}
        """All glyphs that any formula has used so far."""
        atexit.register(self.close)  # mini-racer hangs at exit when it is left open

    def close(self) -> None:
        """End V8; the engine starts again when it is used again."""
        context, self._context = self._context, None
        if context is not None:
            context.close()

    def typeset(self, keys: Sequence[FormulaKey]) -> list[Typeset]:
        """Typeset some formulas; one that kills the context is found by halving."""
        try:
            return self._batch(keys)
        except Exception as problem:  # V8's own errors share no useful base class
            self.close()
            if len(keys) == 1:
                return [_failed(_reason(problem))]
        middle = len(keys) // 2
        return [*self.typeset(keys[:middle]), *self.typeset(keys[middle:])]

    def _batch(self, keys: Sequence[FormulaKey]) -> list[Typeset]:
        formulas = json.dumps([[key.preamble + key.tex, key.display] for key in keys])
        answer = json.loads(
            self._ready().eval(
                f"kexue.batch({json.dumps(formulas)})",
                timeout_sec=SECONDS * (1 + len(keys) / 100),
                max_memory=MEMORY,
            )
        )
        for name, (path, advance) in answer["glyphs"].items():
            outline = f"M{path}Z" if path and not path.startswith("M") else path
            self.glyphs[name] = Glyph(path=outline, advance=round(advance * 1000, 1))
        return [_typeset(result) for result in answer["results"]]

    def _ready(self) -> Any:
        if self._context is None:
            self._context = _start()
            # The new context will report every glyph again, so nothing is lost with the old.
        return self._context


def _start() -> Any:
    import mathjax
    from py_mini_racer import MiniRacer

    folder = Path(next(iter(mathjax.__path__))) / "static" / "mathjax" / "es5"
    context = MiniRacer()
    context.eval("globalThis.MathJax = {loader: {load: []}, startup: {typeset: false}};")
    for name in _SCRIPTS:
        context.eval((folder / name).read_text("utf-8"))
    config = json.dumps({"packages": PACKAGES, "macros": MACROS})
    context.eval(f"globalThis.kexue = {{}}; globalThis.CONFIG = {config};")
    for source in driver_sources():
        context.eval(source)
    return context


def driver_sources() -> tuple[str, ...]:
    """Return our JavaScript, in the order it is loaded."""
    folder = files("kexue_book.formulas") / "driver"
    return tuple((folder / name).read_text("utf-8") for name in _DRIVER)


def _typeset(result: dict[str, Any]) -> Typeset:
    if "error" in result:
        return _failed(result["error"])
    return Typeset(
        mathml=_COLOR.sub(_hexadecimal, result["mathml"]),
        width=result["w"] / 1000,
        height=result["h"] / 1000,
        depth=result["d"] / 1000,
        operators=json.dumps(result["ops"], ensure_ascii=False, separators=(",", ":")),
        tag_rows=tuple(row / 1000 for row in result["rows"]),
    )


def _failed(reason: str) -> Typeset:
    return Typeset(mathml="", width=0, height=0, depth=0, operators="", error=reason)


def _reason(problem: Exception) -> str:
    kind = type(problem).__name__
    if "Timeout" in kind:
        return f"it ran longer than {SECONDS:.0f} s"
    if "OOM" in kind or "Memory" in str(problem):
        return f"it needed more than {MEMORY >> 20} MB"
    return f"the engine stopped: {str(problem)[:200] or kind}"


def _hexadecimal(attribute: re.Match[str]) -> str:
    """MathML colours are names of HTML 4 or #rrggbb; TeX's are any."""
    value = attribute[2]
    if not value.startswith("#"):
        color = parse_color(value)
        channels = list(color.to("srgb").coordinates)[:3] if color is not None else [0, 0, 0]
        value = "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)
    return f'{attribute[1]}="{value}"'
