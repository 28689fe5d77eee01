"""What whoever builds a book can choose beside its posts, each as the command line spells it."""

from __future__ import annotations

from enum import StrEnum

TOC_DEPTH = 3
"""Levels of the contents unless the user says otherwise: chapters, sections, sections of these."""


class Order(StrEnum):
    """In which order the chapters stand."""

    DATE = "date"
    DATE_DESC = "date-desc"
    TITLE = "title"
    FILE = "file"


class Grouping(StrEnum):
    """What the parts of the book are."""

    NONE = "none"
    YEAR = "year"
    MONTH = "month"
    CATEGORY = "category"
    TAG = "tag"


class EquationNumbers(StrEnum):
    """What the number of an equation looks like."""

    PLAIN = "plain"
    """(1), from the start again in each chapter, as on the site."""
    CHAPTER = "chapter"
    """(3.1), with the chapter's number."""


class EpubMath(StrEnum):
    """How the EPUB shows formulas."""

    MATHML = "mathml"
    SVG = "svg"
    PNG = "png"


class Device(StrEnum):
    """What the EPUB is to be read on."""

    GENERIC = "generic"
    """Whatever keeps EPUB 3."""
    APPLE = "apple"
    KOBO = "kobo"
    KINDLE = "kindle"
    WEREAD = "weread"
    """微信读书."""
    DUOKAN = "duokan"
    """多看阅读."""
    EINK = "eink"
    """Any six-inch screen of electronic paper."""


class PdfVariant(StrEnum):
    """A standard that a PDF keeps."""

    UA_1 = "pdf/ua-1"
    A_2A = "pdf/a-2a"
