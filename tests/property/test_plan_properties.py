"""Whatever a content is, or claims to be: its pieces make up all of it, always the same ones, and looking is cheap."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from collections.abc import Callable
from functools import cache
from struct import pack

import h5py
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet
from safetensors.numpy import save

from jupyter_mlversion.store.plan import LONGEST, plan
from jupyter_mlversion.store.plan.cover import cover
from jupyter_mlversion.store.plan.kinds import KINDS, regions_of
from jupyter_mlversion.store.source import BytesSource

ARRAYS = {"a": np.arange(700.0), "b": np.ones(3000, "f4"), "c": np.zeros(40, "i2")}


def _written(write: Callable[[io.BytesIO], object]) -> bytes:
    file = io.BytesIO()
    write(file)
    return file.getvalue()


def _hdf5(file: io.BytesIO, **options: object) -> None:
    with h5py.File(file, "w", **options) as data:
        for name, values in ARRAYS.items():
            data[name] = values
        data.create_dataset("g/chunked", data=ARRAYS["a"], chunks=(100,), compression="gzip")


def _onnx() -> bytes:
    tensor = b"\x10\1" + b"\x4a\x88\x27" + bytes(5000)
    graph = b"\x2a" + b"\x8d\x27" + tensor
    return b"\x08\x09\x12\x02ab\x3a" + b"\x90\x27" + graph


def _torch() -> bytes:
    """As it was written before 1.6."""
    word = b"X\x07\0\0\0storage"
    named = b"\x80\2(" + word + b"ctorch\nFloatStorage\nX\1\0\0\x007X\3\0\0\0cpuM\xe8\3NtQ."
    head = pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2) + pickle.dumps({}, 2)
    return head + named + pickle.dumps(["7"], 2) + pack("<q", 1000) + bytes(4000)


@cache
def containers() -> dict[str, bytes]:
    table = pa.table({name: values[:40] for name, values in ARRAYS.items()})
    hdf5 = _written(_hdf5)

    def members(file: io.BytesIO) -> None:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("x/data/0", bytes(500))
            archive.writestr("model.weights.h5", hdf5)
            archive.writestr("text", "abc" * 100, zipfile.ZIP_DEFLATED)

    return {
        "safetensors": save(ARRAYS, {"format": "np"}),
        "npz": _written(lambda file: np.savez(file, **ARRAYS)),
        "zip": _written(members),
        "hdf5": hdf5,
        "hdf5-latest": _written(lambda file: _hdf5(file, libver="latest")),
        "npy": _written(lambda file: np.save(file, ARRAYS["b"])),
        "parquet": _written(lambda file: parquet.write_table(table, file, row_group_size=10)),
        "onnx": _onnx(),
        "torch": _torch(),
    }


class Counting(BytesSource):
    """Counts what is looked at."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.seen = 0

    def read(self, offset: int, length: int) -> memoryview:
        self.seen += length
        return super().read(offset, length)


def check(data: bytes) -> None:
    """The contract of every planner."""
    source = Counting(data)
    regions = regions_of(source)
    assert source.seen <= 2**22
    end = 0
    for region in regions:
        assert end <= region.offset < region.offset + region.length <= len(data)
        end = region.offset + region.length
    cuts = list(cover(source, regions))
    assert sum(cut.length for cut in cuts) == len(data)
    assert all(0 < cut.length <= LONGEST and cut.width in {0, 2, 4, 8} for cut in cuts)
    assert list(cover(BytesSource(data), regions_of(BytesSource(data)))) == cuts
    whole = list(plan(BytesSource(data)))
    assert sum(cut.length for cut in whole) == len(data)


def test_every_kind_is_among_the_containers() -> None:
    heads = [data[:16] for data in containers().values()]
    assert all(any(is_kind(head) for head in heads) for is_kind, _ in KINDS)


@pytest.mark.parametrize("name", ["safetensors", "npz", "zip", "hdf5", "hdf5-latest", "npy", "parquet", "onnx",
                                  "torch"])
def test_containers_have_regions(name: str) -> None:
    assert regions_of(BytesSource(containers()[name]))
    check(containers()[name])


EDIT = st.tuples(st.integers(0), st.binary(min_size=1, max_size=9))


@given(name=st.sampled_from([*containers()]), edits=st.lists(EDIT, min_size=1, max_size=4),
       end=st.none() | st.integers(0))
@settings(deadline=None, max_examples=400)
def test_damaged_and_lying_containers_are_cut_all_the_same(
    name: str, edits: list[tuple[int, bytes]], end: int | None
) -> None:
    data = bytearray(containers()[name])
    near = min(len(data), 4000)  # headers are near the beginning and the end
    for at, change in edits:
        start = at % near if at % 2 else len(data) - 1 - at % near
        data[start:start + len(change)] = change
    check(bytes(data[:None if end is None else end % (len(data) + 1)]))


@given(head=st.sampled_from([data[:size] for data in containers().values() for size in (8, 40, 200)]), rest=st.binary())
@settings(deadline=None, max_examples=200)
def test_anything_behind_the_beginning_of_a_container_is_cut(head: bytes, rest: bytes) -> None:
    check(head + rest)


@given(offsets=st.lists(st.tuples(st.integers(-10, 200), st.integers(-10, 200)), max_size=5), size=st.integers(0, 200))
@settings(deadline=None, max_examples=100)
def test_safetensors_may_claim_any_offsets(offsets: list[tuple[int, int]], size: int) -> None:
    tensors = {str(number): {"dtype": "F32", "shape": [1], "data_offsets": pair} for number, pair in enumerate(offsets)}
    header = json.dumps(tensors).encode()
    check(pack("<Q", len(header)) + header + bytes(size))


@given(seed=st.integers(0, 2**32 - 1), size=st.integers(0, 3_000_000), at=st.integers(0),
       inserted=st.binary(max_size=50))
@settings(deadline=None, max_examples=15)
def test_an_insertion_changes_the_chunks_beside_it_only(seed: int, size: int, at: int, inserted: bytes) -> None:
    data = np.random.default_rng(seed).bytes(size)
    at %= size + 1
    chunks = [_chunks(data), _chunks(data[:at] + inserted + data[at:])]
    assert len(set(chunks[1]) - set(chunks[0])) <= 4
    check(data)


def _chunks(data: bytes) -> list[bytes]:
    chunks, start = [], 0
    for cut in plan(BytesSource(data)):
        chunks.append(data[start:start + cut.length])
        start += cut.length
    return chunks
