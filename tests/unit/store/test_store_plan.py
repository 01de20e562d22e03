"""Where content is cut: real containers by the libraries that write them, measured in the bytes that a change costs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from struct import pack

import numpy as np
import pytest

from jupyter_mlversion.store import Store
from jupyter_mlversion.store.plan import LONGEST, Cut, hdf5, onnx, parquet, plan
from jupyter_mlversion.store.plan.cover import cover
from jupyter_mlversion.store.plan.kinds import regions_of
from jupyter_mlversion.store.plan.region import Headers, Region, in_order
from jupyter_mlversion.store.source import BytesSource, FileSource

Arrays = dict[str, np.ndarray]
Save = Callable[[Arrays], bytes]

BIG = 750_000  # bytes of the smallest array below; no chunk of another kind is as long


def _npz(arrays: Arrays) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def _deflated(arrays: Arrays) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def _safetensors(arrays: Arrays) -> bytes:
    from safetensors.numpy import save

    return save(arrays, {"format": "np"})


def _hdf5(arrays: Arrays, **options: object) -> bytes:
    import h5py

    file = io.BytesIO()
    with h5py.File(file, "w", **options) as data:
        for name, values in arrays.items():
            data.create_dataset(f"a/{name}", data=values)
            data[f"a/{name}"].attrs["about"] = "x" * 300
        data["a/soft"] = h5py.SoftLink("/a/missing")
        data["again"] = data["a"]  # a hard link: the same group by two ways
        data.create_dataset("a/empty", shape=(1000,), dtype="f4")
    return file.getvalue()


def _chunked(arrays: Arrays) -> bytes:
    import h5py

    file = io.BytesIO()
    with h5py.File(file, "w") as data:
        for number, (name, values) in enumerate(arrays.items()):
            chunks = (len(values) // 100,)  # so many that their tree has two levels
            data.create_dataset(name, data=values, chunks=chunks, compression="gzip" if number else None)
        data.create_dataset("empty", shape=(10,), chunks=(5,), dtype="f4")
    return file.getvalue()


def _torch(arrays: Arrays) -> bytes:
    import torch

    file = io.BytesIO()
    torch.save({name: torch.from_numpy(values) for name, values in arrays.items()}, file)
    return file.getvalue()


def _onnx(arrays: Arrays) -> bytes:
    from onnx import TensorProto, helper, numpy_helper

    tensors = [numpy_helper.from_array(values, name) for name, values in arrays.items()]
    value = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])
    graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "g", [value], [value], initializer=tensors)
    return helper.make_model(graph).SerializeToString()


def _parquet(arrays: Arrays) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet as pq

    file = pa.BufferOutputStream()
    pq.write_table(pa.table(arrays), file, row_group_size=100_000)
    return file.getvalue().to_pybytes()


def _latest(arrays: Arrays) -> bytes:
    return _hdf5(arrays, libver="latest")


def _tracked(arrays: Arrays) -> bytes:
    return _hdf5(arrays, track_order=True)


ARRAYS = [
    pytest.param(_npz, id="npz"), pytest.param(_safetensors, id="safetensors"), pytest.param(_hdf5, id="hdf5"),
    pytest.param(_latest, id="hdf5-latest"), pytest.param(_tracked, id="hdf5-tracked"),
    pytest.param(_torch, id="torch", marks=pytest.mark.heavy), pytest.param(_onnx, id="onnx", marks=pytest.mark.heavy),
]
NEEDED = {_torch: "torch", _onnx: "onnx"}


def _weights(seed: int = 0) -> Arrays:
    random = np.random.default_rng(seed)
    return {f"w{number}": random.standard_normal(BIG // 4 + 100_000 * number, dtype=np.float32) for number in range(6)}


def _new(tmp_path: Path, *versions: bytes) -> list[int]:
    """Bytes that each of the versions, put one after another, adds to a store."""
    store = Store(tmp_path / "store", planner=plan)
    new = []
    for version in versions:
        with store.batch() as batch:
            content = batch.put_bytes(version)
        new.append(content.new)
        assert store.read(content.digest) == version
    store.close()
    return new


@pytest.mark.parametrize("save", ARRAYS)
def test_a_changed_head_costs_the_head(tmp_path: Path, save: Save) -> None:
    if save in NEEDED:
        pytest.importorskip(NEEDED[save])
    before = _weights()
    after = before | {"w5": before["w5"] + np.float32(1)}
    first, second = _new(tmp_path, save(before), save(after))
    assert first >= sum(values.nbytes for values in before.values())
    # the head itself; besides it only what is small, such as a check sum or an offset
    assert before["w5"].nbytes <= second < before["w5"].nbytes + 80_000


# the groups of newer HDF5 files with more than eight members are not understood
@pytest.mark.parametrize("save", [param for param in ARRAYS if param.id not in {"hdf5-latest", "hdf5-tracked"}])
def test_a_new_array_in_front_costs_itself(tmp_path: Path, save: Save) -> None:
    if save in NEEDED:
        pytest.importorskip(NEEDED[save])
    arrays = _weights()
    extra = {"a": np.random.default_rng(1).standard_normal(30_011, dtype=np.float32)}
    _, second = _new(tmp_path, save(arrays), save(extra | arrays))
    assert second < extra["a"].nbytes + 80_000


@pytest.mark.parametrize("save", [param for param in ARRAYS if param.id != "onnx"])
def test_arrays_are_cut_where_they_begin_and_their_widths_are_known(save: Save) -> None:
    if save in NEEDED:
        pytest.importorskip(NEEDED[save])
    arrays = _weights()
    data = save(arrays)
    cuts = list(plan(BytesSource(data)))
    starts = np.cumsum([0, *(cut.length for cut in cuts)])
    widths = {int(start): cut.width for start, cut in zip(starts[:-1], cuts, strict=True)}
    for values in arrays.values():
        assert widths[data.index(values.tobytes())] == 4


@pytest.mark.heavy
def test_keras_keeps_all_but_the_changed_layer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    layers = keras.layers
    model = keras.Sequential([keras.Input((500,)), layers.Dense(500), layers.Dense(500), layers.Dense(100)])
    for name in ("m.keras", "m.weights.h5"):
        versions = []
        for _ in range(2):
            weights = model.layers[-1].get_weights()
            model.layers[-1].set_weights([values + 1 for values in weights])
            (model.save_weights if name.endswith("h5") else model.save)(tmp_path / name)
            versions.append((tmp_path / name).read_bytes())
        first, second = _new(tmp_path / name[:-2], *versions)
        assert first > 2_000_000
        assert second < 200_400 + 80_000


def test_compressed_members_and_chunks_begin_chunks(tmp_path: Path) -> None:
    before = _weights()
    after = before | {"w2": before["w2"] + np.float32(1)}
    for save in (_deflated, _chunked):
        cost = len(save({"w2": after["w2"]}))
        _, second = _new(tmp_path / save.__name__, save(before), save(after))
        assert second < cost + 120_000


def test_chunks_of_a_data_set_have_its_width() -> None:
    data = _chunked(_weights())
    regions = regions_of(BytesSource(data))
    assert [region.width for region in regions].count(4) == 100
    assert [region.width for region in regions].count(0) == 5 * 100


def test_an_array_begins_behind_its_header() -> None:
    for values, width in ((np.zeros(100_000), 8), (np.zeros(100_000, "<f2"), 2), (np.zeros(100_000, "c8"), 4),
                          (np.zeros(100_000, "u1"), 1), (np.zeros(100_000, "S3"), 3),
                          (np.zeros(100_000, [("a", "f4"), ("b", "i8")]), 1)):
        file = io.BytesIO()
        np.save(file, values)
        data = file.getvalue()
        assert regions_of(BytesSource(data)) == [Region(128, len(data) - 128, width)]
    file = io.BytesIO()
    np.lib.format.write_array(file, np.zeros(100_000, "f4"), version=(2, 0))
    assert regions_of(BytesSource(file.getvalue()))[0].width == 4
    assert regions_of(BytesSource(b"\x93NUMPY\2\0\xff\xff\xff\0" + bytes(100))) == []  # too long a header


def test_parquet_costs_the_changed_columns_or_the_new_rows(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    table = {name: random.standard_normal(500_000) for name in "abcde"}
    column = table | {"c": random.standard_normal(500_000)}
    rows = {name: np.concatenate([values, random.standard_normal(5_000)]) for name, values in column.items()}
    first, second, third = _new(tmp_path, _parquet(table), _parquet(column), _parquet(rows))
    assert first > 20_000_000
    assert second < first / 5 + 300_000
    assert third < 5 * 5_000 * 10 + 300_000


def test_a_table_as_text_costs_the_rows_that_differ(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    rows = [",".join(map(str, row)) for row in random.integers(0, 10**6, (200_000, 5))]
    appended = rows + rows[:2000]
    edited = [*appended[:100_000], "1,2,3,4,5", *appended[100_200:]]
    versions = ["\n".join(version).encode() for version in (rows, appended, edited)]
    first, second, third = _new(tmp_path, *versions)
    assert first == len(versions[0])
    assert second < 2000 * 35 + 200_000
    assert third < 300_000


def test_small_regions_beside_each_other_share_a_chunk() -> None:
    regions = [Region(100 * number, 100, 4) for number in range(2000)]
    regions += [Region(200_000, 100_000, 4), Region(300_000, 100, 2), Region(300_100, 100, 4)]
    cuts = list(cover(BytesSource(bytes(300_300)), regions))
    assert cuts == [*[Cut(65_600, 4)] * 3, Cut(3_200, 4), Cut(100_000, 4), Cut(300, 0)]


def test_nothing_has_no_pieces() -> None:
    assert list(plan(BytesSource(b""))) == []
    assert list(plan(BytesSource(b"abc"))) == [Cut(3)]
    assert list(cover(BytesSource(b""), [])) == []


@pytest.mark.parametrize("regions", [
    [Region(0, 10, 1), Region(5, 10, 1)], [Region(90, 11, 1)], [Region(-1, 5, 1)], [Region(5, -1, 1)],
    [Region(0, 2**64, 1)], [Region(number, 1, 1) for number in range(100)] * 2,
])
def test_regions_that_do_not_add_up_are_refused(regions: list[Region]) -> None:
    with pytest.raises(ValueError, match="one after another"):
        in_order(regions, 100)


def test_too_many_regions_are_refused() -> None:
    with pytest.raises(ValueError, match="too many"):
        in_order((Region(number, 1, 1) for number in range(100_001)), 200_000)


def test_headers_are_some_bytes_only() -> None:
    headers = Headers(BytesSource(bytes(2**23)))
    inner = headers.within(2**22, 2**10)
    assert inner.read(0, 2**10) == bytes(2**10)
    for offset, length in ((-1, 4), (2**23, 1), (0, -1)):
        with pytest.raises(ValueError, match="no such header"):
            headers.read(offset, length)
    assert len(headers.read(0, 2**21)) == 2**21
    with pytest.raises(ValueError, match="no such header"):
        inner.read(0, 2**21)
    with pytest.raises(ValueError, match="no such header"):  # what was asked for, not what was got, counts
        headers.read(0, 2**21)


class _Shrinking:
    """A file that lost its second half after it was opened."""

    beside = None

    def __init__(self, data: bytes) -> None:
        self._data = data[:len(data) // 2]
        self.size = len(data)

    def read(self, offset: int, length: int) -> memoryview:
        return memoryview(self._data)[offset:offset + length]


def test_a_file_that_shrinks_meanwhile_is_planned_to_the_size_it_had() -> None:
    for data in (bytes(10_000_001), _npz(_weights())):
        cuts = list(plan(_Shrinking(data)))
        assert sum(cut.length for cut in cuts) == len(data)
        assert all(0 < cut.length <= LONGEST for cut in cuts)
    with pytest.raises(ValueError, match="shorter"):
        Headers(_Shrinking(bytes(100))).read(40, 20)


def _zip(*members: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file.getvalue()


def test_members_of_zips_that_are_no_arrays() -> None:
    broken = b"\x93NUMPY\1\0\xff\xff" + bytes(100)  # claims a header that it does not have
    data = _zip(("x/data/7", bytes(5000)), ("x/data.pkl", bytes(300)), ("broken.npy", broken), ("empty", b""))
    found = regions_of(BytesSource(data))
    assert [(region.length, region.width) for region in found] == [(5000, 4), (300, 0), (len(broken), 0)]
    assert regions_of(BytesSource(data.replace(b"PK\3\4", b"PK\3\5", 2).replace(b"PK\3\5", b"PK\3\4", 1))) == []


def _field(number: int, value: bytes | int) -> bytes:
    """A field of Protocol Buffers: a number below 128, or bytes of which there are fewer."""
    if isinstance(value, int):
        return bytes([number << 3, value])
    return bytes([number << 3 | 2, len(value)]) + value


def test_onnx_of_all_kinds_of_fields() -> None:
    tensor = _field(2, 11) + _field(9, b"12345678") + bytes([13 << 3 | 5]) + bytes(4)
    graph = _field(1, b"node") + _field(5, tensor) + _field(5, _field(2, 1))
    model = bytes([8, 9, 1 << 3 | 1]) + bytes(8) + _field(7, graph)
    headers = Headers(BytesSource(model))
    assert list(onnx.regions(headers)) == [Region(model.index(b"12345678"), 8, 8)]
    for wrong in (model[:-1], b"\x08" + b"\xff" * 30, bytes([8 << 3 | 3, 1]), bytes([8, 0x80])):
        with pytest.raises(ValueError, match=r"field|number"):
            list(onnx.regions(Headers(BytesSource(wrong))))
    assert onnx.is_onnx(b"\x08\x09\x12")


def _compact(*fields: tuple[int, bytes]) -> bytes:
    """A struct of Thrift's compact protocol, every field one after the other."""
    return b"".join(bytes([1 << 4 | kind]) + data for kind, data in fields) + b"\0"


