from __future__ import annotations

import os

import pytest
from backports import zstd

from jupyter_mlversion.store.encoding import DELTA, PLANES, RAW, ZSTD, decode, encode


@pytest.mark.parametrize(("data", "encoding"), [
    (b"", RAW),
    (b"a" * 1000, ZSTD),
    (b"a" * 2**20, ZSTD),
    (os.urandom(2**16) + b"a" * 2**20, RAW),  # does not look as if it would shrink
    (os.urandom(5000), RAW),  # does not shrink
    (os.urandom(950) + b"a" * 50, RAW),  # shrinks, but by less than a tenth
])
def test_the_choice_of_the_encoding(data: bytes, encoding: int) -> None:
    number, frame = encode(data)
    assert number == encoding
    assert decode(number, bytes(frame), len(data)) == data


@pytest.mark.parametrize(("encoding", "frame", "length"), [
    (99, b"abc", 3),
    (RAW, b"abc", 4),
    (ZSTD, b"abc", 3),
    (ZSTD, b"", 0),
    (ZSTD, zstd.compress(b"a" * 100), 99),
    (ZSTD, zstd.compress(b"a" * 100)[:-3], 100),
    (ZSTD, zstd.compress(b"a" * 100) + zstd.compress(b"a" * 2**24), 100),  # a second frame
    (PLANES, b"\2", 0),
    (PLANES, b"\3\0" + bytes(12), 0),  # a width that there is not
    (PLANES, b"\2\2" + bytes(8), 0),  # more bytes before the first number than it has
    (PLANES, b"\2\0" + bytes(7), 0),
    (PLANES, b"\2\0" + bytes(8) + b"a", 0),
    (PLANES, b"\2\0\1\0\0\0a\1\0\0\0", 2),
    (DELTA, b"\2\0\0\0\0\0\0", 0),
    (DELTA, b"\2\0\0\0\0\0\0\0" + bytes(8), 0),  # without a base
    (ZSTD, zstd.compress(b"a" * 2**24), 100),  # claims far more than the pack says
    (ZSTD, zstd.compress(b"a" * 100, options={zstd.CompressionParameter.content_size_flag: 0}), 100),
])
def test_what_is_not_a_frame_of_that_length_is_refused(encoding: int, frame: bytes, length: int) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode(encoding, frame, length)
