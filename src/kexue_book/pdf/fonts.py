"""The fonts that the print style sheet names → found on this machine, or an error that helps.

A missing Chinese font gives a PDF of empty boxes without a word, so it is an error here.
"""

from __future__ import annotations

import shutil
import subprocess

from kexue_book.errors import MissingDependencyError

_HINT = (
    "install one: `apt install fonts-noto-cjk` on Debian and Ubuntu, "
    "`brew install font-noto-serif-cjk-sc font-noto-sans-cjk-sc` on macOS"
)


def require_chinese_font() -> None:
    """Check that fontconfig knows a font with Chinese characters.

    Raises:
        MissingDependencyError: there is none.
    """
    program = shutil.which("fc-list")
    if program is None:  # Windows, or fontconfig without its tools: Pango will have to tell
        return
    try:
        listed = subprocess.run(
            [program, ":lang=zh-cn", "family"], capture_output=True, text=True, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return
    if listed.returncode == 0 and not listed.stdout.strip():
        raise MissingDependencyError("no Chinese font is installed", hint=_HINT)
