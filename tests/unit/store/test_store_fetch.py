from __future__ import annotations

import ctypes
import errno
import os
from pathlib import Path

import pytest

from jupyter_mlversion.errors import Cancelled, CorruptChunk, DiskFull, FileFailure
from jupyter_mlversion.store import Store, digest_of_bytes, fetch
from jupyter_mlversion.store.piece import Piece, differing, merged, within

MIB = 2**20
OLD = os.urandom(9 * MIB + 77)
NEW = OLD[: 2 * MIB] + os.urandom(MIB) + OLD[3 * MIB : 8 * MIB] + os.urandom(MIB // 2)


def by_mebibytes(source):
    """Cuts every MiB: what the tests expect of ranges does not depend on the planner of the day."""
    from jupyter_mlversion.store.plan import Cut

    for offset in range(0, source.size, MIB):
        yield Cut(min(MIB, source.size - offset))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store", planner=by_mebibytes)
    with store.batch() as batch:
        for data in (OLD, NEW, b"small", b""):
            batch.put_bytes(data)
    return store


@pytest.fixture
def file(tmp_path: Path):
    descriptor = os.open(tmp_path / "file", os.O_RDWR | os.O_CREAT)
    yield descriptor
    os.close(descriptor)


def written(file, data):
    os.pwrite(file, data, 0)
    os.ftruncate(file, len(data))


def content(file):
    return os.pread(file, 32 * MIB, 0)


@pytest.mark.parametrize("data", [OLD, NEW, b"small", b""])
def test_a_content_of_any_number_of_chunks_is_written_whole(store, file, data):
    written(file, b"x" * (10 * MIB))
    told = []
    store.get(digest_of_bytes(data), file, lambda *said: told.append(said))
    assert content(file) == data
    assert not data or told[-1] == ("restoring", len(data), len(data))


def test_a_patch_writes_only_what_differs(store, file, monkeypatch):
    old, new = digest_of_bytes(OLD), digest_of_bytes(NEW)
    assert store.differing(old, new) == [(2 * MIB, MIB), (8 * MIB, MIB + 77)]
    assert store.differing(old, old) == []
    counts = []
    pwrite = os.pwrite

    def counting(fd, data, offset):
        counts.append(len(data))
        return pwrite(fd, data, offset)

    written(file, OLD)
    monkeypatch.setattr(os, "pwrite", counting)
    store.patch(new, file, store.differing(old, new))
    assert content(file) == NEW
    assert sum(counts) == MIB + MIB // 2
    store.patch(old, file, store.differing(new, old))
    assert content(file) == OLD


def test_a_file_is_known_by_the_ranges_that_are_looked_at(store, file):
    old, new = digest_of_bytes(OLD), digest_of_bytes(NEW)
    ranges = store.differing(old, new)
    written(file, OLD)
    assert store.holds(old, file, ranges)
    assert not store.holds(new, file, ranges)
    os.pwrite(file, b"!", 5 * MIB)
    assert store.holds(old, file, ranges)
    os.pwrite(file, b"!", 8 * MIB + 9)
    assert not store.holds(old, file, ranges)
    assert not store.holds(new, file, [])


def test_what_is_common_comes_from_the_present_file_where_it_is_still_so(store, file, tmp_path, monkeypatch):
    present = tmp_path / "present"
    present.write_bytes(OLD[: 4 * MIB] + b"edited" + OLD[4 * MIB + 6 :])
    asked = []
    unchecked = store.reader.unchecked

    def asking(place):
        asked.append(place)
        return unchecked(place)

    monkeypatch.setattr(store.reader, "unchecked", asking)
    with present.open("rb") as base:
        store.get(digest_of_bytes(NEW), file, base=(base.fileno(), digest_of_bytes(OLD)))
    assert content(file) == NEW
    assert len(asked) == 3, "the two that differ and the one that was edited"
    with present.open("rb") as base:
        written(file, b"")
        store.get(digest_of_bytes(NEW), file, base=(base.fileno(), digest_of_bytes(b"not in the store")))
    assert content(file) == NEW


def test_blocks_are_shared_where_the_file_system_can(reflinks: Path):
    store = Store(reflinks / "store", planner=by_mebibytes)
    with store.batch() as batch:
        for data in (OLD, NEW):
            batch.put_bytes(data)
    present = reflinks / "present"
    present.write_bytes(OLD[: 4 * MIB] + b"edited" + OLD[4 * MIB + 6 :])
    os.sync()
    free = os.statvfs(reflinks).f_bavail * os.statvfs(reflinks).f_frsize
    with present.open("rb") as base, (reflinks / "new").open("wb+") as new:
        store.get(digest_of_bytes(NEW), new.fileno(), base=(base.fileno(), digest_of_bytes(OLD)))
        os.fsync(new.fileno())
    assert (reflinks / "new").read_bytes() == NEW
    assert present.read_bytes()[4 * MIB : 4 * MIB + 6] == b"edited"
    assert free - os.statvfs(reflinks).f_bavail * os.statvfs(reflinks).f_frsize < 4.5 * MIB


@pytest.mark.usefixtures("sharing")
def test_of_a_present_file_whose_blocks_are_shared_the_rest_is_written(store, tmp_path):
    present = tmp_path / "present"
    present.write_bytes(OLD[: 4 * MIB] + b"edited" + OLD[4 * MIB + 6 :])
    with present.open("rb") as base, (tmp_path / "new").open("wb+") as new:
        store.get(digest_of_bytes(NEW), new.fileno(), base=(base.fileno(), digest_of_bytes(OLD)))
    assert (tmp_path / "new").read_bytes() == NEW
    assert present.read_bytes()[4 * MIB : 4 * MIB + 6] == b"edited"


def test_large_contents_are_read_a_window_at_a_time(store, file, monkeypatch):
    monkeypatch.setattr(fetch, "_WINDOW", 2 * MIB)
    monkeypatch.setattr(fetch, "_TOGETHER", MIB)
    for data in (OLD, NEW):
        with os.fdopen(os.dup(file), "rb") as base:
            store.get(digest_of_bytes(data), file, base=(base.fileno(), digest_of_bytes(b"small")))
        assert content(file) == data


def test_a_cancel_and_a_full_disk_end_it_in_time(store, file, monkeypatch):
    def cancel(_phase, done, _total):
        if done > 3 * MIB:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        store.get(digest_of_bytes(OLD), file, cancel)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(DiskFull):
        store.get(digest_of_bytes(OLD), file)
    with pytest.raises(DiskFull):
        store.patch(digest_of_bytes(NEW), file, [(0, 1)])


def test_what_cannot_be_read_or_made_up_is_told(store, file, monkeypatch):
    with pytest.raises(CorruptChunk):
        store.patch(digest_of_bytes(b"nowhere"), file, [(0, 1)])

    def unreadable(*_):
        raise OSError(errno.EIO, "Input/output error")

    written(file, OLD)
    with monkeypatch.context() as patch:
        patch.setattr(os, "pread", unreadable)
        with pytest.raises(FileFailure):
            store.holds(digest_of_bytes(OLD), file, [(0, 1)])
    one, other = store._manifest(digest_of_bytes(OLD)), store._manifest(digest_of_bytes(NEW))
    monkeypatch.setattr(store, "_manifest", lambda _: one._replace(hash=other.hash))
    with pytest.raises(CorruptChunk, match="do not make it up"):
        store.get(digest_of_bytes(NEW), file)


def test_a_file_that_is_long_is_given_to_the_disk_early(store, file, monkeypatch):
    asked = []
    monkeypatch.setattr(fetch, "_EARLY", 2 * MIB)
    monkeypatch.setattr(fetch, "_sync_file_range", lambda: lambda *arguments: asked.append(arguments))
    store.get(digest_of_bytes(OLD), file)
    assert len(asked) == 2
    monkeypatch.setattr(fetch, "_WINDOW", MIB)
    store.get(digest_of_bytes(NEW), file)
    assert content(file) == NEW


def test_ranges_that_touch_are_one():
    assert merged([(5, 5), (0, 5), (20, 1), (7, 1)]) == [(0, 10), (20, 1)]


def test_pieces_within_ranges():
    pieces = [Piece(offset, 10, bytes([offset])) for offset in range(0, 100, 10)]
    assert [piece.offset for piece in within(pieces, [(5, 1), (19, 2), (40, 10), (99, 50)])] == [0, 10, 20, 40, 90]
    assert within(pieces, []) == []
    assert differing(pieces, pieces[:4]) == [(40, 60)]


def test_a_damaged_chunk_is_named_although_the_whole_is_checked_first(store, file):
    (pack, *_) = sorted((store._root / "packs").iterdir(), key=lambda path: -path.stat().st_size)
    with pack.open("r+b") as spoiled:
        spoiled.seek(4 * MIB)
        spoiled.write(b"not what was stored")
    with pytest.raises(CorruptChunk, match="the chunk blake3"):
        store.get(digest_of_bytes(OLD), file)


def test_a_pack_that_goes_between_two_looks(store, file, monkeypatch):
    """What is not where the index said is looked for by the reader, which brings the index up to date."""
    reader, gone = store.reader, b"gone".ljust(32)
    places = reader.places
    assert reader.unchecked(None) is None
    monkeypatch.setattr(
        reader, "places", lambda hashes: {key: at._replace(pack=gone) for key, at in places(hashes).items()}
    )
    store.get(digest_of_bytes(OLD), file)
    assert content(file) == OLD
    store.patch(digest_of_bytes(NEW), file, store.differing(digest_of_bytes(OLD), digest_of_bytes(NEW)))
    assert content(file) == NEW


def test_an_os_that_reads_a_little_at_a_time(store, file, monkeypatch):
    written(file, OLD)
    pread = os.pread
    monkeypatch.setattr(os, "pread", lambda fd, length, offset: pread(fd, min(length, 300_000), offset))
    assert store.holds(digest_of_bytes(OLD), file, [(0, 10 * MIB)])


def test_where_the_os_writes_when_it_likes(store, file, monkeypatch):
    monkeypatch.setattr(fetch, "_EARLY", 2 * MIB)
    monkeypatch.setattr(ctypes, "CDLL", lambda *_: object())
    fetch._sync_file_range.cache_clear()
    store.get(digest_of_bytes(OLD), file)
    fetch._sync_file_range.cache_clear()
    assert content(file) == OLD
