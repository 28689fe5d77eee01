"""EPUB files → what Ace by DAISY finds in them that would keep somebody from reading.

Ace opens every page in Chromium, about one a second.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from browser import find_chromium

_HERE = Path(__file__).parent
_ACE = _HERE / "node_modules" / "@daisy" / "ace" / "bin" / "ace-puppeteer.js"
_MILLISECONDS = 20 * 60 * 1000
"""For one page: some have a thousand formulas, and each element is looked at."""


def ace_faults(epub: Path) -> list[str]:
    """Return a line for each violation: its page, how grave it is, its rule and the element.

    Raises:
        RuntimeError: Ace could not look at the book.
    """
    if not _ACE.is_file():
        raise RuntimeError("Ace is not installed: scripts/setup.sh validate")
    with tempfile.TemporaryDirectory() as folder:
        # Node.js comes with the environment.
        node = str(Path(sys.executable).parent / "node")
        command = [node, str(_ACE), "--silent", "--force", "--timeout", str(_MILLISECONDS)]
        environment = {
            **os.environ,
            "PUPPETEER_EXECUTABLE_PATH": str(find_chromium()),
            "ACE_TIMEOUT_INITIAL": "60000",
            # Ace keeps a log and settings where its user's are.
            "XDG_CONFIG_HOME": folder,
            "XDG_STATE_HOME": folder,
        }
        done = subprocess.run(
            [*command, "--outdir", folder, str(epub)],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        report = Path(folder) / "report.json"
        if not report.is_file():
            raise RuntimeError(f"Ace did not finish {epub.name}: {done.stdout}{done.stderr}")
        return list(_violations(json.loads(report.read_text("utf-8"))))


def _violations(report: dict[str, Any]) -> Iterator[str]:
    for document in report["assertions"]:
        for found in document["assertions"]:
            rule = found["earl:test"]
            element = found["earl:result"].get("html", "")[:200]
            yield (
                f"{document['earl:testSubject']['url']}: {rule['earl:impact']} "
                f"{rule['dct:title']} {element}"
            )
