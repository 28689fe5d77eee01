"""The PDF that WeasyPrint made of a sheet → its pieces (``pieces.py``); in the worker's process."""

from __future__ import annotations

import hashlib
import io
import re
import zlib
from collections.abc import Collection, Iterable, Sequence

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

from kexue_book.pdf.cover_figure import ROOM
from kexue_book.pdf.deflating import compressed, without_beginning
from kexue_book.pdf.pieces import Piece, Pieces
from kexue_book.pdf.references import NUMBER

_WAITING = (b"/KxPage", ROOM)
"""In content that waits for page numbers or the cover's figure."""
_GAP = "/KxGap"
_FIGURES = "/KxFigures"
_FLATE = b"<</Filter/FlateDecode>>"
_TOKEN = re.compile(
    rb"(?P<string>\((?:[^()\\]|\\.)*\)|<[0-9A-Fa-f]*>)"
    rb"|(?P<reference>\d+) 0 R\b|(?:/KxFigures )?/KxGap(?P<gap>[A-Z]\d*)",
    re.DOTALL,
)
BEGIN_ARTIFACT = b"/Artifact<</Type/Pagination>>BDC"
"""Begins what is no part of the text: heads and folios."""
_ObjGen = tuple[int, int]


def as_artifact(drawn: bytes) -> bytes:
    """Return operators that draw what is no part of the text."""
    return b"%b %b EMC" % (BEGIN_ARTIFACT, drawn)


ForeignLink = tuple[int, tuple[float, float, float, float], str]
"""Page, rectangle and name of what is in no page of the sheet."""


def take_apart(
    data: bytes,
    *,
    stamps: int,
    grounds: Collection[int] = (),
    foreign: Iterable[ForeignLink] = (),
) -> Pieces:
    """Return the pieces of a PDF.

    Args:
        data: the PDF.
        stamps: so many of its first pages are to be drawn on others. If it has others, they were.
        grounds: pages whose numbers have to be drawn last.
        foreign: links that it does not have yet.
    """
    with Pdf.open(io.BytesIO(data)) as pdf:
        return _TakingApart(pdf, stamps, grounds).pieces(foreign)


def take_objects(pdf: Pdf, roots: Sequence[pikepdf.Object]) -> list[Piece]:
    """Return the indirect objects ``roots``, in this order, and whatever they need."""
    taken = _Objects(pdf, None, are_small=True)
    for root in roots:
        taken.number(root.objgen)
    taken.complete()
    return taken.pieces


class _Objects:
    """Objects, each taken once, those they name after them."""

    def __init__(self, pdf: Pdf, fonts: _ObjGen | None, *, are_small: bool = False) -> None:
        """With ``are_small``, streams are compressed as well as can be."""
        self._pdf = pdf
        self._are_small = are_small
        self._fonts = fonts
        self._numbers: dict[_ObjGen, int] = {}
        self._waiting: list[_ObjGen] = []
        self.pieces: list[Piece] = []
        self.shared: set[_ObjGen] = set()
        """What may be one object with what is the same in other sheets."""
        self.going_on: set[_ObjGen] = set()
        """Streams to which the book may put something first."""
        self.open: set[_ObjGen] = set()
        """Streams to which it may add something."""

    def number(self, objgen: _ObjGen) -> int:
        """Return the number of an object, which will be taken."""
        known = self._numbers.get(objgen)
        if known is None:
            known = self._numbers[objgen] = len(self._numbers)
            self._waiting.append(objgen)
        return known

    def complete(self) -> None:
        """Take all that have numbers."""
        while len(self.pieces) < len(self._waiting):
            self.pieces.append(self._piece(self._waiting[len(self.pieces)]))

    def _piece(self, objgen: _ObjGen) -> Piece:
        if objgen == self._fonts:
            return Piece(b"\0F\0")
        item = self._pdf.get_object(objgen)
        digest = _digest(item) if objgen in self.shared else ""
        if not isinstance(item, pikepdf.Stream):
            return Piece(_TOKEN.sub(self._gap, item.unparse(resolved=True)), None, digest)
        entries = {name: value for name, value in item.items() if name != "/Length"}
        is_small = self._are_small and "/Filter" in item
        data, is_packed = (item.read_raw_bytes(), True) if is_small else _data(item)
        is_open = objgen in self.open or any(mark in data for mark in _WAITING if not is_packed)
        if not is_packed:
            entries.pop("/Filter", None)
        checksum, length = -1, 0
        if not is_packed and not is_open:
            entries["/Filter"] = Name.FlateDecode
            if objgen in self.going_on:
                checksum, length = zlib.adler32(data), len(data)
                data = without_beginning(data)
            else:
                data = compressed(data)
        is_plain = list(entries) == ["/Filter"] and not is_packed
        text = _FLATE if is_plain else Dictionary(entries).unparse()
        return Piece(_TOKEN.sub(self._gap, text), data, digest, is_open, checksum, length)

    def _gap(self, found: re.Match[bytes]) -> bytes:
        if (gap := found["gap"]) is not None:
            return b"\0%b\0" % gap
        if (number := found["reference"]) is not None:
            return b"\0R%d\0" % self.number((int(number), 0))
        return found[0]


