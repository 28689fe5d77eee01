"""What a PDF says of itself → its metadata: XMP, the older ``Info``, and what viewers are told."""

from __future__ import annotations

from dataclasses import dataclass

from pikepdf import Pdf

from kexue_book.model import PdfVariant
from kexue_book.pdf.binding import put_objects
from kexue_book.pdf.conformance import declare
from kexue_book.pdf.object_file import ObjectFile, reference, string
from kexue_book.pdf.taking_apart import take_objects


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a PDF says of itself."""

    title: str
    authors: tuple[str, ...]
    language: str
    creator: str
    date: str
    """As XMP writes it: ``2026-01-01T00:00:00Z``."""
    variants: tuple[PdfVariant, ...] = ()


def describe(file: ObjectFile, facts: Facts) -> tuple[bytes, int]:
    """Put the metadata into a file; return entries of its catalog, and the number of ``Info``."""
    with Pdf.new() as pdf:
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=True) as xmp:
            xmp["dc:title"] = facts.title
            if facts.authors:
                xmp["dc:creator"] = list(facts.authors)
            xmp["dc:language"] = {facts.language}
            xmp["xmp:CreatorTool"] = facts.creator
            xmp["xmp:CreateDate"] = facts.date
            xmp["xmp:ModifyDate"] = facts.date
        declare(pdf, facts.variants)
        roots = [pdf.docinfo, pdf.Root.Metadata]
        if "/OutputIntents" in pdf.Root:
            roots.append(pdf.make_indirect(pdf.Root.OutputIntents))
        numbers = [file.reserve() for _ in roots]
        put_objects(file, take_objects(pdf, roots), numbers)
    said = b"/Lang%b/PageMode/UseOutlines/ViewerPreferences<</DisplayDocTitle true>>" % string(
        facts.language
    )
    said += b"/Metadata %b" % reference(numbers[1])
    if len(numbers) > 2:
        said += b"/OutputIntents %b" % reference(numbers[2])
    return said, numbers[0]
