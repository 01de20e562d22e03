"""Every codec gives back what it was given, whatever that is; and no frame, however made, harms who decodes it."""

from __future__ import annotations

import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlversion.store.encoding import CODECS, DELTA, PLANES, PREFIX, RAW, ZSTD, Bytes, decode

RANDOM = np.random.default_rng(0)
WEIGHTS = RANDOM.standard_normal(6000, dtype=np.float32)
MOVED = WEIGHTS + RANDOM.standard_normal(6000, dtype=np.float32) * np.float32(1e-3)
TEXT = b"".join(b"%d,%d,berlin\n" % (number, number * number) for number in range(2000))

WIDTHS = st.sampled_from([0, 1, 2, 3, 4, 8])
FLOATS = st.builds(
    lambda values, kind, cut: values.astype(kind).tobytes()[:cut], st.sampled_from([WEIGHTS, MOVED]),
    st.sampled_from(["f2", "f4", "f8"]), st.integers(0, 48000))
TABLES = st.builds(lambda start, end: TEXT[start:end], st.integers(0, len(TEXT)), st.integers(0, len(TEXT)))
ZEROS = st.integers(0, 70_000).map(bytes)
DATA = st.one_of(st.binary(max_size=200), FLOATS, TABLES, ZEROS)
BASES = st.lists(DATA, max_size=3)


@pytest.mark.parametrize("number", sorted(CODECS))
@given(data=DATA, bases=BASES, width=WIDTHS)
@settings(deadline=None, max_examples=120)
def test_what_was_encoded_comes_back(number: int, data: bytes, bases: list[bytes], width: int) -> None:
    frame = CODECS[number].encode(data, bases, width)
    if frame is not None:
        assert decode(number, frame, len(data), bases) == data
        assert decode(number, bytes(frame), len(data), [memoryview(base) for base in bases]) == data
        if number not in {RAW, ZSTD}:
            assert len(frame) < len(data)


@given(data=DATA, bases=BASES, width=WIDTHS, lead=st.integers(0, 7), skip=st.integers(0, 50_000))
@settings(deadline=None, max_examples=200)
def test_numbers_may_begin_anywhere(data: bytes, bases: list[bytes], width: int, lead: int, skip: int) -> None:
    lead %= max(width, 1)
    for number, frame in (
        (PLANES, CODECS[PLANES].encode(data, (), width, lead=lead)),
        (DELTA, CODECS[DELTA].encode(data, bases, width, lead=lead, skip=skip)),
    ):
        if frame is not None:
            assert decode(number, frame, len(data), bases) == data


def _frames() -> list[tuple[int, bytes, int, list[bytes]]]:
    data, base = MOVED.tobytes(), [WEIGHTS.tobytes()]
    made = [(number, CODECS[number].encode(data, base, 4), len(data), base) for number in (PLANES, DELTA)]
    table = [TEXT[500:]]
    made += [(number, CODECS[number].encode(TEXT, table, 0), len(TEXT), table) for number in (ZSTD, PREFIX)]
    made += [(PLANES, CODECS[PLANES].encode(bytes(4001), (), 4), 4001, [])]
    return made


FRAMES = _frames()
EDITS = st.lists(st.tuples(st.integers(0), st.binary(min_size=1, max_size=8)), max_size=3)


@given(which=st.sampled_from(FRAMES), edits=EDITS, end=st.none() | st.integers(0), more=st.binary(max_size=9),
       length=st.none() | st.integers(0, 10**12), without=st.booleans())
@settings(deadline=None, max_examples=400)
def test_damaged_frames_are_refused_or_decode_to_that_length(
    which: tuple[int, bytes, int, list[bytes]], edits: list[tuple[int, bytes]], end: int | None, more: bytes,
    length: int | None, *, without: bool,
) -> None:
    number, frame, real, bases = which
    damaged = bytearray(frame)
    for at, change in edits:
        start = at % 64 if at % 2 else at % len(frame)  # heads most of all
        damaged[start:start + len(change)] = change
    hostile = bytes(damaged[:None if end is None else end % (len(damaged) + 1)]) + more
    tracemalloc.start()
    with suppress(ValueError):
        data = decode(number, hostile, real if length is None else length, [] if without else bases)
        assert len(data) == (real if length is None else length)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * max(real, len(frame)) + 2**20  # nothing that the frame, or the pack, merely claims


@given(frame=st.binary(max_size=60), length=st.integers(0, 10**15), number=st.sampled_from(sorted(CODECS)))
@settings(deadline=None, max_examples=300)
def test_noise_is_refused_whatever_length_it_claims(frame: bytes, length: int, number: int) -> None:
    with suppress(ValueError):
        assert len(decode(number, frame, length, [TEXT])) == length


def test_codecs_serve_several_threads_at_once() -> None:
    inputs: list[tuple[int, bytes, list[Bytes], int]] = []
    for shift in range(8):
        data, base = np.roll(MOVED, shift).tobytes(), np.roll(WEIGHTS, shift).tobytes()
        inputs += [(number, data, [base], 4) for number in (PLANES, DELTA)]
        inputs += [(number, TEXT[shift:], [TEXT[100:]], 0) for number in (RAW, ZSTD, PREFIX)]

    def there_and_back(given: tuple[int, bytes, list[Bytes], int]) -> bool:
        number, data, bases, width = given
        frame = CODECS[number].encode(data, bases, width)
        return frame is not None and decode(number, frame, len(data), bases) == data

    with ThreadPoolExecutor(4) as pool:
        assert all(islice(pool.map(there_and_back, inputs * 20), None))


@pytest.mark.parametrize(("number", "before", "after", "width", "share"), [
    (PLANES, None, WEIGHTS, 4, 0.86), (PLANES, None, WEIGHTS.astype("f2"), 2, 0.88),
    (DELTA, WEIGHTS, MOVED, 4, 0.6), (DELTA, WEIGHTS.astype("f2"), MOVED.astype("f2"), 2, 0.35),
    (DELTA, WEIGHTS.astype("f8"), MOVED.astype("f8"), 8, 0.82),
])
def test_floats_shrink(number: int, before: np.ndarray | None, after: np.ndarray, width: int, share: float) -> None:
    data = after.tobytes()
    frame = CODECS[number].encode(data, [] if before is None else [before.tobytes()], width)
    assert frame is not None
    assert len(frame) < share * len(data)


def test_a_table_shrinks_to_what_was_edited() -> None:
    alone = CODECS[ZSTD].encode(TEXT, (), 0)
    edited = TEXT.replace(b",berlin\n1234", b",lagos\n1234")
    frame = CODECS[PREFIX].encode(edited, [TEXT[:9000], TEXT[9000:]], 0)
    assert frame is not None
    assert alone is not None
    assert len(frame) < len(alone) / 20
