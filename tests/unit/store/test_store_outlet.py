from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jupyter_mlversion.errors import DiskFull, FileFailure
from jupyter_mlversion.store import Store
from jupyter_mlversion.store import fetch as fetching
from jupyter_mlversion.store import outlet as outlets
from jupyter_mlversion.store.outlet import LONG, SPAN, Stream, buffer, outlet

DIRECT = getattr(os, "O_DIRECT", 0)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[int]:
    fd = os.open(tmp_path / "out", os.O_RDWR | os.O_CREAT)
    yield fd
    os.close(fd)


@pytest.mark.parametrize("size", [0, 1, 4096, 4097, SPAN, 2 * SPAN + 5000])
@pytest.mark.parametrize("said", [0, LONG])
def test_what_is_written_is_in_the_file(file: int, size: int, said: int) -> None:
    data = os.urandom(size)
    with outlet(file, said) as way, ThreadPoolExecutor(1) as pool:
        stream = Stream(way, pool)
        for start in range(0, size, 777_777):
            stream.add(data[start:start + 777_777])
        stream.end()
    assert os.pread(file, size + 1, 0) == data
    assert not fcntl.fcntl(file, fcntl.F_GETFL) & DIRECT


def test_what_is_nowhere_aligned_is_written_all_the_same(file: int) -> None:
    data = os.urandom(100_001)
    with outlet(file, LONG) as way:
        way.write(memoryview(data)[1:], 3)
        way.write(data[:1], 2)
    assert os.pread(file, len(data) + 9, 2) == data[:1] + data[1:]


def test_a_file_system_that_writes_nothing_past_the_memory_is_no_obstacle(
    file: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_fd: int, command: int, *flags: int) -> int:
        if command == fcntl.F_SETFL:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        return 0

    data = os.urandom(SPAN + 5)
    with monkeypatch.context() as patch:
        patch.setattr(fcntl, "fcntl", refuse)
        with outlet(file, LONG) as way:
            way.write(data, 0)
    assert os.pread(file, len(data) + 1, 0) == data


def test_a_disk_that_writes_a_part_only_is_asked_again(file: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, full = os.pwrite, buffer()
    full[:] = os.urandom(SPAN)
    monkeypatch.setattr(os, "pwrite", lambda fd, data, offset: whole(fd, data[:max(len(data) // 2, 1)], offset))
    with outlet(file, LONG) as way:
        way.write(full, 0)
    assert os.pread(file, SPAN + 1, 0) == full


@pytest.mark.parametrize(("number", "error"), [(errno.ENOSPC, DiskFull), (errno.EIO, FileFailure)])
def test_a_refusal_is_told(file: int, monkeypatch: pytest.MonkeyPatch, number: int, error: type[Exception]) -> None:
    def refuse(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "pwrite", refuse)
    with outlet(file, LONG) as way, ThreadPoolExecutor(1) as pool:
        stream = Stream(way, pool)
        stream.add(bytes(SPAN))
        with pytest.raises(error):
            stream.end()
    assert not fcntl.fcntl(file, fcntl.F_GETFL) & DIRECT


@pytest.mark.parametrize("texts", [False, True])
def test_a_long_content_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, texts: bool) -> None:
    monkeypatch.setattr(outlets, "LONG", 2**20)
    monkeypatch.setattr(fetching, "LONG", 2**20)
    data = os.urandom(9 * 2**20 + 123)
    store = Store(tmp_path / "store")
    with store.batch() as batch:
        digest = batch.put_bytes(data).digest
    if texts:  # chunks that have to be decoded go another way
        monkeypatch.setattr(fetching, "runs_of", lambda *_: None)
    told: list[int] = []
    with (tmp_path / "out").open("wb") as out:
        store.get(digest, out.fileno(), lambda _phase, done, total: told.append(done - total))
    assert (tmp_path / "out").read_bytes() == data
    assert told[-1] == 0
