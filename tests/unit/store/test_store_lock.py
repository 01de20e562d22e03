from __future__ import annotations

import threading
from pathlib import Path

import pytest

from jupyter_mlversion.errors import FileFailure
from jupyter_mlversion.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def test_nobody_is_alone_while_somebody_stores(store: Store) -> None:
    with store.storing(), store.storing(), Store(store._root).storing():
        with store.alone(patience=0) as granted:
            assert not granted
        with store.alone(patience=0.05) as granted:
            assert not granted
    with store.alone(patience=0) as granted:
        assert granted
        with Store(store._root).alone(patience=0) as other:
            assert not other


def test_who_waits_is_let_in_when_the_others_are_done(store: Store) -> None:
    got = []

    def wait() -> None:
        with store.alone(patience=30) as granted:
            got.append(granted)

    with store.storing():
        waiting = threading.Thread(target=wait)
        waiting.start()
    waiting.join()
    assert got == [True]


def test_a_batch_stores_from_its_first_put_to_its_end(store: Store) -> None:
    def is_free() -> bool:
        with store.alone(patience=0) as granted:
            return granted

    with store.batch() as batch:
        assert is_free()
        batch.put_bytes(b"data")
        assert not is_free()
        batch.flush()
        assert not is_free()
    assert is_free()


def test_a_place_where_no_lock_can_be_made_is_a_file_failure(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("in the way")
    with pytest.raises(FileFailure, match="locking the store failed"), Store(tmp_path / "store").storing():
        pass
