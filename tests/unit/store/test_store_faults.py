"""What the operating system refuses, and files that do not hold still."""

from __future__ import annotations

import errno
import mmap
import os
import threading
from pathlib import Path

import pytest

from jupyter_mlversion.errors import DiskFull, FileFailure
from jupyter_mlversion.store import Store, digest_of_bytes
from jupyter_mlversion.store.plan import CHUNK
from jupyter_mlversion.store.writer import Writer

ERRORS = [(errno.ENOSPC, DiskFull), (errno.EDQUOT, DiskFull), (errno.EIO, FileFailure)]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store")
    with store.batch() as batch:
        batch.put_bytes(b"before")
    return store


def packs(store: Store) -> list[Path]:
    return sorted((store._root / "packs").iterdir())


@pytest.mark.parametrize(("code", "expected"), ERRORS)
@pytest.mark.parametrize("failing", [1, 2])  # of the pack, of the folder
def test_a_failed_fsync_ends_the_batch_and_leaves_no_pack(store: Store, monkeypatch, code, expected, failing) -> None:
    before, calls, fsync = packs(store), [], os.fsync

    def fail(fd: int) -> None:
        calls.append(fd)
        if len(calls) == failing:
            raise OSError(code, os.strerror(code))
        fsync(fd)

    def fail_once() -> None:
        with store.batch() as batch:
            batch.put_bytes(b"lost")
            monkeypatch.setattr(os, "fsync", fail)
            for attempt in (batch.flush, batch.flush, lambda: batch.put_bytes(b"more")):
                with pytest.raises(expected):
                    attempt()
            assert len(calls) == failing, "it is not tried again"

    with pytest.raises(expected):
        fail_once()
    assert len(calls) == failing
    assert packs(store) == before
    for each in (store, Store(store._root)):
        assert digest_of_bytes(b"lost") not in each
        assert each.read(digest_of_bytes(b"before")) == b"before"
    with store.batch() as batch:
        assert batch.put_bytes(b"lost").new == 4
    assert store.verify(read_data=True) == []


@pytest.mark.parametrize(("code", "expected"), ERRORS)
def test_frames_of_small_files_that_cannot_be_written_end_the_batch(store: Store, monkeypatch, code, expected) -> None:
    before = packs(store)
    pwrite, written = os.pwrite, []

    def fail(fd: int, data: object, offset: int) -> int:
        if written:
            raise OSError(code, os.strerror(code))
        written.append(data)
        return pwrite(fd, data, offset)

    monkeypatch.setattr(os, "pwrite", fail)

    def put() -> None:
        with store.batch() as batch:
            for _ in range(100):
                batch.put_bytes(os.urandom(CHUNK // 8))

    with pytest.raises(expected):
        put()
    monkeypatch.undo()
    assert packs(store) == before
    assert store.verify(read_data=True) == []


@pytest.mark.parametrize(("code", "expected"), ERRORS)
def test_a_large_content_that_cannot_be_written_leaves_the_batch_usable(
    store: Store, monkeypatch, code, expected
) -> None:
    pwrite = os.pwrite

    def fail(fd: int, data: memoryview, offset: int) -> int:
        if offset > 3 * CHUNK:
            raise OSError(code, os.strerror(code))
        return pwrite(fd, data, offset)

    with store.batch() as batch:
        batch.put_bytes(b"small")
        for first in (True, False):
            with monkeypatch.context() as patch:
                patch.setattr(os, "pwrite", fail)
                with pytest.raises(expected):
                    batch.put_bytes(os.urandom(8 * CHUNK))
            batch.put_bytes(b"kept" * (first + 1) * CHUNK)
    assert store.read(digest_of_bytes(b"small")) == b"small"
    assert store.read(digest_of_bytes(b"kept" * CHUNK)) == b"kept" * CHUNK
    assert store.nbytes() < 10 * CHUNK
    assert store.verify(read_data=True) == []


@pytest.mark.parametrize("size", [5000, 8 * CHUNK])
def test_a_disk_error_in_the_file_is_told_and_the_batch_goes_on(store: Store, tmp_path, monkeypatch, size) -> None:
    (tmp_path / "file").write_bytes(os.urandom(size))

    def fail(*_arguments: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with store.batch() as batch, (tmp_path / "file").open("rb") as file:
        with monkeypatch.context() as patch:
            patch.setattr(os, "pread", fail)
            patch.setattr(os, "preadv", fail)
            with pytest.raises(FileFailure, match="reading the file failed"):
                batch.put_file(file.fileno())
        content = batch.put_file(file.fileno())
    assert store.read(content.digest) == (tmp_path / "file").read_bytes()
    assert store.verify(read_data=True) == []


@pytest.mark.parametrize("size", [4096, 6 * CHUNK])
def test_what_a_mapped_writer_leaves_is_stored_as_it_was_read(store: Store, tmp_path: Path, size: int) -> None:
    """A write to a mapped page changes no time of the file: only that what is hashed is what is stored helps."""
    path = tmp_path / "mapped"
    path.write_bytes(bytes(size))
    done = threading.Event()
    with path.open("r+b") as file, mmap.mmap(file.fileno(), size) as mapped:

        def write() -> None:
            value = 0
            while not done.is_set():
                value = (value + 1) % 256
                for offset in range(0, size, 65536):
                    mapped[offset] = value

        writer = threading.Thread(target=write)
        writer.start()
        try:
            with store.batch() as batch:
                contents = [batch.put_file(file.fileno()) for _ in range(5)]
        finally:
            done.set()
            writer.join()
    for content in contents:
        assert digest_of_bytes(store.read(content.digest)) == content.digest
    assert store.verify(read_data=True) == []


def test_a_short_answer_of_the_disk_is_no_end_of_the_file(store: Store, tmp_path: Path, monkeypatch) -> None:
    pread, preadv, pwrite = os.pread, os.preadv, os.pwrite
    monkeypatch.setattr(os, "pread", lambda fd, length, offset: pread(fd, min(length, 1000), offset))
    monkeypatch.setattr(os, "preadv", lambda fd, views, offset: preadv(fd, [views[0][:100_000]], offset))
    monkeypatch.setattr(os, "pwrite", lambda fd, data, offset: pwrite(fd, data[:100_000], offset))
    for size in (5000, 3 * CHUNK):
        data = os.urandom(size)
        (tmp_path / "file").write_bytes(data)
        with store.batch() as batch, (tmp_path / "file").open("rb") as file:
            content = batch.put_file(file.fileno())
        assert (content.size, content.stable) == (size, True)
        assert store.read(content.digest) == data


def test_a_pack_that_cannot_be_begun_leaves_nothing(store: Store, monkeypatch) -> None:
    before = packs(store)

    def refuse(*_arguments: object) -> int:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "pwrite", refuse)
    with pytest.raises(FileFailure), store.batch() as batch:
        batch.put_bytes(b"large" * CHUNK)
    assert packs(store) == before


def test_a_child_that_ends_a_batch_leaves_its_parents_pack_alone(store: Store, monkeypatch) -> None:
    writer = Writer(store._folder)
    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: 1)
        writer.abort()
    assert writer._path.exists()
