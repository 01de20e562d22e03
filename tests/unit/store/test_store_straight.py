from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_mlversion.domain.digest import Digest, hash_of_digest
from jupyter_mlversion.errors import CorruptChunk
from jupyter_mlversion.store import Store
from jupyter_mlversion.store import fetch as fetching
from jupyter_mlversion.store.address import digest_of_bytes, hash_of
from jupyter_mlversion.store.encoding import RAW, ZSTD
from jupyter_mlversion.store.piece import Piece, pieces_of
from jupyter_mlversion.store.place import Place
from jupyter_mlversion.store.straight import SPAN, Run, copy, runs_of


def place(pack: bytes, offset: int, length: int, *, encoding: int = RAW) -> Place:
    return Place(pack, offset, length, length, encoding, b"", 0, length)


def test_neighbours_in_a_pack_are_one_run() -> None:
    pieces = [Piece(0, 10, b"a"), Piece(10, 5, b"b"), Piece(15, 7, b"c"), Piece(22, 10, b"a")]
    places = {b"a": place(b"p", 16, 10), b"b": place(b"p", 26, 5), b"c": place(b"q", 31, 7)}
    assert runs_of(pieces, places) == [Run(b"p", 16, 0, 15), Run(b"q", 31, 15, 7), Run(b"p", 16, 22, 10)]


@pytest.mark.parametrize("odd", [None, place(b"p", 16, 10, encoding=ZSTD), place(b"p", 16, 9)])
def test_what_does_not_lie_there_as_it_is_has_no_runs(odd: Place | None) -> None:
    assert runs_of([Piece(0, 10, b"a")], {} if odd is None else {b"a": odd}) is None


@pytest.mark.parametrize("size", [1, 2**20, SPAN, 9 * 2**20 + 1])
def test_runs_are_copied_in_order(size: int) -> None:
    data = os.urandom(size)
    packs = {b"p": b"head" + data[:size // 3], b"q": data[size // 3:]}
    written = bytearray(size)

    def fill(pack: bytes, offset: int, view: memoryview) -> int:
        found = packs[pack][offset:offset + len(view)]
        view[:len(found)] = found
        return len(found)

    def write(view: memoryview, offset: int) -> None:
        written[offset:offset + len(view)] = view

    first, second = Run(b"p", 4, 0, size // 3), Run(b"q", 0, size // 3, size - size // 3)
    assert copy([first, second], fill, write) == hash_of(data)
    assert written == data
    assert copy([first, second._replace(start=1)], fill, write) == b""  # the pack ends before the run does


def test_a_writer_that_fails_ends_it() -> None:
    def write(_view: memoryview, _offset: int) -> None:
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        copy([Run(b"p", 0, 0, 9 * 2**20)], lambda *args: len(args[2]), write)


@pytest.fixture
def large(tmp_path: Path) -> tuple[Store, Digest, bytes]:
    store = Store(tmp_path / "store")
    data = os.urandom(5 * 2**20)
    with store.batch() as batch:
        digest = batch.put_bytes(data).digest
    return store, digest, data


def got(store: Store, digest: Digest, path: Path) -> bytes:
    with path.open("wb") as file:
        store.get(digest, file.fileno())
    return path.read_bytes()


def test_a_content_as_it_was_put_is_copied_straight(
    large: tuple[Store, Digest, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, digest, data = large
    told: list[int] = []
    monkeypatch.setattr(fetching.Fetch, "_write_all", None)  # the other way is not taken
    with (tmp_path / "out").open("wb") as file:
        store.get(digest, file.fileno(), lambda _phase, done, total: told.append(done - total))
    assert (tmp_path / "out").read_bytes() == data
    assert told == sorted(told)
    assert told[-1] == 0


def test_a_damaged_content_is_told_and_a_pack_that_was_moved_is_found(
    large: tuple[Store, Digest, bytes], tmp_path: Path
) -> None:
    store, digest, data = large
    places = store.reader.places({piece.hash for piece in pieces_of(store._manifest(digest))})
    pack = next((tmp_path / "store" / "packs").glob("*.pack"))
    aside = tmp_path / "store" / "quarantine" / pack.name
    aside.parent.mkdir(exist_ok=True)
    pack.rename(aside)
    store.close()
    assert got(store, digest, tmp_path / "out") == data  # brought back
    broken = min(places.values(), key=lambda found: found.offset)
    with pack.open("r+b") as file:
        file.seek(broken.offset + 5)
        byte = file.read(1)
        file.seek(broken.offset + 5)
        file.write(bytes([byte[0] ^ 1]))
    with pytest.raises(CorruptChunk, match="damaged"):
        got(store, digest, tmp_path / "out")
    assert hash_of_digest(digest_of_bytes(data)) == hash_of_digest(digest)
