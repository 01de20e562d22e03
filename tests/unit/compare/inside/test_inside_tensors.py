"""Files of tensors: listed and compared without any code of theirs being run."""

from __future__ import annotations

import io
import json
import pickle
import struct
import zipfile

import numpy as np
import pytest

from jupyter_mlversion.compare.inside import difference, preview
from jupyter_mlversion.compare.inside.tensors.tensor import to_floats
from jupyter_mlversion.store.source import BytesSource

safetensors_numpy = pytest.importorskip("safetensors.numpy")


def shown(data: bytes, path: str):
    return preview(BytesSource(data), path)


def compared(before: bytes, after: bytes, path: str):
    return difference(BytesSource(before), BytesSource(after), path)


def saved(**arrays) -> bytes:
    return safetensors_numpy.save(arrays)


def npz(compressed=False, **arrays) -> bytes:
    sink = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(sink, **arrays)
    return sink.getvalue()


def npy(array, **words) -> bytes:
    sink = io.BytesIO()
    np.save(sink, array, **words)
    return sink.getvalue()


def raw_safetensors(header, body=b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + body


def test_safetensors_are_listed():
    answer = shown(saved(weight=np.zeros((3, 4), np.float32), bias=np.zeros(4, np.float16)), "m.safetensors")
    assert (answer["kind"], answer["format"], answer["parameters"], answer["nbytes"]) == (
        "tensors", "safetensors", 16, 56)
    assert {one["name"]: (one["dtype"], one["shape"]) for one in answer["tensors"]} == {
        "weight": ("float32", [3, 4]), "bias": ("float16", [4])}


@pytest.mark.parametrize("make", [saved, npz, lambda **arrays: npz(compressed=True, **arrays)])
def test_norms_are_numpys(make):
    random = np.random.default_rng(5)
    a = random.normal(size=(700, 800)).astype(np.float32)
    b = a + random.normal(scale=1e-3, size=a.shape).astype(np.float32)
    path = "m.safetensors" if make is saved else "m.npz"
    answer = compared(make(w=a, same=a, gone=a[:2], shape=a[:3]), make(w=b, same=a, new=a[:1], shape=a[:4]), path)
    assert answer["counts"] == {"added": 1, "removed": 1, "reshaped": 1, "retyped": 0, "changed": 1, "unknown": 0,
                                "same": 1}
    [changed] = [one for one in answer["tensors"] if one["change"] == "changed"]
    one, two = a.astype(np.float64).ravel(), b.astype(np.float64).ravel()
    assert changed["relative"] == pytest.approx(np.linalg.norm(two - one) / np.linalg.norm(one), rel=1e-12)
    assert changed["largest"] == np.abs(two - one).max()
    assert changed["cosine"] == pytest.approx(one @ two / np.linalg.norm(one) / np.linalg.norm(two), rel=1e-12)
    assert changed["cosine"] <= 1


def test_what_is_not_finite_is_counted_and_left_out():
    a = np.array([1.0, np.nan, np.inf, 2.0])
    answer = compared(npy(a), npy(np.array([1.5, np.nan, 1.0, 2.0])), "a.npy")
    [one] = answer["tensors"]
    assert (one["largest"], one["not_finite"]) == (0.5, 2)
    assert compared(npy(a), npy(a.copy()), "a.npy")["counts"]["same"] == 1


def test_another_type_with_near_values_is_retyped_and_measured():
    a = np.linspace(0, 1, 1000, dtype=np.float32)
    [one] = compared(saved(w=a), saved(w=a.astype(np.float16)), "m.safetensors")["tensors"]
    assert one["change"] == "retyped"
    assert 0 < one["relative"] < 1e-3


def test_order_and_endianness_of_arrays():
    a = np.arange(12.0).reshape(3, 4)
    assert compared(npy(a), npy(a.astype(">f8")), "a.npy")["counts"]["same"] == 1
    assert compared(npy(a), npy(np.asfortranarray(a)), "a.npy")["counts"]["unknown"] == 1
    assert compared(npy(np.asfortranarray(a)), npy(np.asfortranarray(a)), "a.npy")["counts"]["same"] == 1


@pytest.mark.parametrize("name", ["bfloat16", "float8_e4m3fn", "float8_e5m2", "float16"])
def test_every_bit_pattern_of_small_floats(name):
    types = pytest.importorskip("ml_dtypes")
    dtype = np.dtype(getattr(types, name, None) or name)
    bits = np.arange(256, dtype=np.uint8) if dtype.itemsize == 1 else np.arange(65536, dtype=np.uint16)
    np.testing.assert_array_equal(to_floats(bits.tobytes(), name), bits.view(dtype).astype(np.float64))


def test_torch_files_are_followed_and_not_run():
    torch = pytest.importorskip("torch")
    net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4))
    state = {"model": net.state_dict(), "epoch": 3, "half": torch.ones(2, dtype=torch.bfloat16),
             "turned": torch.ones(2, 3).T}
    sinks = []
    for value in (state, {**state, "half": torch.full((2,), 1.5, dtype=torch.bfloat16)}, net):
        sinks.append(io.BytesIO())
        torch.save(value, sinks[-1])
    answer = shown(sinks[0].getvalue(), "m.pt")
    listed = {one["name"]: (one["dtype"], one["shape"]) for one in answer["tensors"]}
    assert listed["model.0.weight"] == ("float32", [4, 3])
    assert listed["model.1.num_batches_tracked"] == ("int64", [])
    assert listed["half"] == ("bfloat16", [2])
    changed = compared(sinks[0].getvalue(), sinks[1].getvalue(), "m.pt")
    assert changed["counts"]["changed"] == 1
    assert [one["largest"] for one in changed["tensors"] if one["name"] == "half"] == [0.5]
    whole = {one["name"] for one in shown(sinks[2].getvalue(), "m.pt")["tensors"]}
    assert {"0.weight", "0.bias", "1.running_mean"} <= whole


