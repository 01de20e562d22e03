from __future__ import annotations

import os
from pathlib import Path

from jupyter_mlversion.store.flock import Flock


def test_two_locks_of_one_process_exclude_each_other(tmp_path: Path) -> None:
    first, second = Flock(tmp_path / "lock"), Flock(tmp_path / "lock")
    assert first.take(patience=0)
    assert not second.take(patience=0)
    assert not second.take(shared=True, patience=0.05)
    first.close()
    assert second.take(shared=True, patience=0)
    third = Flock(tmp_path / "lock")
    assert third.take(shared=True, patience=0)
    assert not third.take(patience=0)
    second.close()
    third.close()


def test_a_forked_child_neither_frees_the_lock_nor_keeps_it(tmp_path: Path) -> None:
    lock, other = Flock(tmp_path / "lock"), Flock(tmp_path / "lock")
    assert lock.take(patience=0)
    reading, writing = os.pipe()
    ending, end = os.pipe()
    child = os.fork()
    if child == 0:
        lock.close()
        os.write(writing, b"closed")
        os.read(ending, 1)
        os._exit(0)
    try:
        assert os.read(reading, 6) == b"closed"
        assert not other.take(patience=0)
        lock.close()
        assert other.take(patience=0)
    finally:
        os.write(end, b".")
        os.waitpid(child, 0)
        for descriptor in (reading, writing):
            os.close(descriptor)
        other.close()