def _with_footer(footer: bytes) -> BytesSource:
    return BytesSource(b"PAR1" + bytes(100) + footer + pack("<I", len(footer)) + b"PAR1")


def test_thrift_of_all_types() -> None:
    some = _compact(
        (1, b""), (2, b""), (3, b"\7"), (4, b"\3"), (5, b"\4"), (6, b"\x80\1"), (7, bytes(8)), (8, b"\2ab"),
        (9, b"\xf8\2\1a\1b"), (10, b"\x21\1\2"), (11, b"\0"), (11, b"\1\x55\2\2"), (12, b"\0"),
    )
    found = parquet._Compact(some).struct(0)
    assert list(found.values()) == [
        True, False, 7, -2, 2, 64, None, None, [None, None], [1, 2], None, None, {}]
    assert parquet._Compact(b"\x05\x08\x02\0").struct(0) == {4: 1}  # a number of its own instead of a difference
    with pytest.raises(ValueError, match="type"):
        parquet._Compact(b"\x1d\0").struct(0)
    with pytest.raises(ValueError, match="deep"):
        parquet._Compact(b"\x1c" * 50).struct(0)


def test_parquet_that_is_none() -> None:
    for footer in (b"", b"\0", bytes(2**19 + 1)):
        assert regions_of(_with_footer(footer)) == []
    assert regions_of(BytesSource(b"PAR1" + bytes(100))) == []


