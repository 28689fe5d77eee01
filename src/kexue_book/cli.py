"""The command line: options → :class:`BuildOptions`, what comes of it → the terminal.

Heavy rooms are imported by the commands that need them, so that ``--help`` is instant.
"""

from __future__ import annotations

import dataclasses
import gc
import io
import sys
from pathlib import Path
from typing import Annotated

import typer

import kexue_book
from kexue_book.boundary import guarded
from kexue_book.cache_commands import cache_app
from kexue_book.console import Terminal, counted, emit, to_json
from kexue_book.list_commands import list_app
from kexue_book.model import (
    TOC_DEPTH,
    Device,
    EpubMath,
    EquationNumbers,
    Grouping,
    Order,
    PdfVariant,
    Selection,
)
from kexue_book.options import (
    JobsOption,
    JsonOption,
    OrderOption,
    PostsOption,
    VerboseOption,
    selecting,
)

app = typer.Typer(
    name="kexue-book",
    help="Turn a science blog, Chinese and dense with formulas, into an EPUB and a PDF.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(list_app, name="list")
app.add_typer(cache_app, name="cache")


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Chinese on a terminal that cannot show it, file names that are no text.
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    finally:
        gc.freeze()  # no search for cycles in all that ends with the process


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"kexue-book {kexue_book.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    """Turn a science blog, Chinese and dense with formulas, into an EPUB and a PDF."""


@app.command()
@guarded
@selecting
def build(
    *,
    posts: PostsOption = Path("posts"),
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Folder for the books.")
    ] = Path("dist"),
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="STEM", help="File name without ending; else the title."),
    ] = None,
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", "-f", metavar="epub|pdf", help="What to make; both if not given."),
    ] = None,
    selection: Selection,
    order: OrderOption = Order.DATE,
    parts: Annotated[
        Grouping, typer.Option("--parts", help="What the parts of the book are.")
    ] = Grouping.NONE,
    equation_numbers: Annotated[
        EquationNumbers,
        typer.Option("--equation-numbers", help="(1) in each chapter, or (3.1) in chapter 3."),
    ] = EquationNumbers.PLAIN,
    book_title: Annotated[
        str | None, typer.Option("--book-title", metavar="TEXT", help="The book's title.")
    ] = None,
    theme: Annotated[
        Path | None,
        typer.Option("--theme", metavar="DIR", help="Folder with templates/ and styles/."),
    ] = None,
    cover: Annotated[
        Path | None,
        typer.Option(
            "--cover", metavar="FILE", help="Picture for the cover, PNG or JPEG; else one is drawn."
        ),
    ] = None,
    page: Annotated[
        str,
        typer.Option("--page", metavar="SIZE", help="a4, a5, b5, 16k, 32k or letter (PDF)."),
    ] = "a5",
    pdf_variant: Annotated[
        list[PdfVariant] | None,
        typer.Option(
            "--pdf-variant",
            metavar="pdf/ua-1|pdf/a-2a",
            help="A standard that the PDF keeps: for screen readers (UA), for archives (A); "
            "give it twice for both.",
        ),
    ] = None,
    two_sided: Annotated[
        bool,
        typer.Option("--two-sided", help="For printing on both sides and binding (PDF)."),
    ] = False,
    no_page_references: Annotated[
        bool,
        typer.Option(
            "--no-page-references", help="No （见第 9 页） after links to other chapters (PDF)."
        ),
    ] = False,
    device: Annotated[
        Device,
        typer.Option("--device", help="What the EPUB is for; see docs/devices.md."),
    ] = Device.GENERIC,
    epub_math: Annotated[
        EpubMath | None,
        typer.Option(
            "--epub-math",
            metavar="mathml|svg|png",
            help="How the EPUB shows formulas; if not given, as is best on the device.",
        ),
    ] = None,
    embed_fonts: Annotated[
        bool,
        typer.Option(
            "--embed-fonts",
            help="Bring the text's font, a subset of Noto Serif CJK, along (EPUB).",
        ),
    ] = False,
    toc_depth: Annotated[
        int,
        typer.Option(
            "--toc-depth",
            metavar="N",
            min=1,
            max=6,
            help="Contents of chapters only (1), their sections too (2), and so on (EPUB).",
        ),
    ] = TOC_DEPTH,
    jobs: JobsOption = 0,
    no_cache: Annotated[
        bool,
        typer.Option("--no-cache", help="Make everything anew, and keep nothing of it."),
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Write nothing if there is any warning.")
    ] = False,
    json: JsonOption = False,
    verbose: VerboseOption = False,
    dump: Annotated[
        Path | None,
        typer.Option("--dump", metavar="DIR", help="Write the cleaned chapters here as well."),
    ] = None,
) -> None:
    """Build an EPUB and a PDF of the posts selected."""
    from kexue_book.build import build_books
    from kexue_book.build_options import BuildOptions

    options = BuildOptions(
        posts=posts,
        output=output,
        name=name,
        formats=tuple(dict.fromkeys(formats or ("epub", "pdf"))),
        selection=selection,
        order=order,
        grouping=parts,
        equation_numbers=equation_numbers,
        title=book_title,
        theme=theme,
        cover=cover,
        page=page,
        pdf_variants=tuple(dict.fromkeys(pdf_variant or ())),
        two_sided=two_sided,
        page_references=not no_page_references,
        device=device,
        epub_math=epub_math,
        embed_fonts=embed_fonts,
        toc_depth=toc_depth,
        jobs=jobs,
        strict=strict,
        dump=dump,
        keeping=not no_cache,
    )
    with Terminal(verbose=verbose, quiet=json) as terminal:
        summary = build_books(options, terminal)
    if json:
        made = {field.name: getattr(summary, field.name) for field in dataclasses.fields(summary)}
        emit(to_json({**made, "diagnostics": terminal.diagnostics}))
    else:
        terminal.summarise(summary)


@app.command()
@guarded
@selecting
def check(
    *,
    posts: PostsOption = Path("posts"),
    selection: Selection,
    jobs: JobsOption = 0,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 9 on any warning.")] = False,
    json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Say what is wrong with the posts selected; write nothing."""
    from kexue_book.build import check_posts
    from kexue_book.build_options import BuildOptions
    from kexue_book.errors import StrictError

    options = BuildOptions(posts=posts, selection=selection, jobs=jobs)
    with Terminal(verbose=verbose, quiet=json) as terminal:
        warnings = check_posts(options, terminal)
    found = counted(warnings, "warning")
    if json:
        emit(to_json(terminal.diagnostics))
    else:
        terminal.note(found)
    if strict and warnings:
        raise StrictError(f"{found}, and --strict was given", hint="mend the posts")
