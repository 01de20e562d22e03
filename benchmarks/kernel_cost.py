"""What the extension costs a kernel: its import, and each cell that is no checkpoint."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from harness import machine, median, percentile, table
from jupyter_client.manager import start_new_kernel

ROUNDS = 7
CELLS = 200
CELL = "x = 1"
LOAD = "__import__('jupyter_mlversion.kernel', fromlist=['load']).load()"
IMPORT = """
import json, sys, time
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
before = time.process_time()
import jupyter_mlversion
jupyter_mlversion.load_ipython_extension(shell)
print(json.dumps(time.process_time() - before))
"""


def import_seconds(folder: Path) -> float:
    """CPU seconds of importing the package and loading the extension into a running IPython."""
    run = subprocess.run([sys.executable, "-c", IMPORT], check=True, capture_output=True, text=True, cwd=folder)
    return float(json.loads(run.stdout.splitlines()[-1]))


def cell_seconds(folder: Path, *, loaded: bool) -> list[float]:
    """Seconds of each of many small cells, from request to reply, in a fresh kernel."""
    manager, client = start_new_kernel(cwd=str(folder))
    try:
        for code in [LOAD, CELL] if loaded else [CELL]:
            client.execute_interactive(code, silent=True, timeout=60)
        times = []
        for _ in range(CELLS):
            before = time.perf_counter()
            client.execute_interactive(CELL, timeout=60, store_history=True)
            times.append(time.perf_counter() - before)
        return times
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def main() -> None:
    """Print the table."""
    print(f"{machine()}; {ROUNDS} rounds of {CELLS} cells, kernels with and without in turn\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "data.csv").write_text("a\n1\n")
        imports = [import_seconds(folder) for _ in range(ROUNDS)]
        bare, loaded = [], []
        for _ in range(ROUNDS):
            bare.append(cell_seconds(folder, loaded=False))
            loaded.append(cell_seconds(folder, loaded=True))
    extra = [median(b) - median(a) for a, b in zip(bare, loaded, strict=True)]
    rows = [
        ["import and load, CPU s", *_spread(imports, 3), "0.3"],
        ["an untagged cell more, ms", *_spread([seconds * 1e3 for seconds in extra], 2), "2"],
        ["a cell without us, ms", f"{median([median(each) for each in bare]) * 1e3:.2f}", "", ""],
        ["p99 of a cell with · without us, ms",
         f"{_p99(loaded) * 1e3:.1f} · {_p99(bare) * 1e3:.1f}", "", ""],
    ]
    print(table(["what", "median", "least to most", "bound"], rows))


def _spread(values: list[float], digits: int) -> list[str]:
    return [f"{median(values):.{digits}f}", f"{min(values):.{digits}f} to {max(values):.{digits}f}"]


def _p99(rounds: list[list[float]]) -> float:
    return percentile([seconds for each in rounds for seconds in each], 99)


if __name__ == "__main__":
    main()
