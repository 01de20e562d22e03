from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_mlversion.errors import Cancelled
from jupyter_mlversion.store import Store, digest_of_bytes, verify
from jupyter_mlversion.store.plan import CHUNK, plain

if TYPE_CHECKING:
    from jupyter_mlversion.domain.damage import Damage

TEXT = b"some text " * 30
NOISE = os.urandom(100)


def small_pack(root: Path) -> Path:
    with Store(root, planner=plain).batch() as batch:
        batch.put_bytes(TEXT)
        batch.put_bytes(NOISE)
    [path] = (root / "packs").iterdir()
    return path


def kinds(damage: list[Damage]) -> set[tuple[str, object]]:
    return {(item.kind, item.digest) for item in damage}


def test_every_changed_byte_is_found(tmp_path: Path) -> None:
    path = small_pack(tmp_path / "store")
    store, data = Store(tmp_path / "store"), path.read_bytes()
    frames_end = 16 + len(NOISE) + 40  # where more than one bit matters: an encoding forgives some changes
    for offset in range(len(data)):
        for bit in range(8) if offset < frames_end else (0, 7):
            changed = bytearray(data)
            changed[offset] ^= 1 << bit
            path.write_bytes(changed)
            assert store.verify(read_data=True), f"bit {bit} of byte {offset}"
    path.write_bytes(data)
    assert store.verify(read_data=True) == []


def test_every_shorter_and_a_longer_pack_is_found_without_reading_data(tmp_path: Path) -> None:
    path = small_pack(tmp_path / "store")
    store, data = Store(tmp_path / "store"), path.read_bytes()
    for length in range(len(data)):
        path.write_bytes(data[:length])
        assert store.verify(read_data=False), length
    path.write_bytes(data + b"\0")
    assert store.verify(read_data=False)
    path.write_bytes(data[:16] + b"\0" + data[16:])
    assert store.verify(read_data=False)


def test_a_damaged_chunk_names_the_contents_that_need_it(tmp_path: Path) -> None:
    shared, store = os.urandom(CHUNK), Store(tmp_path / "store", planner=plain)
    with store.batch() as batch:
        digests = {batch.put_bytes(shared + tail).digest for tail in (b"one", b"two")}
        batch.put_bytes(b"sound")
    [path] = (tmp_path / "store" / "packs").iterdir()
    data = bytearray(path.read_bytes())
    data[16] ^= 1
    path.write_bytes(data)
    assert store.verify(read_data=False) == []
    damage = store.verify(read_data=True)
    assert kinds(damage) == {("chunk", digest) for digest in (*digests, digest_of_bytes(shared))}
    assert all(digest_of_bytes(shared) in item.detail and path.name in item.detail for item in damage)


def test_a_pack_that_is_gone_leaves_contents_without_chunks(tmp_path: Path) -> None:
    shared, store = os.urandom(CHUNK), Store(tmp_path / "store", planner=plain)
    with store.batch() as batch:
        batch.put_bytes(shared)
    [path] = (tmp_path / "store" / "packs").iterdir()
    with store.batch() as batch:
        later = batch.put_bytes(shared + b"more").digest
    path.unlink()
    assert kinds(store.verify(read_data=False)) == {("missing", later)}
    with store.batch() as batch:  # the manifest is known, its chunk is stored again
        assert batch.put_bytes(shared + b"more").new == CHUNK
    assert store.verify(read_data=True) == []
    assert store.read(later) == shared + b"more"


def test_a_pack_with_a_damaged_footer_names_the_contents_as_long_as_the_index_knows_them(tmp_path: Path) -> None:
    path = small_pack(tmp_path / "store")
    data = bytearray(path.read_bytes())
    data[-60] ^= 1
    path.write_bytes(data)
    contents = {("manifest", digest_of_bytes(TEXT)), ("manifest", digest_of_bytes(NOISE))}
    assert kinds(Store(tmp_path / "store").verify(read_data=False)) == {("pack", None), *contents}
    (tmp_path / "store" / "index.sqlite").unlink()
    assert kinds(Store(tmp_path / "store").verify(read_data=False)) == {("pack", None)}


@pytest.mark.parametrize("name", ["0" * 64 + ".pack", "short.pack"])
def test_a_renamed_pack_is_found(tmp_path: Path, name: str) -> None:
    path = small_pack(tmp_path / "store")
    path.rename(path.with_name(name))
    damage = Store(tmp_path / "store").verify(read_data=False)
    assert ("pack", None) in kinds(damage)
    assert any(name in item.detail for item in damage)


def test_verify_tells_how_far_it_is_and_can_be_stopped(tmp_path: Path) -> None:
    small_pack(tmp_path / "store")
    told = []
    Store(tmp_path / "store").verify(read_data=True, progress=lambda *state: told.append(state))
    assert [done for _, done, _ in told] == sorted({done for _, done, _ in told})
    assert told[-1][1] == told[-1][2] > 0

    def stop(*_state: object) -> None:
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        Store(tmp_path / "store").verify(read_data=True, progress=stop)


@pytest.mark.parametrize("opening", [0, 1, 2])
def test_packs_that_go_while_they_are_verified_are_no_damage(tmp_path: Path, monkeypatch, opening: int) -> None:
    path = small_pack(tmp_path / "store")
    opened, openings = verify.opened, []

    def gone(path: Path) -> object:
        openings.append(path)
        if len(openings) > opening:
            path.unlink(missing_ok=True)
        return opened(path)

    monkeypatch.setattr(verify, "opened", gone)
    assert Store(tmp_path / "store").verify(read_data=True) == []
    assert not path.exists()
