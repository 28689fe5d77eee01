r"""A formula's LaTeX → text a person can read, for bookmarks, nav and metadata.

Rough on purpose: headings hold ``$\sqrt{d}$`` and ``$O(n^2)$``, not derivations. What it does
not know it leaves out the backslash of.
"""

from __future__ import annotations

import re
from html.entities import html5

_SUPERSCRIPTS = str.maketrans("0123456789+-=()nii", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱⁱ")
_SUBSCRIPTS = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_SYMBOLS = {
    "sqrt": "√", "infty": "∞", "to": "→", "rightarrow": "→", "leftarrow": "←", "leq": "≤",
    "geq": "≥", "le": "≤", "ge": "≥", "neq": "≠", "ne": "≠", "times": "×", "cdot": "·",
    "approx": "≈", "sim": "∼", "partial": "∂", "nabla": "∇", "sum": "∑", "prod": "∏",
    "int": "∫", "in": "∈", "pm": "±", "ldots": "…", "cdots": "⋯", "dots": "…", "quad": " ",
    "varepsilon": "ε", "epsilon": "ϵ", "varphi": "φ", "Vert": "‖", "Vvert": "⦀",
}  # fmt: skip
_DROPPED = frozenset(
    (
        *("left", "right", "big", "Big", "bigg", "Bigg", "boldsymbol", "mathbf", "mathbb"),
        *("mathcal", "mathrm", "mathsf", "mathit", "text", "bm", "displaystyle", "hat"),
        *("operatorname", "tilde", "bar", "limits", "nolimits"),
    )
)
_UNSEEN = re.compile(r"\\(?:begin|end|label|tag\*?|setCounter)\s*\{[^{}]*\}")
_COMMAND = re.compile(r"\\([a-zA-Z]+|.)\s*")
_SCRIPT = re.compile(r"([\^_])(?:\{([^{}]*)\}|(.))")
_FRACTION = re.compile(r"\\d?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")


def plain_tex(tex: str) -> str:
    r"""Return ``tex`` as a line of plain text: ``\sqrt{d_k}`` → ``√d_k``."""
    text = _FRACTION.sub(r"\1/\2", _UNSEEN.sub("", tex))
    text = _COMMAND.sub(_symbol, text)
    text = _SCRIPT.sub(_script, text)
    return " ".join(re.sub(r"[{}]", "", text).split())


def _symbol(command: re.Match[str]) -> str:
    name = command[1]
    if name in _SYMBOLS:
        return _SYMBOLS[name]
    if name in _DROPPED:
        return ""
    if len(name) == 1 and not name.isalpha():
        return " " if name in ",;:! \\" else name
    return html5.get(f"{name};", name)


def _script(script: re.Match[str]) -> str:
    text = script[2] if script[2] is not None else script[3]
    if script[1] == "^" and re.fullmatch(r"[0-9+\-=()ni]+", text):
        return text.translate(_SUPERSCRIPTS)
    if script[1] == "_" and re.fullmatch(r"[0-9+\-=()]+", text):
        return text.translate(_SUBSCRIPTS)
    return script[1] + text
