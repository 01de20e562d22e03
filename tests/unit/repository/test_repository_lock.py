"""The writer lock and the mark of a dead writer."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from jupyter_mlversion.errors import Busy
from jupyter_mlversion.repository.lock import WriterLock

if TYPE_CHECKING:
    from pathlib import Path


def nothing() -> None:
    """There is nothing to mend."""


def test_it_is_held_by_one_thread_at_a_time_and_nests(tmp_path: Path) -> None:
    lock = WriterLock(tmp_path)
    inside: list[int] = []

    def work() -> None:
        with lock.hold(nothing), lock.hold(nothing):
            inside.append(1)
            assert len(inside) == 1
            inside.pop()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not lock.interrupted


def test_another_process_waits_and_then_says_so(tmp_path: Path) -> None:
    with (
        WriterLock(tmp_path).hold(nothing),
        pytest.raises(Busy, match="another process"),
        WriterLock(tmp_path).hold(nothing, wait=0.05),
    ):
        pass


def test_an_error_leaves_no_mark(tmp_path: Path) -> None:
    lock = WriterLock(tmp_path)
    with pytest.raises(ValueError, match="x"), lock.hold(nothing):
        raise ValueError("x")
    assert not lock.interrupted


def test_a_death_leaves_a_mark_and_the_next_holder_mends(tmp_path: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from jupyter_mlversion.repository.lock import WriterLock\n"
        "with WriterLock(Path(sys.argv[1])).hold(lambda: None): os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False).returncode == 9
    lock = WriterLock(tmp_path)
    assert lock.interrupted
    mended: list[bool] = []
    with lock.hold(lambda: mended.append(True)):
        pass
    assert mended == [True]
    assert not lock.interrupted
