"""Snapshots, restores and sizes of this project's store and of its peers, on six workloads, in one run.

    python benchmarks/store.py W1 W3 --rounds 3 --scale 0.1 --folder /somewhere/large

For every version the tools take turns: the workload is applied to each tool's own folder, and each tool's command is
timed as a whole process, caches warm; the folder is synced before. Tools that do not make their files durable are timed
with a `sync` after.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
from collections import defaultdict
from pathlib import Path

from bounds import verdicts
from harness import compile_package, machine, median, table
from peers import TOOLS, Tool
from shapes import Workload, change, workloads
from timing import CommandFailed, Cost

Results = dict[str, dict[str, list[Cost]]]
"""Tool → what it did (``v1``, ``to v1``, ``to v1 packed``, ``pack``) → one cost a round."""
Sizes = dict[str, dict[str, list[int]]]


def measure(workload: Workload, tools: list[type[Tool]], folder: Path, results: Results, sizes: Sizes) -> None:
    """One round of a workload; a tool that fails is left out from there on, and said so."""
    made = {kind.name: kind(folder / kind.name) for kind in tools}
    for number in range(workload.versions):
        for name, tool in _rotated(made, number):
            change(workload, number, tool.data)
            os.sync()
            _note(results, made, name, f"v{number + 1}", lambda tool=tool, number=number: tool.snapshot(number))
            if name in made:
                sizes[name][f"v{number + 1}"].append(tool.nbytes())
    _restores(workload, made, results, "")
    for name, tool in list(made.items()):
        try:
            cost = tool.pack()
        except CommandFailed as failure:
            print(f"  {name} failed at packing: {failure}", flush=True)
            cost = None
        if cost is None:
            made.pop(name)
            continue
        results[name]["pack"].append(cost)
        sizes[name]["packed"].append(tool.nbytes())
    for tool in made.values():  # from the last version on, as before
        tool.restore(workload.versions - 1)
    _restores(workload, made, results, " packed")


def _restores(workload: Workload, made: dict[str, Tool], results: Results, when: str) -> None:
    for turn, number in enumerate(workload.restores):
        for name, tool in _rotated(made, turn):
            os.sync()
            _note(results, made, name, f"to v{number + 1}{when}", lambda tool=tool, number=number: tool.restore(number))


def _note(results: Results, made: dict[str, Tool], name: str, what: str, action: object) -> None:
    try:
        results[name][what].append(action())  # type: ignore[operator]
        last = results[name][what][-1]
        print(f"  {name:10} {what:14} {last.wall:7.2f} s wall {last.cpu:7.2f} s CPU {last.peak:6.0f} MB", flush=True)
    except CommandFailed as failure:
        print(f"  {name} failed at {what}: {failure}", flush=True)
        made.pop(name)


def _rotated(made: dict[str, Tool], by: int) -> list[tuple[str, Tool]]:
    items = list(made.items())
    return items[by % len(items):] + items[:by % len(items)] if items else []


def report(workload: Workload, results: Results, sizes: Sizes) -> str:
    """The tables of one workload: wall and CPU seconds, and sizes."""
    actions = list(dict.fromkeys(what for costs in results.values() for what in costs))
    out = [f"### {workload.name}: {workload.about}\n"]
    rows = [[name, *(_pair(costs.get(what)) for what in actions), f"{_peak(costs):.0f}"]
            for name, costs in results.items()]
    out.append(table(["seconds wall · CPU", *actions, "peak MB"], rows))
    stages = list(dict.fromkeys(stage for kept in sizes.values() for stage in kept))
    rows = [[name, *(_megabytes(kept.get(stage)) for stage in stages)] for name, kept in sizes.items()]
    out.append(table(["store, MB", *stages], rows))
    ours, dvc = results.get("mlversion"), results.get("dvc")
    if ours and dvc:
        rows = [["wall", *(_ratio(dvc, ours, what, "wall") for what in actions)],
                ["CPU", *(_ratio(dvc, ours, what, "cpu") for what in actions)]]
        out.append(table(["DVC ÷ mlversion", *actions], rows))
    return "\n\n".join(out)


def _pair(costs: list[Cost] | None) -> str:
    if not costs:
        return ""
    return f"{median([cost.wall for cost in costs]):.2f} · {median([cost.cpu for cost in costs]):.2f}"


def _peak(costs: dict[str, list[Cost]]) -> float:
    return max((cost.peak for what, listed in costs.items() if what != "pack" for cost in listed), default=0)


def _megabytes(values: list[int] | None) -> str:
    return f"{median([float(value) for value in values]) / 1e6:.0f}" if values else ""


def _ratio(theirs: dict[str, list[Cost]], ours: dict[str, list[Cost]], what: str, figure: str) -> str:
    other = theirs.get(what.removesuffix(" packed"))
    if not other or not ours.get(what):
        return ""
    mine = median([getattr(cost, figure) for cost in ours[what]])
    return f"{median([getattr(cost, figure) for cost in other]) / mine:.1f}"


def main() -> None:
    """Measure what the command line asks for and print the tables; raw figures go to a JSON file with `--json`."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=[], metavar="WORKLOAD")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--tools", default="", help="names with commas; default: all that are there")
    parser.add_argument("--folder", type=Path, default=None, help="where there is room: about 60 GB at scale 1")
    parser.add_argument("--json", type=Path, default=None)
    options = parser.parse_args()
    known = workloads(options.scale)
    compile_package()
    chosen = [kind for kind in TOOLS if not options.tools or kind.name in options.tools.split(",")]
    absent = [kind.name for kind in chosen if not kind.is_there()]
    head = (f"{machine()}; {options.rounds} rounds, medians; scale {options.scale:g}"
            f"{'; not installed: ' + ', '.join(absent) if absent else ''}")
    print(head, flush=True)
    raw, texts = {}, [head]
    for name in options.names or known:
        workload = known[name]
        tools = [kind for kind in chosen if kind.is_there() and (kind.name in workload.peers
                 or (not workload.peers and kind.name != "read+hash"))]
        results: Results = defaultdict(lambda: defaultdict(list))
        sizes: Sizes = defaultdict(lambda: defaultdict(list))
        for number in range(options.rounds):
            print(f"{name}, round {number + 1}", flush=True)
            folder = Path(tempfile.mkdtemp(prefix=f"store-{name}-", dir=options.folder))
            try:
                measure(workload, tools, folder, results, sizes)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
        texts.append(report(workload, results, sizes))
        texts += verdicts(name, results, sizes)
        raw[name] = {tool: {what: [(cost.wall, cost.cpu, cost.peak) for cost in costs] for what, costs in each.items()}
                     for tool, each in results.items()} | {"sizes": {tool: dict(kept) for tool, kept in sizes.items()}}
        if options.json:
            options.json.write_text(json.dumps(raw, indent=1))
        print("\n\n".join(texts[-2:]), flush=True)
    print("\n" + "\n\n".join(texts))


if __name__ == "__main__":
    main()
