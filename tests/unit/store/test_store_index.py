from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_mlversion.errors import CorruptChunk
from jupyter_mlversion.store import Store, digest_of_bytes, table

DATA = [b"first" * 100, os.urandom(3_000_000), b""]
DIGESTS = [digest_of_bytes(data) for data in DATA]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    store = Store(tmp_path / "store")
    for data in DATA:
        with store.batch() as batch:
            batch.put_bytes(data)
    store.close()
    return tmp_path / "store"


def holds_all(store: Store) -> bool:
    return [store.read(digest) for digest in DIGESTS] == DATA


def remove_index(root: Path) -> None:
    for path in root.glob("index.sqlite*"):
        path.unlink()


def overwrite(root: Path, data: bytes) -> None:
    remove_index(root)
    (root / "index.sqlite").write_bytes(data)


def damage_pages(root: Path) -> None:
    data = (root / "index.sqlite").read_bytes()
    overwrite(root, data[:4096] + b"\xff" * (len(data) - 4096))


def foreign(root: Path) -> None:
    remove_index(root)
    with sqlite3.connect(root / "index.sqlite") as db:
        db.execute("create table chunk(a)")
    db.close()


def newer(root: Path) -> None:
    with sqlite3.connect(root / "index.sqlite") as db:
        db.execute("pragma user_version=99")
    db.close()


@pytest.mark.parametrize("spoil", [
    remove_index, damage_pages, foreign, newer,
    lambda root: overwrite(root, b""), lambda root: overwrite(root, os.urandom(10_000)),
    lambda root: overwrite(root, b"SQLite format 3\0" + bytes(5000)),
])
def test_an_index_that_is_lost_or_damaged_is_made_again(root: Path, spoil: object) -> None:
    spoil(root)
    store = Store(root)
    assert holds_all(store)
    store.close()
    assert Store(root).verify(read_data=True) == []
    with sqlite3.connect(root / "index.sqlite") as db:
        assert db.execute("select count(*) from pack").fetchone() == (3,)
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
    db.close()


def test_an_index_that_is_damaged_while_it_is_open_is_made_again(root: Path) -> None:
    store = Store(root)
    assert holds_all(store)
    with (root / "index.sqlite").open("r+b") as file:
        file.write(b"\xff" * 20_000)
    (root / "index.sqlite-wal").write_bytes(b"")
    assert holds_all(store)
    with store.batch() as batch:
        more = batch.put_bytes(b"more")
    assert holds_all(Store(root))
    assert Store(root).read(more.digest) == b"more"


def test_an_index_that_is_removed_while_it_is_open_is_made_again(root: Path) -> None:
    store = Store(root)
    assert holds_all(store)
    remove_index(root)
    with store.batch() as batch:
        batch.put_bytes(b"more")
    assert holds_all(store)
    assert (root / "index.sqlite").exists()


def test_packs_that_come_without_the_index_are_found(root: Path, tmp_path: Path) -> None:
    other = Store(tmp_path / "other")
    with other.batch() as batch:
        digest = batch.put_bytes(b"from elsewhere").digest
    store = Store(root)
    assert digest not in store
    for path in (tmp_path / "other" / "packs").iterdir():
        shutil.copy(path, root / "packs")
    assert digest in store
    assert store.read(digest) == b"from elsewhere"


def test_packs_that_go_are_forgotten(root: Path) -> None:
    store = Store(root)
    assert holds_all(store)
    for path in (root / "packs").iterdir():
        path.unlink()
    store.reader.close()  # which remembers what it read last
    with pytest.raises(CorruptChunk, match="is in no pack"):
        store.read(DIGESTS[0])
    assert DIGESTS[0] not in store
    with store.batch() as batch:  # what is gone is stored again
        assert batch.put_bytes(DATA[0]).new > 0
    assert store.read(DIGESTS[0]) == DATA[0]


def test_a_copied_store_works(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root, tmp_path / "copy")
    shutil.rmtree(root)
    assert holds_all(Store(tmp_path / "copy"))


def test_a_store_without_a_writable_index_is_read_and_written_all_the_same(root: Path) -> None:
    remove_index(root)
    (root / "index.sqlite").mkdir()
    (root / "index.sqlite" / "in the way").touch()
    store = Store(root)
    assert holds_all(store)
    with store.batch() as batch:
        digest = batch.put_bytes(b"more").digest
    assert store.read(digest) == Store(root).read(digest) == b"more"


