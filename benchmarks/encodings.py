"""What the encodings of repacked stores save, and what they cost who reads: CPU time of one core, and bytes.

    python benchmarks/encodings.py [megabytes]

Each line is one more version of the same file in a store, repacked: how many of its bytes it takes, and the CPU time of
reading it, verified, before and after.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from jupyter_mlversion.domain.digest import Digest, hash_of_digest
from jupyter_mlversion.store import Store
from jupyter_mlversion.store.repack import Step

VERSIONS = 6
STEP = 1e-3  # of their spread, by which weights move from version to version

random = np.random.default_rng(0)


def floats(kind: str, nbytes: int) -> Iterator[bytes]:
    values = random.standard_normal(nbytes // (2 if kind == "BF16" else 4), dtype=np.float32) * np.float32(0.02)
    for _ in range(VERSIONS):
        bits = values.view(np.uint32)
        data = values if kind == "F32" else ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)
        header = f'{{"w":{{"dtype":"{kind}","shape":[{data.size}],"data_offsets":[0,{data.nbytes}]}}}}'.encode()
        yield len(header).to_bytes(8, "little") + header + data.tobytes()
        values = values + random.standard_normal(values.size, dtype=np.float32) * np.float32(0.02 * STEP)


def table(nbytes: int) -> Iterator[bytes]:
    numbers = random.integers(0, 10**7, (nbytes // 45, 5)).astype(str)
    rows = [",".join(row) for row in numbers]
    for number in range(VERSIONS):
        yield "\n".join(rows).encode()
        rows = [f"{row},{flag}" for row, flag in zip(rows, random.integers(0, 2 + number, len(rows)), strict=True)]


def reading(store: Store, digest: Digest) -> float:
    """Seconds of CPU, the best of three."""
    taken = []
    with tempfile.TemporaryFile() as file:
        for _ in range(3):
            store.close()
            start = time.process_time()
            store.get(digest, file.fileno())
            taken.append(time.process_time() - start)
    return min(taken)


def measure(name: str, versions: Iterator[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store")
        steps: list[Step] = []
        contents: list[tuple[Digest, int]] = []
        for data in versions:
            with store.batch() as batch:
                digest = batch.put_bytes(data).digest
            steps.append(Step(hash_of_digest(digest), steps[-1].content if steps else None))
            contents.append((digest, len(data)))
        before = [reading(store, digest) for digest, _ in contents]
        hashes = {step.content for step in steps}
        start = time.process_time()
        store.collect(lambda: hashes, grace=0, patience=60, repack=lambda: iter(steps))
        taken = time.process_time() - start
        total = sum(size for _, size in contents)
        share = store.nbytes() / total
        print(f"{name}: {share:.3f} of the bytes of all versions; repacked at {total / taken / 1e6:.0f} MB/s")
        survey = store.survey()
        seen: set[bytes] = set()
        for number, (digest, size) in enumerate(contents):
            chunks = survey.chunks([hash_of_digest(digest)])[hash_of_digest(digest)]
            share = survey.weigh(chunks - seen) / size
            seen |= chunks
            after = reading(store, digest)
            print(f"  version {number + 1}: {share:.3f} of its bytes; reading 1 GB takes "
                  f"{before[number] / size * 1e9:.2f} s before, {after / size * 1e9:.2f} s after")
        store.close()


def main() -> None:
    nbytes = int(sys.argv[1] if len(sys.argv) > 1 else 100) * 10**6
    made: dict[str, Callable[[], Iterator[bytes]]] = {
        "float32, all weights move": lambda: floats("F32", nbytes),
        "bfloat16, all weights move": lambda: floats("BF16", nbytes),
        "CSV, a column is added": lambda: table(nbytes),
    }
    for name, versions in made.items():
        measure(name, versions())


if __name__ == "__main__":
    main()
