"""A book's manuscripts → its formulas, typeset, and what is wrong with them.

Formulas of chapters that are laid out already are not even looked up: of these it is known which
are broken, and which glyphs they show.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kexue_book.errors import Diagnostic, Severity
from kexue_book.formulas import Standby, typeset_formulas
from kexue_book.model import Broken, Manuscript, Typesetting, find_broken
from kexue_book.progress import Counting

if TYPE_CHECKING:
    from kexue_book.pdf import Plans


def typeset_book(
    manuscripts: Sequence[Manuscript],
    plans: Plans | None,
    *,
    cache: Path | None,
    jobs: int,
    told: Counting,
    standby: Standby | None = None,
) -> Typesetting:
    """Typeset the formulas that are needed, and say which cannot be.

    Args:
        manuscripts: of the whole book, in its order.
        plans: of the only book that is made of them; None if all formulas are needed.
        cache: file of typeset formulas; None for none.
        jobs: processes to use.
        told: hears what is done, and what is wrong.
        standby: may have an engine ready.
    """

    def typeset(some: Sequence[Manuscript], outlines: frozenset[str]) -> Typesetting:
        keys = {formula.key for manuscript in some for formula in manuscript.formulas}
        told.stage("typesetting formulas", len(keys))
        return typeset_formulas(
            sorted(keys, key=lambda key: (key.tex, key.display, key.preamble)),
            cache=cache,
            jobs=jobs,
            advance=lambda done, _: told.advance(done),
            report=lambda message: told.diagnose((_cache_trouble(message),)),
            outlines=outlines,
            standby=standby,
        )

    known = dict(plans.known) if plans is not None else {}
    glyphs = plans.glyphs if plans is not None and known else frozenset()
    typesetting = typeset([m for m in manuscripts if m.chapter.anchor not in known], glyphs)
    if plans is not None and not glyphs <= typesetting.glyphs.keys():
        plans.forget()  # somebody has emptied the cache of formulas, and of these only
        known = {}
        typesetting = typeset(manuscripts, frozenset())
    broken = {anchor: chapter.broken for anchor, chapter in known.items()}
    told.diagnose(tuple(_diagnose(manuscripts, broken, typesetting)))
    return typesetting


def _diagnose(
    manuscripts: Sequence[Manuscript],
    known: Mapping[str, Sequence[Broken]],
    typesetting: Typesetting,
) -> Iterator[Diagnostic]:
    for manuscript in manuscripts:
        broken = known.get(manuscript.chapter.anchor)
        if broken is None:
            broken = find_broken(manuscript.formulas, typesetting.packed)
        for line, source, error in broken:
            yield Diagnostic(
                code="broken-formula",
                severity=Severity.ERROR,
                message=f"the formula cannot be set, its source is shown: {error}",
                path=manuscript.chapter.post.path,
                line=line,
                hint=f"look at {' '.join(source.split())[:60]!r}",
            )


def _cache_trouble(message: str) -> Diagnostic:
    return Diagnostic(
        code="formula-cache-unusable",
        severity=Severity.INFO,
        message=message,
        hint="the book is complete, it only took longer; delete the file, or mend its permissions",
    )