def _digest(item: pikepdf.Object) -> str:
    """Return a hash of an object and, for an image, of its mask."""
    digest = hashlib.sha256()
    for part in (item, item.get("/SMask")):
        if part is not None:
            entries = {name: value for name, value in part.items() if name != "/SMask"}
            digest.update(Dictionary(entries).unparse())
            digest.update(part.read_raw_bytes() if isinstance(part, pikepdf.Stream) else b"")
    return digest.hexdigest()[:32]


def _data(stream: pikepdf.Stream) -> tuple[bytes, bool]:
    """Return a stream's data, and whether they are as its filter says."""
    if stream.get("/Type") == Name.Metadata:
        return stream.read_raw_bytes(), True  # tools that know no PDF look for it
    if stream.get("/Filter") in (None, Name.FlateDecode) and "/DecodeParms" not in stream:
        if stream.get("/Subtype") == Name.Image:
            return stream.read_raw_bytes(), "/Filter" in stream
        return stream.read_bytes(), False
    return stream.read_raw_bytes(), True


class _TakingApart:
    def __init__(self, pdf: Pdf, stamps: int, grounds: Collection[int]) -> None:
        self._pdf = pdf
        self._grounds = grounds
        pages = [page.obj for page in pdf.pages]
        self._stamps, self._pages = pages[:stamps], pages[stamps:]
        # All pages have the same dictionary of resources, and of fonts.
        self._resources = pages[0].Resources
        self._objects = _Objects(pdf, self._resources.Font.objgen)
        self._labels: list[tuple[str, str]] = []

    def pieces(self, foreign: Iterable[ForeignLink]) -> Pieces:
        self._share()
        stamps = self._make_stamps() if not self._pages else ()
        if self._pages:
            self._add_figures()
        for page, box, target in foreign:
            self._add_link(self._pages[page - len(self._stamps)], box, target)
        structure = self._pdf.Root.get("/StructTreeRoot")
        parents: list[pikepdf.Object] = []
        if structure is not None:
            parents += structure.ParentTree.Nums.as_list()[1::2]
        links = self._take_links(parents)
        number = self._objects.number
        contents = [self._open_page(n, page) for n, page in enumerate(self._pages)]
        pages = [number(page.objgen) for page in self._pages]
        kids, keys, identifiers = self._take_structure(structure, parents)
        stamped = [number(stamp.objgen) for stamp in stamps]
        self._objects.complete()
        return Pieces(
            objects=tuple(self._objects.pieces),
            pages=tuple(pages),
            contents=tuple(contents),
            stamps=tuple(stamped),
            links=tuple(links),
            labels=tuple(self._labels),
            kids=kids,
            parents=keys,
            identifiers=identifiers,
        )

    def _share(self) -> None:
        """Let images, their masks, drawings for themselves and colour spaces be shared."""
        images = [
            image
            for image in self._resources.get("/XObject", Dictionary()).as_dict().values()
            if image.get("/Subtype") == Name.Image or _is_for_itself(image)
        ]
        masks = [image.SMask for image in images if "/SMask" in image]
        colours = self._resources.get("/ColorSpace", Dictionary())
        shared = (item for item in (*images, *masks, colours) if item.is_indirect)
        self._objects.shared |= {item.objgen for item in shared}

    def _make_stamps(self) -> Sequence[pikepdf.Object]:
        """Return pages as forms."""
        made: list[pikepdf.Object] = []
        for page in self._stamps:
            form = pikepdf.Page(page).as_form_xobject()
            form.Resources = self._resources
            made.append(self._pdf.make_indirect(form))
        return made

    def _add_figures(self) -> None:
        """Let pages have the figures of page numbers."""
        if "/XObject" not in self._resources:
            self._resources.XObject = Dictionary()
        self._resources.XObject[_FIGURES] = Name(f"{_GAP}X")

    def _add_link(self, page: pikepdf.Object, box: Iterable[float], target: str) -> None:
        link = Dictionary(
            Type=Name.Annot,
            Subtype=Name.Link,
            Rect=Array(box),
            BS=Dictionary(W=0),
            Dest=String(target),
        )
        if "/Annots" not in page:
            page.Annots = Array()
        page.Annots.append(self._pdf.make_indirect(link))

    def _take_links(self, parents: Sequence[pikepdf.Object]) -> list[tuple[int, int, str]]:
        links: list[tuple[int, int, str]] = []
        for number, page in enumerate(self._pages):
            for link in page.get("/Annots", ()):
                target = str(link.Dest) if "/Dest" in link else ""
                link.Rect = Array([round(float(side), 1) for side in link.Rect])
                if "/StructParent" in link:
                    key = int(link.StructParent)
                    link.StructParent = Name(f"{_GAP}K{key}")
                    if target:
                        _let_go(parents[key], link, len(links))
                if NUMBER in str(link.get("/Contents", "")):
                    self._labels.append((str(link.Contents), target))
                    link.Contents = Name(f"{_GAP}L{len(self._labels) - 1}")
                links.append((number, self._objects.number(link.objgen), target))
        return links

    def _open_page(self, number: int, page: pikepdf.Object) -> int:
        """Make gaps in a page; return the number of its content."""
        content = page.Contents
        taken = self._objects.number(content.objgen)
        written = content.read_bytes()
        has_ground = number + len(self._stamps) in self._grounds
        if has_ground or any(mark in written for mark in _WAITING):
            content.write(b"q\n%b\nQ\n" % written.strip())
            self._objects.open.add(content.objgen)
        else:
            self._objects.going_on.add(content.objgen)
        page.Contents = Name(f"{_GAP}C{number}")
        page.Parent = Name(f"{_GAP}P")
        for box in ("/BleedBox", "/TrimBox"):
            if page.get(box) == page.MediaBox:  # as they are if nothing is said
                del page[box]
        if "/Annots" in page:
            page.Annots = Name(f"{_GAP}A{number}")
        if "/StructParents" in page:
            page.StructParents = Name(f"{_GAP}K{int(page.StructParents)}")
        return taken

    def _take_structure(
        self, tree: pikepdf.Object | None, parents: Sequence[pikepdf.Object]
    ) -> tuple[tuple[int, ...], tuple[int, ...], tuple[tuple[str, int], ...]]:
        if tree is None:
            return (), (), ()
        number = self._objects.number
        kids = tree.K.as_list()
        for kid in kids:
            kid.P = Name(f"{_GAP}S")
        keys = [
            number((entry if entry.is_indirect else self._pdf.make_indirect(entry)).objgen)
            for entry in parents
        ]
        named = iter(tree.IDTree.Names.as_list())
        identifiers = [(bytes(name).hex(), number(next(named).objgen)) for name in named]
        return tuple(number(kid.objgen) for kid in kids), tuple(keys), tuple(identifiers)


def _is_for_itself(form: pikepdf.Object) -> bool:
    """Whether a form is one of ``vector_image.py``, which names nothing of the page."""
    return "/Group" not in form and not form.Resources.is_indirect


def _let_go(element: pikepdf.Object, link: pikepdf.Object, number: int) -> None:
    """Leave it open whether an element holds a link: it may lead nowhere."""
    kids = element.K
    listed = kids.as_list() if isinstance(kids, Array) else [kids]
    gap = Name(f"{_GAP}O{number}")
    element.K = Array([gap if _leads_to(kid, link) else kid for kid in listed])


def _leads_to(kid: pikepdf.Object, link: pikepdf.Object) -> bool:
    if not isinstance(kid, Dictionary) or kid.get("/Type") != Name.OBJR:
        return False
    return bool(kid.Obj.objgen == link.objgen)
