"""What the crash tests of the store kill: two batches on the store in argv[1]; on stdout is what is durable."""

from __future__ import annotations

import random
import sys
from pathlib import Path

from jupyter_mlversion.errors import MlversionError
from jupyter_mlversion.store import Store


def run(root: Path) -> None:
    """Put a file, flush, put the same bytes and a few more; then a batch of its own; go on after a full disk."""
    noise = [random.Random(seed).randbytes(size) for seed, size in enumerate((3000, 200_000, 1_500_000))]
    (root / "file").write_bytes(noise[2])
    store = Store(root / "store")
    try:
        with store.batch() as batch:
            with (root / "file").open("rb") as file:
                first = batch.put_file(file.fileno())
            batch.flush()
            print(first.digest, flush=True)
            batch.put_bytes(noise[2])
            second = batch.put_bytes(noise[0] + b"text " * 999)
        print(second.digest, flush=True)
    except MlversionError as error:
        print(error.kind, flush=True)
    try:
        with store.batch() as batch:
            third = batch.put_bytes(noise[1])
        print(third.digest, flush=True)
    except MlversionError as error:
        print(error.kind, flush=True)
    store.close()


if __name__ == "__main__":
    run(Path(sys.argv[1]))
