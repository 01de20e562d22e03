"""Values are seen while the cell that logs them runs, and what it logged besides numbers in its version."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Lab, Notebook

TRAIN = """
import itertools, os, time
import jupyter_mlversion as mlversion

mlversion.log_text("note", "<img src=x onerror='window.harmed = true'>")
mlversion.log_confusion([0, 1, 1], [0, 1, 0])
for step in itertools.count():
    mlversion.log({"<b>when</b>": time.time()}, step=step)
    time.sleep(0.05)
    if os.path.exists("enough"):
        break
"""

# Seconds between the logging of the newest value that is drawn and now.
AGE = """() => {
    const plot = document.querySelector('.jp-mlversion-Live .jp-mlversion-Plot');
    const values = plot && plot.data && plot.data[0] && plot.data[0].y;
    return values && values.length ? Date.now() / 1000 - values.at(-1) : null;
}"""


def test_values_are_seen_while_the_cell_runs(lab: Lab, notebook: Notebook) -> None:
    name = notebook((TRAIN, ["checkpoint"]))
    enough = (lab.server.root / name).with_name("enough")
    lab.open(name)
    lab.show_panel()
    lab.page.evaluate("() => { void window.app.commands.execute('notebook:run-all-cells'); }")
    lab.page.wait_for_function(AGE, timeout=60_000)
    assert lab.page.evaluate("() => window.panel.sessionContext.session.kernel.status") == "busy"
    plot = lab.page.locator(".jp-mlversion-Live .jp-mlversion-Plot")
    plot.evaluate("node => { node.marked = node.querySelector('.main-svg'); }")
    drawn = plot.evaluate("node => node.data[0].y.length")
    lab.page.wait_for_function(
        "drawn => document.querySelector('.jp-mlversion-Live .jp-mlversion-Plot').data[0].y.length > drawn + 5",
        arg=drawn)
    assert plot.evaluate("node => node.marked === node.querySelector('.main-svg')")  # it was not drawn from nothing
    ages = []
    for _ in range(10):
        before = plot.evaluate("node => node.data[0].y.length")
        lab.page.wait_for_function(
            "before => document.querySelector('.jp-mlversion-Live .jp-mlversion-Plot').data[0].y.length > before",
            arg=before)
        ages.append(lab.page.evaluate(AGE))
    print("seconds from logging to drawing:", sorted(round(age, 2) for age in ages))
    assert min(ages) < 1
    assert lab.page.locator(".jp-mlversion-Live figcaption").inner_text() == "<b>when</b>"
    lab.run_command("filebrowser:activate")
    asked: list[str] = []
    lab.page.on("request", lambda request: asked.append(request.url))
    lab.page.wait_for_function("start => Date.now() > start + 1500", arg=lab.page.evaluate("() => Date.now()"))
    assert [url for url in asked if "figures/runs" in url] == []  # a hidden panel asks nothing
    lab.show_panel()
    enough.touch()
    lab.wait_for_rows(1)
    lab.page.wait_for_selector(".jp-mlversion-Live", state="detached")
    lab.page.locator(".jp-mlversion-Row").click()
    lab.page.locator("summary", has_text="Logged").click()
    lab.page.wait_for_selector(".jp-mlversion-Logged > summary")
    for item in lab.page.locator(".jp-mlversion-Logged > summary").all():
        item.click()
    lab.page.wait_for_selector(".jp-mlversion-Logged .barlayer .point")
    assert lab.page.locator(".jp-mlversion-Text").inner_text().startswith("<img src=x")
    assert not lab.page.evaluate("() => Boolean(window.harmed)")
    enough.unlink()
