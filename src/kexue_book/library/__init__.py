"""A folder → its posts: every Markdown file read, decoded and understood."""

from kexue_book.library.folder import PostFile
from kexue_book.library.reader import Library, read_library, read_texts

__all__ = ["Library", "PostFile", "read_library", "read_texts"]
