"""What logging 100,000 values costs, in CPU, beside MLflow, TensorBoard, W&B, trackio and DVCLive.

Each logger runs in a process of its own, from the first value until all are on disk and whatever it started has ended;
making the run is not counted. Counted is the CPU time of the process and of its children. A logger that is not
installed is left out.

    python benchmarks/logging_cost.py [ROUNDS]
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from harness import machine, median, table
from logging_peers import PEERS


def cpu() -> float:
    """CPU seconds of this process and of its children that ended."""
    return sum(resource.getrusage(who).ru_utime + resource.getrusage(who).ru_stime
               for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def measure(name: str) -> None:
    """In a process of its own: log, and print what it cost."""
    make, values, _ = PEERS[name]
    run = make(values)
    before, begun = cpu(), time.monotonic()
    run()
    print("RESULT", json.dumps({"cpu": cpu() - before, "wall": time.monotonic() - begun, "values": values}))


def asked(name: str) -> dict[str, float] | None:
    """What one round of a logger cost; None where it is not installed."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        environment = {**os.environ, "WANDB_SILENT": "true", "HOME": folder, "MLFLOW_DISABLE_TELEMETRY": "true",
                       "GRADIO_ANALYTICS_ENABLED": "False", "DVC_NO_ANALYTICS": "true"}
        done = subprocess.run([sys.executable, str(Path(__file__).resolve()), "--measure", name], cwd=folder,
                              env=environment, capture_output=True, text=True, check=False, timeout=900)
    results = [line for line in done.stdout.splitlines() if line.startswith("RESULT")]
    if not results:
        print(f"{name}: {(done.stderr.strip().splitlines() or ['no result'])[-1]}", file=sys.stderr)
        return None
    return json.loads(results[0].removeprefix("RESULT"))


def main(rounds: int) -> None:
    print(f"{machine()}; medians of {rounds} rounds, each in a process of its own, the loggers in turn.\n")
    found: dict[str, list[dict[str, float]]] = {}
    for _ in range(rounds):
        for name in PEERS:
            result = asked(name)
            if result is not None:
                found.setdefault(name, []).append(result)
    micro = {name: median([one["cpu"] / one["values"] * 1e6 for one in results])
             for name, results in found.items()}
    least = micro[next(iter(PEERS))]
    rows = []
    for name, results in found.items():
        wall = median([one["wall"] / one["values"] * 1e6 for one in results])
        rows.append([name, f"{PEERS[name][1]:,}", f"{micro[name]:.2f}", f"{wall:.2f}", f"{micro[name] / least:.1f}",
                     PEERS[name][2]])
    print(table(["logger", "values", "CPU µs a value", "wall µs a value", "times ours", "on disk"], rows))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(sys.argv[2])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
