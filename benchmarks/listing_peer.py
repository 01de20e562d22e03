"""MLflow's search over the runs that `listing.py` has as versions, in an environment that has MLflow.

    python benchmarks/listing_peer.py RUNS.json DATABASE ROUNDS

MLflow makes its own SQLite database; the runs are put into its tables at once, as logging 10,000 of them by its client
takes an hour. Prints a line of JSON: what → CPU milliseconds, the median of the rounds.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import statistics
import sys
import time
from pathlib import Path

PAGE = 100
ASKED = {
    "newest 100": {},
    "sorted by a metric": {"order_by": ["metrics.acc DESC"]},
    "filter": {"filter_string": "metrics.acc > 0.9"},
    "filter, three conditions": {
        "filter_string": "metrics.acc > 0.9 and params.model = 'forest' and tags.branch = 'main'"},
    "filter and sort": {"filter_string": "metrics.acc > 0.9", "order_by": ["metrics.loss DESC"]},
    "a word in the message": {"filter_string": "tags.message LIKE '%trees%'"},
}


def fill(database: Path, runs: list[dict[str, object]], experiment: str) -> None:
    """Rows as MLflow writes them."""
    rows = sqlite3.connect(database)
    for number, run in enumerate(runs):
        id_, start = f"{number:032x}", run["time"]
        rows.execute(
            "INSERT INTO runs (run_uuid, name, source_type, source_name, user_id, status, start_time, end_time,"
            " lifecycle_stage, artifact_uri, experiment_id)"
            " VALUES (?, ?, 'LOCAL', '', 'ada', 'FINISHED', ?, ?, 'active', ?, ?)",
            (id_, run["message"], start, start, f"/{id_}", experiment))
        for name, value in run["metrics"].items():
            nan = not isinstance(value, (int, float))
            point = (name, 0.0 if nan else value, start, id_, 0, nan)
            for table in ("metrics", "latest_metrics"):
                rows.execute(f"INSERT INTO {table} (key, value, timestamp, run_uuid, step, is_nan)"
                             " VALUES (?, ?, ?, ?, ?, ?)", point)
        rows.executemany("INSERT INTO params (key, value, run_uuid) VALUES (?, ?, ?)",
                         [(name, str(value), id_) for name, value in run["params"].items()])
        rows.executemany("INSERT INTO tags (key, value, run_uuid) VALUES (?, ?, ?)",
                         [(name, run[name], id_) for name in ("message", "branch", "author")])
    rows.commit()
    rows.close()


def main(source: Path, database: Path, rounds: int) -> None:
    import mlflow

    logging.disable()
    mlflow.set_tracking_uri(f"sqlite:///{database}")
    client = mlflow.MlflowClient()
    experiment = client.create_experiment("listing")
    fill(database, json.loads(source.read_text()), experiment)
    found = {}
    for what, asked in ASKED.items():
        spent = []
        for _ in range(rounds + 1):
            began = time.process_time()
            page = client.search_runs([experiment], max_results=PAGE, **asked)
            spent.append((time.process_time() - began) * 1e3)
        found[what] = {"ms": statistics.median(spent[1:]), "rows": len(page)}
    print("RESULT", json.dumps({"version": mlflow.__version__, "found": found}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
