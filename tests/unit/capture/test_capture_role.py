"""What a file is, told from content that the libraries themselves wrote."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import struct
import wave
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlversion.capture.role import role_of
from jupyter_mlversion.domain.artifact import Access, Role

MODEL, DATA, NOTEBOOK, OTHER = Role.MODEL, Role.DATA, Role.NOTEBOOK, Role.OTHER


def role(data: bytes, path: str = "file", access: Access = Access.TRACKED) -> Role:
    return role_of(path, io.BytesIO(data), access)


def written(tmp_path, save, name="file") -> bytes:
    save(tmp_path / name)
    return (tmp_path / name).read_bytes()


@pytest.fixture(scope="module")
def estimator():
    linear_model = pytest.importorskip("sklearn.linear_model")
    return linear_model.LogisticRegression().fit([[0.0], [1.0]], [0, 1])


@pytest.fixture(scope="module")
def forest():
    ensemble = pytest.importorskip("sklearn.ensemble")
    return ensemble.RandomForestClassifier(n_estimators=20).fit([[float(i)] for i in range(200)],
                                                                [i % 3 for i in range(200)])


@pytest.mark.parametrize("protocol", range(6))
def test_pickled_estimators_are_models(estimator, protocol):
    assert role(pickle.dumps(estimator, protocol), "file.pkl") == MODEL
    assert role(pickle.dumps({"scores": [1, 2], "model": estimator}, protocol), "file.pkl") == MODEL


@pytest.mark.parametrize("protocol", range(6))
def test_pickled_plain_values_are_data(protocol):
    np, pd = pytest.importorskip("numpy"), pytest.importorskip("pandas")
    for value in ([1, 2], {"a": "sklearn is a library"}, np.arange(5), pd.DataFrame({"a": [1]}), ["torch.nn",
                                                                                                  "keras."]):
        assert role(pickle.dumps(value, protocol), "model.pkl") == DATA


@pytest.mark.parametrize("compress", [0, 3, ("gzip", 3), ("bz2", 3), ("xz", 3), ("lzma", 3)])
def test_joblib(tmp_path, estimator, forest, compress):
    joblib, np = pytest.importorskip("joblib"), pytest.importorskip("numpy")
    for model in (estimator, forest, {"weights": np.arange(100_000), "model": estimator}):
        assert role(written(tmp_path, lambda path, model=model: joblib.dump(model, path, compress=compress)),
                    "x.joblib") == MODEL
    data = written(tmp_path, lambda path: joblib.dump(np.arange(1000.0), path, compress=compress))
    assert role(data, "x.joblib") == DATA


def test_a_pickle_of_strange_classes_goes_by_its_name():
    class_of_main = b"\x80\x04\x95\x1b\x00\x00\x00\x00\x00\x00\x00\x8c\x08__main__\x94\x8c\x03Net\x94\x93\x94)\x81\x94."
    assert role(class_of_main, "models/best.pkl") == MODEL
    assert role(class_of_main, "rows.pkl") == DATA


def test_a_dataset_of_scikit_learn_is_data():
    datasets = pytest.importorskip("sklearn.datasets")
    assert role(pickle.dumps(datasets.load_iris()), "iris.pkl") == DATA


def test_safetensors(tmp_path):
    safetensors, np = pytest.importorskip("safetensors.numpy"), pytest.importorskip("numpy")
    assert role(safetensors.save({"w": np.ones((2, 3), np.float32)})) == MODEL
    assert role(safetensors.save({})) == MODEL


def test_torch_zip_is_told_without_torch():
    assert role(zipped("archive/data.pkl", "archive/version", "archive/data/0"), "x.bin") == MODEL
    assert role(zipped("archive/data.pkl", "archive/code/__torch__.py", "archive/constants.pkl"), "x.bin") == MODEL
    assert role(b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.", "x.bin") == MODEL


@pytest.mark.heavy
def test_torch(tmp_path):
    torch = pytest.importorskip("torch")
    model = torch.nn.Linear(2, 2)
    assert role(written(tmp_path, lambda path: torch.save(model.state_dict(), path))) == MODEL
    legacy = written(tmp_path, lambda path: torch.save(model.state_dict(), path, _use_new_zipfile_serialization=False))
    assert role(legacy) == MODEL


@pytest.mark.heavy
def test_xgboost(tmp_path):
    xgboost = pytest.importorskip("xgboost")
    booster = xgboost.train({}, xgboost.DMatrix([[0.0], [1.0]], [0, 1]), 1)
    for name in ("m.json", "m.ubj"):
        assert role(written(tmp_path, booster.save_model, name)) == MODEL


@pytest.mark.heavy
def test_lightgbm(tmp_path):
    lightgbm, np = pytest.importorskip("lightgbm"), pytest.importorskip("numpy")
    booster = lightgbm.train({"verbose": -1}, lightgbm.Dataset(np.arange(100.0).reshape(50, 2), np.arange(50.0)), 1)
    assert role(written(tmp_path, booster.save_model)) == MODEL


@pytest.mark.heavy
def test_keras(tmp_path, monkeypatch):
    pytest.importorskip("torch")
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    for name in ("m.keras", "m.h5"):
        assert role(written(tmp_path, model.save, name)) == MODEL
    assert role(written(tmp_path, model.save_weights, "m.weights.h5"), "m.weights.h5") == MODEL


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x" * 100)
    return file.getvalue()


@pytest.mark.parametrize(("names", "expected"), [
    (["metadata.json", "config.json", "model.weights.h5"], MODEL), (["schema.json", "1.npy"], MODEL),
    (["policy.pth", "data"], MODEL), (["a.npy", "b.npy"], DATA), (["[Content_Types].xml", "xl/workbook.xml"], DATA),
])
def test_zip_files_go_by_what_they_hold(names, expected):
    assert role(zipped(*names), "anything") == expected


def test_hdf5_with_and_without_keras(tmp_path):
    h5py = pytest.importorskip("h5py")

    def save(path, **attributes):
        with h5py.File(path, "w") as file:
            file["x"] = list(range(1000))
            file.attrs.update(attributes)

    assert role(written(tmp_path, lambda path: save(path, keras_version="3.0", model_config="{}")), "x.bin") == MODEL
    assert role(written(tmp_path, save), "model.h5") == DATA


def field(number: int, payload: bytes | int) -> bytes:
    if isinstance(payload, int):
        return bytes([number << 3, payload])
    length, size = b"", len(payload)
    while size > 127:
        length, size = length + bytes([size & 127 | 128]), size >> 7
    return bytes([number << 3 | 2]) + length + bytes([size]) + payload


def test_onnx_and_saved_model():
    small = field(1, 9) + field(2, b"pytorch") + field(7, b"g" * 300) + field(8, b"\x10\x11")
    large = field(1, 9) + field(7, b"g" * (3 << 20)) + field(8, b"\x10\x11")
    assert role(small) == role(large) == MODEL
    assert role(field(1, 1) + field(2, b"meta graph"), "export/saved_model.pb") == MODEL
    assert role(b"", "export/variables/variables.data-00000-of-00001") == MODEL
    assert role(small[:-1], "x.dat") == DATA


@pytest.mark.parametrize(("data", "path", "expected"), [
    (b"GGUF\x03\0\0\0", "x", MODEL), (b"\x1c\0\0\0TFL3", "x", MODEL), (b"tree\nversion=v4\n", "x.txt", MODEL),
    (b'{"learner":{"attributes":{}},"version":[2,0,0]}', "x.json", MODEL),
    (b"{L\x00\x00\x00\x00\x00\x00\x00\x07learner{L", "x", MODEL), (b"CBM1\0\0", "x", MODEL),
    (b"a,b\n1,2\n", "x.csv", DATA), (b"a\tb\n", "x.tsv", DATA), (b"hello", "x.txt", DATA), (b'{"a": 1}', "x.json",
                                                                                            DATA),
    (b"PAR1....PAR1", "x", DATA), (b"ARROW1\0\0", "x", DATA), (b"\x93NUMPY\x01\0", "model", DATA),
    (b"SQLite format 3\0", "x", DATA), (b"", "empty.csv", DATA), (b"", "empty.pt", MODEL), (b"", "empty", OTHER),
    (b"import os\n", "train.py", OTHER), (b"a: 1\n", "conf.yaml", OTHER), (b"# T", "README.md", OTHER),
    (b"\x89PNG\r\n\x1a\n", "x", DATA), (b"\xff\xd8\xff\xe0", "x", DATA), (b"truncated", "model.safetensors", MODEL),
    (b"{ not json", "n.ipynb", OTHER), (b"{}", "n.ipynb", OTHER), (b"[" * 100_000, "n.ipynb", OTHER),
])
def test_by_magic_and_by_name(data, path, expected):
    assert role(data, path) == expected


def test_what_says_nothing_is_data_when_it_was_read():
    assert role(b"\x01\x02", "thing", Access.READ) == DATA
    assert role(b"\x01\x02", "thing", Access.WRITTEN) == OTHER


def test_tables_images_and_sound(tmp_path):
    pa, parquet, np = (pytest.importorskip(name) for name in ("pyarrow", "pyarrow.parquet", "numpy"))
    image = pytest.importorskip("PIL.Image")
    table = pa.table({"a": [1]})
    assert role(written(tmp_path, lambda path: parquet.write_table(table, path))) == DATA
    assert role(written(tmp_path, lambda path: np.savez(path, a=[1]), "a.npz")) == DATA
    for kind in ("png", "jpeg", "gif", "bmp", "tiff", "webp"):
        assert role(written(tmp_path, lambda path, kind=kind: image.new("RGB", (2, 2)).save(path, kind))) == DATA
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(b"\0\0")
    assert role(sound.getvalue()) == DATA
    assert role(gzip.compress(b"a,b\n"), "x.csv.gz") == DATA


def test_notebooks(tmp_path):
    body = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}
    assert role(json.dumps(body).encode(), "a.ipynb") == NOTEBOOK
    body["cells"] = [{"cell_type": "raw", "source": "x" * (6 << 20), "metadata": {}}]
    assert role(json.dumps(body).encode(), "a.ipynb") == NOTEBOOK
    assert role(json.dumps(body, sort_keys=True).encode(), "a.ipynb") == NOTEBOOK


class Boom:
    """Unpickling this would be noticed."""

    def __reduce__(self):
        return (exec, ("raise SystemExit('unpickled')",))


def test_nothing_is_unpickled():
    assert role(pickle.dumps(Boom()), "x.pkl") == DATA


def test_bombs_are_looked_into_only_so_far():
    assert role(gzip.compress(b"\x80\x04" + b"]" * (20 << 20), 9), "bomb.pkl") == DATA
    huge = zipped("a.npy")
    end = huge.rfind(b"PK\x05\x06")
    assert role(huge[:end + 12] + struct.pack("<I", 0xFFFFFFF0) + huge[end + 16:], "bomb.npz") == DATA


HEADS = [b"PK\x03\x04", b"PK\x05\x06", b"\x89HDF\r\n\x1a\n", b"\x80\x04", b"\x80\x02", b"\x1f\x8b\x08", b"x\x9c",
         b"BZh9", b"{",
         b"\xfd7zXZ\0", b"\x08\x07", b"\x08\x07:", b'\x10\0\0\0\0\0\0\0{"', b"]\0\0", b""]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(HEADS), st.binary(max_size=300), st.sampled_from([
    "a.pkl", "a.ipynb", "a.onnx", "saved_model.pb", "a.zip", "a", "a.h5", "a.safetensors", "\n", "a.joblib"]),
    st.sampled_from(list(Access)))
def test_no_bytes_are_too_broken(head, rest, path, access):
    assert isinstance(role(head + rest, path, access), Role)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_no_damaged_file_is_too_broken(data):
    whole = data.draw(st.sampled_from([zipped("a/data.pkl", "b"), pickle.dumps({"a": [1.5, "x"]}, 4),
                                       gzip.compress(b"abc" * 99)]))
    cut = data.draw(st.integers(0, len(whole)))
    place = data.draw(st.integers(0, len(whole) - 1))
    flipped = whole[:place] + bytes([whole[place] ^ data.draw(st.integers(1, 255))]) + whole[place + 1:]
    assert isinstance(role(flipped[:cut], "x"), Role)
