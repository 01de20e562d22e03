from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest

from jupyter_mlversion.errors import Cancelled, CorruptChunk, FileFailure
from jupyter_mlversion.store import Store, digest_of_bytes
from jupyter_mlversion.store.plan import CHUNK, plain

BIG = os.urandom(2 * CHUNK + 5)
SMALL = b"some text " * 50


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store", planner=plain)
    with store.batch() as batch:
        for data in (BIG, SMALL, b""):
            batch.put_bytes(data)
    return store


def spoil_pack(store: Store, offset: int = 16 + 100) -> Path:
    [path] = (store._root / "packs").iterdir()
    with path.open("r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ 1]))
    return path


def test_reading_a_store_that_is_not_there_makes_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "nowhere" / "store")
    assert digest_of_bytes(b"") not in store
    assert store.nbytes() == 0
    assert store.verify(read_data=True) == []
    store.recover()
    with pytest.raises(CorruptChunk, match="does not hold blake3:"):
        store.read(digest_of_bytes(b""))
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("data", [BIG, SMALL, b""])
def test_contents_come_back(store: Store, tmp_path: Path, data: bytes) -> None:
    digest = digest_of_bytes(data)
    assert digest in store
    assert store.size_of(digest) == len(data)
    assert store.read(digest) == data
    (tmp_path / "out").write_bytes(b"longer than before" * CHUNK)
    told = []
    with (tmp_path / "out").open("r+b") as file:
        file.seek(9)
        store.get(digest, file.fileno(), lambda *state: told.append(state))
    assert (tmp_path / "out").read_bytes() == data
    assert told[-1:] == ([("restoring", len(data), len(data))] if data else [])


def test_reading_the_first_bytes(store: Store) -> None:
    digest = digest_of_bytes(BIG)
    for limit in (0, 1, CHUNK, CHUNK + 1, len(BIG), 10 * CHUNK):
        assert store.read(digest, limit=limit) == BIG[:limit]
    spoil_pack(store, 16 + CHUNK + 3)  # in the second chunk, which the first bytes do not need
    assert store.read(digest, limit=CHUNK) == BIG[:CHUNK]
    with pytest.raises(CorruptChunk):
        store.read(digest, limit=CHUNK + 1)


def test_a_changed_byte_is_told_with_digest_and_pack(store: Store, tmp_path: Path) -> None:
    pack = spoil_pack(store)
    with pytest.raises(CorruptChunk) as caught:
        store.read(digest_of_bytes(BIG))
    assert digest_of_bytes(BIG[:CHUNK]) in caught.value.message
    assert pack.name in caught.value.message
    with (tmp_path / "out").open("wb") as file, pytest.raises(CorruptChunk):
        store.get(digest_of_bytes(BIG), file.fileno())
    assert store.read(digest_of_bytes(SMALL)) == SMALL


def test_a_pack_that_lost_its_end_is_told(store: Store) -> None:
    [path] = (store._root / "packs").iterdir()
    os.truncate(path, 1000)
    with pytest.raises(CorruptChunk):
        store.read(digest_of_bytes(BIG))


@pytest.mark.parametrize("what", ["", "digest", "blake3:", None, 7])
def test_what_is_no_digest_is_not_held(store: Store, what: object) -> None:
    assert what not in store


def test_a_cancelled_get_stops(store: Store, tmp_path: Path) -> None:
    def stop(*_state: object) -> None:
        raise Cancelled("stopped")

    with (tmp_path / "out").open("wb") as file, pytest.raises(Cancelled):
        store.get(digest_of_bytes(BIG), file.fileno(), stop)


def test_a_file_that_cannot_be_written_is_a_file_failure(store: Store, tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with (tmp_path / "out").open("rb") as file, pytest.raises(FileFailure, match="writing the file failed"):
        store.get(digest_of_bytes(SMALL), file.fileno())


def test_recover_removes_leftovers_and_nothing_else(store: Store) -> None:
    leftover = store._root / "packs" / "0123.growing"
    leftover.write_bytes(b"half a pack")
    with store.batch() as batch:
        digest = batch.put_bytes(b"being written").digest
        store.recover()
    assert not leftover.exists()
    assert store.read(digest) == b"being written"
    assert store.read(digest_of_bytes(BIG)) == BIG


def test_no_file_descriptor_is_left_open(store: Store, tmp_path: Path) -> None:
    with store.batch() as batch:
        batch.put_bytes(b"more")
    with suppress(KeyError), store.batch() as batch:
        batch.put_bytes(b"dropped")
        raise KeyError
    store.read(digest_of_bytes(BIG))
    with (tmp_path / "out").open("wb") as file:
        store.get(digest_of_bytes(BIG), file.fileno())
    store.verify(read_data=True)
    store.recover()
    spoil_packs(store)
    with pytest.raises(CorruptChunk):
        store.read(digest_of_bytes(BIG))
    assert store.verify(read_data=True)
    assert any("index.sqlite" in path for path in open_below(store._root))
    store.close()
    assert open_below(tmp_path) == []


def open_below(folder: Path) -> list[str]:
    links = []
    for fd in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # the descriptor of this very listing
            links.append(os.readlink(fd))
    return [link for link in links if link.startswith(str(folder))]


def spoil_packs(store: Store) -> None:
    for path in (store._root / "packs").iterdir():
        data = bytearray(path.read_bytes())
        data[20] ^= 1
        path.write_bytes(data)


def test_stored_bytes_are_never_linked_to_what_is_restored(store: Store, tmp_path: Path) -> None:
    with (tmp_path / "out").open("wb") as file:
        store.get(digest_of_bytes(BIG), file.fileno())
    (tmp_path / "out").write_bytes(b"overwritten")
    assert store.read(digest_of_bytes(BIG)) == BIG
    assert all(path.stat().st_nlink == 1 for path in (store._root / "packs").iterdir())
