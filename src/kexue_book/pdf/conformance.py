"""A finished book and the standards it is to keep → what a PDF must say of itself for them.

PDF/UA-1 (ISO 14289-1) is for readers who listen, PDF/A-2a (ISO 19005-2) for archives. Both want the
structure tree; PDF/A wants colours that do not depend on a device as well. A file may keep both.
"""

from __future__ import annotations

from collections.abc import Collection

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

from kexue_book.model import PdfVariant

_COLOURS = "sRGB IEC61966-2.1"
_UA = (
    '<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">'
    "<pdfuaid:part>1</pdfuaid:part></rdf:Description>"
)
_A = (
    '<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">'
    "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance></rdf:Description>"
)
_BOTH = (
    '<rdf:Description rdf:about=""'
    ' xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
    ' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
    ' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>'
    '<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>'
    "<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    "<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>"
    '<rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>'
    "<pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    "<pdfaProperty:category>internal</pdfaProperty:category>"
    "<pdfaProperty:description>Part of ISO 14289</pdfaProperty:description></rdf:li></rdf:Seq>"
    "</pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"
)
"""PDF/A allows only what its extension schemas describe; it does not know PDF/UA."""


def declare(pdf: Pdf, variants: Collection[PdfVariant]) -> None:
    """Write the standards into a PDF whose other metadata are written."""
    if not variants:
        return
    said = ""
    if PdfVariant.UA_1 in variants:
        said += _UA
    if PdfVariant.A_2A in variants:
        said += _A
        _name_colours(pdf)
    if len(set(variants)) == 2:
        said += _BOTH
    end = b"</rdf:RDF>"
    metadata = pdf.Root.Metadata
    assert isinstance(metadata, pikepdf.Stream)
    metadata.write(metadata.read_bytes().replace(end, said.encode() + end))


def _name_colours(pdf: Pdf) -> None:
    """Say that colours are sRGB."""
    from kexue_book.pdf.weasy import srgb_profile  # WeasyPrint takes long to load

    profile = pdf.make_stream(srgb_profile(), N=3)
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=String(_COLOURS),
        Info=String(_COLOURS),
        DestOutputProfile=profile,
    )
    pdf.Root.OutputIntents = Array([intent])
