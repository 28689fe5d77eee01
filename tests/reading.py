"""An EPUB → what a reader of foliate-js sees of it, in Chromium.

``readers/`` holds the reading system; it is given to the browser without a server, and whatever
else a page asks for is refused and counted as a fault: a book fetches nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Route, sync_playwright

from browser import OPTIONS, find_chromium

_READERS = Path(__file__).parent / "readers"
_ORIGIN = "http://localhost"
_SECONDS = 30
_TWO_FRAMES = "() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))"
_ITS_OWN = "allow-scripts and allow-same-origin"
"""In what Chromium says of foliate-js's frames, whatever the book."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """A device that is held upright."""

    name: str
    width: int
    height: int


PHONE = Screen(name="phone", width=390, height=844)
SIX_INCHES = Screen(name="6-inch", width=758, height=1024)
TABLET = Screen(name="tablet", width=1024, height=1366)
SCREENS = (PHONE, SIX_INCHES, TABLET)


@contextmanager
def browser() -> Iterator[Browser]:
    """Start Chromium, with nothing of the user's in it."""
    if not (_READERS / "node_modules" / "foliate-js").is_dir():
        raise RuntimeError("foliate-js is not installed: scripts/setup.sh test")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=OPTIONS)
        yield chromium
        chromium.close()


@dataclass
class Reader:
    """An open book. ``faults`` are errors of scripts and what the book tried to fetch."""

    page: Page
    book: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def ask(self, question: str, value: object = None) -> Any:
        """Return what a function of ``foliate.js`` says."""
        return self.page.evaluate(f"value => reader.{question}(value)", value)

    def go_to(self, target: str | int) -> dict[str, Any]:
        """Show the page of an address in the book, or the first one of a section."""
        return self.ask("goTo", target)  # type: ignore[no-any-return]

    def turn(self) -> dict[str, Any]:
        """Turn a page and return where that is."""
        return self.ask("turn", 1)  # type: ignore[no-any-return]

    def turn_to(self, selector: str, pages: int = 40) -> dict[str, Any]:
        """Turn pages until an element is on the screen; return where it is."""
        for _ in range(pages):
            spot = self.ask("spot", selector)
            if spot is not None:
                return spot  # type: ignore[no-any-return]
            self.turn()
        raise AssertionError(f"no {selector} within {pages} pages")

    def tap(self, spot: dict[str, Any]) -> None:
        """Put a finger there, and lift it when the reading system has noticed.

        foliate-js shows what gets the focus, a frame later: before the finger is lifted, or it
        would turn back from where the link led.
        """
        self.page.mouse.move(spot["x"], spot["y"])
        self.page.mouse.down()
        self.page.evaluate(_TWO_FRAMES)
        self.page.mouse.up()

    def wait_for(self, condition: str) -> Any:
        """Return what a JavaScript expression gives as soon as it is true."""
        return self.page.wait_for_function(condition).json_value()

    def texts(self, anchors: Collection[str]) -> dict[str, str]:
        """Return what each chapter shows; one may go on in more files than the one named for it."""
        shown: dict[str, str] = {}
        chapter = None
        for index, section in enumerate(self.book["sections"]):
            self.go_to(index)
            chapter = Path(section).stem if Path(section).stem in anchors else chapter
            if chapter is not None:
                shown[chapter] = shown.get(chapter, "") + self.ask("text")
        return shown


@contextmanager
def reading(
    chromium: Browser,
    epub: Path,
    screen: Screen = PHONE,
    *,
    dark: bool = False,
    pop_ups: bool = True,
) -> Iterator[Reader]:
    """Open a book, its first page shown."""
    context = chromium.new_context(
        viewport={"width": screen.width, "height": screen.height},
        color_scheme="dark" if dark else "light",
    )
    context.set_default_timeout(_SECONDS * 1000)
    page = context.new_page()
    reader = Reader(page)
    _listen(page, reader.faults)
    page.goto(f"{_ORIGIN}/foliate.html")
    page.set_input_files("input", epub)
    reader.book = reader.ask("open", {"popUps": pop_ups})
    yield reader
    context.close()


def _listen(page: Page, faults: list[str]) -> None:
    """Serve the reading system, and note what goes wrong."""

    def serve(route: Route) -> None:
        address = route.request.url
        path = _READERS / address.removeprefix(f"{_ORIGIN}/")
        if address.startswith(f"{_ORIGIN}/") and path.is_file():
            route.fulfill(path=path)
        else:
            faults.append(f"asked for {address}")
            route.abort()

    def hear(said: ConsoleMessage) -> None:
        if said.type in ("error", "warning") and _ITS_OWN not in said.text:
            faults.append(said.text)

    page.route("**/*", serve)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", hear)
