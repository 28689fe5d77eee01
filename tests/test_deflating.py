"""A stream whose beginning comes last is one stream."""

from __future__ import annotations

import zlib

from hypothesis import given
from hypothesis import strategies as st

from kexue_book.pdf.deflating import compressed, with_beginning, without_beginning


def joined(more: bytes, data: bytes) -> bytes:
    return with_beginning(more, without_beginning(data), zlib.adler32(data), len(data))


@given(st.binary(max_size=300), st.binary(max_size=3000), st.integers(0, 70))
def test_a_stream_with_a_beginning_is_read_as_one(more: bytes, data: bytes, times: int) -> None:
    reader = zlib.decompressobj()
    assert reader.decompress(joined(more, data * times)) == more + data * times
    assert reader.eof
    assert not reader.unused_data


@given(st.binary(max_size=3000))
def test_a_stream_is_read_as_it_was(data: bytes) -> None:
    assert zlib.decompress(compressed(data)) == data


def test_a_number_takes_little_room() -> None:
    number = b"q 1 0 0 1 -5.03 0 cm/9 Do 1 0 0 1 5.04 0 cm/8 Do 1 0 0 1 5.03 0 cm/2 Do Q\n"
    page = b"BT 1 0 0 -1 59.68 113.79 Tm (text) Tj ET\n" * 100
    assert len(joined(number, page)) < len(compressed(page)) + 60
