"""A book and its manuscripts → an EPUB 3 file.

Pages are filled one after the other, and their trees let go; when all are, links are resolved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ebooklib import epub

from kexue_book.cover import Cover, DrawnCover
from kexue_book.epub.addresses import Addresses
from kexue_book.epub.contents import contents_tree, ncx_entries
from kexue_book.epub.filled import File, Filled
from kexue_book.epub.math_font import FACE, FILE, MEDIA_TYPE, subset_math_font
from kexue_book.epub.metadata import Access, add_metadata
from kexue_book.epub.package import Package, XhtmlItem
from kexue_book.epub.page_breaks import PageBreaks
from kexue_book.epub.page_press import PagePress
from kexue_book.epub.pages import Page, PageMaker
from kexue_book.errors import Diagnostic, RenderError
from kexue_book.kept import forget_old
from kexue_book.layout import Labels, Layout
from kexue_book.model import TOC_DEPTH, Asset, Book, EpubMath, Manuscript, PagePlace, Typesetting
from kexue_book.surroundings import fonts_fingerprint

_STYLES = ("base.css", "epub.css")
_COVER_SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """How an EPUB is made."""

    cover: Cover
    math: EpubMath = EpubMath.MATHML
    toc_depth: int = TOC_DEPTH
    """Level of heading down to which the contents go; a chapter's title is of level 1."""
    cache: Path | None = None
    """Folder of filled pages; None keeps none."""
    pages: tuple[PagePlace, ...] = ()
    """Where the pages of the book's PDF begin, if it has one."""


def render_epub(
    book: Book,
    manuscripts: Sequence[Manuscript],
    typesetting: Typesetting,
    layout: Layout,
    path: Path,
    making: Making,
) -> tuple[Diagnostic, ...]:
    """Write the EPUB to ``path``, where nothing must be that matters if this fails.

    Raises:
        RenderError: ebooklib gave up, or an image went away.
        ThemeError: a template is broken.
    """
    cover_file = f"images/cover{_COVER_SUFFIXES[making.cover.media_type]}"
    maker = PageMaker(book, manuscripts, layout, cover_file)
    press = PagePress(making.cache, typesetting, making.math)
    front = [_fill(press, page) for page in maker.front()]
    body = [_fill(press, page) for page in maker.body()]
    files = [file for _, filled in (*front, *body) for file in filled.files]
    addresses = Addresses(files)
    tree = contents_tree(*(book, manuscripts, layout, addresses.of), depth=making.toc_depth)
    breaks = PageBreaks(making.pages, body)
    first = body[0][1].files[0].address
    nav = maker.page(
        "nav", layout.labels.contents, "epub/nav.html", tree=tree, first=first, pages=breaks.entries
    )
    pages = (*front, _fill(press, nav), *body)
    package = epub.EpubBook()
    add_metadata(package, book, layout, _access(making, book, pages, manuscripts, layout.labels))
    _add_cover(package, making.cover, cover_file, press)
    _add_styles(package, layout, _add_math_font(package, [filled for _, filled in pages], press))
    _add_images(package, manuscripts)
    pictures = {name: data for _, filled in pages for name, data in filled.pictures.items()}
    for name, content in sorted(pictures.items()):
        _add_file(package, name, "image/png", content)
    diagnostics = [
        finding
        for page, filled in pages
        for file in filled.files
        for finding in _add_page(package, page, file, addresses, breaks)
    ]
    package.toc = ncx_entries(tree)
    package.guide = _guide(layout.labels, first)
    package.add_item(epub.EpubNcx())
    _write(package, book, path)
    if making.cache is not None:
        forget_old(making.cache)
    return tuple(diagnostics)


def _fill(press: PagePress, page: Page) -> tuple[Page, Filled]:
    """Return what is still to be known of a page, and its files."""
    return replace(page, text=""), press.fill(page)


def _add_page(
    package: epub.EpubBook, page: Page, file: File, addresses: Addresses, breaks: PageBreaks
) -> tuple[Diagnostic, ...]:
    content, diagnostics = addresses.resolve(file, page)
    item = XhtmlItem(uid=file.name, title=page.title, file_name=file.address)
    item.content = breaks.mark(file, content)
    item.properties = [*(["nav"] if file.name == "nav" else []), *file.properties]
    package.add_item(item)
    package.spine.append(item)
    return diagnostics


def _guide(labels: Labels, first: str) -> list[dict[str, str]]:
    """Return EPUB 2's landmarks, by which Kindle and old readers find cover, contents and text."""
    places = (
        ("cover", labels.cover, "cover.xhtml"),
        ("title-page", labels.title_page, "title-page.xhtml"),
        ("toc", labels.contents, "nav.xhtml"),
        ("text", labels.body, first),
        ("colophon", labels.colophon, "colophon.xhtml"),
    )
    return [{"type": kind, "title": title, "href": href} for kind, title, href in places]


def _access(
    making: Making,
    book: Book,
    pages: Sequence[tuple[Page, Filled]],
    manuscripts: Sequence[Manuscript],
    labels: Labels,
) -> Access:
    return Access(
        math=making.math,
        wordless=sum(filled.wordless for _, filled in pages),
        may_flash=any(a.media_type == "image/gif" for m in manuscripts for a in m.assets),
        page_source=labels.page_source.format(title=book.meta.title) if making.pages else None,
    )


def _add_cover(package: epub.EpubBook, cover: Cover, file: str, press: PagePress) -> None:
    item = epub.EpubCover(uid="cover-image", file_name=file)
    item.content = (
        press.once(f"{cover} {fonts_fingerprint()}", cover.image)
        if isinstance(cover, DrawnCover)
        else cover.image()
    )
    item.media_type = cover.media_type
    package.add_item(item)


def _add_math_font(package: epub.EpubBook, pages: Sequence[Filled], press: PagePress) -> str:
    """Add the font that the pages' MathML needs; return the rule that makes it known."""
    characters = frozenset(character for page in pages for character in page.characters)
    if not characters:
        return ""
    shape = f"font {''.join(sorted(characters))}"
    content = press.once(shape, lambda: subset_math_font(characters))
    _add_file(package, FILE, MEDIA_TYPE, content)
    return FACE


def _add_styles(package: epub.EpubBook, layout: Layout, face: str) -> None:
    """Add the style sheets; a theme's one gets the font, too, and may use it."""
    for name in _STYLES:
        text = layout.style(name) + (face if name == _STYLES[-1] else "")
        _add_file(package, f"styles/{name}", "text/css", text.encode())


def _add_images(package: epub.EpubBook, manuscripts: Sequence[Manuscript]) -> None:
    assets = {asset.name: asset for manuscript in manuscripts for asset in manuscript.assets}
    for name, asset in sorted(assets.items()):
        _add_file(package, f"images/{name}", asset.media_type, _read(asset))


def _read(asset: Asset) -> bytes:
    try:
        return asset.path.read_bytes()
    except OSError as problem:
        raise RenderError(
            f"the image can no longer be read: {problem.strerror}", path=asset.path
        ) from problem


def _add_file(package: epub.EpubBook, name: str, media_type: str, content: bytes) -> None:
    uid = name.rpartition("/")[2].replace(".", "-")
    package.add_item(epub.EpubItem(uid=uid, file_name=name, media_type=media_type, content=content))


def _write(package: epub.EpubBook, book: Book, path: Path) -> None:
    try:
        writer = Package(str(path), package, book.meta.modified)
        writer.process()
        writer.write()
    except OSError:
        raise
    except Exception as problem:
        raise RenderError(f"the EPUB could not be made: {problem}") from problem
