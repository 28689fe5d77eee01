"""What a build finds on the machine → fingerprints, which change when a book might, too.

Each errs on the side of change: a package more than needed, installed or removed, makes anew what
was kept, which takes time; one that was overlooked would leave an old book in its place.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import kexue_book

_SOURCES = frozenset((".py", ".lua", ".js", ".json", ".otf"))
_DESIGN = ("templates", "styles")
_LIBRARIES = ("pango-1.0", "pangoft2-1.0", "harfbuzz", "fontconfig", "freetype", "cairo")
"""Of the system, by the beginning of their files' names after ``lib``."""
_LIBRARY_FOLDERS = ("/lib", "/usr/lib", "/usr/local/lib", "/opt/homebrew/lib")


def digest(parts: Iterable[str | bytes]) -> str:
    """Return a hash of some parts, in which no part can pass for two."""
    hashed = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
        hashed.update(b"%d:" % len(data) + data)
    return hashed.hexdigest()


@cache
def program_fingerprint() -> str:
    """Return what changes with our own sources, the installed packages and the interpreter."""
    return digest((sys.version, sys.platform, *_sources(), *_packages(), *_programs("pandoc")))


def _sources() -> Iterator[str | bytes]:
    package = Path(kexue_book.__file__).parent
    for path in sorted(package.rglob("*")):
        if path.suffix in _SOURCES:
            yield from (str(path.relative_to(package)), path.read_bytes())


def _packages() -> Iterator[str]:
    """Yield the names, with versions, of what pip and its like have installed."""
    for folder in sys.path:
        try:
            names = [path.name for path in Path(folder or ".").iterdir()]
        except OSError:
            continue
        yield from sorted(name for name in names if name.endswith((".dist-info", ".egg-info")))


def _programs(name: str) -> Iterator[str]:
    """Yield what changes when another program of this name is found, or the same is replaced."""
    asked = (
        os.environ.get(f"PYPANDOC_{name.upper()}"),
        shutil.which(name),
        *(str(Path(folder).expanduser() / name) for folder in ("~/bin", "~/.bin")),
        str(Path(sys.exec_prefix, "bin", name)),
    )
    for path in filter(None, asked):
        yield _file(Path(path))


@cache
def fonts_fingerprint() -> str:
    """Return what changes when fonts, fontconfig's rules or the libraries that set text do."""
    listed = _told("fc-list", "--format", "%{file} %{fontversion}\n")
    rules = (line.split(maxsplit=1)[1] for line in _told("fc-conflist") if " " in line)
    configured = (_file(Path(rule.partition(": ")[0])) for rule in rules)
    return digest((*sorted(listed), *configured, *_libraries()))


def _told(*command: str) -> list[str]:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return done.stdout.splitlines()


def _libraries() -> Iterator[str]:
    wanted = tuple(f"lib{name}." for name in _LIBRARIES)
    folders = [path for folder in _LIBRARY_FOLDERS for path in (Path(folder), *_below(folder))]
    for place in dict.fromkeys(folder.resolve() for folder in folders if folder.is_dir()):
        yield from (_file(path) for path in sorted(place.iterdir()) if path.name.startswith(wanted))


def _below(folder: str) -> Iterator[Path]:
    """Yield the folder that Debian and its like have for each kind of machine."""
    return Path(folder).glob(f"{os.uname().machine}-*") if hasattr(os, "uname") else iter(())


def design_fingerprint(theme: Path | None) -> str:
    """Return what changes with the built-in templates and style sheets, and with a theme."""
    package = Path(kexue_book.__file__).parent
    built_in = (folder / name for folder in (package, package.parent.parent) for name in _DESIGN)
    return digest(folder_fingerprint(folder) for folder in (*built_in, theme))


def folder_fingerprint(folder: Path | None) -> str:
    """Return what changes when any file in a folder does, or a file comes or goes."""
    files = sorted(folder.rglob("*")) if folder is not None else ()
    parts: list[str | bytes] = []
    for path in files:
        if path.is_file():
            parts += (str(path), path.read_bytes())
    return digest(parts)


def _file(path: Path) -> str:
    """Return what changes when a file is replaced: not read, since it may have 100 MB."""
    try:
        found = path.stat()
    except OSError:
        return f"{path} -"
    return f"{path.resolve()} {found.st_size} {found.st_mtime_ns}"
