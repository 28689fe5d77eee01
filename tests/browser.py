"""Nothing → the Chromium of this machine, and how to start it.

As a program it prints its path, which ``scripts/setup.sh`` asks for: ``python tests/browser.py``.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

OPTIONS = (
    "--no-sandbox",  # root, as in a container, may have none
    "--disable-dev-shm-usage",  # which is small there
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
)

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_APPLICATIONS = (
    "Chromium.app/Contents/MacOS/Chromium",
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)


def find_chromium() -> Path:
    """Return the program.

    Raises:
        RuntimeError: there is none. It is no reason to skip a test.
    """
    for name in _NAMES:
        path = shutil.which(name)
        if path is not None:
            return Path(path)
    for folder in (Path("/Applications"), Path.home() / "Applications"):
        for application in _APPLICATIONS:
            if (folder / application).exists():
                return folder / application
    raise RuntimeError("there is no Chromium: scripts/setup.sh test")


if __name__ == "__main__":
    try:
        print(find_chromium())
    except RuntimeError as problem:
        sys.exit(str(problem))
