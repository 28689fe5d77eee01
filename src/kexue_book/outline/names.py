"""Names of categories and tags, titles → what two ways of writing them share."""

from __future__ import annotations

import unicodedata

from kexue_book.model import CategoryPath


def fold(text: str) -> str:
    """Return ``text`` without spaces, case and width: ``ＧＡＮ 模型`` is ``gan模型``."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def fold_path(name: str) -> CategoryPath:
    """Return a category as it is asked for, ``数学>概率论`` or a single name, folded."""
    return tuple(fold(part) for part in name.split(">"))
