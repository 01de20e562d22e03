"""What a split and its checks of 1,000,000 rows of 50 numbers cost; the peer is scikit-learn's own split.

Called with the numbers of rows and columns, or with neither.
"""

from __future__ import annotations

import json
import subprocess
import sys

from harness import machine, median, table

ROWS, COLUMNS = 1_000_000, 50
ROUNDS = 3

PROGRAM = """
import json, resource, sys, time
import numpy as np
way, rows, columns = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
rng = np.random.default_rng(0)
data = rng.normal(size=(rows, columns))
target = (data[:, 0] + rng.normal(size=rows) > 0).astype(int)

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

if way.startswith("scikit"):
    from sklearn.model_selection import train_test_split
else:
    from jupyter_mlversion.splits import split
    split(data[:100], target=target[:100], checks=False)  # imports what it needs
before, cpu, wall = peak(), time.process_time(), time.perf_counter()
found = []
if way == "scikit-learn":
    train_test_split(data, target, stratify=target, random_state=0)
elif way == "scikit-learn, row numbers only":
    train_test_split(np.arange(rows), stratify=target, random_state=0)
elif way == "ours, without checks":
    split(data, target=target, strategy="stratified", checks=False)
else:
    made = split(data, target=target, strategy="stratified", checks=True)
    if way == "ours, checks on demand with scikit-learn":
        import sklearn.ensemble
        from jupyter_mlversion.splits.ask import check
        cpu, wall = time.process_time(), time.perf_counter()
        found = [one.verdict.value for one in check(made, data, target=target)]
    else:
        found = [one.verdict.value for one in made.record.checks]
print(json.dumps({"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall, "more": peak() - before,
                  "data": data.nbytes / 2**20, "asked": sum(one in ("ok", "warning", "problem") for one in found),
                  "skipped": found.count("skipped")}))
"""

WAYS = ("scikit-learn", "scikit-learn, row numbers only", "ours, without checks", "ours, checks at split time",
        "ours, checks on demand with scikit-learn")


def once(way: str, rows: int, columns: int) -> dict[str, float]:
    words = [sys.executable, "-c", PROGRAM, way, str(rows), str(columns)]
    return json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    rows, columns = (int(word) for word in (sys.argv[1:3] if len(sys.argv) > 2 else (ROWS, COLUMNS)))
    about = machine()
    measured: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    for _ in range(ROUNDS):
        for way in WAYS:
            measured[way].append(once(way, rows, columns))
    size = measured[WAYS[0]][0]["data"]
    of = f"{rows:,} rows of {columns} numbers ({size:.0f} MiB)"
    print(f"Last run: {about}; {of}, {ROUNDS} rounds in turn, medians.\n")
    lines = [
        [way, *(f"{median([one[key] for one in runs]):.2f}" for key in ("cpu", "wall")),
         f"{median([one['more'] for one in runs]):.0f}", f"{runs[0]['asked']} ({runs[0]['skipped']} skipped)"]
        for way, runs in measured.items()
    ]
    print(table(["what", "CPU, s", "wall, s", "peak memory over the data, MiB", "checks answered"], lines))


if __name__ == "__main__":
    main()