class Evil:
    def __reduce__(self):
        return exec, ("import sys; sys.hacked = True",)


def test_no_pickle_is_ever_run():
    import sys

    payload = pickle.dumps({"w": Evil()})
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("archive/data.pkl", payload)
    evil = io.BytesIO()
    np.save(evil, np.array([Evil()], dtype=object), allow_pickle=True)
    for data, path in ((payload, "m.pkl"), (payload, "m.joblib"), (payload, "m.pt"), (sink.getvalue(), "m.pt"),
                       (evil.getvalue(), "m.npy")):
        answer = shown(data, path)
        compared(data, data + b" ", path)
        assert answer["kind"] in {"pickle", "tensors", "unknown"}
    assert not hasattr(sys, "hacked")
    assert "any code" in shown(payload, "m.joblib")["problem"]


@pytest.mark.parametrize("data", [
    raw_safetensors({"w": {"dtype": "F32", "shape": [1 << 60], "data_offsets": [0, 4]}}, b"1234"),
    raw_safetensors({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 1 << 60]}}, b"1234"),
    raw_safetensors({"w": {"dtype": "F32", "shape": [-1], "data_offsets": [4, 0]}}, b"1234"),
    raw_safetensors({"w": {"dtype": "F32", "shape": [1], "data_offsets": [-4, 0]}}, b"1234"),
    raw_safetensors({"w": {"shape": "x"}}), raw_safetensors(b"[" * 100_000), raw_safetensors(b"{}x"),
    struct.pack("<Q", 1 << 62) + b"{}", b"\x93NUMPY\x01\x00\xff\xff{", b"PK\x03\x04nothing", b"\x93NUMPY",
    b"\x93NUMPY\x01\x00\x40\x00" + b"{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999,)}",
])
@pytest.mark.parametrize("path", ["m.safetensors", "m.npy", "m.pt", "m.npz", "m.onnx", "m.bin"])
def test_hostile_headers_are_answered(data, path):
    answer = shown(data, path)
    assert answer["kind"] in {"tensors", "unknown", "text", "table"}
    assert compared(data, data + b" ", path)["kind"] in {"tensors", "unknown", "text", "table"}


def torch_file(pickled: bytes) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("x/data.pkl", pickled)
    return sink.getvalue()


NESTED = b")" + b"2\x86" * 200  # a pair of a pair of …: spelled out, 2 to the power of 200 brackets
KEY = b"X\x01\0\0\0" + b"0"
MANY = b"(" + b"K\x02" * 70 + b"t"
LONG = b"\x8b\x00\x00\x10\x00" + b"\x7f" * (1 << 20) + b"\x85"  # one axis, of a million digits


