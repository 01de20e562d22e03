"""`gc --repack`: what versions hold takes less, once; all of it comes back the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from jupyter_mlversion.cli.main import main
from jupyter_mlversion.domain.digest import hash_of_digest
from jupyter_mlversion.repository import Repository
from jupyter_mlversion.repository.lineage import lineage
from jupyter_mlversion.store.encoding import DELTA, PREFIX
from jupyter_mlversion.store.repack import Step
from jupyter_mlversion.store.room import Room

RANDOM = np.random.default_rng(0)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    (folder / "models").mkdir(parents=True)
    (folder / "mlversion.toml").write_text('track = ["*.npy", "*.csv"]\n')
    return folder


def save(root: Path, weights: np.ndarray, rows: list[str]) -> dict[str, bytes]:
    np.save(root / "models" / "w.npy", weights)
    (root / "t.csv").write_text("\n".join(rows))
    return {name: (root / name).read_bytes() for name in ("models/w.npy", "t.csv")}


def names(repository: Repository) -> set[bytes]:
    return {pack.name for pack in repository.store.survey().packs}


def test_versions_are_encoded_against_those_before_them(root: Path) -> None:
    repository = Repository.init(root)
    weights = (RANDOM.standard_normal(400_000) * 0.02).astype("f4")
    rows = [",".join(map(str, row)) for row in RANDOM.integers(0, 10**7, (20_000, 5))]
    versions: dict[str, dict[str, bytes]] = {}
    for number in range(3):
        held = save(root, weights, rows)
        version = repository.checkpoint(message=str(number)).version
        assert version is not None
        versions[version.id] = held
        weights = (weights + RANDOM.standard_normal(400_000) * 2e-5).astype("f4")
        rows = [f"{row},{number}" for row in rows]
    before = repository.store.nbytes()
    assert main(["-C", str(root), "gc", "--repack", "--now"]) == 0
    packs = repository.store.survey().packs
    assert repository.store.nbytes() < 0.75 * before
    assert {frame.encoding for pack in packs for frame in pack.footer.frames} >= {DELTA, PREFIX}
    assert repository.verify(read_data=True) == []
    for id_, held in versions.items():
        for path, data in held.items():
            artifact = repository.show(id_).snapshot.artifact(path)
            assert artifact is not None
            assert artifact.digest is not None
            assert repository.store.read(artifact.digest) == data
    once = names(repository)
    repository.gc(repack=True)
    assert names(repository) == once  # nothing is tried twice
    held = save(root, weights, rows)
    last = repository.checkpoint(message="one more").version
    assert last is not None
    repository.tidy()
    assert once < names(repository)
    after = [pack for pack in repository.store.survey().packs if pack.name not in once]
    # against what was encoded before
    assert DELTA in {frame.encoding for pack in after for frame in pack.footer.frames}
    assert repository.verify(read_data=True) == []
    artifact = repository.show(last.id).snapshot.artifact("t.csv")
    assert artifact is not None
    assert artifact.digest is not None
    assert repository.store.read(artifact.digest) == held["t.csv"]


def test_a_deleted_version_is_no_base_and_its_dependents_stay_readable(root: Path) -> None:
    repository = Repository.init(root)
    weights = (RANDOM.standard_normal(400_000) * 0.02).astype("f4")
    ids = []
    for number in range(3):
        save(root, weights, ["a"])
        version = repository.checkpoint(message=str(number)).version
        assert version is not None
        ids.append(version.id)
        weights = (weights + RANDOM.standard_normal(400_000) * 2e-5).astype("f4")
        if number == 1:
            repository.gc(repack=True, at_once=True)
    repository.delete(ids[:1])
    repository.gc(at_once=True)
    assert repository.verify(read_data=True) == []
    repository.gc(repack=True, at_once=True)
    assert repository.verify(read_data=True) == []


def test_without_room_for_it_what_is_dead_goes_all_the_same(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = Repository.init(root)
    save(root, np.arange(300_000.0), ["a"])
    first = repository.checkpoint(message="one").version
    save(root, np.arange(300_001.0), ["a"])
    repository.checkpoint(message="two")
    assert first is not None
    repository.delete([first.id])
    monkeypatch.setattr(Room, "has", lambda *_asked: False)
    before = repository.store.nbytes()
    collected = repository.gc(repack=True, at_once=True).collected
    assert collected is not None
    assert collected.crowded
    assert repository.store.nbytes() < before / 1.5
    assert repository.verify(read_data=True) == []


def test_lineage_follows_paths(root: Path) -> None:
    repository = Repository.init(root)
    digests = []
    for number in range(3):
        save(root, np.zeros(3), [str(number % 2)])
        (root / "models" / b"\xff.csv".decode("utf-8", "surrogateescape")).write_text(str(number))
        version = repository.checkpoint(message=str(number)).version
        assert version is not None
        artifact = repository.show(version.id).snapshot.artifact("t.csv")
        assert artifact is not None
        assert artifact.digest is not None
        digests.append(hash_of_digest(artifact.digest))
    steps = [(step.content, step.parent) for step in lineage(repository.history)]
    assert [step for step in steps if step[0] in digests] == [
        (digests[0], None), (digests[1], digests[0]), (digests[0], digests[1])]


def test_nothing_has_no_lineage(tmp_path: Path) -> None:
    from jupyter_mlversion.history import History

    assert list(lineage(History(tmp_path / "history.git"))) == []


def test_what_has_no_digest_has_no_lineage(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    history = Repository.init(root).history
    rows = b'[{"digest":null,"name":"gone.csv"},{"digest":"blake3:%s","name":"t.csv"}]' % (b"0" * 64)
    files = [(b"artifacts/files.json", rows), (b"runs.json", b"[]"), (b"artifacts/in/x/files.json", b"no JSON")]
    monkeypatch.setattr(history, "files", lambda _ids, _seen: iter(files))
    assert list(lineage(history)) == [Step(bytes(32))]


def test_the_note_of_what_was_encoded_may_be_lost_or_wrong(root: Path) -> None:
    repository = Repository.init(root)
    save(root, np.arange(300_000.0), ["a"])
    repository.checkpoint(message="one")
    repository.gc(repack=True, at_once=True)
    (note,) = (root / ".mlversion").rglob("settled")
    note.write_text("no name\n")
    repository.gc(repack=True, at_once=True)
    assert repository.verify(read_data=True) == []
    assert {bytes.fromhex(line) for line in note.read_text().split()} == names(repository)
    note.unlink()
    note.mkdir()
    repository.gc(repack=True, at_once=True)
    assert repository.verify(read_data=True) == []
