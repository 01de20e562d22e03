"""The files of the store's workloads, and what changes in them from one version to the next.

    python benchmarks/workloads.py W1 0.1 2 FOLDER    makes version 2 (from 0) of W1 at scale 0.1 out of version 1

Every change is made by its seed, so that all tools see the same bytes.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

Step = Callable[[Path], None]


def _weights(scale: float, kind: str) -> Iterator[np.ndarray]:
    """200 tensors, together 1 GB as float32 at scale 1, as a training leaves them: normal, each of its own spread."""
    random = np.random.default_rng(0)
    size = int(1.28e6 * scale)
    for _ in range(200):
        spread = np.float32(0.02 * (0.5 + random.random()))
        yield _as(random.standard_normal(size, dtype=np.float32) * spread, kind)


def _as(values: np.ndarray, kind: str) -> np.ndarray:
    """float32, or bfloat16 as the upper halves of it, rounded to nearest even."""
    if kind == "F32":
        return values
    bits = values.view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def _model(scale: float, kind: str) -> Step:
    def make(folder: Path) -> None:
        size = int(1.28e6 * scale) * (4 if kind == "F32" else 2)
        header = {f"layer.{number:03}.weight": {"dtype": kind, "shape": [int(1.28e6 * scale)],
                                                "data_offsets": [number * size, (number + 1) * size]}
                  for number in range(200)}
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        with (folder / "model.safetensors").open("wb") as file:
            file.write(struct.pack("<Q", len(text)) + text)
            for tensor in _weights(scale, kind):
                file.write(tensor.tobytes())

    return make


def _train(kind: str, *, seed: int, share: float, step: float) -> Step:
    """Move the last `share` of the tensors by noise of `step` times their spread."""

    def change(folder: Path) -> None:
        random = np.random.default_rng(seed)
        with (folder / "model.safetensors").open("r+b") as file:
            start = 8 + struct.unpack("<Q", file.read(8))[0]
            width = 4 if kind == "F32" else 2
            size = (os.fstat(file.fileno()).st_size - start) // 200 // width
            for number in range(200 - int(200 * share), 200):
                place = start + number * size * width
                file.seek(place)
                old = np.frombuffer(file.read(size * width), np.float32 if kind == "F32" else np.uint16)
                values = old if kind == "F32" else (old.astype(np.uint32) << 16).view(np.float32)
                moved = values + random.standard_normal(size, dtype=np.float32) * np.float32(step * values.std())
                file.seek(place)
                file.write(_as(moved, kind).tobytes())

    return change


def _model_steps(scale: float, kind: str, heads: int) -> tuple[Step, ...]:
    """`heads` versions that share all but the last 5 % of the tensors, then one where every weight moves a little."""
    changes = (_train(kind, seed=seed, share=0.05, step=1.0) for seed in range(1, heads))
    return (_model(scale, kind), *changes, _train(kind, seed=99, share=1.0, step=1e-3))


def _rows(count: int, seed: int, first: int) -> list[str]:
    random = np.random.default_rng(seed)
    prices = np.round(random.lognormal(3, 1, count), 2).astype(str)
    scores = np.round(random.standard_normal((count, 4)), 4).astype(str)
    cities = np.array(["Berlin", "Lagos", "Lima", "Osaka", "Perth", "Quito"])[random.integers(0, 6, count)]
    users = random.integers(10**6, 10**7, count).astype(str)
    days = (np.datetime64("2020-01-01") + random.integers(0, 2000, count)).astype(str)
    columns = (np.arange(first, first + count).astype(str), users, days, cities, prices, *scores.T)
    return [",".join(row) for row in zip(*columns, strict=True)]


def _table(scale: float) -> tuple[Step, ...]:
    count = int(6_000_000 * scale)

    def write(folder: Path, head: str, rows: list[str]) -> None:
        from pyarrow import csv, parquet

        (folder / "table.csv").write_text("\n".join([head, *rows, ""]))
        parquet.write_table(csv.read_csv(folder / "table.csv"), folder / "table.parquet", row_group_size=250_000)

    def read(folder: Path) -> tuple[str, list[str]]:
        head, *rows = (folder / "table.csv").read_text().splitlines()
        return head, rows

    def make(folder: Path) -> None:
        write(folder, "id,user,day,city,price,a,b,c,d", _rows(count, 0, 0))

    def append(folder: Path) -> None:
        head, rows = read(folder)
        write(folder, head, rows + _rows(count // 100, 1, count))

    def edit(folder: Path) -> None:
        head, rows = read(folder)
        middle, some = count // 2, count // 1000
        rows[middle:middle + some] = _rows(some, 2, middle)
        del rows[count // 4:count // 4 + some]
        write(folder, head, rows)

    def insert(folder: Path) -> None:
        head, rows = read(folder)
        flags = np.random.default_rng(3).integers(0, 2, len(rows)).astype(str)
        write(folder, head + ",flag", [f"{row},{flag}" for row, flag in zip(rows, flags, strict=True)])

    return make, append, edit, insert


def _small_files(count: int, change: int) -> tuple[Step, ...]:
    def text(random: np.random.Generator) -> str:
        values = np.round(random.standard_normal(700), 4).astype(str)
        return "\n".join(values)

    def place(folder: Path, number: int) -> Path:
        return folder / f"{number // 500:03}" / f"{number % 500:03}.csv"

    def make(folder: Path) -> None:
        random = np.random.default_rng(0)
        for number in range(count):
            path = place(folder, number)
            path.parent.mkdir(exist_ok=True)
            path.write_text(text(random))

    def edit(seed: int) -> Step:
        def change_some(folder: Path) -> None:
            random = np.random.default_rng(seed)
            for number in random.choice(count, change, replace=False):
                place(folder, int(number)).write_text(text(random))

        return change_some

    return (make, edit(1), edit(2)) if change else (make, lambda _folder: None)


def _huge(size: int) -> tuple[Step, ...]:
    def make(folder: Path) -> None:
        random = np.random.default_rng(0)
        with (folder / "huge.bin").open("wb") as file:
            for _ in range(size // 2**24):
                file.write(random.bytes(2**24))

    def change(folder: Path) -> None:
        with (folder / "huge.bin").open("r+b") as file:
            file.seek(size // 2)
            file.write(np.random.default_rng(1).bytes(4096))

    return make, change


def steps(name: str, scale: float) -> tuple[Step, ...]:
    """What makes each version of a workload from the one before; the first makes its files."""
    made = {
        "W1": lambda: _model_steps(scale, "F32", 5),
        "W2": lambda: _table(scale),
        "W3": lambda: _small_files(int(50_000 * scale), int(500 * scale)),
        "W4": lambda: _model_steps(scale, "BF16", 2),
        "W5": lambda: _huge(int(10e9 * scale)),
        "W6": lambda: _small_files(int(100_000 * scale), 0),
    }
    return made[name]()


if __name__ == "__main__":
    steps(sys.argv[1], float(sys.argv[2]))[int(sys.argv[3])](Path(sys.argv[4]))
