"""A metric of a million points: what a chart of it costs, against sending all of them.

Peers in the same run: the same chart with every point in it, and a reservoir of 1,000 points as TensorBoard keeps of
each tag, which is small too and loses the extremes. CPU seconds of this process; the first answer reads and decodes the
series.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
import tracemalloc
from array import array
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from harness import machine, median, table

from jupyter_mlversion.codec.json import dump
from jupyter_mlversion.domain.run import Run
from jupyter_mlversion.domain.version import Checkpoint, Trigger
from jupyter_mlversion.figures.charts import Options, Shelf, chart, source_of
from jupyter_mlversion.repository import Repository, Seen
from jupyter_mlversion.tracking.series import joined, short

SPIKE = 123_456


def make(root: Path, count: int) -> Repository:
    """A version whose run has a noisy metric of `count` points, with one value far above all others."""
    values = (np.sin(np.arange(count) / 20_000) + np.random.default_rng(7).normal(0, 0.3, count)).astype(float)
    values[min(SPIKE, count - 1)] = 9.0
    columns = {"loss": (array("q", range(count)), array("d", 1.7e9 + np.arange(count) * 0.01), array("d", values))}
    repository = Repository.init(root)
    repository.stage(
        Checkpoint("k.1", Trigger.API, datetime.now(UTC), "a million"),
        Seen({}, runs=lambda batch: (Run("", "c", 1.7e9, id="0" * 32, series=batch.put_bytes(joined(columns)).digest,
                                         metrics={name: short(one) for name, one in columns.items()}),)))
    repository.join("k.1")
    return repository


def measured(repository: Repository, shelf: Shelf, **options) -> tuple[float, int, bool, int]:
    """CPU seconds, bytes of the answer, whether it shows the spike, points."""
    begun = time.process_time()
    made = chart(source_of(repository, repository.log(), shelf), Options(**options))
    data = dump(made.figures)
    seconds = time.process_time() - begun
    trace = made.figures[0]["figure"]["data"][0]
    return seconds, len(data), 9.0 in trace["y"], len(trace["x"])


def everything(repository: Repository, shelf: Shelf) -> tuple[float, int, bool, int]:
    """The same without leaving out any point."""
    begun = time.process_time()
    (run,) = source_of(repository, repository.log(), shelf).runs
    points = run.read(["loss"])["loss"]
    data = dump({"x": points.steps.astype(int).tolist(), "y": points.values.tolist()})
    return time.process_time() - begun, len(data), True, len(points.values)


def reservoir(repository: Repository, shelf: Shelf, size: int = 1000) -> tuple[float, int, bool, int]:
    """Each point is kept with the same chance; the last always (as TensorBoard's summaries)."""
    begun = time.process_time()
    (run,) = source_of(repository, repository.log(), shelf).runs
    points = run.read(["loss"])["loss"]
    kept = sorted({*random.Random(1).sample(range(len(points.values)), size - 1), len(points.values) - 1})
    values = points.values[kept].tolist()
    data = dump({"x": points.steps[kept].astype(int).tolist(), "y": values})
    return time.process_time() - begun, len(data), 9.0 in values, len(kept)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    words = parser.parse_args()
    print(f"{machine()}; {words.points:,} points, medians of {words.rounds} rounds.\n")
    with tempfile.TemporaryDirectory() as folder:
        repository = make(Path(folder), words.points)
        cases = {
            "first answer, 1,000 pixels": lambda: measured(repository, Shelf(), width=1000),
            "again, 1,000 pixels": lambda: measured(repository, shelf, width=1000),
            "smoothed": lambda: measured(repository, shelf, width=1000, smooth=0.99),
            "zoomed to a hundredth": lambda: measured(repository, shelf, width=1000, first=120_000, last=130_000),
            "all points, series known": lambda: everything(repository, shelf),
            "reservoir of 1,000, series known": lambda: reservoir(repository, shelf),
        }
        shelf = Shelf()
        rows = []
        for name, case in cases.items():
            case()
            rounds = [case() for _ in range(words.rounds)]
            _, size, spike, points = rounds[0]
            rows.append([name, f"{median([one[0] for one in rounds]):.3f}", f"{size / 1000:,.0f}", f"{points:,}",
                         "yes" if spike else "NO"])
        print(table(["answer", "CPU s", "KB", "points", "shows the extreme"], rows))
        tracemalloc.start()
        measured(repository, Shelf(), width=1000)
        print(f"\nMost memory of the first answer: {tracemalloc.get_traced_memory()[1] / 2**20:.0f} MiB")


if __name__ == "__main__":
    main()
