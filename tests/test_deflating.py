"""A stream that is begun and ended apart is one stream."""

from __future__ import annotations

import zlib

from hypothesis import given
from hypothesis import strategies as st

from kexue_book.pdf.deflating import begun, ended


@given(st.binary(max_size=3000), st.binary(max_size=300), st.integers(1, 9))
def test_a_stream_that_goes_on_is_read_as_one(data: bytes, more: bytes, level: int) -> None:
    stream = ended(*begun(data * 20, level), more)
    reader = zlib.decompressobj()
    assert reader.decompress(stream) == data * 20 + more
    assert reader.eof
    assert not reader.unused_data


def test_a_number_takes_little_room() -> None:
    number = b"\nq 1 0 0 1 -5.03 0 cm/Kdc9 Do 1 0 0 1 5.04 0 cm/Kdc8 Do 1 0 0 1 5.03 0 cm/Kdc2 Do Q"
    page = b"BT 1 0 0 -1 59.68 113.79 Tm (text) Tj ET\n" * 100
    assert len(ended(*begun(page, 9), number)) < len(zlib.compress(page, 9)) + 65
