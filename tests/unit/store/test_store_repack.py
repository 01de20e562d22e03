"""What lies long gets smaller, against what it was made from; and comes back the same."""

from __future__ import annotations

import io
import os
import tracemalloc
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from jupyter_mlversion.domain.digest import Digest, hash_of_digest
from jupyter_mlversion.store import Store
from jupyter_mlversion.store.encoding import DELTA, PLANES, PREFIX, RAW, ZSTD
from jupyter_mlversion.store.piece import Piece
from jupyter_mlversion.store.plan.region import Region
from jupyter_mlversion.store.repack import Repacker, Step, frames
from jupyter_mlversion.store.repack.bases import depths_in
from jupyter_mlversion.store.repack.counterpart import Counterpart
from jupyter_mlversion.store.repack.known import Known
from jupyter_mlversion.store.rewrite import Rewritten
from jupyter_mlversion.store.survey import load

if TYPE_CHECKING:
    from jupyter_mlversion.store.layout import Frame

RANDOM = np.random.default_rng(0)


class Kept:
    """A store, what was put into it path by path, and how it is encoded anew."""

    def __init__(self, root: Path) -> None:
        self.store = Store(root)
        self.steps: list[Step] = []
        self.contents: dict[Digest, bytes] = {}
        self._last: dict[str, bytes] = {}

    def put(self, **files: bytes) -> None:
        """A version: names of files, and what they hold."""
        with self.store.batch() as batch:
            for path, data in files.items():
                digest = batch.put_bytes(data).digest
                content = hash_of_digest(digest)
                self.steps.append(Step(content, self._last.get(path)))
                self._last[path] = content
                self.contents[digest] = data

    def packs(self) -> dict[bytes, object]:
        return load(self.store._folder, self.store._folder.names())

    def repack(self, steps: Iterable[Step] | None = None, wants=lambda _key: True, progress=lambda *_told: None,
               staying: Iterable[bytes] = ()) -> Rewritten:
        """Encode all anew, and remove the old packs."""
        packs = self.packs()
        stay = [packs.pop(name) for name in staying]
        work = Repacker(self.store._folder, self.store._reader, self.steps if steps is None else steps, stay)
        result = work.rewrite(packs.values(), wants, progress)
        for name in set(packs) - {name for name, _, _ in result.packs} - result.damaged:
            os.unlink(self.store._folder.pack(name))
        self.store._index.rebuild()
        self.store.close()
        return result

    def check(self) -> None:
        """All comes back, and is sound."""
        assert self.store.verify(read_data=True) == []
        for digest, data in self.contents.items():
            assert self.store.read(digest) == data

    def frames(self) -> list[Frame]:
        return [frame for pack in self.packs().values() for frame in pack.footer.frames]

    def stored(self) -> dict[int, int]:
        """Bytes of the frames by encoding."""
        counts: Counter[int] = Counter()
        for frame in self.frames():
            counts[frame.encoding] += frame.stored
        return counts


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "store")


def safetensors(*tensors: np.ndarray) -> bytes:
    from safetensors.numpy import save

    return save({f"w{number:02}": tensor for number, tensor in enumerate(tensors)})


def weights(count: int = 3, size: int = 300_000, kind: str = "f4") -> list[np.ndarray]:
    return [(RANDOM.standard_normal(size) * 0.02).astype(kind) for _ in range(count)]


def moved(tensors: list[np.ndarray], step: float = 1e-3) -> list[np.ndarray]:
    return [(tensor + RANDOM.standard_normal(tensor.size) * 0.02 * step).astype(tensor.dtype) for tensor in tensors]


def table(rows: int, seed: int) -> list[str]:
    random = np.random.default_rng(seed)
    return [",".join(map(str, row)) for row in random.integers(0, 10**7, (rows, 6))]


def text(rows: list[str]) -> bytes:
    return "\n".join(rows).encode()


def test_a_fine_tuned_model_is_what_it_moved_by(kept: Kept) -> None:
    first = weights()
    second = moved(first)
    kept.put(model=safetensors(*first))
    kept.put(model=safetensors(*second))
    kept.repack()
    kept.check()
    stored = kept.stored()
    nbytes = sum(tensor.nbytes for tensor in first)
    assert stored[PLANES] < 0.84 * nbytes
    assert stored[DELTA] < 0.6 * nbytes
    assert stored.keys() <= {PLANES, DELTA, ZSTD}


def test_a_new_head_is_no_difference_of_the_old_one(kept: Kept) -> None:
    first = weights()
    kept.put(model=safetensors(*first))
    kept.put(model=safetensors(*first[:2], *weights(1)))
    kept.repack()
    kept.check()
    assert DELTA not in kept.stored()  # planes of it are smaller


