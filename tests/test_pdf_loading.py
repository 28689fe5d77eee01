"""WeasyPrint is loaded without looking for libraries that are not there."""

from __future__ import annotations

import subprocess
import sys

import pytest

LOADED = """
import ctypes.util, sys

def search(name):
    raise AssertionError(f"{name} is searched for")

ctypes.util.find_library = search
from kexue_book.pdf.loading import load_renderer
assert load_renderer().__name__ == "Renderer"
assert ctypes.util.find_library is search
"""
MISSING = """
import cffi, ctypes.util

def no_library(ffi, name, flags=0):
    raise OSError(f"cannot load {name}")

cffi.FFI.dlopen = no_library
from kexue_book.pdf.loading import load_renderer
try:
    load_renderer()
except OSError as problem:
    print(problem)
"""


def run(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has those names")
def test_no_library_is_searched_for() -> None:
    done = run(LOADED)
    assert done.returncode == 0, done.stderr


def test_a_missing_library_is_told() -> None:
    assert "cannot load libgobject" in run(MISSING).stdout
