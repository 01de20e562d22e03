from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

import pytest

from jupyter_mlversion.store import Store, clone, digest_of_bytes
from jupyter_mlversion.store.pack import gaps, opened, read_footer
from jupyter_mlversion.store.plan import CHUNK

SIZE = 24 * CHUNK


def free(folder: Path) -> int:
    os.sync()
    state = os.statvfs(folder)
    return state.f_bavail * state.f_frsize


def put(store: Store, path: Path) -> str:
    with store.batch() as batch, path.open("rb") as file:
        return batch.put_file(file.fileno()).digest


def test_a_large_file_is_stored_in_the_blocks_that_it_has(reflinks: Path) -> None:
    store, path = Store(reflinks / "store"), reflinks / "file"
    first = os.urandom(SIZE + 77)
    path.write_bytes(first)
    before = free(reflinks)
    put(store, path)
    assert before - free(reflinks) < 2 * CHUNK
    path.unlink()
    assert before - free(reflinks) < 2 * CHUNK
    second = first[:5 * CHUNK + 5] + os.urandom(CHUNK) + first[5 * CHUNK + 5:]
    path.write_bytes(second)
    put(store, path)
    path.unlink()
    assert before - free(reflinks) < 6 * CHUNK, "what is new is copied"
    for data in (first, second):
        assert Store(store._root).read(digest_of_bytes(data)) == data
    assert store.verify(read_data=True) == []
    footers = []
    for name in store._folder.names():
        with opened(store._folder.pack(name)) as fd:
            footers.append(read_footer(fd, name))
    assert any([*gaps(footer)] for footer in footers)


@pytest.mark.usefixtures("sharing")
def test_what_is_shared_is_what_was_read(tmp_path: Path) -> None:
    store, path = Store(tmp_path / "store"), tmp_path / "file"
    first = os.urandom(SIZE + 77)
    for data in (first, first[:5 * CHUNK + 5] + os.urandom(CHUNK) + first[5 * CHUNK + 5:]):
        path.write_bytes(data)
        assert put(store, path) == digest_of_bytes(data)
        assert Store(store._root).read(digest_of_bytes(data)) == data
    assert store.verify(read_data=True) == []


def test_a_put_that_is_undone_leaves_no_bytes_where_zeros_belong(reflinks: Path) -> None:
    store, path = Store(reflinks / "store"), reflinks / "file"
    path.write_bytes(os.urandom(SIZE))

    def stop(_phase: str, done: int, _total: int) -> None:
        if done > 8 * CHUNK:
            raise KeyError

    with store.batch() as batch, path.open("rb") as file:
        batch.put_bytes(os.urandom(2 * CHUNK + 7))
        with pytest.raises(KeyError):
            batch.put_file(file.fileno(), stop)
        batch.put_bytes(b"small")
        digest = batch.put_file(file.fileno()).digest
    assert store.read(digest) == path.read_bytes()
    assert store.verify(read_data=True) == []


def test_what_is_written_to_a_file_later_does_not_change_what_is_stored(reflinks: Path) -> None:
    store, path = Store(reflinks / "store"), reflinks / "file"
    data = os.urandom(SIZE)
    path.write_bytes(data)
    digest = put(store, path)
    with path.open("r+b") as file:
        file.write(b"overwritten" * 100_000)
    assert store.read(digest) == data


@pytest.mark.parametrize("failing", [clone._FICLONE, clone._FICLONERANGE])
def test_blocks_that_cannot_be_shared_are_copied(tmp_path: Path, monkeypatch, failing: int) -> None:
    """As `ioctl` refuses on most file systems; what it would have shared is the same."""

    def ioctl(fd: int, request: int, argument: int) -> int:
        if request == failing:
            raise OSError(errno.EOPNOTSUPP, "Operation not supported")
        data = os.pread(argument, SIZE * 2, 0)
        return os.pwrite(fd, data, 0)

    monkeypatch.setattr(fcntl, "ioctl", ioctl)
    (tmp_path / "file").write_bytes(os.urandom(SIZE + 5))
    store = Store(tmp_path / "store")
    digest = put(store, tmp_path / "file")
    assert store.read(digest) == (tmp_path / "file").read_bytes()
    assert store.verify(read_data=True) == []


def test_where_there_are_no_files_without_names_nothing_is_shared(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"data")
    with (tmp_path / "file").open("rb") as file, clone.cloned(file.fileno(), tmp_path / "nowhere") as copy:
        assert copy is None
