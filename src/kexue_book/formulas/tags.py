r"""The constant ``\tag`` with which a numbered row reaches the math engine.

The engine only needs to know that a row carries a number, and where: the number's text is set
by the writers. So the same formula with another number is the same formula to the cache.
"""

TAG = r"\tag{0}"
