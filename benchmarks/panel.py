"""The panel on 10,000 versions in three lanes, in a real browser: when it can be used, and what scrolling costs.

``python benchmarks/panel.py [--versions N] [--folder FOLDER]`` needs the `test` extra and Chromium; a folder that
exists is used again.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))

import conftest
import harness
import histories
from playwright.sync_api import CDPSession, Page, sync_playwright

OBSERVE = """() => {
    window.longTasks = [];
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) { window.longTasks.push(entry.duration); }
    }).observe({type: 'longtask', buffered: false});
}"""
USABLE = """async () => {
    const panel = document.getElementById('mlversion-panel');
    performance.clearResourceTimings();
    const drawn = new Promise(resolve => {
        const look = () => {
            const there = panel.querySelector('.jp-mlversion-Row') !== null;
            if (there) { resolve(performance.now()); } else { requestAnimationFrame(look); }
        };
        requestAnimationFrame(() => requestAnimationFrame(look));
    });
    window.app.commands.execute('docmanager:open', {path: 'study/work.ipynb', factory: 'Notebook'});
    const at = await drawn;
    const answers = performance.getEntriesByType('resource')
        .filter(one => /mlversion.api.(versions|status)[?]/.test(one.name));
    return at - Math.max(...answers.map(one => one.responseEnd));
}"""
SCROLL = """async ([step, share]) => {
    const frame = document.querySelector('.jp-mlversion-History');
    const next = () => new Promise(requestAnimationFrame);
    window.longTasks.length = 0;
    let frames = 0;
    const end = () => share * (frame.scrollHeight - frame.clientHeight);
    for (; frame.scrollTop < end() - 2 && frames < 20000; frames += 1) { frame.scrollTop += step; await next(); }
    for (; frame.scrollTop > 2 && frames < 20000; frames += 1) { frame.scrollTop -= step; await next(); }
    await new Promise(resolve => setTimeout(resolve, 1000));
    return {frames, tasks: [...window.longTasks]};
}"""


SPEEDS = {"eleven": (1000, 1), "four": (350, 0.2)}
"""Rows a frame, in words → pixels a frame, and how much of the list is scrolled."""


def counters(session: CDPSession) -> tuple[float, float]:
    """DOM nodes, and bytes of the JavaScript heap, after a collection."""
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
    nodes = session.send("Memory.getDOMCounters")["nodes"]
    return float(nodes), float(session.send("Runtime.getHeapUsage")["usedSize"])


def busy(session: CDPSession) -> float:
    """Seconds of CPU time that the page's main thread spent."""
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return float(metrics["TaskDuration"])


def measure(page: Page, lab: conftest.Lab) -> dict[str, Any]:
    """One round: open, scroll end to end and back twice; the second time counts for what stays."""
    lab.go("lab?reset")
    page.evaluate(OBSERVE)
    lab.show_panel()
    usable = page.evaluate(USABLE)
    lab.attend("study/work.ipynb")
    page.evaluate(SCROLL, (5000, 1))  # what grows once — caches, compiled code — has grown
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    before, found = counters(session), {}
    for name, (step, share) in SPEEDS.items():
        begun = busy(session)
        scrolled = page.evaluate(SCROLL, (step, share))
        found[name] = {"tasks": scrolled["tasks"], "frames": scrolled["frames"],
                       "cpu": 1000 * (busy(session) - begun) / scrolled["frames"]}
    after = counters(session)
    return {"usable": usable, "nodes": after[0] / before[0] - 1, "heap": after[1] / before[1] - 1, "count": before[0],
            **found}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--versions", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where the server and its history are")
    given = parser.parse_args()
    base = given.folder or Path(tempfile.mkdtemp(prefix="panel-"))
    study, machine = base / "work" / "study", harness.machine()
    if not study.exists():
        histories.make(study, given.versions)
        document = json.loads((study / "work.ipynb").read_text())
        document["metadata"]["kernelspec"] = {"name": "python3", "display_name": "python3", "language": "python"}
        (study / "work.ipynb").write_text(json.dumps(document))
    process, server = conftest.start(base)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=conftest.CHROMIUM_FLAGS)
            page = browser.new_page(viewport={"width": 1280, "height": 860})
            rounds = [measure(page, conftest.Lab(page, server)) for _ in range(given.rounds)]
            browser.close()
    finally:
        process.terminate()
        time.sleep(1)
        process.kill()
    middle = {name: statistics.median(one[name] for one in rounds) for name in ("usable", "nodes", "heap", "count")}
    print(f"{machine}; {given.versions} versions; {given.rounds} rounds\n")
    print(harness.table(["what", "median", "bound"], [
        ["usable after its data came, ms", f"{middle['usable']:.0f}", "300"],
        *(line for name in SPEEDS for line in scrolling(name, [one[name] for one in rounds])),
        ["DOM nodes after scrolling there and back", f"{middle['nodes']:+.1%} of {middle['count']:.0f}", "10 %"],
        ["heap after scrolling there and back", f"{middle['heap']:+.1%}", "10 %"],
    ]))


def scrolling(name: str, rounds: list[dict[str, Any]]) -> list[list[str]]:
    """The lines of the table about one speed."""
    tasks = [task for one in rounds for task in one["tasks"]]
    frames = sum(one["frames"] for one in rounds)
    return [
        [f"{name} rows a frame: CPU time, ms", f"{statistics.median(one['cpu'] for one in rounds):.1f}", "50"],
        [f"{name} rows a frame: long tasks (over 50 ms)", f"{len(tasks)} in {frames:,} frames", "0"],
        [f"{name} rows a frame: the longest of them, ms", f"{max(tasks, default=0):.0f}", "50"],
    ]


if __name__ == "__main__":
    main()
