from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from jupyter_mlversion.errors import Cancelled, DiskFull, FileFailure, QuotaReached
from jupyter_mlversion.store import Store, digest_of_bytes
from jupyter_mlversion.store.plan import CHUNK, Cut, plain
from jupyter_mlversion.store.source import FileSource


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store", planner=plain)


def packs(store: Store) -> list[Path]:
    return sorted((store._root / "packs").glob("*"))


def put(store: Store, *contents: bytes) -> list[int]:
    """What each added."""
    with store.batch() as batch:
        return [batch.put_bytes(data).new for data in contents]


def test_a_batch_is_one_pack_and_an_empty_one_is_none(store: Store) -> None:
    with store.batch():
        pass
    assert not store._root.exists()
    put(store, b"a", b"b", os.urandom(2 * CHUNK))
    assert len(packs(store)) == 1


def test_nothing_is_stored_twice(store: Store) -> None:
    big = os.urandom(CHUNK) + os.urandom(CHUNK) + b"tail"
    assert put(store, b"abc", b"abc", big, big) == [3, 0, len(big), 0]
    assert put(store, b"abc", big) == [0, 0]
    assert len(packs(store)) == 1
    assert put(store, big[:CHUNK] + big[:CHUNK] + b"TAIL") == [4]  # only the tail is new
    assert Store(store._root).read(digest_of_bytes(big)) == big


def test_what_a_put_tells(store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 5000)
    told = []
    with store.batch() as batch, (tmp_path / "file").open("rb") as file:
        content = batch.put_file(file.fileno(), lambda *state: told.append(state))
    assert content.digest == digest_of_bytes(b"x" * 5000)
    assert (content.size, content.stable) == (5000, True)
    assert content.new == 5000
    assert store.nbytes() < 1000  # compressed
    assert told == [("storing", 5000, 5000)]


def test_contents_are_found_once_they_are_durable(store: Store) -> None:
    other = Store(store._root)
    with store.batch() as batch:
        first = batch.put_bytes(b"first").digest
        assert first not in store
        batch.flush()
        assert first in store
        assert first in other
        second = batch.put_bytes(b"second").digest
        assert second not in other
    assert second in other
    assert len(packs(store)) == 2


def test_a_batch_that_raises_leaves_nothing_but_what_was_flushed(store: Store) -> None:
    def fail() -> None:
        with store.batch() as batch:
            batch.put_bytes(b"first")
            batch.flush()
            batch.put_bytes(b"second")
            batch.put_bytes(b"third" * CHUNK)
            assert len(packs(store)) == 2
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert len(packs(store)) == 1
    assert digest_of_bytes(b"first") in store
    assert digest_of_bytes(b"second") not in store
    assert digest_of_bytes(b"second") not in Store(store._root)