def test_a_locked_index_does_not_stop_anybody(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_mlversion.store.table._PATIENCE", 0.05)
    db = sqlite3.connect(root / "index.sqlite", isolation_level=None)
    db.execute("begin immediate")
    store = Store(root)
    with store.batch() as batch:
        digest = batch.put_bytes(b"more").digest
    assert store.read(digest) == b"more"
    db.execute("rollback")
    db.close()
    assert Store(root).read(digest) == b"more"


def test_a_forked_child_has_a_connection_of_its_own(root: Path) -> None:
    program = f"""
import os, sys
from pathlib import Path
from jupyter_mlversion.store import Store
store = Store(Path({str(root)!r}))
store.read({DIGESTS[0]!r})
inherited = store._index._db
child = os.fork()
with store.batch() as batch:
    batch.put_bytes(b"child" if child == 0 else b"parent")
assert (store._index._db is inherited) == (child != 0)
if child == 0:
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
with store.batch() as batch:
    batch.put_bytes(b"parent again")
    child = os.fork()
    if child == 0:
        try:
            batch.put_bytes(b"not the child's")
        except RuntimeError:
            os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
"""
    subprocess.run([sys.executable, "-c", program], check=True)
    store = Store(root)
    for data in (b"child", b"parent", b"parent again"):
        assert store.read(digest_of_bytes(data)) == data
    assert store.verify(read_data=True) == []


def test_two_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    program = f"""
import sys
from pathlib import Path
from jupyter_mlversion.store import Store
store = Store(Path({str(tmp_path / "store")!r}))
for number in range(15):
    with store.batch() as batch:
        batch.put_bytes(b"shared %d" % number)
        batch.put_bytes(sys.argv[1].encode() + b" %d" % number)
"""
    writers = [subprocess.Popen([sys.executable, "-c", program, name]) for name in ("one", "two", "three")]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    store = Store(tmp_path / "store")
    for number in range(15):
        for name in ("shared", "one", "two", "three"):
            data = f"{name} {number}".encode()
            assert store.read(digest_of_bytes(data)) == data
    assert store.verify(read_data=True) == []


def test_an_index_is_of_the_process_that_opened_it(root: Path, monkeypatch) -> None:
    store = Store(root)
    assert holds_all(store)
    mine = store._index._db
    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: 1)
        assert holds_all(store)
        assert store._index._db is not mine
        store._index.close()
        patch.setattr(os, "getpid", lambda: 2)
        store._index.close()
    assert mine.execute("select count(*) from pack").fetchone() == (3,)


def test_an_index_that_cannot_even_be_deleted_is_held_in_memory(root: Path, monkeypatch) -> None:
    overwrite(root, os.urandom(10_000))

    def refuse(*_arguments: object, **_keywords: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "unlink", refuse)
    store = Store(root)
    assert holds_all(store)
    assert store._index._unwritable


def test_all_packs_are_read_again_once_at_most_while_none_comes_or_goes(root: Path, monkeypatch) -> None:
    store, read = Store(root), []
    assert holds_all(store)
    footers = store._index._footers
    monkeypatch.setattr(store._index, "_footers", lambda names: read.append(names) or footers(names))
    for _ in range(3):
        with pytest.raises(CorruptChunk):
            store.reader.chunk(b"x" * 32)
    assert [len(names) for names in read if len(names)] == [3]


def test_rows_that_are_lost_are_found_again_when_they_are_needed(root: Path) -> None:
    store = Store(root)
    assert holds_all(store)
    with sqlite3.connect(root / "index.sqlite") as db:
        db.execute("delete from chunk")
    db.close()
    store.reader.close()
    assert store.read(DIGESTS[1]) == DATA[1]


def test_an_index_that_fails_again_and_again_is_held_in_memory(root: Path, monkeypatch) -> None:
    store, total = Store(root), table.total

    def fail(db: sqlite3.Connection) -> int:
        if db.execute("pragma database_list").fetchone()[2]:
            raise sqlite3.DatabaseError("database disk image is malformed")
        return total(db)

    monkeypatch.setattr(table, "total", fail)
    assert store.nbytes() == sum(path.stat().st_size for path in (root / "packs").iterdir())


def test_a_store_may_be_asked_before_there_is_one(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    assert DIGESTS[0] not in store
    with store.batch() as batch:
        batch.put_bytes(DATA[0])
    assert store.read(DIGESTS[0]) == DATA[0]
    assert (tmp_path / "store" / "index.sqlite").exists()


def test_many_chunks_are_found_at_once(root: Path) -> None:
    index = Store(root)._index
    hashes = [part.hash for part in Store(root).parts(DIGESTS[1])]
    assert len(hashes) > 1
    found = index.places([*hashes, b"x" * 32])
    assert found == {chunk: index.place(chunk) for chunk in hashes}


def test_the_epoch_is_another_when_something_may_have_gone(root: Path) -> None:
    store = Store(root)
    before = store.epoch()
    with store.batch() as batch:
        batch.put_bytes(b"more")
    assert Store(root).epoch() == store.epoch() == before
    next((root / "packs").iterdir()).unlink()
    assert store.epoch() != before
