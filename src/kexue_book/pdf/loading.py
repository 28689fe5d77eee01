"""WeasyPrint, loaded in half the time.

It asks for each of its libraries by the names of all systems, and to know that there is no library
of a name, Python on Linux runs ``ldconfig``, ``gcc`` and ``ld``: forty times. The last of the names
on Linux is one that the system's loader knows at once. WeasyPrint also names modules that it does
not need.
"""

from __future__ import annotations

import ctypes.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import LazyLoader, find_spec, module_from_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kexue_book.pdf.render import Renderer


def load_renderer() -> type[Renderer]:
    """Load WeasyPrint, and return what lays out with it.

    Raises:
        OSError: Pango or another library is not there.
    """
    _put_off("fontTools.subset")
    try:
        with _no_search():
            from kexue_book.pdf.render import Renderer
    except OSError:
        from kexue_book.pdf.render import Renderer
    return Renderer


@contextmanager
def _no_search() -> Iterator[None]:
    """Let libraries be found by the names of their files only, where the loader knows these."""
    if not sys.platform.startswith("linux"):
        yield
        return
    search = ctypes.util.find_library
    ctypes.util.find_library = lambda name: None
    try:
        yield
    finally:
        ctypes.util.find_library = search


def _put_off(name: str) -> None:
    """Load a module when something of it is used."""
    found = find_spec(name)
    if found is None or found.loader is None or name in sys.modules:
        return
    found.loader = LazyLoader(found.loader)
    module = module_from_spec(found)
    sys.modules[name] = module
    found.loader.exec_module(module)
