"""Arrays whose places another file tells, and storages after a pickle: cut where they begin, whatever is claimed."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from struct import pack

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlversion.store import Store
from jupyter_mlversion.store.plan import LONGEST, plan
from jupyter_mlversion.store.plan.beside import Beside, guides_of, is_guide
from jupyter_mlversion.store.plan.cover import cover
from jupyter_mlversion.store.plan.kinds import GUIDES, regions_of
from jupyter_mlversion.store.plan.pickled import storages_in
from jupyter_mlversion.store.plan.region import Region
from jupyter_mlversion.store.source import BytesSource, FileSource

Arrays = dict[str, np.ndarray]
SHARD = "variables.data-00001-of-00002"
MODEL = "model.onnx.data"
TYPES = {"float32": 1, "float64": 2, "int32": 3, "int64": 9, "float16": 19}  # of TensorFlow


def number(value: int) -> bytes:
    """Of variable length."""
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def field(key: int, value: bytes | int) -> bytes:
    """Of Protocol Buffers."""
    if isinstance(value, int):
        return number(key << 3) + number(value)
    return number(key << 3 | 2) + number(len(value)) + value


def block(entries: list[tuple[bytes, bytes]], kind: int = 0) -> bytes:
    """Of a table, its check sum not told: nobody asks."""
    out, before = b"", b""
    for key, value in entries:
        shared = 0
        while shared < min(len(key), len(before)) and key[shared] == before[shared]:
            shared += 1
        out += number(shared) + number(len(key) - shared) + number(len(value)) + key[shared:] + value
        before = key
    return out + pack("<II", 0, 1) + bytes([kind]) + bytes(4)


def index(entries: dict[str, bytes], *, kind: int = 0, magic: bytes = b"\x57\xfb\x80\x8b\x24\x75\x47\xdb") -> bytes:
    """A table with two blocks of entries."""
    rows = sorted((key.encode(), value) for key, value in entries.items())
    out, places = b"", []
    for part in (rows[:2], rows[2:]):
        data = block(part, kind)
        places.append((part[-1][0] if part else b"", number(len(out)) + number(len(data) - 5)))
        out += data
    about = number(len(out)) + number(8)
    out += block([])
    top = block(places)
    footer = about + number(len(out)) + number(len(top) - 5)
    return out + top + footer.ljust(40, b"\0") + magic


def shard(arrays: Arrays, shard: int = 1) -> tuple[bytes, bytes]:
    """The index and a data file of a checkpoint."""
    entries, data = {"": field(1, 2)}, b""
    for name, values in arrays.items():
        shape = b"".join(field(2, field(1, length)) for length in values.shape)
        entries[name] = (field(1, TYPES[values.dtype.name]) + field(2, shape) + field(3, shard)
                         + field(4, len(data)) + field(5, values.nbytes) + bytes([6 << 3 | 5]) + bytes(4))
        data += values.tobytes()
    entries["other"] = field(1, 1) + field(5, 10**9)  # in another data file
    return index(entries), data


def external(arrays: Arrays, location: str = MODEL, **named: str) -> tuple[bytes, bytes]:
    """A model and the file with its weights, aligned as its writers do."""
    graph, data = b"", b""
    for name, values in arrays.items():
        data += bytes(-len(data) % 4096)
        told = {"location": location, "offset": str(len(data)), "length": str(values.nbytes)} | named
        entries = b"".join(field(13, field(1, key.encode()) + field(2, value.encode())) for key, value in told.items())
        kind = {"float32": 1, "float64": 11, "int64": 7, "float16": 10}[values.dtype.name]
        graph += field(5, field(1, values.size) + field(2, kind) + field(8, name.encode()) + entries + field(14, 1))
        data += values.tobytes()
    return field(1, 10) + field(7, graph), data


def old_torch(arrays: Arrays) -> bytes:
    """As PyTorch wrote before 1.6."""
    kinds = {"float32": b"Float", "float64": b"Double", "int64": b"Long", "float16": b"Half"}

    def text(value: str) -> bytes:
        return b"X" + pack("<I", len(value)) + value.encode()

    body = b"\x80\x02]q\x00("
    for number, (name, values) in enumerate(arrays.items()):
        kind = b"ctorch\n" + kinds[values.dtype.name] + b"Storage\n"
        body += b"(" + text("storage") + kind + text(name) + text("cpu") + b"J" + pack("<i", values.size) + b"Nt"
        body += b"q" + bytes([number + 1]) + b"Q"
    keys = pickle.dumps([*arrays], 2)
    head = pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2) + pickle.dumps({"little_endian": True}, 2)
    storages = b"".join(pack("<q", values.size) + values.tobytes() for values in arrays.values())
    return head + body + b"e." + keys + storages


def beside(name: str, **files: bytes | None) -> Beside:
    """What lies beside `name`; a file of None is gone."""
    known = {key.replace("_", "."): data for key, data in files.items()}

    @contextmanager
    def opened(guide: str) -> Iterator[BytesSource]:
        data = known[guide]
        if data is None:
            raise FileNotFoundError(guide)
        yield BytesSource(data)

    return Beside(name, guides_of(name, known), opened)


def arrays(sizes: tuple[int, ...] = (200_000, 300_000, 500_000)) -> Arrays:
    random = np.random.default_rng(0)
    return {f"w{at}": random.standard_normal(size).astype("f2" if at == 1 else "f4") for at, size in enumerate(sizes)}


def places(found: Arrays, data: bytes) -> list[Region]:
    return [Region(data.index(values.tobytes()), values.nbytes, values.dtype.itemsize) for values in found.values()]


def test_variables_lie_where_the_index_says() -> None:
    values = arrays()
    told, data = shard(values)
    assert regions_of(BytesSource(data, beside(SHARD, variables_index=told))) == places(values, data)
    assert regions_of(BytesSource(data, beside(SHARD.replace("00001-", "00003-"), variables_index=told))) == []
    assert regions_of(BytesSource(data, beside(SHARD, other_index=told))) == []
    assert regions_of(BytesSource(data)) == []


def test_the_index_of_a_real_saved_model_is_understood() -> None:
    told = (Path(__file__).parent / "saved_model.index").read_bytes()  # by TensorFlow 2.21
    name = "variables.data-00000-of-00001"
    found = regions_of(BytesSource(bytes(10_000_586), beside(name, variables_index=told)))
    lengths = [1_000_000, 8, *range(1_200_000, 1_900_000, 120_000), 578]
    assert [region.length for region in found] == lengths
    assert [region.width for region in found] == [2, 8, 4, 4, 4, 4, 4, 4, 0]


def test_weights_lie_where_the_model_says() -> None:
    values = arrays()
    for name, location in ((MODEL, MODEL), ("weights.bin", "./weights.bin"), ("0f3a", "0f3a")):
        model, data = external(values, location)
        assert regions_of(BytesSource(data, beside(name, model_onnx=model))) == places(values, data)
        assert regions_of(BytesSource(data, beside("else.data", model_onnx=model))) == []
    tied = field(1, 10) + field(7, b"".join(external(arrays((9,)))[0][2 + 2:] for _ in range(2)))
    data = external(arrays((9,)))[1]
    assert regions_of(BytesSource(data, beside(MODEL, model_onnx=tied))) == [Region(0, 36, 4)]


def test_weights_whose_length_is_not_told_reach_to_the_end() -> None:
    model, data = external(arrays((9,)))
    model = model.replace(b"length", b"lenght").replace(b"offset", b"offzet")
    assert regions_of(BytesSource(data + bytes(4), beside(MODEL, model_onnx=model))) == [Region(0, 40, 4)]


def test_the_likeliest_guide_is_asked_first_and_wrong_ones_do_no_harm() -> None:
    values = arrays()
    model, data = external(values)
    found = beside(MODEL, a_onnx=b"\x08\x09nothing", b_onnx=None, model_onnx=model, c_onnx=b"", d_onnx=b"")
    assert found.guides == ("model.onnx", "a.onnx", "b.onnx", "c.onnx")
    assert regions_of(BytesSource(data, found)) == places(values, data)
    gone = found._replace(guides=("b.onnx", "a.onnx", "model.onnx"))
    assert regions_of(BytesSource(data, gone)) == places(values, data)
    assert regions_of(BytesSource(data[:-1], found)) == []  # of another time


@pytest.mark.parametrize(("name", "fits"), [
    ("model.onnx.data", True), ("model.onnx_data", True), ("model.onnx_data_1", True), ("model.bin", True), ("w", True),
    ("model.weights", True), ("table.csv", False), ("model.onnx", False), ("data.parquet", False),
])
def test_only_names_like_those_of_weights_have_a_model_as_guide(name: str, fits: bool) -> None:
    assert guides_of(name, ["model.onnx", "variables.index"]) == (("model.onnx",) if fits else ())


def test_all_that_can_guide_is_known_to() -> None:
    assert all(is_guide(f"x{ending}") for ending in GUIDES)
    assert not is_guide("x.csv")


@pytest.mark.parametrize("wrong", [
    index({"a": b""}, magic=bytes(8)), index({"a": field(3, 1) + field(5, 8)}, kind=1), b"", bytes(48),
    index({"a": field(3, 1) + field(5, 2**62)}), index({"a": b"\x0f"}),
])
def test_an_index_that_is_none_is_of_no_help(wrong: bytes) -> None:
    data = bytes(300_000)
    assert regions_of(BytesSource(data, beside(SHARD, variables_index=wrong))) == []


def test_storages_after_old_pickles_are_found() -> None:
    values = arrays()
    data = old_torch(values)
    assert regions_of(BytesSource(data)) == places(values, data)
    for wrong in (data.replace(b"Float", b"Whole"), data[:200], data[:-1], data.replace(b"Q", b"0")):
        assert regions_of(BytesSource(wrong)) == []


def test_a_pickle_of_too_many_words_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_mlversion.store.plan.pickled._MOST", 10)
    with pytest.raises(ValueError, match="too long"):
        storages_in(io.BytesIO(pickle.dumps([*range(10)])))


def test_a_pickle_is_never_run(tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[object, ...]:
            return Path.touch, (tmp_path / "ran",)

    data = old_torch(arrays((30_000,)))
    keys = data.index(pickle.dumps(["w0"], 2))
    bomb = pickle.dumps(Bomb(), 2)
    regions_of(BytesSource(data[:keys] + bomb + data[keys:]))
    regions_of(BytesSource(data[:21] + bomb + data[21:]))
    assert not (tmp_path / "ran").exists()


@pytest.mark.heavy
def test_what_torch_writes_in_either_format() -> None:
    torch = pytest.importorskip("torch")
    state = {"a": torch.randn(200_000), "b": torch.randn(100_000).bfloat16(), "c": torch.arange(50_000),
             "d": torch.zeros(300_000, dtype=torch.uint8) + 7, "z": torch.randn(50_000, dtype=torch.complex64)}
    state["tied"] = state["a"][1000:]
    widths = [(200_000, 2), (300_000, 1), (400_000, 4), (400_000, 8), (800_000, 4)]
    for new in (False, True):
        file = io.BytesIO()
        torch.save(state, file, _use_new_zipfile_serialization=new)
        found = regions_of(BytesSource(file.getvalue()))
        assert sorted((region.length, region.width) for region in found if region.length >= 200_000) == widths


@pytest.mark.heavy
def test_what_onnx_writes_beside_a_model(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    values = arrays()
    value = onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1])
    tensors = [onnx.numpy_helper.from_array(array, name) for name, array in values.items()]
    graph = onnx.helper.make_graph([onnx.helper.make_node("Identity", ["x"], ["y"])], "g", [value], [value], tensors)
    onnx.save_model(onnx.helper.make_model(graph), str(tmp_path / "m.onnx"), save_as_external_data=True)
    name, = {path.name for path in tmp_path.iterdir()} - {"m.onnx"}
    data = (tmp_path / name).read_bytes()
    found = beside(name, m_onnx=(tmp_path / "m.onnx").read_bytes())
    assert regions_of(BytesSource(data, found)) == places(values, data)


Save = Callable[[Arrays], tuple[Beside | None, bytes]]


def _shard(values: Arrays) -> tuple[Beside | None, bytes]:
    told, data = shard(values)
    return beside(SHARD, variables_index=told), data


def _external(values: Arrays) -> tuple[Beside | None, bytes]:
    model, data = external(values)
    return beside(MODEL, model_onnx=model), data


def _old_torch(values: Arrays) -> tuple[Beside | None, bytes]:
    return None, old_torch(values)


@pytest.mark.parametrize("save", [_shard, _external, _old_torch])
@pytest.mark.parametrize("sizes", [(400_000,) * 6, (40_000,) * 6])
def test_a_changed_head_costs_the_head(tmp_path: Path, save: Save, sizes: tuple[int, ...]) -> None:
    before = arrays(sizes)
    after = before | {"w5": before["w5"] + np.float32(1)}
    store, new = Store(tmp_path / "store"), []
    for values in (before, after):
        guide, data = save(values)
        (tmp_path / "data").write_bytes(data)
        with store.batch() as batch, (tmp_path / "data").open("rb") as file:
            content = batch.put_file(file.fileno(), beside=guide)
        new.append(content.new)
        assert store.read(content.digest) == data
    store.close()
    assert before["w5"].nbytes <= new[1] < before["w5"].nbytes + 5_000


DAMAGE = st.lists(st.tuples(st.integers(0), st.binary(min_size=1, max_size=9)), max_size=4)


def damaged(data: bytes, edits: list[tuple[int, bytes]]) -> bytes:
    out = bytearray(data)
    for at, change in edits:
        out[at % len(out):at % len(out) + len(change)] = change
    return bytes(out)


@given(save=st.sampled_from([shard, external]), edits=DAMAGE, end=st.none() | st.integers(0, 20_000))
@settings(deadline=None, max_examples=300)
def test_whatever_a_guide_claims_all_is_cut(save: object, edits: list[tuple[int, bytes]], end: int | None) -> None:
    guide, data = save(arrays((700, 3000, 40)))  # type: ignore[operator]
    data = data[:end]
    name = SHARD if save is shard else MODEL
    told = damaged(guide, edits)
    source = BytesSource(data, beside(name, variables_index=told, model_onnx=told))
    regions = regions_of(source)
    end = 0
    for region in regions:
        assert end <= region.offset < region.offset + region.length <= len(data)
        end = region.offset + region.length
    cuts = list(cover(source, regions))
    assert sum(cut.length for cut in cuts) == len(data)
    assert all(0 < cut.length <= LONGEST and cut.width in {0, 2, 4, 8} for cut in cuts)
    assert sum(cut.length for cut in plan(source)) == len(data)


def test_a_guide_may_be_a_file(tmp_path: Path) -> None:
    told, data = shard(arrays())
    (tmp_path / "variables.index").write_bytes(told)

    @contextmanager
    def opened(name: str) -> Iterator[FileSource]:
        with (tmp_path / name).open("rb") as file:
            yield FileSource(file.fileno())

    source = BytesSource(data, Beside(SHARD, ("variables.index",), opened))
    assert [cut.width for cut in plan(source)][:2] == [4, 2]
