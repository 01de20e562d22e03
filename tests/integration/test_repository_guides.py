"""Weights whose places another file tells: by checkpoints, and by `gc --repack`, that much and no more is stored."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from jupyter_mlversion.domain.digest import hash_of_digest
from jupyter_mlversion.repository import Repository
from jupyter_mlversion.repository.lineage import lineage
from jupyter_mlversion.store.encoding import DELTA, PLANES
from jupyter_mlversion.store.repack import Named

RANDOM = np.random.default_rng(0)
Weights = dict[str, np.ndarray]


def field(key: int, value: bytes | int) -> bytes:
    """Of Protocol Buffers: a small number, or few bytes."""
    if isinstance(value, int):
        return bytes([key << 3, value])
    length = bytes([len(value)]) if len(value) < 128 else bytes([len(value) & 127 | 128, len(value) >> 7])
    return bytes([key << 3 | 2]) + length + value


def save(folder: Path, weights: Weights) -> bytes:
    """An ONNX model of float32 and the file with its weights."""
    tensors, data = b"", b"-"  # not at a multiple of four
    for values in weights.values():
        told = {"location": "m.onnx.data", "offset": str(len(data)), "length": str(values.nbytes)}
        tensors += field(5, field(2, 1) + b"".join(
            field(13, field(1, key.encode()) + field(2, value.encode())) for key, value in told.items()))
        data += values.tobytes()
    (folder / "m.onnx").write_bytes(field(1, 10) + field(7, tensors))
    (folder / "m.onnx.data").write_bytes(data)
    return data


@pytest.fixture
def weights() -> Weights:
    return {f"w{at}": (RANDOM.standard_normal(300_000 + at) * 0.02).astype("f4") for at in range(4)}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "models").mkdir()
    (tmp_path / "mlversion.toml").write_text('track = ["*.onnx", "*.data"]\n')
    return tmp_path


def _encodings(repository: Repository) -> set[int]:
    return {frame.encoding for pack in repository.store.survey().packs for frame in pack.footer.frames}


def test_a_head_costs_itself_and_a_repack_knows_the_numbers(root: Path, weights: Weights) -> None:
    repository = Repository.init(root)
    held = {}
    for number in range(3):
        if number == 1:
            weights["w2"] += np.float32(1)
        if number == 2:
            weights = {name: values + RANDOM.standard_normal(values.size).astype("f4") * np.float32(2e-5)
                       for name, values in weights.items()}
        before = repository.store.nbytes()
        data = save(root / "models", weights)
        version = repository.checkpoint(message=str(number)).version
        assert version is not None
        held[version.id] = data
        if number == 1:
            assert repository.store.nbytes() - before < weights["w2"].nbytes + 20_000
    before = repository.store.nbytes()
    repository.gc(repack=True, at_once=True)
    assert repository.store.nbytes() < 0.8 * before
    assert {DELTA, PLANES} <= _encodings(repository)
    assert repository.verify(read_data=True) == []
    for id_, data in held.items():
        artifact = repository.show(id_).snapshot.artifact("models/m.onnx.data")
        assert artifact is not None
        assert artifact.digest is not None
        assert repository.store.read(artifact.digest) == data


def test_lineage_names_the_guides(root: Path, weights: Weights) -> None:
    repository = Repository.init(root)
    save(root / "models", weights)
    (root / "b.data").write_bytes(b"in another folder")
    version = repository.checkpoint(message="one").version
    assert version is not None
    snapshot = repository.show(version.id).snapshot
    model, data = (snapshot.artifact(f"models/m.onnx{ending}") for ending in ("", ".data"))
    assert model is not None
    assert data is not None
    steps = {step.content: step.named for step in lineage(repository.history)}
    assert steps.pop(hash_of_digest(data.digest)) == Named("m.onnx.data", (("m.onnx", hash_of_digest(model.digest)),))
    assert set(steps.values()) == {None}


def test_a_guide_that_is_not_stored_is_of_no_help(root: Path, weights: Weights) -> None:
    rules = '[[storage]]\npatterns = ["*.onnx"]\nkeep = "digest"\n'
    (root / "mlversion.toml").write_text(f'track = ["*.onnx", "*.data"]\n{rules}')
    repository = Repository.init(root)
    save(root, weights)
    repository.checkpoint(message="one")
    repository.gc(repack=True, at_once=True)
    assert repository.verify(read_data=True) == []
    assert not {DELTA, PLANES} & _encodings(repository)
