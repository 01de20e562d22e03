"""What nothing needs leaves the packs, waits, can be brought back, and goes; what is needed never does."""

from __future__ import annotations

import errno
import random
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_mlversion.domain.digest import hash_of_digest
from jupyter_mlversion.errors import Busy, Cancelled, CorruptChunk, DiskFull
from jupyter_mlversion.store import Store, collect, digest_of_bytes, rewrite
from jupyter_mlversion.store.layout import Part
from jupyter_mlversion.store.survey import needs
from jupyter_mlversion.store.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.store.collect import Collected

LARGE = 3_000_000
DAY = 86400.0


def noise(seed: int, size: int = 2000) -> bytes:
    return random.Random(seed).randbytes(size)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "store")
    yield made
    made.close()


def put(store: Store, *contents: bytes) -> list[Digest]:
    """A pack of its own."""
    with store.batch() as batch:
        return [batch.put_bytes(data).digest for data in contents]


def swept(store: Store, needed: Iterable[Digest], grace: float = DAY, **more: float) -> Collected:
    wanted = {hash_of_digest(digest) for digest in needed}
    return store.collect(lambda: wanted, grace=grace, patience=more.pop("patience", 5), **more)


def packs(store: Store) -> set[str]:
    return {path.name for path in (store._root / "packs").glob("*.pack")}


def waiting(store: Store) -> set[str]:
    return {path.name for path in (store._root / "quarantine").glob("*.pack")}


def test_a_pack_that_nothing_needs_waits_and_then_goes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    [kept], [dead] = put(store, noise(1)), put(store, noise(2))
    done = swept(store, [kept])
    assert (len(packs(store)), len(waiting(store)), done.packs) == (1, 1, 1)
    assert done.dead == done.waiting > 2000
    assert done.freed == 0
    assert swept(store, [kept]).dead == 0
    now = time.time()
    monkeypatch.setattr("jupyter_mlversion.store.quarantine.time.time", lambda: now + DAY + 60)
    assert swept(store, [kept]).freed > 2000
    assert waiting(store) == set()
    assert store.read(kept) == noise(1)
    assert dead not in store
    with pytest.raises(CorruptChunk):
        store.read(dead)
    assert store.verify(read_data=True) == []


def test_without_grace_it_goes_at_once(store: Store) -> None:
    [kept, _], _ = put(store, noise(1), noise(3)), put(store, noise(2))
    before = store.nbytes()
    done = swept(store, [kept], grace=0)
    assert waiting(store) == set()
    assert done.freed == before - store.nbytes() > 3900
    assert done.waiting == 0
    assert store.read(kept) == noise(1)


@pytest.mark.parametrize("size", [2000, LARGE])
def test_a_pack_that_is_needed_in_part_is_written_anew_and_the_rest_waits(store: Store, size: int) -> None:
    kept, dead = put(store, noise(1, size), noise(2, size))
    [old] = packs(store)
    done = swept(store, [kept])
    assert done.written > size
    assert old not in packs(store) | waiting(store)
    assert len(packs(store)) == len(waiting(store)) == 1
    assert store.nbytes() < 2 * size + 20_000
    assert store.read(kept) == noise(1, size)
    assert store.read(dead) == noise(2, size)  # brought back
    assert waiting(store) == set()
    assert store.verify(read_data=True) == []


def test_a_pack_with_little_waste_is_left_alone(store: Store) -> None:
    digests = put(store, *(noise(number, LARGE) for number in range(8)))
    before = packs(store)
    assert swept(store, digests[1:]).dead == LARGE
    assert packs(store) == before
    assert waiting(store) == set()
    assert swept(store, digests[2:]).written > 0
    assert packs(store) != before


def test_asking_for_what_waits_brings_it_back(store: Store) -> None:
    [kept], [small], [large] = put(store, noise(1)), put(store, noise(2)), put(store, noise(3, LARGE))
    for ask in (lambda digest: digest in store, store.size_of, store.read, lambda digest: not store.missing([digest])):
        swept(store, [kept])
        assert len(waiting(store)) == 2
        assert ask(small)
        assert len(waiting(store)) == 1
        assert ask(large)
        assert waiting(store) == set()
    swept(store, [kept])
    assert store.bring_back([large, small, digest_of_bytes(b"never")]) == {digest_of_bytes(b"never")}
    assert waiting(store) == set()


def test_what_is_put_again_while_it_waits_is_there(store: Store) -> None:
    [kept], [dead] = put(store, noise(1)), put(store, noise(2, LARGE))
    swept(store, [kept])
    put(store, noise(2, LARGE))
    assert store.read(dead) == noise(2, LARGE)
    swept(store, [kept, dead], grace=0)
    assert store.read(dead) == noise(2, LARGE)
    assert len(packs(store)) == 2


