"""Snapshots racing collections: nothing that is needed ever goes, whatever the clocks say."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

from jupyter_mlversion.errors import Busy
from jupyter_mlversion.repository import Repository
from jupyter_mlversion.store import Store

PROGRAM = Path(__file__).parent / "race_program.py"
RACES = int(os.environ.get("MLVERSION_RACES", "60"))
"""Snapshots in all."""


def program(*words: object) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, str(PROGRAM), *map(str, words)], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True,
                            env={**os.environ, "PYTHONPATH": str(PROGRAM.parents[2])})


def test_snapshots_and_collections_of_a_store(tmp_path: Path) -> None:
    (tmp_path / "records").mkdir()
    collector = program("collect", tmp_path, 1)
    writers = [program("snapshot", tmp_path, RACES // 2, seed) for seed in (2, 3)]
    told = [writer.communicate(timeout=3000) for writer in writers]
    (tmp_path / "done").touch()
    collections, failure = collector.communicate(timeout=300)
    assert [error for _, error in (*told, (collections, failure))] == ["", "", ""]
    assert sum(int(count) for count, _ in told) == RACES // 2 * 2
    assert int(collections) > 0
    print(f"{RACES} snapshots, {collections.strip()} collections")
    store = Store(tmp_path / "store")
    assert [damage for damage in store.verify(read_data=True) if damage.kind != "missing"] == []


def test_checkpoints_and_collections_of_a_workspace(tmp_path: Path) -> None:
    """Versions are made, deleted and collected at once; each is whole when it is made, and so are those that stay."""
    (tmp_path / "mlversion.toml").write_text('track = ["*.bin"]\n')
    repository = Repository.init(tmp_path)
    stop, collections, errors = threading.Event(), [], []

    def collect() -> None:
        other = Repository(tmp_path)
        while not stop.is_set():
            try:
                collections.append(other.gc(at_once=len(collections) % 2 == 0))
            except Busy:
                continue
            except Exception as error:  # noqa: BLE001 - told by the test
                errors.append(error)
                return

    thread = threading.Thread(target=collect)
    thread.start()
    try:
        for number in range(max(RACES // 50, 6)):
            (tmp_path / "a.bin").write_bytes(bytes([number % 3]) * 300_000)
            (tmp_path / "b.bin").write_bytes(os.urandom(1000))
            version = repository.checkpoint().version
            assert version is not None
            for artifact in repository.show(version.id).snapshot.artifacts:
                assert artifact.digest is not None
                assert len(repository.store.read(artifact.digest)) == artifact.size
            if number > 2:
                repository.delete([repository.log()[2].id])
    finally:
        stop.set()
        thread.join()
    assert errors == []
    assert collections
    assert repository.verify(read_data=True) == []
    assert len(repository.log()) <= 4


def test_two_collections_at_once(tmp_path: Path) -> None:
    (tmp_path / "mlversion.toml").write_text('track = ["*.bin"]\n')
    repository = Repository.init(tmp_path)
    for number in range(4):
        (tmp_path / "a.bin").write_bytes(os.urandom(1000 + number))
        repository.checkpoint()
    repository.delete([version.id for version in repository.log()[1:]])
    told: list[object] = []

    def collect() -> None:
        try:
            told.append(Repository(tmp_path).gc(at_once=True))
        except Busy as error:
            told.append(error)

    threads = [threading.Thread(target=collect) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert any(not isinstance(one, Busy) for one in told)
    assert repository.verify(read_data=True) == []
