"""Source code → ``<pre>`` with Pygments' short classes; never guessing the language.

Pygments is loaded for the first listing: a build that has its drafts needs it not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pygments.lexer import Lexer

MAX_HIGHLIGHTED = 200_000
"""Characters: a longer listing is data, and stays plain."""

_PLAIN = frozenset({"text", "txt", "plain", "plaintext", "none", "output"})


def highlight(text: str, classes: Sequence[str] = ()) -> str:
    """Return ``<pre class="code"><code class="language-…">…``; the text is kept to the letter."""
    text = text.rstrip("\n")
    name, lexer = _find_lexer(classes)
    marked = escape(text, quote=False)
    if lexer is not None and len(text) <= MAX_HIGHLIGHTED:
        from pygments import highlight as pygmentize
        from pygments.formatters import HtmlFormatter

        formatter: HtmlFormatter[str] = HtmlFormatter(nowrap=True)
        marked = pygmentize(text, lexer, formatter).rstrip("\n")
    language = f' class="language-{escape(name)}"' if name else ""
    return f'<pre class="code"><code{language}>{marked}</code></pre>'


def _find_lexer(classes: Sequence[str]) -> tuple[str, Lexer | None]:
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    for name in classes:
        word = name.strip("{}.").lower()
        if word in _PLAIN or not word:
            return "", None
        try:
            # Both options keep the text as it is: no line stripped, none added.
            return word, get_lexer_by_name(word, stripnl=False, ensurenl=False)
        except ClassNotFound:
            continue
    return "", None
