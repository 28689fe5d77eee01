"""Options → files: the pipeline, read as a table of contents.

Its rooms are loaded when they are entered: to know that there is nothing to do takes none of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kexue_book.build_options import BuildOptions, check_options
from kexue_book.errors import Diagnostic, StrictError
from kexue_book.library import PostFile, read_library, read_texts
from kexue_book.model import (
    Book,
    BuildSummary,
    Manuscript,
    PagePlace,
    Typesetting,
)
from kexue_book.progress import Counting, Progress
from kexue_book.stamp import Stamp, builds_folder
from kexue_book.surroundings import digest

if TYPE_CHECKING:
    from kexue_book.cover import OwnCover
    from kexue_book.formulas import Standby
    from kexue_book.layout import Layout
    from kexue_book.manuscript import Composition
    from kexue_book.pdf import Crew, Plans


def build_books(options: BuildOptions, progress: Progress) -> BuildSummary:
    """Build the books that ``options`` ask for.

    Raises:
        KexueBookError: one of its kinds; files that were there before are untouched.
    """
    start = time.monotonic()
    summary = _build(options, Counting(progress))
    return replace(summary, seconds=round(time.monotonic() - start, 2))


def _build(options: BuildOptions, told: Counting) -> BuildSummary:
    """Build the books, unless they are as they would be; the summary knows no time."""
    own = _own_cover(options)
    texts = read_texts(options.posts)
    stamp = _stamp(options, texts, own)
    if (earlier := stamp.find()) is not None:
        told.diagnose(earlier.diagnostics)
        return earlier.summary
    from kexue_book.layout import Layout

    layout = Layout(options.theme, own_cover=own is not None)
    check_options(options)
    with _crew(options, layout) as crew:
        return _make(options, layout, texts, stamp, told, crew, own)


def _own_cover(options: BuildOptions) -> OwnCover | None:
    """Return the user's cover: whatever is wrong with it is known before the work."""
    if options.cover is None:
        return None
    from kexue_book.cover import read_cover

    return read_cover(options.cover)


def _crew(options: BuildOptions, layout: Layout) -> AbstractContextManager[Crew | None]:
    """Return the processes that will lay the PDF out, the first already on its way."""
    if "pdf" not in options.formats or options.processes == 1:
        return nullcontext()
    from kexue_book.pdf import make_crew

    crew = make_crew(
        *(options.processes, layout),
        page=options.page,
        two_sided=options.two_sided,
        variants=options.pdf_variants,
    )
    return closing(crew)


def _make(
    options: BuildOptions,
    layout: Layout,
    texts: Sequence[PostFile | Diagnostic],
    stamp: Stamp,
    told: Counting,
    crew: Crew | None,
    own_cover: OwnCover | None,
) -> BuildSummary:
    book = _outline(options, told, texts)
    from kexue_book.formulas import Standby

    with closing(Standby()) as standby:
        composition = _compose(book, options, layout, told, standby.expect)
        plans = _plans(book, composition.manuscripts, layout, options)
        typesetting = _typeset(composition.manuscripts, options, told, plans, standby)
    if options.dump is not None:
        _dump(composition.manuscripts, options.dump)
    if options.strict and told.warnings:
        raise StrictError(
            f"{told.warnings} warnings, and --strict was given; nothing was written",
            hint="mend the posts, or build without --strict",
        )
    made = (book, composition.manuscripts, typesetting, layout)
    files, pages = _write(*made, options, told, crew, plans, own_cover)
    formulas = [mark for m in composition.manuscripts for mark in m.formula_marks]
    summary = BuildSummary(
        files=tuple(files),
        chapters=len(book.chapters),
        pages=pages,
        formulas=len(formulas),
        distinct_formulas=len(set(formulas)),
        warnings=told.warnings,
        seconds=0,
        sizes=tuple(file.stat().st_size for file in files),
    )
    if typesetting.is_lasting:
        stamp.keep(summary, told.diagnostics, composition.images)
    return summary


def _stamp(
    options: BuildOptions, texts: Sequence[PostFile | Diagnostic], own_cover: OwnCover | None
) -> Stamp:
    """Return the stamp of builds with these options; one that dumps has to be made each time."""
    cover = digest((own_cover.data,)) if own_cover is not None else ""
    keeping = options.keeping and options.dump is None
    folder = builds_folder(options.cache) if keeping else None
    return Stamp(folder, options.posts, options.shaping + cover, options.theme, texts)


def check_posts(options: BuildOptions, progress: Progress) -> int:
    """Read, link and typeset everything, write nothing; return the number of findings."""
    from kexue_book.layout import Layout

    told = Counting(progress)
    book = _outline(options, told)
    composition = _compose(book, options, Layout(options.theme), told)
    _typeset(composition.manuscripts, options, told)
    return told.warnings


