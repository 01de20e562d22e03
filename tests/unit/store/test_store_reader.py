"""Packs of every kind, also such as no writer of ours makes."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from jupyter_mlversion.errors import CorruptChunk
from jupyter_mlversion.store import Store, digest_of_bytes, layout
from jupyter_mlversion.store.address import hash_of
from jupyter_mlversion.store.encoding import CODECS, PREFIX, RAW, ZSTD
from jupyter_mlversion.store.layout import Chunk, Footer, Frame, Manifest, Part
from jupyter_mlversion.store.writer import Writer

TEXT = b"".join(b"%d," % number for number in range(5000))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def prefixed(data: bytes, base: bytes) -> bytes:
    frame = CODECS[PREFIX].encode(data, (base,), 0)
    assert frame is not None
    return bytes(frame)


def publish(store: Store, fill: Callable[[Writer], None]) -> Path:
    writer = Writer(store._folder)
    fill(writer)
    return store._folder.pack(writer.commit()[0])


def by_hand(store: Store, footer: Footer, frames: bytes, *, version: int = 2, data: bytes | None = None) -> Path:
    """A pack with just these bytes."""
    data = layout.dump_footer(footer) if data is None else data
    store._folder.path.mkdir(parents=True, exist_ok=True)
    path = store._folder.pack(hash_of(data))
    header = layout.HEADER[:8] + version.to_bytes(4, "little") + bytes(4)
    path.write_bytes(header + frames + data + layout.dump_trailer(len(data), hash_of(data)))
    return path


def test_a_chunk_whose_base_is_in_another_pack_is_read_and_verified(store: Store) -> None:
    versions = [TEXT, TEXT + b"more", b"less" + TEXT]
    paths = [publish(store, lambda writer: writer.add_frame(TEXT, [Part(hash_of(TEXT), len(TEXT))]))]
    for before, after in pairwise(versions):
        paths.append(publish(store, lambda writer, before=before, after=after: writer.add_frame(
            prefixed(after, before), [Part(hash_of(after), len(after))], length=len(after), encoding=PREFIX,
            bases=hash_of(before))))
    assert paths[-1].stat().st_size < 500
    for data in versions:
        assert store.read(digest_of_bytes(data)) == data
    assert store.verify(read_data=True) == []
    paths[0].unlink()
    store.reader.close()
    with pytest.raises(CorruptChunk, match="is in no pack"):
        store.read(digest_of_bytes(versions[1]))
    missing = {damage.digest for damage in store.verify(read_data=False)}
    assert digest_of_bytes(versions[1]) in missing
    assert {damage.digest for damage in store.verify(read_data=True)} >= {*map(digest_of_bytes, versions[1:])}


def test_bases_in_a_circle_are_told(store: Store) -> None:
    one, two = b"one" * 1000, b"two" * 1000
    for data, base in ((one, two), (two, one)):
        publish(store, lambda writer, data=data, base=base: writer.add_frame(
            prefixed(data, base), [Part(hash_of(data), len(data))], length=len(data), encoding=PREFIX,
            bases=hash_of(base)))
    with pytest.raises(CorruptChunk, match="too many other chunks, or itself"):
        store.read(digest_of_bytes(one))
    assert {damage.digest for damage in store.verify(read_data=True)} == {digest_of_bytes(one), digest_of_bytes(two)}


def test_bases_without_number_are_told(store: Store) -> None:
    bases = [b"%d" % number * 100 for number in range(300)]
    data = b"".join(bases)

    def fill(writer: Writer) -> None:
        for base in bases:
            frame = CODECS[ZSTD].encode(base, (), 0)
            writer.add_frame(frame, [Part(hash_of(base), len(base))], length=len(base), encoding=ZSTD)
        writer.add_frame(data, [Part(hash_of(data), len(data))], bases=b"".join(map(hash_of, bases)))

    publish(store, fill)
    assert store.read(digest_of_bytes(bases[7])) == bases[7]
    store.reader.close()
    with pytest.raises(CorruptChunk, match="too many other chunks, or itself"):
        store.read(digest_of_bytes(data))


def test_frames_may_be_aligned_with_zeros_only(store: Store) -> None:
    data = os.urandom(5000)
    chunk = Chunk(hash_of(data), 0, 0, len(data))
    footer = Footer((Frame(hash_of(data), 4096, len(data), len(data), RAW),), (chunk,), ())
    path = by_hand(store, footer, bytes(4080) + data)
    assert store.read(digest_of_bytes(data)) == data
    assert store.verify(read_data=True) == []
    with path.open("r+b") as file:
        file.seek(2000)
        file.write(b"\1")
    [damage] = store.verify(read_data=True)
    assert (damage.kind, damage.digest) == ("pack", None)
    assert path.stem in damage.detail
    path.unlink()
    by_hand(store, footer._replace(frames=(footer.frames[0]._replace(offset=4112),)), bytes(4096) + data)
    assert ["do not follow" in damage.detail for damage in store.verify(read_data=False)][:1] == [True]


def test_bytes_of_a_frame_that_are_of_no_chunk_do_no_harm(store: Store) -> None:
    data, rubbish = os.urandom(100), os.urandom(50)
    frame = rubbish + data + rubbish
    footer = Footer((Frame(hash_of(frame), 16, 200, 200, RAW),), (Chunk(hash_of(data), 0, 50, 100),), ())
    by_hand(store, footer, frame)
    assert store.read(digest_of_bytes(data)) == data
    assert store.verify(read_data=True) == []


def former(store: Store, gap: bytes = b"") -> tuple[Path, bytes]:
    """A pack of version 1, and the content in it."""
    parts = [os.urandom(200_000), TEXT]
    frames = [parts[0], bytes(CODECS[ZSTD].encode(TEXT, (), 0))]
    content = b"".join(parts)
    data = (2).to_bytes(8, "little") + (1).to_bytes(8, "little")
    offset = 16
    for part, frame, encoding in zip(parts, frames, (RAW, ZSTD), strict=True):
        numbers = (offset, len(frame), len(part))
        data += hash_of(part) + hash_of(frame) + b"".join(value.to_bytes(8, "little") for value in numbers)
        data += encoding.to_bytes(4, "little")
        offset += len(frame) + len(gap)
    manifest = Manifest.of(hash_of(content), [Part(hash_of(part), len(part)) for part in parts])
    data += manifest.hash + manifest.size.to_bytes(8, "little") + (2).to_bytes(8, "little") + manifest.parts
    return by_hand(store, Footer((), (), ()), gap.join(frames), version=1, data=data), content


def test_a_pack_of_version_1_is_read_beside_new_ones(store: Store) -> None:
    path, content = former(store)
    before = path.read_bytes()
    assert store.read(digest_of_bytes(content)) == content
    with store.batch() as batch:
        assert batch.put_bytes(content).new == 0
        assert batch.put_bytes(TEXT).new == 0
        assert batch.put_bytes(content + b"more" * 2**20).new > 0
    assert store.read(digest_of_bytes(TEXT)) == TEXT
    assert store.verify(read_data=True) == []
    assert path.read_bytes() == before


def test_version_1_has_no_zeros_between_frames(store: Store) -> None:
    former(store, gap=b"\0")
    assert any("do not follow" in damage.detail for damage in store.verify(read_data=False))


def test_a_pack_of_a_later_version_is_left_alone(store: Store) -> None:
    path = by_hand(store, Footer((), (), ()), b"", version=3)
    before = path.read_bytes()
    [damage] = store.verify(read_data=False)
    assert "format version" in damage.detail
    with store.batch() as batch:
        batch.put_bytes(b"data")
    store.recover()
    assert path.read_bytes() == before


def test_a_manifest_that_is_not_where_it_should_be_is_no_manifest(store: Store) -> None:
    first, second = os.urandom(2**20 + 1), os.urandom(2**20 + 1)
    with store.batch() as batch:
        batch.put_bytes(first)
        batch.put_bytes(second)
    store.close()
    [path] = store._folder.path.iterdir()
    data = path.read_bytes()
    path.write_bytes(data.replace(hash_of(first) + (len(first)).to_bytes(8, "little"),
                                  hash_of(b"another") + (len(first)).to_bytes(8, "little")))
    with pytest.raises(CorruptChunk, match="does not hold"):
        store.read(digest_of_bytes(first))
    assert store.read(digest_of_bytes(second)) == second


def test_decoded_frames_are_forgotten_when_they_are_many(store: Store) -> None:
    contents = [b"%d " % number * 40_000 for number in range(160)]
    with store.batch() as batch:
        for data in contents:
            batch.put_bytes(data)
    for data in (*contents, *contents[:3]):
        assert store.read(digest_of_bytes(data)) == data
    assert 0 < store.reader._remembered <= 8 * 2**20
    store.reader.close()
    assert store.reader._remembered == 0


def test_many_packs_are_not_all_kept_open(store: Store) -> None:
    contents = [b"%d" % number for number in range(40)]
    for data in contents:
        with store.batch() as batch:
            batch.put_bytes(data)
    store.close()
    for data in contents:
        store.read(digest_of_bytes(data))
    links = [os.readlink(path) for path in Path("/proc/self/fd").iterdir() if path.exists()]
    assert len([link for link in links if link.startswith(str(store._root / "packs"))]) <= 32


def test_a_chunk_that_its_frame_does_not_have_is_damage(store: Store) -> None:
    data, other = os.urandom(100), os.urandom(100)
    frame = data + other
    chunks = (Chunk(hash_of(data), 0, 0, 100), Chunk(hash_of(b"not other"), 0, 100, 100))
    by_hand(store, Footer((Frame(hash_of(frame), 16, 200, 200, RAW),), chunks, ()), frame)
    [damage] = store.verify(read_data=True)
    assert (damage.kind, damage.digest) == ("chunk", digest_of_bytes(b"not other"))
    assert store.read(digest_of_bytes(data)) == data
    with pytest.raises(CorruptChunk, match="another digest"):
        store.read(digest_of_bytes(b"not other"))


def test_a_content_that_is_one_chunk_may_have_a_manifest(store: Store) -> None:
    data = os.urandom(100)
    manifest = Manifest.of(hash_of(data), [Part(hash_of(data), 100)])
    footer = Footer((Frame(hash_of(data), 16, 100, 100, RAW),), (Chunk(hash_of(data), 0, 0, 100),), (manifest,))
    path = by_hand(store, footer, data)
    assert store.read(digest_of_bytes(data)) == data
    assert store.verify(read_data=True) == []
    changed = bytearray(path.read_bytes())
    changed[20] ^= 1
    path.write_bytes(changed)
    assert [damage.digest for damage in store.verify(read_data=True)] == [digest_of_bytes(data)]


def test_chunks_that_do_not_make_up_a_content_are_told(store: Store, tmp_path: Path) -> None:
    data = os.urandom(100)
    manifest = Manifest.of(hash_of(b"another"), [Part(hash_of(data), 100)])
    footer = Footer((Frame(hash_of(data), 16, 100, 100, RAW),), (Chunk(hash_of(data), 0, 0, 100),), (manifest,))
    by_hand(store, footer, data)
    with pytest.raises(CorruptChunk, match="do not make it up"):
        store.read(digest_of_bytes(b"another"))


def test_bytes_in_a_pack_that_is_gone_are_not_to_be_had(store: Store) -> None:
    data = os.urandom(2**21)
    with store.batch() as batch:
        batch.put_bytes(data)
    [part] = list(store.parts(digest_of_bytes(data)))[:1]
    place = store._index.places([part.hash])[part.hash]
    assert store.reader.unchecked(place) == data[:part.length]
    assert store.reader.unchecked(None) is None
    for path in store._folder.path.iterdir():
        path.unlink()
    store.reader.close()
    assert store.reader.unchecked(place) is None