def test_tensors_are_compared_with_those_they_were_when_others_come_before_them(kept: Kept) -> None:
    first = weights()
    kept.put(model=safetensors(*first))
    kept.put(model=safetensors(*weights(1, 70_001), *moved(first)))
    kept.repack()
    kept.check()
    assert kept.stored()[DELTA] < 0.6 * sum(tensor.nbytes for tensor in first)


@pytest.mark.parametrize("kind", ["f2", "f8"])
def test_floats_of_other_widths(kept: Kept, kind: str) -> None:
    first = weights(2, kind=kind)
    for tensors in (first, moved(first, 1e-2)):
        file = io.BytesIO()
        np.savez(file, *tensors)
        kept.put(arrays=file.getvalue())
    kept.repack()
    kept.check()
    assert kept.stored()[DELTA]


def test_an_inserted_column_costs_the_column(kept: Kept) -> None:
    rows = table(60_000, 0)
    kept.put(table=text(rows))
    kept.put(table=text([*rows, *table(600, 1)]))
    kept.put(table=text([f"{row},{number % 7}" for number, row in enumerate(rows)]))
    before = sum(frame.stored for frame in kept.frames())
    kept.repack()
    kept.check()
    stored = kept.stored()
    assert stored[PREFIX] < 8 * len(rows)
    assert sum(stored.values()) < 0.7 * before


def test_moved_and_edited_rows_are_found_where_they_were(kept: Kept) -> None:
    rows = table(120_000, 0)
    edited = [*table(20_000, 1), *rows[:40_000], *(f"{row},1" for row in rows[40_000:80_000]), *rows[80_000:]]
    kept.put(table=text(rows))
    kept.put(table=text(edited))
    kept.repack()
    kept.check()
    prefixed = [frame for frame in kept.frames() if frame.encoding == PREFIX]
    assert sum(frame.length for frame in prefixed) > 35_000 * 45
    assert sum(frame.stored for frame in prefixed) < 0.15 * sum(frame.length for frame in prefixed)


def test_small_files_share_frames_and_edited_ones_need_few_bytes(kept: Kept) -> None:
    files = {f"f{number}": text(table(300, number)) for number in range(100)}
    kept.put(**files)
    kept.put(f0=files["f0"] + b"\none more", f1=os.urandom(3000))
    kept.repack()
    kept.check()
    encodings = Counter(frame.encoding for frame in kept.frames())
    assert encodings[PREFIX] == 1
    assert encodings[ZSTD] + encodings[RAW] <= 3


def depths(kept: Kept) -> dict[bytes, int]:
    return depths_in(kept.packs().values())


def test_chains_are_bounded(kept: Kept) -> None:
    tensors, rows = weights(1), table(20_000, 0)
    for number in range(12):
        kept.put(model=safetensors(*tensors), table=text(rows))
        tensors = moved(tensors)
        rows = [f"{row},{number}" for row in rows]
    kept.repack()
    kept.check()
    deep = depths(kept)
    for encoding, limit in ((DELTA, 1), (PREFIX, 2)):
        chunks = [chunk for pack in kept.packs().values() for frame, chunks in pack.frames() for chunk in chunks
                  if frame.encoding == encoding]
        assert max(deep[chunk.hash] for chunk in chunks) == limit
    assert kept.stored()[DELTA] < 11 * 0.63 * tensors[0].nbytes  # however long the series is


def test_what_history_does_not_tell_of_is_kept_as_well(kept: Kept) -> None:
    kept.put(model=safetensors(*weights()), small=b"abc" * 100, none=b"")
    kept.repack(steps=[Step(b"?" * 32, b"!" * 32)])
    kept.check()


def test_only_what_is_wanted_is_written_and_is_a_base(kept: Kept) -> None:
    first = weights()
    kept.put(model=safetensors(*first))
    gone = next(iter(kept.contents))
    unwanted = {chunk.hash for pack in kept.packs().values() for chunk in pack.footer.chunks}
    kept.put(model=safetensors(*weights(1, 70_001), *moved(first)))
    kept.repack(wants=lambda key: key not in unwanted | {b"m" + hash_of_digest(gone)})
    del kept.contents[gone]
    kept.check()
    assert gone not in kept.store
    assert DELTA not in kept.stored()


def test_again_and_against_packs_that_stay(kept: Kept) -> None:
    first = weights()
    kept.put(model=safetensors(*first))
    kept.repack()
    staying = set(kept.packs())
    kept.put(model=safetensors(*moved(first)))
    kept.repack(staying=staying)
    kept.check()
    assert kept.stored()[DELTA]
    assert staying < set(kept.packs())
    before = sum(frame.stored for frame in kept.frames())
    kept.repack()
    kept.check()
    assert sum(frame.stored for frame in kept.frames()) <= before