def test_a_content_of_which_some_chunks_are_gone_is_not_held(store: Store) -> None:
    parts = [noise(number, LARGE) for number in range(2)]
    shared = put(store, parts[0])
    [both] = put(store, parts[0] + parts[1])
    manifest_stays = store._reader.manifest(hash_of_digest(both))
    assert manifest_stays is not None
    swept(store, shared, grace=0)
    assert both not in store
    assert put(store, parts[0] + parts[1]) == [both]
    assert store.read(both) == parts[0] + parts[1]
    assert store.verify(read_data=True) == []


def test_many_small_packs_are_joined(store: Store) -> None:
    digests = [put(store, noise(number))[0] for number in range(collect.MANY)]
    done = swept(store, digests)
    assert (done.packs, len(waiting(store))) == (1, 0)
    assert all(store.read(digest) == noise(number) for number, digest in enumerate(digests))
    assert swept(store, digests).written == 0
    few = digests + put(store, noise(99))
    assert swept(store, few).packs == 2


def test_a_large_pack_is_not_written_anew_for_the_sake_of_small_ones(store: Store) -> None:
    [large] = put(store, noise(100, LARGE))
    [name] = packs(store)
    digests = [put(store, noise(number))[0] for number in range(collect.MANY)]
    assert swept(store, [large, *digests]).packs == 2
    assert name in packs(store)


def test_what_lies_twice_is_reduced_to_one_sound_copy(store: Store) -> None:
    [digest] = put(store, noise(1, LARGE))
    [first] = packs(store)
    copy(store, noise(1, LARGE) + b"tail")
    assert len(packs(store)) == 2
    sound = store._root / "packs" / next(iter(packs(store) - {first}))
    copies = {chunk for pack in store.survey().packs if sound.name.startswith(pack.name.hex()) for chunk in pack.keys}
    damage(store._root / "packs" / first)
    swept(store, [digest], grace=0)
    swept(store, [digest], grace=0)
    left = {chunk for pack in store.survey().packs if not first.startswith(pack.name.hex()) for chunk in pack.keys}
    assert len(left & copies) > 30
    (store._root / "packs" / first).unlink()
    put(store, noise(1, LARGE))
    assert store.read(digest) == noise(1, LARGE)


def test_two_sound_copies_become_one(store: Store) -> None:
    [digest] = put(store, noise(1))
    copy(store, noise(1), noise(2))
    assert len(packs(store)) == 2
    swept(store, [digest], grace=0)
    assert len(packs(store)) == 1
    assert store.read(digest) == noise(1)


def test_bases_of_what_is_needed_are_needed(store: Store) -> None:
    """A frame of raw bytes that claims a base is enough here: what bases are for is the codecs' matter."""
    [base] = put(store, noise(1))
    [other] = put(store, noise(2))
    data = noise(3)
    with_base = derive(store, data, hash_of_digest(base))
    twice = derive(store, noise(4), hash_of_digest(with_base))
    survey = store.survey()
    assert {hash_of_digest(digest) for digest in (base, with_base, twice)} <= survey.need([hash_of_digest(twice)])
    swept(store, [twice], grace=0)
    assert base in store
    assert with_base in store
    assert other not in store
    swept(store, [], grace=0)
    assert packs(store) == set()


def test_what_becomes_needed_meanwhile_stays(store: Store) -> None:
    """The second answer, given while nobody stores anything, is the one that counts."""
    [whole], [kept, part], [gone] = put(store, noise(1)), put(store, noise(2), noise(3)), put(store, noise(4))
    for grace in (DAY, 0):
        answers = iter([{kept}, {kept, whole, part}])
        store.collect(lambda answers=answers: {hash_of_digest(digest) for digest in next(answers)}, grace=grace,
                      patience=5)
        assert store.missing([kept, whole, part]) == set()
        assert [store.read(digest) for digest in (whole, kept, part)] == [noise(1), noise(2), noise(3)]
    assert gone not in store
    assert store.verify(read_data=True) == []


def test_what_waits_and_is_needed_is_brought_back_before_anything_goes(store: Store) -> None:
    [kept], [dead] = put(store, noise(1)), put(store, noise(2, LARGE))
    swept(store, [kept])
    done = swept(store, [kept, dead], grace=0)
    assert done.returned == 1
    assert store.read(dead) == noise(2, LARGE)