def pickled_tensor(key: bytes, shape: bytes, strides: bytes) -> bytes:
    storage = b"(X\x07\0\0\0storagectorch\nFloatStorage\n" + key + b"X\x03\0\0\0cpuK\x01tQ"
    return b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + b"K\x00" + shape + strides + b"tR"


@pytest.mark.parametrize("pickled", [
    NESTED + b"2\x93", pickled_tensor(NESTED, b")", b")"), pickled_tensor(KEY, MANY, MANY),
    pickled_tensor(KEY, LONG, b"K\x01\x85"), pickled_tensor(KEY, b"K\x01\x85", b")"),
])
def test_pickles_that_would_take_forever_are_answered(pickled):
    answer = shown(torch_file(b"\x80\x02" + pickled + b"."), "m.pt")
    assert answer["kind"] == "unknown" or [one["shape"] for one in answer["tensors"]] == [[]]


def test_names_in_pickles_are_cut():
    name = "n" * 1_000_000
    pickled = b"\x80\x02}X" + struct.pack("<I", len(name)) + name.encode() + pickled_tensor(KEY, b")", b")") + b"s."
    [one] = shown(torch_file(pickled), "m.pt")["tensors"]
    assert one["name"] == "n" * 200


def test_bombs_are_not_decoded():
    sink = io.BytesIO()
    with (zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive,
          archive.open("w.npy", "w", force_zip64=True) as member):
        member.write(npy(np.zeros(0)))
        for _ in range(300):
            member.write(bytes(1 << 20))
    answer = shown(sink.getvalue(), "bomb.npz")
    assert answer["tensor_count"] == 1
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x/data.pkl", bytes(80 << 20))
    assert shown(bomb.getvalue(), "bomb.pt")["kind"] == "unknown"


def hdf5(scale: float) -> bytes:
    h5py = pytest.importorskip("h5py")
    sink = io.BytesIO()
    with h5py.File(sink, "w") as file:
        file.attrs["keras_version"] = "3.8"
        file["layers/dense/vars/0"] = np.full((3, 4), scale, np.float32)
        file.create_dataset("packed", data=np.zeros((10, 10)), chunks=(5, 5), compression="gzip")
        file["big"] = np.arange(3, dtype=">i4")
        file["text"] = "words"
    return sink.getvalue()


@pytest.mark.parametrize("zipped", [None, zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_hdf5_and_keras_are_listed_and_compared(zipped):
    def made(scale):
        if zipped is None:
            return hdf5(scale)
        sink = io.BytesIO()
        with zipfile.ZipFile(sink, "w", zipped) as archive:
            archive.writestr("config.json", "{}")
            archive.writestr("model.weights.h5", hdf5(scale))
        return sink.getvalue()

    path = "m.h5" if zipped is None else "m.keras"
    answer = shown(made(1), path)
    listed = {one["name"]: (one["dtype"], one["shape"]) for one in answer["tensors"]}
    assert listed["layers.dense.vars.0"] == ("float32", [3, 4])
    assert listed["big"] == ("int32", [3])
    assert answer["metadata"] == {"keras_version": "3.8"}
    difference = compared(made(1), made(3), path)
    assert difference["counts"]["changed"] == 1
    assert difference["counts"]["unknown"] == 2  # what is compressed, and the text
    assert {one["name"]: one.get("largest") for one in difference["tensors"]}["layers.dense.vars.0"] == 2


def test_broken_hdf5_is_unknown():
    data = hdf5(1)
    assert shown(data[:200], "m.h5")["kind"] == "unknown"
    assert shown(data[:8] + b"\xff" * 500, "m.h5")["problem"].startswith("it cannot be read")


def test_onnx_weights_are_listed_and_compared():
    onnx = pytest.importorskip("onnx")

    def model(scale):
        values = onnx.numpy_helper.from_array(np.full((2, 3), scale, np.float32), "w")
        graph = onnx.helper.make_graph([], "g", [], [], [values])
        return onnx.helper.make_model(graph).SerializeToString()

    answer = shown(model(1), "m.onnx")
    assert answer["tensors"] == [{"name": "w", "dtype": "float32", "shape": [2, 3], "nbytes": 24, "count": 6}]
    assert compared(model(1), model(3), "m.onnx")["tensors"][0]["largest"] == 2
