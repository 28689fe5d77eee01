"""A folder → its posts: every Markdown file read, decoded and understood."""

from kexue_book.library.reader import Library, read_library

__all__ = ["Library", "read_library"]
