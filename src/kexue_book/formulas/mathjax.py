"""MathJax in V8: (preamble + LaTeX, display) → MathML and display list, in this process.

MathJax's files come from the package ``django-static-mathjax``, which needs no Django; ours
stand in ``driver/``. One engine holds one V8 context of about 200 MB. TeX is a programming
language, so each formula has limits: of length, of time, of memory, of what comes out; the one
that exceeds them is named, and those around it are not touched.
"""

from __future__ import annotations

import atexit
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from kexue_book.errors import MissingDependencyError
from kexue_book.formulas.colors import hexadecimal
from kexue_book.model import FormulaKey, Glyph, Typeset

ENGINE = "mathjax-3.2.2/6"
"""Part of the cache's version: raise the last number when this module's results change."""

PACKAGES = (
    *("base", "ams", "newcommand", "boldsymbol", "color", "cancel", "mhchem", "mathtools"),
    *("unicode", "extpfeil", "enclose", "braket", "html", "action", "bbox", "upgreek"),
    *("gensymb", "centernot", "amscd", "cases", "verb", "configmacros", "textcomp"),
    *("empheq", "bussproofs"),
)
OPTIONAL = ("physics", "colortbl", "textmacros")
r"""Loaded for a formula that says ``\require{…}``: they change what common commands mean."""

_MATHJAX = (
    "loader.js",
    "core.js",
    "adaptors/liteDOM.js",
    "input/tex-full.js",
    "output/svg.js",
    "output/svg/fonts/tex.js",
)
_DRIVER = (
    *("quicker.js", "tex.js", "tidy.js", "lines.js", "mathml.js", "display_list.js"),
    "driver.js",
)

LENGTH = 50_000
"""Characters of a formula with its macros; the longest of 12,000 real ones has 7,033."""
SIZE = 1000
"""em, in width and in height."""
OUTPUT = 500_000
"""Characters of MathML."""
SECONDS = 10.0
"""For one formula; common ones take 4 ms."""
MEMORY = 900 * 2**20
_BATCH_SECONDS = 2.0
"""After which a batch stops between two formulas, so that ``SECONDS`` are for one of them."""
_FLAGS = ("--single-threaded", "--maglev", "--no-turbofan", "--min-semi-space-size=16")
"""Of V8: a compiler that is soon done instead of one whose code is best, and room for what is
forgotten at once, which MathJax makes much of. A fifth less time for 2,000 formulas."""
_COLOR = re.compile(r' (mathcolor|mathbackground)="([^"]*)"')


@dataclass(slots=True)
class Batch:
    """What came of some formulas."""

    formulas: dict[FormulaKey, Typeset] = field(default_factory=dict)
    glyphs: dict[str, Glyph] = field(default_factory=dict)
    stopped: set[FormulaKey] = field(default_factory=set)
    """Those that a limit of time or memory ended: on another day they may go well."""


