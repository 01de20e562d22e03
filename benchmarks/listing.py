"""Claim: a page of 100 of 10,000 versions costs the server at most 10 ms, filter and sort included.

    python benchmarks/listing.py [--versions N] [--rounds N] [--peer PYTHON]

A genuine history (`histories.py`), and the handler's own work as the server's threads do it: find the line, look at
the refs, search, spell the answer; without the graph beside the list, and with it. Counted is CPU time: of the first
page of a list with the graph, for which all of the list is put in order, and of those after it. Last, of the same page
right after a version was made, or starred: there the processes of Git that answering starts count as well, and wall
time is told beside it. The peer, in the same run, is MLflow's `search_runs` on its SQLite store with the same values:
the call in Python, without its server, two rounds. A page of it is reached only through those before: not the last one.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

from harness import machine, median, percentile, table
from histories import make

from jupyter_mlversion.server.versions import LogQuery, _log

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mlversion.repository import Repository

NAME = "work.ipynb"
LAST = 9_900
ASKED = {
    "newest 100": {},
    "sorted by a metric": {"sort": "acc"},
    "filter": {"where": "acc > 0.9"},
    "filter, three conditions": {"where": "acc > 0.9 and model == forest and branch == main"},
    "filter and sort": {"where": "acc > 0.9", "sort": "loss"},
    "a word in the message": {"where": "trees"},
    "the last page, sorted by a metric": {"sort": "acc", "offset": LAST},
    "a parameter has a word in it, sorted by another": {"where": "optimizer ~ adam", "sort": "lr"},
    "changed a file": {"where": "data/train.csv changed"},
}


def ours(repository: Repository, rounds: int, *, graph: bool) -> dict[str, list[float]]:
    """What → CPU milliseconds of each round."""
    place, found = _place(repository), {}
    for what, asked in ASKED.items():
        query, spent = LogQuery(notebook=NAME, graph=graph, **asked), []
        for _ in range(rounds + 1):
            began = time.thread_time()
            _log(place, query)
            spent.append((time.thread_time() - began) * 1e3)
        found[what] = spent
    return found


def after(repository: Repository, rounds: int, change: Callable[[int], None]) -> dict[str, list[tuple[float, float]]]:
    """What → CPU milliseconds, and wall time, of the page with the graph that is asked for after each change."""
    place, found, number = _place(repository), {}, 0
    for what, asked in ASKED.items():
        query, spent = LogQuery(notebook=NAME, graph=True, **asked), []
        _log(place, query)
        for _ in range(rounds):
            change(number := number + 1)
            began, wall = _cpu(), time.perf_counter()
            _log(place, query)
            spent.append(((_cpu() - began) * 1e3, (time.perf_counter() - wall) * 1e3))
        found[what] = spent
    return found


def _place(repository: Repository) -> SimpleNamespace:
    return SimpleNamespace(workspace=SimpleNamespace(repository=repository), repository=repository, notebook=NAME)


def _cpu() -> float:
    """Seconds of this thread, and of the processes that it started and waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.thread_time() + children.ru_utime + children.ru_stime


def _adding(repository: Repository) -> Callable[[int], None]:
    """Makes a version, of a notebook that says something else and a file that holds something else each time."""
    def add(number: int) -> None:
        path = repository.root / NAME
        notebook = json.loads(path.read_text())
        notebook["cells"][-1]["source"] = f"mlversion.log(acc={number})"
        path.write_text(json.dumps(notebook))
        (repository.root / "data" / "train.csv").write_text(f"a,b,c\n{number},2,3\n")
        if repository.checkpoint(NAME, f"more trees, {number}").unchanged:
            message = "no version was made"
            raise RuntimeError(message)
    return add


def _starring(repository: Repository) -> Callable[[int], None]:
    ids = [version.id for version in repository.log(NAME)]
    return lambda number: repository.star(ids[number * 37 % len(ids)], starred=number * 37 // len(ids) % 2 == 0)


def peer(python: str, repository: Repository, folder: Path, rounds: int) -> dict[str, object]:
    """What MLflow took, and its release."""
    runs = [{"message": version.message, "branch": version.branch, "author": version.author,
             "time": int(version.time.timestamp() * 1e3), "params": version.params,
             "metrics": {name: value if value == value else "NaN" for name, value in version.metrics.items()}}  # noqa: PLR0124
            for version in reversed(repository.log())]
    source = folder / "runs.json"
    source.write_text(json.dumps(runs))
    script = Path(__file__).with_name("listing_peer.py")
    done = subprocess.run([python, str(script), str(source), str(folder / "mlflow.db"), str(rounds)],
                          capture_output=True, text=True, check=False, cwd=folder)
    result = next((line for line in done.stdout.splitlines() if line.startswith("RESULT ")), None)
    if result is None:
        print(f"MLflow is left out: {(done.stderr.strip().splitlines() or ['no result'])[-1]}")
        return {"version": "", "found": {}}
    return json.loads(result.removeprefix("RESULT "))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--versions", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--peer", help="the interpreter of an environment that has MLflow")
    asked = parser.parse_args()
    print(f"{machine()}; {asked.versions:,} versions of one notebook on three branches; {asked.rounds} rounds.\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        repository = make(folder / "work", asked.versions)
        plain = ours(repository, asked.rounds, graph=False)
        drawn = ours(repository, asked.rounds, graph=True)
        changed = [after(repository, asked.rounds, change(repository)) for change in (_adding, _starring)]
        theirs = {"version": "", "found": {}}
        if asked.peer:
            theirs = peer(asked.peer, repository, folder, 2)
    rows = []
    for what, spent in plain.items():
        other = theirs["found"].get(what)
        ms = median(drawn[what][1:])
        later = [tuple(map(median, zip(*spent[what], strict=True))) for spent in changed]
        rows.append([what, f"{median(spent[1:]):.1f}", f"{ms:.1f}", f"{percentile(drawn[what][1:], 95):.1f}",
                     f"{drawn[what][0]:.0f}", *(f"{cpu:.1f} · {wall:.1f}" for cpu, wall in later),
                     f"{other['ms']:.0f}" if other else "", f"{other['ms'] / ms:.0f}" if other else "",
                     "yes" if max(ms, *(cpu for cpu, _ in later)) <= 10 else "NO"])
    print(table(["a page of 100", "CPU ms", "with the graph", "95 %", "the first", "a version made, CPU · wall ms",
                 "one starred, CPU · wall ms", f"MLflow {theirs['version']}", "MLflow ÷ ours", "≤ 10 ms"], rows))


if __name__ == "__main__":
    main()
