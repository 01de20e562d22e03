"""Snapshots and collections of one store, each in a process: ``snapshot FOLDER N SEED`` or ``collect FOLDER SEED``.

A snapshot is what the repository makes of one: contents that are looked for or put, a record that names them, and then
both are relied on. Contents are few, so that they die and come to life again all the time. Collections have clocks that
are years off.
"""

from __future__ import annotations

import random
import sys
import time
from contextlib import suppress
from pathlib import Path

from jupyter_mlversion.repository.liveness import named_in
from jupyter_mlversion.store import Store, digest_of_bytes

KEPT = 3
CONTENTS = [random.Random(seed).randbytes(500 if seed % 3 else 400_000) for seed in range(12)]
YEARS = 10 * 365 * 86400.0


def snapshot(root: Path, count: int, seed: int) -> None:
    """Make `count` snapshots; only the last few are kept."""
    chosen, records, store = random.Random(seed), [], Store(root / "store")
    for number in range(count):
        record = root / "records" / f"{seed}-{number}"
        wanted = chosen.sample(CONTENTS, 2)
        with store.storing():
            with store.batch() as batch:
                for data in wanted:
                    if digest_of_bytes(data) not in store:
                        batch.put_bytes(data)
            record.write_text(" ".join(digest_of_bytes(data) for data in wanted))
        records.append((record, wanted))
        for kept, contents in records[-KEPT:]:
            for data in contents:
                assert store.read(digest_of_bytes(data)) == data, kept
        for old, _ in records[:-KEPT]:
            old.unlink()
        del records[:-KEPT]
    print(count, flush=True)


def collect(root: Path, seed: int) -> None:
    """Collect until the snapshots are done."""
    chosen, store, done = random.Random(seed), Store(root / "store"), 0
    now = time.time

    def needed() -> set[bytes]:
        found: set[bytes] = set()
        for path in (root / "records").iterdir():
            with suppress(FileNotFoundError):
                found |= named_in(path.read_bytes())
        return found

    while not (root / "done").exists():
        offset = chosen.choice([-YEARS, 0.0, YEARS])
        time.time = lambda offset=offset: now() + offset
        store.collect(needed, grace=chosen.choice([0.0, 3600.0]), patience=60)
        done += 1
    time.time = now
    print(done, flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "snapshot":
        snapshot(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
    else:
        collect(Path(sys.argv[2]), int(sys.argv[3]))