def test_a_cancelled_put_leaves_nothing_of_itself_and_the_batch_goes_on(store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(os.urandom(3 * CHUNK))

    def stop(_phase: str, done: int, _total: int) -> None:
        if done > CHUNK:
            raise Cancelled("stopped")

    with store.batch() as batch, (tmp_path / "file").open("rb") as file:
        for _ in range(2):  # as the first, and after another
            with pytest.raises(Cancelled):
                batch.put_file(file.fileno(), stop)
            batch.put_bytes(b"kept")
    assert store.nbytes() < 1000
    assert store.read(digest_of_bytes(b"kept")) == b"kept"
    assert store.verify(read_data=True) == []


def test_a_file_that_changes_once_is_read_again(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"before" * CHUNK)
    calls = []

    def change(*_state: object) -> None:
        if not calls:
            path.write_bytes(b"after")
        calls.append(1)

    with store.batch() as batch, path.open("rb") as file:
        content = batch.put_file(file.fileno(), change)
    assert content.stable
    assert store.read(content.digest) == b"after"
    assert store.nbytes() < 1000  # nothing of the first try


def test_a_file_that_was_only_touched_while_it_was_read_is_stored(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "model"
    data = os.urandom(3 * CHUNK)
    path.write_bytes(data)
    touched = []

    def touch(*_state: object) -> None:
        if not touched:
            touched.append(os.utime(path, ns=(1, 1)))

    with store.batch() as batch, path.open("rb") as file:
        content = batch.put_file(file.fileno(), touch)
    assert (content.stable, content.new) == (True, len(data))
    assert store.read(content.digest) == data  # the first try listed the same content, and was undone


def test_a_put_that_was_cancelled_after_its_last_byte_is_not_taken_for_stored(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "model"
    data = os.urandom(3 * CHUNK)
    path.write_bytes(data)

    with store.batch() as batch, path.open("rb") as file:
        held_still = FileSource.held_still
        FileSource.held_still = _refuse  # type: ignore[method-assign]
        try:
            with pytest.raises(FileFailure):
                batch.put_file(file.fileno())
        finally:
            FileSource.held_still = held_still  # type: ignore[method-assign]
        digest = batch.put_bytes(data).digest
    assert store.read(digest) == data


def _refuse(_source: FileSource) -> bool:
    raise FileFailure("refused")


def test_a_large_content_of_one_chunk_is_stored(tmp_path: Path) -> None:
    data = os.urandom(3 * CHUNK)
    store = Store(tmp_path / "store", planner=lambda source: iter([Cut(source.size)]))
    assert put(store, data, data) == [len(data), 0]
    assert put(store, data) == [0]
    assert store.read(digest_of_bytes(data)) == data


def test_a_file_that_never_holds_still_is_stored_as_it_was_read(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"line\n" * CHUNK)
    tries = []

    def append(_phase: str, done: int, _total: int) -> None:
        with path.open("ab") as file:
            file.write(b"more")
        if done == CHUNK:
            tries.append(1)

    with store.batch() as batch, path.open("rb") as file:
        content = batch.put_file(file.fileno(), append)
    assert not content.stable
    assert len(tries) == 3
    assert digest_of_bytes(store.read(content.digest)) == content.digest
    assert path.read_bytes().startswith(store.read(content.digest))
    assert store.verify(read_data=True) == []


def test_a_file_that_shrinks_while_it_is_read_is_read_again(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 3 * CHUNK)

    def shrink(*_state: object) -> None:
        if path.stat().st_size > 10:
            os.truncate(path, 10)

    with store.batch() as batch, path.open("rb") as file:
        content = batch.put_file(file.fileno(), shrink)
    assert (content.size, content.stable) == (10, True)


def test_what_is_no_regular_file_is_refused_and_the_batch_goes_on(store: Store, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with store.batch() as batch:
        fd = os.open(tmp_path / "fifo", os.O_RDONLY | os.O_NONBLOCK)
        with pytest.raises(FileFailure):
            batch.put_file(fd)
        os.close(fd)
        batch.put_bytes(b"kept")
    assert digest_of_bytes(b"kept") in store


def test_the_quota_is_never_passed(tmp_path: Path) -> None:
    store = Store(tmp_path / "store", quota=100_000)
    half = os.urandom(50_000)
    with store.batch() as batch:
        batch.put_bytes(half)
        with pytest.raises(QuotaReached, match=r"60\.0 kB|60\.\d kB"):
            batch.put_bytes(os.urandom(60_000))
        batch.put_bytes(os.urandom(40_000))
    assert store.nbytes() <= 100_000
    with store.batch() as batch:
        assert batch.put_bytes(half).new == 0  # needs no room
        with pytest.raises(QuotaReached):
            batch.put_bytes(os.urandom(20_000))
    smaller = Store(tmp_path / "store", quota=10)  # lowered afterwards
    with smaller.batch() as batch:
        assert batch.put_bytes(half).new == 0
        with pytest.raises(QuotaReached):
            batch.put_bytes(b"x")
    assert smaller.nbytes() <= 100_000


def test_a_disk_without_room_is_found_out_before_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known, new = os.urandom(2 * CHUNK), os.urandom(2 * CHUNK)
    store = Store(tmp_path / "store")
    put(store, known)
    before = packs(store)
    real = os.statvfs(tmp_path)
    full = os.statvfs_result((real.f_bsize, 4096, 2**20, 900, 300, *real[5:]))  # 1.2 MB that users may take
    monkeypatch.setattr(os, "statvfs", lambda _path: full)
    with store.batch() as batch:
        with pytest.raises(DiskFull, match="no room"):
            batch.put_bytes(new)
        assert packs(store) == before
        assert batch.put_bytes(known).new == 0


def test_an_ended_batch_takes_no_more(store: Store) -> None:
    with store.batch() as batch:
        pass
    with pytest.raises(RuntimeError, match="has ended"):
        batch.put_bytes(b"late")


def test_threads_may_share_a_batch_and_a_store(store: Store) -> None:
    contents = [os.urandom(1000 + number) for number in range(40)]
    with store.batch() as batch:
        threads = [threading.Thread(target=lambda data=data: batch.put_bytes(data)) for data in contents * 2]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    wrong: list[bytes] = []

    def check(data: bytes) -> None:
        if store.read(digest_of_bytes(data)) != data:
            wrong.append(data)

    threads = [threading.Thread(target=check, args=(data,)) for data in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert sum(map(len, contents)) < store.nbytes() < sum(map(len, contents)) + 40 * 300


def test_a_small_file_that_changes_once_is_read_again(store: Store, tmp_path: Path, monkeypatch) -> None:
    path, still = tmp_path / "file", FileSource.held_still
    path.write_bytes(b"before")

    def change(source: FileSource) -> bool:
        if path.read_bytes() == b"before":
            path.write_bytes(b"after!")
        return still(source)

    monkeypatch.setattr(FileSource, "held_still", change)
    with store.batch() as batch, path.open("rb") as file:
        content = batch.put_file(file.fileno())
    assert (content.digest, content.stable) == (digest_of_bytes(b"after!"), True)
    assert digest_of_bytes(b"before") not in store


def test_a_small_file_that_never_holds_still_is_told(store: Store, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "file").write_bytes(b"data")
    monkeypatch.setattr(FileSource, "held_still", lambda _: False)
    with store.batch() as batch, (tmp_path / "file").open("rb") as file:
        assert batch.put_file(file.fileno()).stable is False


def test_a_batch_is_not_touched_by_another_process(store: Store, monkeypatch) -> None:
    with store.batch() as batch:
        batch.put_bytes(b"large" * CHUNK)
        with monkeypatch.context() as patch:
            patch.setattr(os, "getpid", lambda: 1)
            batch.close()
            for use in (batch.flush, lambda: batch.put_bytes(b"x")):
                with pytest.raises(RuntimeError, match="another process"):
                    use()
    assert digest_of_bytes(b"large" * CHUNK) in store


def test_a_list_of_known_chunks_needs_room_too(tmp_path: Path) -> None:
    one, two = os.urandom(CHUNK), os.urandom(CHUNK)
    store = Store(tmp_path / "store", planner=plain)
    with store.batch() as batch:
        batch.put_bytes(one + two)
    with Store(tmp_path / "store", quota=store.nbytes() + 2000, planner=plain).batch() as batch:
        assert batch.put_bytes(two + one).new == 0
    with (
        Store(tmp_path / "store", quota=store.nbytes() + 10, planner=plain).batch() as batch,
        pytest.raises(QuotaReached),
    ):
        batch.put_bytes(two + one + one)


def test_contents_of_middle_size_share_frames_and_chunks(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    first = os.urandom(CHUNK // 2)
    second = first[:-5] + b"other"
    assert put(store, first) == [len(first)]
    [new] = put(store, second)
    assert 0 < new <= len(first) / 2
    assert put(store, first, second) == [0, 0]
    assert put(store, os.urandom(CHUNK) + first) != [0]
    for data in (first, second):
        assert Store(store._root).read(digest_of_bytes(data)) == data


def test_what_is_known_is_looked_up_in_memory_after_a_while(store: Store, monkeypatch) -> None:
    contents = [b"%d" % number for number in range(1200)]
    put(store, *contents)
    monkeypatch.setattr("jupyter_mlversion.store.known._OFTEN", 50)
    assert not any(put(store, *contents))
    assert put(store, *contents[:60], contents[0] * 2**20)[:60] == [0] * 60
    monkeypatch.setattr("jupyter_mlversion.store.known._MOST", 3)
    assert not any(put(store, *contents))
