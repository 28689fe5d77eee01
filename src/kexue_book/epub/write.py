"""A book and its manuscripts → an EPUB 3 file.

Pages are filled one after the other, and their trees let go; when all are, links are resolved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ebooklib import epub

from kexue_book.cover import Cover, DrawnCover
from kexue_book.epub.adapting import NOTE_MARK, note_mark
from kexue_book.epub.addresses import Addresses
from kexue_book.epub.bitmaps import Bitmap, fit_cover
from kexue_book.epub.contents import contents_tree, ncx_entries
from kexue_book.epub.devices import DeviceProfile
from kexue_book.epub.filled import File, Filled
from kexue_book.epub.images import ImageShelf
from kexue_book.epub.math_font import FACE, FILE, MEDIA_TYPE, subset_math_font
from kexue_book.epub.metadata import Access, add_metadata
from kexue_book.epub.package import Package, XhtmlItem
from kexue_book.epub.page_breaks import PageBreaks
from kexue_book.epub.page_press import PagePress
from kexue_book.epub.pages import Page, PageMaker
from kexue_book.epub.text_font import USE, TextFont, make_text_fonts
from kexue_book.epub.xhtml import parse_page_bytes
from kexue_book.errors import Diagnostic, RenderError, Severity
from kexue_book.kept import forget_old
from kexue_book.layout import Labels, Layout
from kexue_book.model import TOC_DEPTH, Book, Manuscript, PagePlace, Typesetting
from kexue_book.surroundings import fonts_fingerprint

_STYLES = ("base.css", "epub.css")
_COVER_SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """How an EPUB is made."""

    profile: DeviceProfile
    embed_fonts: bool = False
    toc_depth: int = TOC_DEPTH
    """Level of heading down to which the contents go; a chapter's title is of level 1."""
    kept: Path | None = None
    """Folder of filled pages; None keeps none."""
    places: tuple[PagePlace, ...] = ()
    """Where the pages of the book's PDF begin, if it has one."""


def render_epub(
    book: Book,
    manuscripts: Sequence[Manuscript],
    typesetting: Typesetting,
    layout: Layout,
    path: Path,
    making: Making,
    images: ImageShelf,
    cover: Cover,
) -> tuple[Diagnostic, ...]:
    """Write the EPUB to ``path``, where nothing must be that matters if this fails.

    The ``images`` of the manuscripts have been taken.

    Raises:
        RenderError: ebooklib gave up.
        ThemeError: a template is broken.
        MissingDependencyError: the font to embed is not installed.
    """
    profile, labels = making.profile, layout.labels
    press = PagePress(making.kept, typesetting, profile, images, layout)
    face = _face(cover, profile, press)
    cover_file = f"images/cover{_COVER_SUFFIXES[face.media_type]}"
    maker = PageMaker(book, manuscripts, layout, cover_file)
    front = [_fill(press, page) for page in maker.front()]
    body = [_fill(press, page) for page in maker.body()]
    addresses = Addresses(file for _, filled in (*front, *body) for file in filled.files)
    tree = contents_tree(*(book, manuscripts, layout, addresses.of), depth=making.toc_depth)
    breaks = PageBreaks(making.places, body)
    first = body[0][1].files[0].address
    nav = maker.page(
        "nav", labels.contents, "epub/nav.html", tree=tree, first=first, pages=breaks.entries
    )
    pages = (*front, _fill(press, nav), *body)
    made = [filled for _, filled in pages]
    package = epub.EpubBook()
    add_metadata(package, book, layout, _access(making, book, made, manuscripts, labels))
    _add_cover(package, face, cover_file)
    fonts = _text_fonts(made, layout) if making.embed_fonts else ()
    faces = _add_math_font(package, made, press) + _add_text_fonts(package, fonts)
    _add_styles(package, layout, profile, faces)
    for image in images.files(asset for m in manuscripts for asset in m.assets):
        _add_file(package, f"images/{image.name}", image.media_type, image.content)
    if profile.duokan_notes and _holds(made, NOTE_MARK):
        _add_file(package, NOTE_MARK, "image/png", note_mark(labels.note))
    pictures = {name: data for filled in made for name, data in filled.pictures.items()}
    for name, content in sorted(pictures.items()):
        _add_file(package, name, "image/png", content)
    diagnostics = [
        finding
        for page, filled in pages
        for file in filled.files
        for finding in _add_page(package, page, file, addresses, breaks)
    ]
    package.toc = ncx_entries(tree)
    package.guide = _guide(labels, first)
    package.add_item(epub.EpubNcx())
    _write(package, book, path)
    if making.kept is not None:
        forget_old(making.kept)
    return (*diagnostics, *_tell(fonts))


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
    pages: Sequence[Filled],
    manuscripts: Sequence[Manuscript],
    labels: Labels,
) -> Access:
    return Access(
        math=making.profile.math,
        wordless=sum(filled.wordless for filled in pages),
        may_flash=any(a.media_type == "image/gif" for m in manuscripts for a in m.assets),
        page_source=labels.page_source.format(title=book.meta.title) if making.places else None,
    )


def _face(cover: Cover, profile: DeviceProfile, press: PagePress) -> Bitmap:
    """Return the cover as the device takes it."""
    if isinstance(cover, DrawnCover):
        content = press.once(f"{cover} {fonts_fingerprint()}", cover.image)
    else:
        content = cover.image()
    return fit_cover(content, cover.media_type, profile)


def _holds(pages: Sequence[Filled], name: str) -> bool:
    return any(name.encode() in file.content for filled in pages for file in filled.files)


def _add_cover(package: epub.EpubBook, cover: Bitmap, file: str) -> None:
    item = epub.EpubCover(uid="cover-image", file_name=file)
    item.content = cover.content
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


def _text_fonts(pages: Sequence[Filled], layout: Layout) -> tuple[TextFont, ...]:
    files = (file for filled in pages for file in filled.files)
    return make_text_fonts((parse_page_bytes(f.content) for f in files), layout.style(_STYLES[-1]))


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