def _outline(
    options: BuildOptions,
    told: Counting,
    texts: Sequence[PostFile | Diagnostic] | None = None,
) -> Book:
    from kexue_book.outline import choose, make_book

    told.stage("reading posts", None)
    library = read_library(options.posts, texts)
    told.diagnose(library.diagnostics)
    posts = choose(library.posts, options.selection, options.order)
    return make_book(posts, options.selection, options.grouping, title=options.title)


def _compose(
    book: Book,
    options: BuildOptions,
    layout: Layout,
    told: Counting,
    fresh: Callable[[int], None] = lambda count: None,
) -> Composition:
    from kexue_book.manuscript import compose, drafts_folder

    told.stage("composing chapters", len(book.chapters))
    composition = compose(
        book,
        root=options.posts,
        equation_numbers=options.equation_numbers,
        missing_image=layout.labels.missing_image,
        kept=_kept(options, drafts_folder),
        advance=told.advance,
        fresh=fresh,
    )
    told.diagnose(composition.diagnostics)
    return composition


def _plans(
    book: Book, manuscripts: Sequence[Manuscript], layout: Layout, options: BuildOptions
) -> Plans | None:
    """Return what is known of the PDF's chapters before they are made."""
    if "pdf" not in options.formats:
        return None
    from kexue_book.pdf import Plans, page_size, plans_folder

    page = page_size(options.page, two_sided=options.two_sided)
    return Plans(book, manuscripts, layout, page, _kept(options, plans_folder))


def _typeset(
    manuscripts: Sequence[Manuscript],
    options: BuildOptions,
    told: Counting,
    plans: Plans | None = None,
    standby: Standby | None = None,
) -> Typesetting:
    from kexue_book.typesetting import typeset_book

    return typeset_book(
        manuscripts,
        # An EPUB shows them all.
        plans if options.formats == ("pdf",) else None,
        cache=_cache(options),
        jobs=options.processes,
        told=told,
        standby=standby,
    )


def _cache(options: BuildOptions) -> Path | None:
    from kexue_book.formulas import default_cache_path

    return (options.cache or default_cache_path()) if options.keeping else None


def _kept(options: BuildOptions, folder: Callable[[Path], Path]) -> Path | None:
    """Return what ``folder`` says of the file of formulas: where builds keep things of one kind."""
    formulas = _cache(options)
    return folder(formulas) if formulas is not None else None


def _write(
    book: Book,
    manuscripts: Sequence[Manuscript],
    typesetting: Typesetting,
    layout: Layout,
    options: BuildOptions,
    told: Counting,
    crew: Crew | None,
    plans: Plans | None,
    cover: OwnCover | None,
) -> tuple[list[Path], int | None]:
    stem = options.output / (options.name or file_stem(book.meta.title))
    files: list[Path] = []
    pages: int | None = None
    places: tuple[PagePlace, ...] = ()
    if "pdf" in options.formats:
        from kexue_book.pdf import records_folder, write_pdf

        told.stage("writing PDF", len(manuscripts))
        files.append(stem.with_name(f"{stem.name}.pdf"))
        printed = write_pdf(
            *(book, manuscripts, typesetting, layout, files[-1]),
            cover=cover,
            page=options.page,
            variants=options.pdf_variants,
            two_sided=options.two_sided,
            page_references=options.page_references,
            crew=crew,
            cache=_kept(options, records_folder),
            advance=told.advance,
            plans=plans,
        )
        told.diagnose(printed.diagnostics)
        pages, places = printed.pages, printed.places
    if "epub" in options.formats:
        from kexue_book.epub import images_folder, pages_folder, write_epub

        told.stage("writing EPUB", None)
        written = write_epub(
            *(book, manuscripts, typesetting, layout, stem.with_name(f"{stem.name}.epub")),
            device=options.device,
            cover=cover,
            math=options.epub_math,
            embed_fonts=options.embed_fonts,
            toc_depth=options.toc_depth,
            images=_kept(options, images_folder),
            pages=_kept(options, pages_folder),
            places=places,
        )
        files = [*written.files, *files]
        told.diagnose(written.diagnostics)
    return files, pages


def file_stem(title: str) -> str:
    """Return a file name made from a title: 生活/情感 → 生活-情感."""
    cleaned = "".join("-" if mark in '/\\:*?"<>|' or ord(mark) < 32 else mark for mark in title)
    return cleaned.strip(" .-")[:80] or "book"


def _dump(manuscripts: Sequence[Manuscript], folder: Path) -> None:
    """Write each chapter's XHTML and its formulas, so that the middle can be looked at."""
    folder.mkdir(parents=True, exist_ok=True)
    for manuscript in manuscripts:
        formulas = "\n".join(
            f"<!-- {n}: {' '.join(formula.source.split()).replace('--', '- -')} -->"
            for n, formula in enumerate(manuscript.formulas)
        )
        notes = "\n".join(f'<aside id="{n.anchor}">{n.body}</aside>' for n in manuscript.footnotes)
        text = f"<h1>{manuscript.title}</h1>\n{manuscript.body}\n{notes}\n{formulas}\n"
        (folder / f"{manuscript.chapter.anchor}.xhtml").write_text(text, "utf-8")
