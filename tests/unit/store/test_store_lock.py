from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from jupyter_mlversion.errors import Busy, FileFailure
from jupyter_mlversion.store import Store
from jupyter_mlversion.store.lock import shared


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


def test_who_stores_does_not_wait_for_ever(store: Store) -> None:
    path = store._root / "storing.lock"
    with (
        store.alone(patience=0),
        pytest.raises(Busy, match="does not end"),
        shared(path, patience=0.05),
    ):
        pass


def test_a_child_that_was_forked_meanwhile_keeps_no_lock(store: Store) -> None:
    with store.storing():
        copies = [os.dup(fd) for fd in _open_locks(store)]  # as a child has it
    with store.alone(patience=0) as granted:
        assert granted
        copies += [os.dup(fd) for fd in _open_locks(store) if fd not in copies]
    assert len(copies) == 2
    with store.alone(patience=0) as granted:
        assert granted
    for fd in copies:
        os.close(fd)


def _open_locks(store: Store) -> list[int]:
    inode = (store._root / "storing.lock").stat().st_ino
    found = []
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            if os.fstat(int(name)).st_ino == inode:
                found.append(int(name))
    return found


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
