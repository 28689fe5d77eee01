"""Markdown texts → pandoc's syntax trees, many texts a process.

One process reads a whole batch through ``pandoc.lua`` (three and a half times faster than one
process a post). A text that pandoc refuses comes back as an error; a text that makes it hang
or run out of memory is found by halving the batch, so that it alone is lost, and by name.

The reader is ``commonmark_x``: pandoc's own ``markdown`` needs exponential time on inputs as
short as ``[[[[[[[[[[`` (docs/decisions/0001-commonmark-x-reader.md).
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kexue_book.errors import MissingDependencyError

READER = "commonmark_x" + "".join(
    # Chinese typography is ours, formulas are out of the text before pandoc sees it, and the
    # rest would read meaning into prose: `10~20岁，30~40岁`, a `---` in mid-file, `:smile:`.
    f"-{extension}"
    for extension in (
        "smart",
        "tex_math_dollars",
        "subscript",
        "superscript",
        "yaml_metadata_block",
        "implicit_header_references",
        "raw_attribute",
        "emoji",
        "fancy_lists",
        "gfm_auto_identifiers",
    )
)
SECONDS_PER_BATCH = 60
HEAP = "768M"

Block = dict[str, Any]
"""A node of pandoc's JSON: ``{"t": "Para", "c": […]}``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What pandoc made of one text."""

    blocks: tuple[Block, ...] = ()
    error: str | None = None
    """Why there are no blocks."""


def parse_markdown(texts: Sequence[str]) -> tuple[Parsed, ...]:
    """Read each text on its own (own footnotes, own link definitions).

    Raises:
        MissingDependencyError: pandoc cannot be run at all.
    """
    return tuple(_read_batch(texts))


def _read_batch(texts: Sequence[str]) -> Iterator[Parsed]:
    """Read a batch; on a crash or a time-out, find the culprit by halving."""
    try:
        yield from list(_run(texts))
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError, RecursionError) as problem:
        if len(texts) == 1:
            yield Parsed(error=_reason(problem))
            return
        middle = len(texts) // 2
        yield from _read_batch(texts[:middle])
        yield from _read_batch(texts[middle:])


def _run(texts: Sequence[str]) -> Iterator[Parsed]:
    blocks = [
        {"t": "CodeBlock", "c": [[str(number), ["post"], []], text]}
        for number, text in enumerate(texts)
    ]
    document = {"pandoc-api-version": [1, 23, 1], "meta": {}, "blocks": blocks}
    lua = Path(__file__).with_name("pandoc.lua")
    command = [
        _pandoc(),
        "--sandbox",
        "--from=json",
        "--to=json",
        f"--lua-filter={lua}",
        "+RTS",
        f"-M{HEAP}",
        "-RTS",
    ]
    try:
        finished = subprocess.run(
            command,
            input=json.dumps(document).encode(),
            capture_output=True,
            check=True,
            timeout=SECONDS_PER_BATCH,
            env={**os.environ, "KEXUE_BOOK_READER": READER},
        )
    except OSError as problem:
        raise MissingDependencyError(
            f"pandoc cannot be run: {problem}", hint="reinstall the package pypandoc_binary"
        ) from problem
    for div in json.loads(finished.stdout)["blocks"]:
        (_, classes, attributes), content = div["c"]
        if classes == ["error"]:
            yield Parsed(error=dict(attributes).get("message", "no reason given"))
        else:
            yield Parsed(blocks=tuple(content))


def _pandoc() -> str:
    import pypandoc

    try:
        return str(pypandoc.get_pandoc_path())
    except OSError as problem:
        raise MissingDependencyError(
            "pandoc is not installed", hint="reinstall the package pypandoc_binary"
        ) from problem


def _reason(problem: Exception) -> str:
    if isinstance(problem, subprocess.TimeoutExpired):
        return f"pandoc took longer than {problem.timeout:.0f} s"
    if not isinstance(problem, subprocess.CalledProcessError):
        return "it is nested too deeply"
    message = problem.stderr.decode(errors="replace").strip().splitlines()
    return message[-1] if message else f"pandoc ended with code {problem.returncode}"
