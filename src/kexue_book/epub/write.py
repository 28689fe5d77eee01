"""A book and its manuscripts → an EPUB 3 file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ebooklib import epub

from kexue_book.cover import Cover
from kexue_book.epub.adapting import NOTE_MARK, adapt_page, has_mark, note_mark
from kexue_book.epub.bitmaps import Bitmap, fit_cover
from kexue_book.epub.contents import contents_tree, ncx_entries
from kexue_book.epub.devices import DeviceProfile
from kexue_book.epub.fill import PageFiller
from kexue_book.epub.images import ImageShelf
from kexue_book.epub.math_font import FACE, FILE, MEDIA_TYPE, math_characters, subset_math_font
from kexue_book.epub.metadata import add_metadata
from kexue_book.epub.package import Package, XhtmlItem
from kexue_book.epub.pages import Page, PageMaker, index_anchors
from kexue_book.epub.shapes import shapes_of
from kexue_book.epub.text_font import USE, TextFont, make_text_fonts
from kexue_book.epub.xhtml import MATHML, page_bytes
from kexue_book.errors import Diagnostic, RenderError, Severity
from kexue_book.layout import Layout
from kexue_book.model import Book, Manuscript, Typesetting

_STYLES = ("base.css", "epub.css")
_COVER_SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg"}


def render_epub(
    book: Book,
    manuscripts: Sequence[Manuscript],
    typesetting: Typesetting,
    layout: Layout,
    path: Path,
    profile: DeviceProfile,
    images: ImageShelf,
    cover: Cover,
    *,
    embed_fonts: bool,
) -> tuple[Diagnostic, ...]:
    """Write the EPUB to ``path``, where nothing must be that matters if this fails.

    The ``images`` of the manuscripts have been taken.

    Raises:
        RenderError: ebooklib gave up.
        ThemeError: a template is broken.
        MissingDependencyError: the font to embed is not installed.
    """
    tree = contents_tree(book, manuscripts, layout)
    face = fit_cover(cover.image(), cover.media_type, profile)
    cover_file = f"images/cover{_COVER_SUFFIXES[face.media_type]}"
    maker = PageMaker(book, manuscripts, layout, cover_file)
    front, body = tuple(maker.front()), tuple(maker.body())
    nav = maker.page("nav", layout.labels.contents, "epub/nav.html", tree=tree, first=body[0].file)
    pages = (*front, nav, *body)
    shapes = shapes_of(*(profile.math, typesetting.glyphs), opaque=profile.opaque, kept=images.kept)
    filler = PageFiller(typesetting, shapes, images, index_anchors(pages))
    for page in pages:
        filler.fill(page)
        adapt_page(page.root, profile, layout.labels)
    package = epub.EpubBook()
    add_metadata(package, book, layout, profile.math)
    _add_cover(package, face, cover_file)
    fonts = _text_fonts(pages, layout) if embed_fonts else ()
    faces = _add_math_font(package, pages) + _add_text_fonts(package, fonts)
    _add_styles(package, layout, profile, faces)
    for file in images.files(asset for m in manuscripts for asset in m.assets):
        _add_file(package, f"images/{file.name}", file.media_type, file.content)
    if profile.duokan_notes and any(map(has_mark, (page.root for page in pages))):
        _add_file(package, NOTE_MARK, "image/png", note_mark(layout.labels.note))
    for name, content in sorted(shapes.files.items()):
        _add_file(package, name, "image/png", content)
    for page in pages:
        _add_page(package, page)
    package.toc = ncx_entries(tree)
    package.add_item(epub.EpubNcx())
    _write(package, book, path)
    return (*filler.diagnostics, *_tell(fonts))


def _add_page(package: epub.EpubBook, page: Page) -> None:
    item = XhtmlItem(uid=page.name, title=page.title, file_name=page.file)
    item.content = page_bytes(page.root)
    item.properties = _properties(page)
    package.add_item(item)
    package.spine.append(item)


def _properties(page: Page) -> list[str]:
    """Return what the package must say the page has: neither less nor more is valid."""
    properties = ["nav"] if page.name == "nav" else []
    if next(page.root.iter(f"{MATHML}math"), None) is not None:
        properties.append("mathml")
    if next(page.root.iter("{http://www.w3.org/2000/svg}svg"), None) is not None:
        properties.append("svg")
    return properties


def _add_cover(package: epub.EpubBook, cover: Bitmap, file: str) -> None:
    item = epub.EpubCover(uid="cover-image", file_name=file)
    item.content = cover.content
    item.media_type = cover.media_type
    package.add_item(item)


def _add_math_font(package: epub.EpubBook, pages: Sequence[Page]) -> str:
    """Add the font that the pages' MathML needs; return the rule that makes it known."""
    formulas = [math for page in pages for math in page.root.iter(f"{MATHML}math")]
    if not formulas:
        return ""
    _add_file(package, FILE, MEDIA_TYPE, subset_math_font(math_characters(formulas)))
    return FACE


def _text_fonts(pages: Sequence[Page], layout: Layout) -> tuple[TextFont, ...]:
    return make_text_fonts((page.root for page in pages), layout.style(_STYLES[-1]))


def _add_text_fonts(package: epub.EpubBook, fonts: Sequence[TextFont]) -> str:
    """Add fonts for the text; return the rules that make them known and used."""
    for font in fonts:
        _add_file(package, font.file, font.media_type, font.data)
    return "".join(font.rule for font in fonts) + (USE if fonts else "")


def _tell(fonts: Sequence[TextFont]) -> Iterator[Diagnostic]:
    """Yield what embedding costs."""
    if fonts:
        size = sum(len(font.data) for font in fonts)
        yield Diagnostic(
            code="embedded-fonts",
            severity=Severity.INFO,
            message=f"the text's fonts take {size / 1e6:.1f} MB, before compression",
            hint="most reading systems have a Chinese font: leave --embed-fonts for a small file",
        )


def _add_styles(package: epub.EpubBook, layout: Layout, profile: DeviceProfile, face: str) -> None:
    """Add the style sheets; the last gets the font and what the device has of its own."""
    own = "".join(map(layout.style, profile.styles))
    for name in _STYLES:
        text = layout.style(name) + (own + face if name == _STYLES[-1] else "")
        _add_file(package, f"styles/{name}", "text/css", text.encode())


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
