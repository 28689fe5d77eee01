"""Whatever a command raises → one line, a hint, and an exit code.

The rooms raise; only here do errors end the program.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec

from kexue_book.console import Terminal
from kexue_book.errors import KexueBookError

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it: 128 + SIGINT."""


class InternalError(KexueBookError):
    """A fault of ours: EX_SOFTWARE of sysexits.h."""

    exit_code = 70


Options = ParamSpec("Options")


def guarded(command: Callable[Options, None]) -> Callable[Options, None]:
    """Make a command end with a line for people and an exit code, whatever goes wrong."""

    @functools.wraps(command)
    def run(*args: Options.args, **kwargs: Options.kwargs) -> None:
        terminal = Terminal(verbose=bool(kwargs.get("verbose")))
        try:
            command(*args, **kwargs)
        except KexueBookError as error:
            terminal.fail(error)
            raise SystemExit(error.exit_code) from None
        except KeyboardInterrupt:
            terminal.note("interrupted")
            raise SystemExit(INTERRUPTED) from None
        except Exception as problem:
            explained = _explained(problem)
            terminal.fail(explained)
            raise SystemExit(explained.exit_code) from None

    return run


def _explained(problem: Exception) -> KexueBookError:
    """Say what no room foresaw: the system refused something, or we are at fault."""
    if isinstance(problem, OSError) and problem.strerror is not None:
        place = str(problem.filename) if problem.filename is not None else None
        hint = "check the file, its permissions and the space on the disk"
        return KexueBookError(problem.strerror, path=place, hint=hint)
    said = str(problem).strip().partition("\n")[0]
    return InternalError(
        f"internal error: {type(problem).__name__}{': ' if said else ''}{said}",
        hint="this is a fault of kexue-book; run again with --verbose, and report it",
    )
