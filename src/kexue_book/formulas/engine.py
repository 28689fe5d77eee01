"""Distinct formulas → typeset formulas: those that the cache knows, the rest from MathJax.

MathJax is loaded only when something is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from kexue_book.errors import RenderError
from kexue_book.formulas.cache import FormulaCache
from kexue_book.formulas.packed import pack
from kexue_book.formulas.standby import Standby
from kexue_book.formulas.workers import typeset_in_batches
from kexue_book.model import FormulaKey, Glyph, Packed, Typesetting


def typeset_formulas(
    keys: Iterable[FormulaKey],
    *,
    cache: Path | None,
    jobs: int = 1,
    advance: Callable[[int, int], None] | None = None,
    report: Callable[[str], None] | None = None,
    outlines: Iterable[str] = (),
    standby: Standby | None = None,
) -> Typesetting:
    """Typeset every key once; one that cannot be set has an error, none is left out.

    Args:
        keys: formulas, repeated ones welcome.
        cache: the SQLite file to look in and to add to; None for none.
        jobs: processes to use when there is enough to do.
        advance: told how many of how many distinct formulas are done.
        report: told in one line why the cache was of no use, if so.
        outlines: names of glyphs that are wanted, too, of formulas that are not; those that the
            cache does not know are left out.
        standby: may have an engine ready.
    """
    distinct = list(dict.fromkeys(keys))
    with FormulaCache(cache) as store:
        done, glyphs = _known(store, distinct)
        glyphs |= store.glyphs(sorted(set(outlines) - glyphs.keys()))
        missing = [key for key in distinct if key not in done]
        _tell(advance, len(done), len(distinct))
        is_lasting = True
        for batch in typeset_in_batches(missing, jobs, standby):
            is_lasting &= not batch.stopped
            packed = {key: pack(typeset) for key, typeset in batch.formulas.items()}
            lasting = {key: made for key, made in packed.items() if key not in batch.stopped}
            store.store(lasting, batch.glyphs)
            done.update(packed)
            glyphs.update(batch.glyphs)
            _tell(advance, len(done), len(distinct))
        if report is not None and store.problem is not None:
            report(store.problem)
    fetch = partial(_fetch, cache=cache, jobs=jobs)
    return Typesetting(packed=done, glyphs=glyphs, is_lasting=is_lasting, fetch=fetch)


def _fetch(keys: Iterable[FormulaKey], *, cache: Path | None, jobs: int) -> Typesetting:
    """Typeset what was thought not to be needed, since earlier builds had.

    Raises:
        RenderError: it does not come out as it did then.
    """
    made = typeset_formulas(keys, cache=cache, jobs=jobs)
    if not made.is_lasting:
        raise RenderError(
            "the typeset formulas are gone from the cache, and there is no time to make them again",
            hint="build once more, or with --no-cache",
        )
    return made


def _known(
    store: FormulaCache, keys: list[FormulaKey]
) -> tuple[dict[FormulaKey, Packed], dict[str, Glyph]]:
    """Return what the cache holds whole: a formula is no use without its glyphs."""
    found = store.find(keys)
    glyphs = store.glyphs({name for packed in found.values() for name in packed.glyphs})
    whole = {
        key: packed
        for key, packed in found.items()
        if all(name in glyphs for name in packed.glyphs)
    }
    return whole, glyphs


def _tell(advance: Callable[[int, int], None] | None, done: int, total: int) -> None:
    if advance is not None:
        advance(done, total)
