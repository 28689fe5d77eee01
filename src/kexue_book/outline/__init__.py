"""Posts → a book: which of them, in which order, under which parts."""

from kexue_book.outline.arrangement import arrange
from kexue_book.outline.dates import parse_first_day, parse_last_day
from kexue_book.outline.metadata import make_book
from kexue_book.outline.ordering import order_posts
from kexue_book.outline.selection import choose, count_categories, count_tags, select_posts

__all__ = [
    "arrange",
    "choose",
    "count_categories",
    "count_tags",
    "make_book",
    "order_posts",
    "parse_first_day",
    "parse_last_day",
    "select_posts",
]
