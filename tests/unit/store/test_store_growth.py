"""What a checkpoint costs does not grow with the number of packs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_mlversion.store import Store, digest_of_bytes
from jupyter_mlversion.store.folder import Folder

MANY = 30


@pytest.fixture
def root(tmp_path: Path) -> Path:
    store = Store(tmp_path / "store")
    for number in range(MANY):
        with store.batch() as batch:
            batch.put_bytes(b"%d" % number)
    store.close()
    return tmp_path / "store"


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every listing of a folder."""
    scandir, found = os.scandir, []

    def counted(path):
        found.append(str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", counted)
    return found


def test_another_process_stores_and_reads_without_listing_the_packs(root: Path, looks: list[str]) -> None:
    for number in range(3):
        store = Store(root)
        assert store.nbytes() == sum(path.stat().st_size for path in (root / "packs").iterdir())
        with store.batch() as batch:
            assert batch.put_bytes(b"0").new == 0
            digest = batch.put_bytes(b"new %d" % number).digest
        assert digest in store
        assert store.read(digest) == b"new %d" % number
        store.close()
    assert not [path for path in looks if "packs" in path]


def test_two_stores_at_once_find_what_the_other_stored(root: Path) -> None:
    one, other = Store(root), Store(root)
    assert one.nbytes() == other.nbytes()
    with one.batch() as first, other.batch() as second:
        mine, theirs = first.put_bytes(b"mine").digest, second.put_bytes(b"theirs").digest
        first.flush()
    for store in (one, other):
        assert store.read(mine) == b"mine"
        assert store.read(theirs) == b"theirs"
        assert store.nbytes() == sum(path.stat().st_size for path in (root / "packs").iterdir())


def test_a_folder_whose_time_cannot_be_set_is_listed(root: Path, looks: list[str], monkeypatch) -> None:
    def refuse(*_arguments, **_keywords):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "utime", refuse)
    with Store(root).batch() as batch:
        batch.put_bytes(b"new")
    looks.clear()
    assert digest_of_bytes(b"new") in Store(root)
    assert [path for path in looks if path.endswith("packs")]


def test_a_folder_that_keeps_no_fine_time_is_listed(tmp_path: Path, monkeypatch) -> None:
    folder = Folder(tmp_path)
    stamp = folder.mark()
    assert stamp == folder.stamp()
    monkeypatch.setattr(Folder, "stamp", lambda self: self.path.stat().st_mtime_ns // 10**9 * 10**9)
    monkeypatch.setattr("secrets.randbelow", lambda _limit: 17)
    assert folder.mark() is None


def test_the_index_takes_few_bytes_a_chunk(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    with store.batch() as batch:
        for number in range(20_000):
            batch.put_bytes(b"small content %d" % number)
    store.close()
    assert (tmp_path / "store" / "index.sqlite").stat().st_size < 20_000 * 100


def test_many_digests_are_asked_for_at_once(root: Path) -> None:
    known = {digest_of_bytes(b"%d" % number) for number in range(MANY)}
    unknown = {digest_of_bytes(b"x%d" % number) for number in range(2000)}
    store = Store(root)
    assert store.missing(known | unknown) == unknown
    with store.batch() as batch:
        large = batch.put_bytes(os.urandom(3 * 2**20)).digest
    assert store.missing({large}) == set()
    assert store.missing(()) == set()
