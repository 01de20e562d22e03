"""What recording, storing and finding again a split of 1,000,000 rows of 50 numbers costs, beside scikit-learn's own.

Each piece of work runs in a process of its own. Called with the number of rows, or without.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile

from harness import machine, median, table

ROUNDS = 3
COLUMNS = 50
CLASSES = 5

PRELUDE = """
import json, resource, sys, time
import numpy as np
from pathlib import Path
from sklearn.model_selection import StratifiedKFold, train_test_split
rows, columns, classes, folder = int(sys.argv[1]), {columns}, {classes}, Path(sys.argv[2])
generator = np.random.default_rng(0)
X = np.empty((rows, columns))
for start in range(0, rows, 10_000):
    X[start:start + 10_000] = generator.random((len(X[start:start + 10_000]), columns))
y = generator.integers(0, classes, rows)
from jupyter_mlversion.splits import register, split
from jupyter_mlversion.splits.automatic import HOOKS, recording
from jupyter_mlversion.splits.stored import on_data, partition_of
from jupyter_mlversion.store import Store
import jupyter_mlversion.splits.examine, jupyter_mlversion.splits.layout, sklearn.model_selection._split as hooked
train_test_split(X[:100], y[:100]), split(X[:100], target=y[:100])
register()._made.clear()
record = split(X, target=y, strategy="stratified", checks=False) if {prepared} else None
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
before, start, wall = peak(), time.process_time(), time.monotonic()
{work}
print(json.dumps([time.process_time() - start, time.monotonic() - wall, peak() - before]))
"""

SEAL = """
store = Store(folder / "store")
with store.batch() as batch:
    sealed = record.seal(batch)
"""

FREEZE = """
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from jupyter_mlversion.domain.version import Checkpoint, Trigger
from jupyter_mlversion.repository import Repository, Seen
(folder / "workspace").mkdir()
repository = Repository.init(folder / "workspace")
first = replace(record, record=replace(record.record, frozen=("test",)))
for number, one in enumerate((first, split(X, target=y, strategy="stratified", seed=9, checks=False))[:{times}]):
    event = Checkpoint("s.%d" % number, Trigger.CELL, datetime.now(UTC))
    before, start, wall = peak(), time.process_time(), time.monotonic()
    repository.stage(event, Seen({{}}, splits=lambda batch: (one.seal(batch),)))
    version = repository.join(event.key).version
assert len(version.leaks) == {times} - 1
"""

WORK = {
    "scikit-learn: train_test_split, stratified": "a = train_test_split(X, y, stratify=y, random_state=0)",
    "the same, recorded": "HOOKS[hooked.__name__](hooked); recording().on = True; "
                          "a = hooked.train_test_split(X, y, stratify=y, random_state=0)",
    "scikit-learn: StratifiedKFold, 5 folds": "a = list(StratifiedKFold(5, shuffle=True, random_state=0).split(X, y))",
    "ours: stratified-k-fold, 5 folds": "a = split(X, target=y, strategy='stratified-k-fold', checks=False)",
    "stored with a checkpoint": SEAL,
    "get_split on reversed data: every row found again": "a = on_data(record, X[::-1])",
    "a checkpoint with a frozen part, the first": FREEZE.format(times=1),
    "the same, the next one, split with another seed": FREEZE.format(times=2),
}


def main() -> None:
    """Measure, and print a table."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    size = rows * COLUMNS * 8 / 2**20
    print(f"Last run: {machine()}; {rows:,} rows of {COLUMNS} numbers ({size:.0f} MiB), {ROUNDS} rounds, medians.\n")
    found: dict[str, list[list[float]]] = {name: [] for name in WORK}
    for _ in range(ROUNDS):
        for name, work in WORK.items():
            found[name].append(measured(rows, work, prepared="record." in work or "record," in work))
    forms = (".2f", ".2f", ".0f")
    lines = [
        [name, *(f"{median([one[place] for one in rounds]):{form}}" for place, form in enumerate(forms))]
        for name, rounds in found.items()
    ]
    print(table(["what", "CPU, s", "seconds", "peak memory over the data, MiB"], lines))


def measured(rows: int, work: str, *, prepared: bool) -> list[float]:
    """CPU seconds, seconds and megabytes of one piece of work, in a process of its own."""
    code = PRELUDE.format(columns=COLUMNS, classes=CLASSES, prepared=prepared, work=work)
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-W", "ignore", "-c", code, str(rows), folder]
        done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    main()