def test_a_damaged_chunk_stays_where_it_is_and_harms_no_other(kept: Kept, tmp_path: Path) -> None:
    first = weights()
    kept.put(model=safetensors(*first))
    (damaged,) = kept.packs()
    path = kept.store._folder.pack(damaged)
    data = bytearray(path.read_bytes())
    data[1_000_000] ^= 1
    path.write_bytes(data)
    kept.put(model=safetensors(*moved(first)))
    result = kept.repack()
    assert result.damaged == {damaged}
    second = list(kept.contents)[1]
    assert kept.store.read(second) == kept.contents[second]
    lost = [damage.detail for damage in kept.store.verify(read_data=True)]
    assert lost  # told, not forgotten


def test_a_damaged_base_is_no_base(kept: Kept) -> None:
    first = weights()
    kept.put(model=safetensors(*first))
    kept.repack()
    (staying,) = kept.packs()
    path = kept.store._folder.pack(staying)
    data = bytearray(path.read_bytes())
    data[1_000_000] ^= 1
    path.write_bytes(data)
    kept.put(model=safetensors(*moved(first)))
    kept.repack(staying={staying})
    second = list(kept.contents)[1]
    assert kept.store.read(second) == kept.contents[second]
    assert kept.stored()[DELTA]


def test_noise_stays_as_it_is(kept: Kept) -> None:
    kept.put(model=safetensors(np.frombuffer(RANDOM.bytes(400_000), "f4")), noise=RANDOM.bytes(400_000))
    kept.repack()
    kept.check()
    assert kept.stored()[RAW] >= 800_000


def test_nothing_takes_the_place_of_bytes_but_what_gives_them_back(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.put(model=safetensors(*weights()))
    packs = set(kept.packs())
    monkeypatch.setattr(frames, "decode", lambda *_frame: b"something else")
    with pytest.raises(AssertionError, match="inverse"):
        kept.repack()
    assert set(kept.packs()) == packs


def test_packs_end_in_time_and_progress_is_told(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "LARGEST", 2_000_000)
    kept.put(model=safetensors(*weights(5)))
    told = []
    result = kept.repack(progress=lambda *state: told.append(state))
    kept.check()
    assert len(result.packs) >= 2
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
    assert told[-1][1] == told[-1][2] == sum(map(len, kept.contents.values()))


def test_a_cancel_leaves_nothing_behind(kept: Kept) -> None:
    kept.put(model=safetensors(*weights(10)))
    packs = set(os.listdir(kept.store._folder.path))

    def cancel(*_told: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kept.repack(progress=cancel)
    assert set(os.listdir(kept.store._folder.path)) == packs
    kept.check()


def test_memory_is_bounded(kept: Kept) -> None:
    kept.put(model=safetensors(*weights(3, 5_000_000)))
    tracemalloc.start()
    kept.repack()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 90 * 2**20


def test_nothing_becomes_nothing(kept: Kept) -> None:
    assert kept.repack() == Rewritten([], set())


def known(lengths: list[int], names: bytes) -> Known:
    pieces, offset = [], 0
    for length, name in zip(lengths, names, strict=True):
        pieces.append(Piece(offset, length, bytes([name])))
        offset += length
    return Known(pieces, lambda chunk: chunk * lengths[names.index(chunk)])


def test_where_rows_were() -> None:
    margin = 2**15
    before = known([10**6] * 5, b"abcde")
    after = known([10**6, 2 * 10**6, 10**6, 10**6], b"axcy")
    counterpart = Counterpart(before, after)
    # between a and c there were 1 MB instead of 2
    assert counterpart.of_rows(10**6, 2 * 10**6) == (10**6 - margin, 1_500_000 + margin)
    assert counterpart.of_rows(2 * 10**6, 3 * 10**6) == (1_500_000 - margin, 2 * 10**6 + margin)
    assert counterpart.of_rows(4 * 10**6, 5 * 10**6) == (3 * 10**6 - margin, 5 * 10**6)
    swapped = Counterpart(before, known([10**6] * 3, b"exa"))
    assert swapped.of_rows(10**6, 2 * 10**6) == (5 * 10**6 - margin, 5 * 10**6)
    assert Counterpart(known([], b""), after).of_rows(0, 10) == (0, 0)


def test_where_numbers_begin() -> None:
    content = known([10, 8, 8, 14], b"abcd")
    content.regions = [Region(4, 12, 4), Region(16, 4, 4), Region(20, 6, 2), Region(28, 4, 1)]
    assert content.floats(content.pieces[0]) is None  # not all of it
    assert content.floats(content.pieces[1]) == (Region(4, 12, 4), 2)
    assert content.floats(content.pieces[2]) is None  # two widths
    assert content.floats(content.pieces[3]) is None
    assert Known([], lambda _chunk: b"").read(0, 5) == b""
    assert content.read(8, 12) == b"aa" + b"b" * 8 + b"cc"
    assert content.fill(bytearray(), 39, 5) == b"d"