def test_nothing_is_decided_while_somebody_stores(store: Store) -> None:
    [kept], _ = put(store, noise(1)), put(store, noise(2))
    before = packs(store)
    with store.storing(), pytest.raises(Busy, match="does not end"):
        swept(store, [kept], patience=0)
    assert packs(store) == before


def test_damaged_packs_are_left_alone(store: Store) -> None:
    [kept, _], [dead] = put(store, noise(1, LARGE), noise(2, LARGE)), put(store, noise(3))
    mixed = next(path for path in (store._root / "packs").glob("*.pack") if path.stat().st_size > LARGE)
    damage(mixed)
    swept(store, [kept], grace=0)
    assert mixed.exists()
    assert dead not in store


def test_a_pack_that_the_disk_does_not_give_back_is_left_alone(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, _ = put(store, noise(1, LARGE), noise(2, LARGE))
    [mixed] = packs(store)
    [dead] = put(store, noise(3))

    def refuse(*_: object) -> bytes:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(rewrite, "read", refuse)
        swept(store, [kept], grace=0)
    assert dead not in store
    assert packs(store) == {mixed}
    assert store.read(kept) == noise(1, LARGE)


def test_with_a_pack_whose_list_cannot_be_read_nothing_goes(store: Store) -> None:
    [large], [other] = put(store, noise(1, LARGE)), put(store, noise(2, LARGE))
    before = packs(store)
    [needed] = put(store, noise(1, LARGE)[:-5])  # its list is in the last pack, most of its chunks in the first
    [last] = packs(store) - before
    path = store._root / "packs" / last
    whole = path.read_bytes()
    path.write_bytes(whole[:-20] + b"damage" + whole[-14:])
    for _ in range(2):
        with pytest.raises(CorruptChunk, match="cannot be read, so that"):
            swept(store, [needed], grace=0)
    path.write_bytes(whole)
    assert store.missing((large, other)) == set()
    swept(store, [needed], grace=0)
    assert store.missing((other, needed)) == {other}
    assert store.read(needed) == noise(1, LARGE)[:-5]


def test_a_full_disk_does_not_keep_what_is_dead_as_a_whole(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    [kept, _], [dead] = put(store, noise(1), noise(2)), put(store, noise(3))

    def full(*_: object, **__: object) -> None:
        raise DiskFull("no room")

    monkeypatch.setattr(Writer, "copy_frame", full)
    monkeypatch.setattr(Writer, "add_frame", full)
    done = swept(store, [kept], grace=0)
    assert done.crowded
    assert dead not in store
    assert store.read(kept) == noise(1)
    assert not list((store._root / "packs").glob("*.growing"))


def test_new_packs_have_a_largest_size(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewrite, "LARGEST", 5000)
    digests = [put(store, noise(number))[0] for number in range(20)]
    assert 5 < swept(store, digests).packs < 10
    assert all(store.read(digest) == noise(number) for number, digest in enumerate(digests))


def test_a_pack_that_was_written_badly_never_replaces_a_good_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, _ = put(store, noise(1, LARGE), noise(2, LARGE))
    before = packs(store)
    write = Writer.write

    def badly(self: Writer, data: bytes, offset: int) -> None:
        write(self, bytes([data[0] ^ 1]) + bytes(data[1:]) if len(data) > 10_000 else data, offset)

    monkeypatch.setattr(Writer, "write", badly)
    with pytest.raises(CorruptChunk, match="not written as it should"):
        swept(store, [kept])
    monkeypatch.undo()
    assert packs(store) == before
    assert store.read(kept) == noise(1, LARGE)


def test_it_can_be_stopped(store: Store) -> None:
    kept, _ = put(store, noise(1), noise(2))

    def stop(phase: str, *_: object) -> None:
        if phase == "rewriting packs":
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        swept(store, [kept], progress=stop)
    assert not list((store._root / "packs").glob("*.growing"))
    assert store.read(kept) == noise(1)
    swept(store, [kept], grace=0)
    assert store.verify(read_data=True) == []
    assert len(packs(store)) == 1


@pytest.mark.parametrize("years", [-10, 10])
def test_a_wrong_clock_only_delays_or_removes_what_is_dead(store: Store, monkeypatch: pytest.MonkeyPatch,
                                                          years: int) -> None:
    [kept], [dead] = put(store, noise(1)), put(store, noise(2))
    swept(store, [kept])
    now = time.time()
    monkeypatch.setattr("jupyter_mlversion.store.quarantine.time.time", lambda: now + years * 365 * DAY)
    swept(store, [kept])
    assert store.read(kept) == noise(1)
    assert (dead in store) == (years < 0)
    monkeypatch.setattr("jupyter_mlversion.store.quarantine.time.time", lambda: now + 2 * DAY)
    swept(store, [kept])
    swept(store, [kept])
    assert store.read(kept) == noise(1)


def test_a_record_that_cannot_be_read_begins_anew(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    [kept], [dead] = put(store, noise(1)), put(store, noise(2))
    swept(store, [kept])
    record = store._root / "quarantine" / "since.json"
    for text in ("{", "[]", '{"xy": 1}', f'{{"{"0" * 64}": "soon"}}'):
        record.write_text(text)
        swept(store, [kept])
    now = time.time()
    monkeypatch.setattr("jupyter_mlversion.store.quarantine.time.time", lambda: now + DAY / 2)
    swept(store, [kept])
    assert dead in store


def test_a_store_without_anything_has_nothing_to_collect(tmp_path: Path) -> None:
    store = Store(tmp_path / "none")
    done = swept(store, [])
    assert (done.dead, done.packs, done.freed, done.waiting) == (0, 0, 0, 0)
    assert list(store.survey().packs) == []


def test_needs_of_nothing() -> None:
    assert needs([], {b"x"}) == {b"x"}


@contextmanager
def writer(store: Store) -> Iterator[Writer]:
    """A pack beside what batches write."""
    growing = Writer(store._folder)
    yield growing
    store._index.add(*growing.commit())


def derive(store: Store, data: bytes, base: bytes) -> Digest:
    digest = digest_of_bytes(data)
    with writer(store) as growing:
        growing.add_frame(data, [Part(hash_of_digest(digest), len(data))], bases=base)
    return digest


def copy(store: Store, *contents: bytes) -> None:
    """Contents again that are held, as a second writer at the same time stores them."""
    other = Store(store._root.parent / "other")
    put(other, *contents)
    [path] = (store._root.parent / "other" / "packs").glob("*.pack")
    path.rename(store._root / "packs" / path.name)
    other.close()
    store._index.refresh(force=True)


def damage(path: Path, at: int = 5000) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def test_a_full_disk_while_the_record_is_written_moves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    [kept], [dead] = put(store, noise(1)), put(store, noise(2))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (store._root / "quarantine").mkdir()
    monkeypatch.setattr("jupyter_mlversion.store.quarantine.os.fsync", full)
    with pytest.raises(DiskFull, match="record of the quarantine"):
        swept(store, [kept])
    monkeypatch.undo()
    assert store.read(dead) == noise(2)
    assert not list((store._root / "quarantine").glob(".since*"))
    swept(store, [kept], grace=0)
    assert dead not in store


def test_what_was_brought_back_meanwhile_cannot_be_brought_back_again(store: Store) -> None:
    [kept], _ = put(store, noise(1)), put(store, noise(2))
    swept(store, [kept])
    [pack] = store.survey().waiting
    assert store._quarantine.bring_back(pack.name)
    assert not store._quarantine.bring_back(pack.name)
    assert store.parts(kept)


def test_a_frame_that_holds_something_else_keeps_its_pack(store: Store) -> None:
    """Seal and digest do not fit each other: whoever wrote the pack was wrong, and what it has is left to repair."""
    wrong = Part(b"w" * 32, 500)
    with writer(store) as growing:
        growing.add_frame(noise(1) + noise(2), [wrong, Part(b"x" * 32, 3500)])
    before = packs(store)
    store.collect(lambda: {b"w" * 32}, grace=0, patience=5)
    assert packs(store) == before


def test_a_pack_that_lists_something_else_is_not_taken_for_the_one_that_was_written(store: Store) -> None:
    put(store, noise(1))
    [pack] = store.survey().packs
    with pytest.raises(CorruptChunk, match="lists something else"):
        rewrite.check(store._folder, pack.name, pack.footer._replace(manifests=(None,)))
    assert packs(store) == set()


def test_what_needs_a_lost_base_is_had_back_by_itself(store: Store) -> None:
    [base] = put(store, noise(1))
    [damaged] = packs(store)
    leaf = derive(store, noise(3), hash_of_digest(derive(store, noise(2), hash_of_digest(base))))
    damage(store._root / "packs" / damaged, at=500)

    class Source:
        def piece(self, content: Digest, offset: int, length: int | None, /) -> bytes | None:
            return noise(3) if content == leaf else None

    done = store.repair({hash_of_digest(leaf)}, [Source()], patience=1)
    assert done.chunks == {hash_of_digest(leaf)}
    assert len(done.lost) == 2
    assert base not in store
    assert store.read(leaf) == noise(3)
    assert store.verify(read_data=True) == []


def test_repair_of_a_frame_that_decodes_to_something_else(store: Store) -> None:
    """Its seal is right: whoever wrote it was wrong. It leaves, and what it should have been is asked for elsewhere."""
    digest = digest_of_bytes(noise(5))
    with writer(store) as growing:
        growing.add_frame(noise(6), [Part(hash_of_digest(digest), 2000)])

    class Source:
        def piece(self, content: Digest, offset: int, length: int | None, /) -> bytes | None:
            return noise(5) if length is None else None

    assert store.repair({hash_of_digest(digest)}, [Source()], patience=1).lost == set()
    assert store.read(digest) == noise(5)
    assert store.verify(read_data=True) == []


def test_a_repair_that_is_stopped_leaves_nothing_half_written(store: Store) -> None:
    lost, kept = put(store, noise(1, LARGE)), put(store, noise(2))
    large = max((store._root / "packs").glob("*.pack"), key=lambda path: path.stat().st_size)
    damage(large)
    before = packs(store)

    class Source:
        def piece(self, content: Digest, offset: int, length: int | None, /) -> bytes | None:
            return None if length is None else noise(1, LARGE)[offset:offset + length]

    def stop(phase: str, done: int, total: int, /) -> None:
        if phase == "looking for sound copies" and done == 0 and asked:
            raise Cancelled("stopped")
        asked.append(phase)

    asked: list[str] = []
    with pytest.raises(Cancelled):
        store.repair({hash_of_digest(lost[0])}, [Source()], patience=1, progress=stop)
    assert packs(store) == before
    assert not list((store._root / "packs").glob("*.growing"))
    assert store.repair({hash_of_digest(lost[0])}, [Source()], patience=1).lost == set()
    assert store.read(lost[0]) == noise(1, LARGE)
    assert store.read(kept[0]) == noise(2)


def test_what_another_pack_holds_as_well_is_not_written_again(store: Store) -> None:
    shared, kept, dead = noise(1, LARGE), noise(2), noise(3, LARGE)
    with store.batch() as one:
        digests = [one.put_bytes(data).digest for data in (shared, kept, dead)]
        put(store, shared)
    assert store.nbytes() > 3 * LARGE
    done = swept(store, digests[:2], grace=0)
    assert done.freed > 2 * LARGE
    assert store.nbytes() < LARGE + 20_000
    assert store.verify(read_data=True) == []
    assert [store.read(digest) for digest in digests[:2]] == [shared, kept]


def test_what_a_killed_collector_left_in_the_quarantine_goes(store: Store) -> None:
    [kept], _ = put(store, noise(1)), put(store, noise(2))
    swept(store, [kept])
    leftover = store._root / "quarantine" / ".since.json.abc"
    leftover.write_bytes(b"half")
    swept(store, [kept])
    assert not leftover.exists()
    assert len(waiting(store)) == 1


def test_what_is_brought_back_while_garbage_is_collected_stays(store: Store) -> None:
    [kept], [back] = put(store, noise(1)), put(store, noise(2))
    swept(store, [kept])
    assert len(waiting(store)) == 1

    def needed() -> set[bytes]:
        if waiting(store):
            assert store.bring_back([back]) == set()
        return {hash_of_digest(kept), hash_of_digest(back)}

    store.collect(needed, grace=0, patience=5)
    assert (len(packs(store)), len(waiting(store))) == (2, 0)
    assert store.read(back) == noise(2)


def test_a_repair_that_is_stopped_leaves_nothing_of_itself(store: Store) -> None:
    contents = [noise(1), noise(2)]
    digests = [put(store, data)[0] for data in contents]
    for path in (store._root / "packs").glob("*.pack"):
        damaged = bytearray(path.read_bytes())
        damaged[1000] ^= 1
        path.chmod(0o644)
        path.write_bytes(damaged)
    before = sorted((store._root / "packs").iterdir())

    class Copies:
        def piece(self, content: Digest, _offset: int, _length: int | None, /) -> bytes | None:
            return dict(zip(digests, contents, strict=True)).get(content)

    def stop(phase: str, done: int, _total: int, /) -> None:
        if phase == "looking for sound copies" and done:
            raise Cancelled("enough")

    wanted = [hash_of_digest(digest) for digest in digests]
    with pytest.raises(Cancelled):
        store.repair(wanted, [Copies()], patience=5, progress=stop)
    assert sorted((store._root / "packs").iterdir()) == before
    assert store.repair(wanted, [Copies()], patience=5).chunks == set(wanted)
    assert [store.read(digest) for digest in digests] == contents
