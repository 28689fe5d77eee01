"""A file's bytes → its text, or what to say about bytes that are no UTF-8.

Other encodings are not guessed at: a wrong guess would print a whole post as nonsense. The hint
says what the file looks like and how to convert it.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from kexue_book.errors import Diagnostic, Severity

_CONTROLS = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


def decode_post(data: bytes, path: Path) -> str | Diagnostic:
    r"""Return the text with ``\n`` line ends and without BOM, or why there is none."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _refusal("not-utf8", "is UTF-16, not UTF-8", path, 1, _convert("UTF-16", path))
    nul = data.find(b"\0")
    if nul >= 0:
        hint = "save it as UTF-8 text; if it is text at all, it may be UTF-16"
        return _refusal("not-utf8", "holds NUL bytes", path, _line(data, nul), hint)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        message = f"is not UTF-8 (byte 0x{data[problem.start]:02x})"
        return _refusal("not-utf8", message, path, _line(data, problem.start), _remedy(data, path))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def strip_controls(text: str, path: Path) -> tuple[str, tuple[Diagnostic, ...]]:
    """Leave out the characters that XML cannot hold, and say where the first one was."""
    first = _CONTROLS.search(text)
    if first is None:
        return text, ()
    clean, count = _CONTROLS.subn("", text)
    what = f"U+{ord(first[0]):04X}"
    finding = Diagnostic(
        code="control-character",
        severity=Severity.WARNING,
        message=f"a control character ({what}) is left out"
        if count == 1
        else f"{count} control characters (the first is {what}) are left out",
        path=path,
        line=text.count("\n", 0, first.start()) + 1,
        hint="delete it: no book format can hold it",
    )
    return clean, (finding,)


def _remedy(data: bytes, path: Path) -> str:
    """Tell a post in another encoding from a UTF-8 post with a few broken bytes."""
    lenient = data.decode("utf-8", "replace")
    broken = lenient.count("\ufffd")
    sound = sum(character > "\x7f" for character in lenient) - broken
    if sound > 4 * broken:
        name = shlex.quote(path.name)
        return f"mend that line, or drop the broken bytes: iconv -c -f UTF-8 -t UTF-8 {name}"
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return "save it as UTF-8"
    return _convert("GB18030", path)


def _convert(encoding: str, path: Path) -> str:
    return f"convert it: iconv -f {encoding} -t UTF-8 {shlex.quote(path.name)}"


def _line(data: bytes, position: int) -> int:
    before = data[:position].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return before.count(b"\n") + 1


def _refusal(code: str, what: str, path: Path, line: int, hint: str) -> Diagnostic:
    return Diagnostic(
        code=code,
        severity=Severity.ERROR,
        message=f"the post {what}; it is left out",
        path=path,
        line=line,
        hint=hint,
    )