def test_links_of_newer_hdf5() -> None:
    assert hdf5._linked(b"\1\0\1x" + pack("<Q", 77)) == [77]
    assert hdf5._linked(b"\1\x1c\0" + bytes(8) + b"\1\1x" + pack("<Q", 77)) == [77]  # all that may be there
    assert hdf5._linked(b"\1\x08\1\1x") == []  # a soft one


def _edited(data: bytes, at: int, byte: int) -> BytesSource:
    return BytesSource(data[:at] + bytes([byte]) + data[at + 1:])


def test_hdf5_that_is_not_as_it_should_be() -> None:
    data = _hdf5({"w": np.zeros(1000)})
    assert len(regions_of(BytesSource(data))) == 1
    assert regions_of(_edited(data, 8, 9)) == []  # superblock
    assert regions_of(_edited(data, 13, 4)) == []  # bytes of an address
    for mark in (b"TREE", b"SNOD"):
        assert regions_of(_edited(data, data.index(mark), 0)) == []
    root = int.from_bytes(data[64:72], "little")
    assert regions_of(_edited(data, root, 2)) == []  # version of an object


def test_a_huge_content_is_looked_at_in_part_and_still_cut_by_what_it_holds(monkeypatch) -> None:
    monkeypatch.setattr("jupyter_mlversion.store.plan.cdc._HUGE", 2**25)
    data = np.random.default_rng(0).bytes(2**26)
    longer = data[:2**20] + b"inserted" + data[2**20:]
    chunks = []
    for content in (data, longer):
        lengths = [cut.length for cut in plan(BytesSource(content))]
        assert sum(lengths) == len(content)
        assert min(lengths[:50]) > 15 * 2**16
        ends = np.cumsum(lengths)
        chunks.append({content[end - length:end] for end, length in zip(ends, lengths, strict=True)})
    assert len(chunks[0] & chunks[1]) > len(chunks[0]) / 3


def test_a_huge_file_that_shrinks_while_it_is_cut_is_cut_all_the_same(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr("jupyter_mlversion.store.plan.cdc._HUGE", 2**21)
    (tmp_path / "huge").write_bytes(bytes(2**23))
    with (tmp_path / "huge").open("rb+") as file:
        source = FileSource(file.fileno())
        file.truncate(2**20)
        assert sum(cut.length for cut in plan(source)) == 2**23