class MathJax:
    """One V8 context with MathJax in it, made when first needed."""

    def __init__(self, *, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self._seconds = seconds
        self._batch_seconds = min(_BATCH_SECONDS, seconds)
        self._memory = memory
        self._context: Any = None
        self._glyphs: dict[str, Glyph] = {}

    def start(self) -> None:
        """Start V8, which is otherwise done when it is first needed.

        Raises:
            MissingDependencyError: it is not installed.
        """
        self._ready()

    def close(self) -> None:
        """End V8; the engine starts again when it is used again."""
        context, self._context = self._context, None
        if context is not None:
            atexit.unregister(self.close)
            context.close()

    def typeset(self, keys: Sequence[FormulaKey]) -> Batch:
        """Typeset formulas; a failure is a result with an error, never an exception."""
        batch = Batch()
        waiting = list(dict.fromkeys(keys))
        while waiting:
            batch.formulas.update(self._some(waiting, batch.stopped))
            waiting = [key for key in waiting if key not in batch.formulas]
        names = {name for done in batch.formulas.values() for name in glyph_names(done)}
        batch.glyphs = {name: self._glyphs[name] for name in names}
        return batch

    def _some(self, keys: list[FormulaKey], stopped: set[FormulaKey]) -> dict[FormulaKey, Typeset]:
        """Typeset at least the first of ``keys``."""
        if (length := len(keys[0].preamble) + len(keys[0].tex)) > LENGTH:
            return {keys[0]: failed(f"it is {length} characters long, at most {LENGTH} are set")}
        short = [key for key in keys if len(key.preamble) + len(key.tex) <= LENGTH]
        formulas = json.dumps([[key.preamble + key.tex, key.display] for key in short])
        call = f"kexue.batch({json.dumps(formulas)}, {self._batch_seconds * 1000:.0f})"
        self._ready()  # an engine that cannot start is no formula's fault
        try:
            return dict(zip(short, self._call(call), strict=False))
        except Exception as problem:  # V8's own errors share no useful base class
            done = self._salvage()
            if done is None and len(short) > 1:
                return self._some(short[: len(short) // 2], stopped)
            found = dict(zip(short, done or (), strict=False))
            if len(found) == len(short):  # it was stopped when all was done
                return found
            guilty = short[len(found)]
            stopped.add(guilty)
            return {**found, guilty: failed(self._reason(problem))}

    def _call(self, script: str) -> list[Typeset]:
        limit = self._seconds + self._batch_seconds
        answer = json.loads(self._ready().eval(script, timeout_sec=limit, max_memory=self._memory))
        for name, (path, advance) in answer["glyphs"].items():
            outline = f"M{path}Z" if path and not path.startswith("M") else path
            self._glyphs[name] = Glyph(path=outline, advance=round(advance * 1000, 1))
        return [_typeset(result) for result in answer["results"]]

    def _salvage(self) -> list[Typeset] | None:
        """Return what was made before V8 was stopped, if it still answers; then end it."""
        try:
            return self._call("kexue.salvage()")
        except Exception:
            return None
        finally:
            self.close()

    def _ready(self) -> Any:
        if self._context is None:
            self._context = _start()
            atexit.register(self.close)  # mini-racer 0.14 hangs at exit when it is left open
        return self._context

    def _reason(self, problem: Exception) -> str:
        kind = type(problem).__name__
        if "Timeout" in kind:
            return f"it took longer than {self._seconds:g} s"
        if "OOM" in kind:
            return f"it needed more than {self._memory >> 20} MB of memory"
        return f"the engine stopped: {' '.join(str(problem).split())[:200] or kind}"


def _start() -> Any:
    try:
        import mathjax
        from py_mini_racer import MiniRacer, init_mini_racer
    except ImportError as problem:
        raise MissingDependencyError(
            f"formulas cannot be typeset without {problem.name}",
            hint="install kexue-book again, with its dependencies",
        ) from problem
    folder = Path(next(iter(mathjax.__path__))) / "static" / "mathjax" / "es5"
    init_mini_racer(flags=_FLAGS, ignore_duplicate_init=True)
    context = MiniRacer()
    try:
        context.eval("globalThis.MathJax = {loader: {load: []}, startup: {typeset: false}};")
        for name in _MATHJAX:
            context.eval((folder / name).read_text("utf-8"))
        for source in driver_sources():
            context.eval(source)
    except BaseException:
        context.close()
        raise
    return context


@cache
def driver_sources() -> tuple[str, ...]:
    """Return our JavaScript in the order it is loaded, its configuration first."""
    folder = files("kexue_book.formulas") / "driver"
    aliases = json.loads((folder / "aliases.json").read_text("utf-8"))
    config = json.dumps(
        {
            **aliases,
            "packages": PACKAGES,
            "optional": OPTIONAL,
            "maxSize": SIZE * 1000,
            "maxOutput": OUTPUT,
        }
    )
    start = f"globalThis.kexue = {{}}; globalThis.CONFIG = {config};"
    return (start, *((folder / name).read_text("utf-8") for name in _DRIVER))


_GLYPH = re.compile(r'\["G","([^"]+)"')


def glyph_names(typeset: Typeset) -> set[str]:
    """Return the names of the glyphs that a display list draws."""
    return set(_GLYPH.findall(typeset.operators))


def failed(reason: str) -> Typeset:
    """Return what stands for a formula that could not be set."""
    return Typeset(mathml="", width=0, height=0, depth=0, operators="", error=reason)


def _typeset(result: dict[str, Any]) -> Typeset:
    if "error" in result:
        return failed(result["error"])
    return Typeset(
        mathml=_COLOR.sub(_mathml_color, result["mathml"]),
        width=_em(result["w"]),
        height=_em(result["h"]),
        depth=_em(result["d"]),
        operators=json.dumps(result["ops"], ensure_ascii=False, separators=(",", ":")),
        tag_rows=tuple(_em(row) for row in result["rows"]),
        lines=json.dumps(result["lines"], separators=(",", ":")) if result["lines"] else "",
    )


def _em(thousandths: float) -> float:
    return round(thousandths / 1000, 4)


def _mathml_color(attribute: re.Match[str]) -> str:
    """MathML's colours are #rrggbb; TeX's have any CSS name, or one that nobody knows."""
    color = hexadecimal(attribute[2])
    return f' {attribute[1]}="{color}"' if color else ""
