"""What the process has loaded from which those that lay out are forked: WeasyPrint.

If it cannot be loaded, each of those finds out for itself, and says so.
"""

from contextlib import suppress

from kexue_book.pdf.loading import load_renderer

with suppress(OSError):
    load_renderer()
