"""Charts of metrics in a tab: what is drawn, how, of which versions; remembered, live, and harmless."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from jupyter_mlversion.domain.version import Checkpoint, Trigger
from jupyter_mlversion.repository import Repository, Seen
from jupyter_mlversion.tracking import Recorder

if TYPE_CHECKING:
    from conftest import Lab, Notebook

EVIL = "<img src=x onerror=window.hacked=1>"
TRAIN = """
import itertools, os, time
import jupyter_mlversion as mlversion

for step in itertools.count():
    mlversion.log(loss=time.time(), step=step)
    time.sleep(0.05)
    if os.path.exists("enough"):
        break
"""
TAB = "#mlversion-metrics"
CHART = f"{TAB} .jp-mlversion-Chart"
DATA = """name => {
    const chart = document.querySelector(`#mlversion-metrics [role=group][aria-label="${name}"] .jp-mlversion-Plot`);
    return chart && chart.data ? JSON.parse(JSON.stringify(chart.data)) : null;
}"""


def train(lab: Lab, name: str, *runs: dict) -> list[str]:
    """Versions of a notebook, each with one run; their ids, oldest first."""
    path = lab.server.root / name
    repository = Repository.open(path.parent, create=True)
    recorder = Recorder()
    made = []
    for number, (params, metrics) in enumerate((run["params"], run["metrics"]) for run in runs):
        recorder.begin("cell-0")
        recorder.log_params(params)
        run = recorder.current()
        recorder.add_points(run, [(metric, step, 1.7e9 + step, value) for metric, values in metrics.items()
                                  for step, value in enumerate(values)])
        asked = Checkpoint(f"{path.parent.name}.{number}", Trigger.CELL, datetime.now(UTC), f"lr {params.get('lr')}",
                           path.name)
        repository.stage(asked, Seen({}, runs=recorder.seal))
        made.append(repository.join(asked.key).version.id)
    return made


@pytest.fixture
def studied(lab: Lab, notebook: Notebook):
    """A notebook with three versions, open, the tab with its charts shown; and the ids of the versions."""
    name = notebook("1")
    ids = train(lab, name, *(
        {"params": {"lr": lr, "optimizer": optimizer}, "metrics": {
            "loss": [1.0 / (step * lr + 1) + step % 2 / 10 for step in range(400)], "accuracy": [lr, 2 * lr]}}
        for lr, optimizer in ((0.1, "sgd"), (0.1, "adam"), (0.01, "adam"))))
    lab.open(name)
    lab.show_panel()
    lab.wait_for_rows(3)
    lab.run_command("mlversion:show-metrics")
    wait_for(lab, "loss", "data => data.length === 3")
    return ids


def wait_for(lab: Lab, name: str, condition: str) -> list[dict]:
    """The traces of a chart, as soon as they are as wanted."""
    wanted = f"name => {{ const data = ({DATA})(name); return data && ({condition})(data); }}"
    lab.page.wait_for_function(wanted, arg=name, timeout=30_000)
    return lab.page.evaluate(DATA, name)


def choose(lab: Lab, field: str, value: str) -> None:
    lab.page.locator(f"{TAB} .jp-mlversion-Controls-field", has_text=field).locator("select").select_option(value)


def test_lines_with_all_their_options(lab: Lab, studied: list[str]) -> None:
    loss = lab.page.evaluate(DATA, "loss")
    assert [len(trace["x"]) for trace in loss] == [400] * 3
    assert {trace["meta"]["version"] for trace in loss} == {*studied}
    lab.page.locator(f"{TAB} input[type=range]").fill("0.9")
    assert wait_for(lab, "loss", "data => data.length === 6")[0]["line"]["color"].startswith("rgba")
    choose(lab, "Group by", "lr")
    grouped = wait_for(lab, "loss", "data => data.some(trace => trace.fill === 'toself')")
    assert [trace["name"] for trace in grouped[1::2]] == ["lr 0.01 (1)", "lr 0.1 (2)"]
    lab.page.get_by_label("Log y").check()
    lab.page.wait_for_function(
        "() => document.querySelector('#mlversion-metrics [aria-label=loss] .jp-mlversion-Plot')"
        "._fullLayout.yaxis.type === 'log'")
    choose(lab, "Group by", "")
    lab.page.locator(f"{TAB} input[type=range]").fill("0")
    choose(lab, "Over", "version")
    (line,) = wait_for(lab, "accuracy", "data => data.length === 1 && data[0].x.length === 3")
    assert line["customdata"] == studied


def test_the_legend_of_all_charts_hides_lines(lab: Lab, studied: list[str]) -> None:
    entries = lab.page.locator(f"{TAB} .jp-mlversion-Runs label")
    assert entries.count() == 3
    entries.nth(1).locator("input").uncheck()
    for name in ("loss", "accuracy"):
        traces = wait_for(lab, name, "data => data[1].visible === false")
        assert [trace.get("visible", True) for trace in traces] == [True, False, True]


def test_metrics_are_searched_and_chosen(lab: Lab, studied: list[str]) -> None:
    lab.page.locator(f"{TAB} fieldset", has_text="Metrics").get_by_label("accuracy").uncheck()
    lab.page.wait_for_function(f"() => document.querySelectorAll('{CHART}').length === 1")
    lab.page.locator(f"{TAB} fieldset", has_text="Metrics").get_by_role("button", name="None").click()
    lab.page.get_by_text("No metric is chosen.").wait_for()


def test_scatter_and_parallel_coordinates(lab: Lab, studied: list[str]) -> None:
    choose(lab, "Show", "scatter")
    choose(lab, "Against", "optimizer")
    (points,) = wait_for(lab, "accuracy", "data => data[0].mode === 'markers' && data[0].x.includes('adam')")
    assert points["customdata"] == studied
    choose(lab, "Show", "parallel")
    lines = wait_for(lab, "parallel coordinates", "data => data.length === 4")
    assert [line["meta"]["version"] for line in lines[:3]] == studied


def test_a_click_on_a_line_shows_its_version(lab: Lab, studied: list[str]) -> None:
    choose(lab, "Over", "version")
    wait_for(lab, "accuracy", "data => data[0].x.length === 3")
    place = lab.page.evaluate("""() => {
        const plot = document.querySelector('#mlversion-metrics [aria-label="accuracy"] .jp-mlversion-Plot');
        const { xaxis, yaxis } = plot._fullLayout;
        const box = plot.getBoundingClientRect();
        return [box.x + xaxis._offset + xaxis.c2p(1), box.y + yaxis._offset + yaxis.c2p(plot.data[0].y[0])];
    }""")
    lab.page.mouse.move(place[0] - 30, place[1] + 30)
    lab.page.mouse.move(*place, steps=4)
    lab.page.wait_for_selector(f"{CHART}[aria-label=accuracy] .hoverlayer .hovertext")
    lab.page.mouse.click(*place)
    lab.page.locator(".jp-mlversion-Detail code", has_text=studied[0][:8]).wait_for()


def test_the_table_is_sorted_marked_and_saved(lab: Lab, studied: list[str]) -> None:
    choose(lab, "Show", "table")
    rows = lab.page.locator(f"{TAB} tbody tr")
    rows.nth(2).wait_for()
    assert [text.endswith("★") for text in rows.locator("td:nth-child(2)").all_inner_texts()] == [False, True, False]
    header = lab.page.locator(f"{TAB} thead th", has_text="loss")
    header.locator("button").click()
    header.locator("button").click()
    assert header.get_attribute("aria-sort") == "ascending"
    assert "lr 0.1" in rows.first.locator("th").inner_text()
    with lab.page.expect_download() as saving:
        lab.page.get_by_role("button", name="Save as CSV").click()
    lines = saving.value.path().read_text().splitlines()
    assert lines[0].startswith("version,run,label,branch,time,lr,optimizer,accuracy last,accuracy best")
    assert len(lines) == 4


@pytest.mark.parametrize(("button", "begin"), [("PNG", b"\x89PNG"), ("SVG", b"<svg"), ("CSV", b"line,x,y")])
def test_a_chart_is_saved(lab: Lab, studied: list[str], button: str, begin: bytes) -> None:
    with lab.page.expect_download() as saving:
        lab.page.locator(f"{CHART}[aria-label=loss] button", has_text=button).click()
    assert saving.value.suggested_filename == f"loss.{button.lower()}"
    assert saving.value.path().read_bytes().startswith(begin)


def test_zoomed_in_finer_points_are_asked_for_and_out_again(lab: Lab, notebook: Notebook) -> None:
    name = notebook("1")
    train(lab, name, {"params": {}, "metrics": {"wave": [step % 100 for step in range(30_000)]}})
    lab.open(name)
    lab.run_command("mlversion:show-metrics")
    (whole,) = wait_for(lab, "wave", "data => data[0].x.length > 100")
    assert len(whole["x"]) < 8_000
    box = lab.page.locator(f"{CHART} .nsewdrag").bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    lab.page.mouse.move(box["x"] + box["width"] * 0.5, middle)
    lab.page.mouse.down()
    lab.page.mouse.move(box["x"] + box["width"] * 0.52, middle, steps=5)
    lab.page.mouse.up()
    (part,) = wait_for(lab, "wave", "data => data[0].x[0] > 10000 && data[0].x.length > 400")
    assert part["x"] == list(range(part["x"][0], part["x"][-1] + 1))
    lab.page.get_by_role("button", name="Show all of wave").click()
    wait_for(lab, "wave", "data => data[0].x[0] === 0")
    # What is drawn, too, is all again.
    lab.page.wait_for_function(
        "() => document.querySelector('#mlversion-metrics .jp-mlversion-Plot')._fullLayout.xaxis.range[1] > 29000")


def test_choices_are_remembered_after_a_reload(lab: Lab, studied: list[str]) -> None:
    name = lab.page.evaluate("() => window.panel.context.path")
    choose(lab, "Show", "scatter")
    choose(lab, "Against", "optimizer")
    wait_for(lab, "accuracy", "data => data[0].mode === 'markers' && data[0].x.includes('adam')")
    with lab.page.expect_response(lambda answer: answer.request.method == "PUT" and "/workspaces/" in answer.url
                                  and '"metrics":["accuracy"]' in (answer.request.post_data or "")):
        lab.page.locator(f"{TAB} fieldset", has_text="Metrics").get_by_label("loss").uncheck()
    lab.go()
    lab.open(name)
    lab.show_panel()
    lab.run_command("mlversion:show-metrics")
    wait_for(lab, "accuracy", "data => data[0].mode === 'markers' && data[0].x.includes('adam')")
    assert lab.page.locator(CHART).count() == 1


def test_a_chart_grows_while_the_cell_runs_and_asks_nothing_when_hidden(lab: Lab, notebook: Notebook) -> None:
    name = notebook((TRAIN, ["checkpoint"]))
    lab.open(name)
    lab.run_command("mlversion:show-metrics")
    lab.page.locator(f"{TAB} .jp-mlversion-Empty").wait_for()
    lab.page.evaluate("""() => {
        const tab = [...window.app.shell.widgets('main')].find(widget => widget.id === 'mlversion-metrics');
        window.app.shell.add(tab, 'main', { mode: 'split-right', ref: window.panel.id });
        window.app.shell.activateById(window.panel.id);
        void window.app.commands.execute('notebook:run-all-cells');
    }""")
    wait_for(lab, "loss", "data => data[0].x.length > 3")
    lab.page.evaluate("() => { window.marked = document.querySelector('#mlversion-metrics .main-svg'); }")
    ages = []
    for _ in range(8):
        before = len(lab.page.evaluate(DATA, "loss")[0]["x"])
        data = wait_for(lab, "loss", f"data => data[0].x.length > {before}")
        ages.append(lab.page.evaluate("() => Date.now() / 1000") - data[0]["y"][-1])
    print("seconds from logging to drawing:", sorted(round(age, 2) for age in ages))
    assert min(ages) < 1
    assert lab.page.evaluate("() => window.marked === document.querySelector('#mlversion-metrics .main-svg')")
    assert data[0]["meta"]["version"] == ""
    lab.page.evaluate("""() => {
        const tab = [...window.app.shell.widgets('main')].find(widget => widget.id === 'mlversion-metrics');
        window.app.shell.add(tab, 'main', { mode: 'tab-after', ref: window.panel.id });
        window.app.shell.activateById(window.panel.id);
    }""")
    lab.page.wait_for_selector(TAB, state="hidden")
    asked: list[str] = []
    lab.page.on("request", lambda request: asked.append(request.url))
    lab.page.wait_for_function("start => Date.now() > start + 1500", arg=lab.page.evaluate("() => Date.now()"))
    assert [url for url in asked if "figures/chart" in url or "figures/table" in url] == []
    (lab.server.root / name).with_name("enough").touch()


PICTURES = """
import jupyter_mlversion as mlversion
import numpy
for step in range(3):
    mlversion.log_image("sample <b>", numpy.full((8, 8), 40 * step + {shade}, dtype="uint8"), step=step)
    mlversion.log_table("rows", {{"epoch": [step], "acc": [0.5 + step / 10]}}, step=step)
"""


def test_what_was_logged_at_several_steps_has_a_slider(lab: Lab, notebook: Notebook) -> None:
    lab.open(notebook((PICTURES.format(shade=1), ["checkpoint"])))
    lab.show_panel()
    lab.run_all()
    lab.wait_for_rows(1)
    lab.set_source(0, PICTURES.format(shade=100))
    lab.run_all()
    lab.wait_for_rows(2)
    lab.dismiss_toasts()
    lab.run_command("mlversion:show-metrics")
    choose(lab, "Show", "logged")
    pictures = lab.page.get_by_role("region", name="sample <b>", exact=True)
    images = pictures.locator("img")
    expect(images).to_have_count(2)
    expect(pictures.get_by_text("step 2", exact=True)).to_have_count(2)
    last = [image.get_attribute("src") for image in images.all()]
    assert len(set(last)) == 2
    slider = pictures.get_by_role("slider", name="Step")
    assert slider.get_attribute("aria-valuetext") == "2"
    slider.focus()
    lab.page.keyboard.press("ArrowLeft")
    expect(pictures.get_by_text("step 1", exact=True)).to_have_count(2)
    expect(images.first).not_to_have_attribute("src", last[0] or "")
    expect(images.last).not_to_have_attribute("src", last[1] or "")
    tables = lab.page.get_by_role("region", name="rows", exact=True)
    expect(tables.get_by_role("cell", name="0.7")).to_have_count(1)  # the same in both versions
    assert lab.violations(TAB) == []
    lab.screenshot("metrics-steps")
    choose(lab, "Show", "lines")


def test_hostile_names_run_nothing(lab: Lab, notebook: Notebook) -> None:
    name = notebook("1")
    train(lab, name, *({"params": {EVIL: EVIL + str(number), "lr": EVIL}, "metrics": {EVIL: [1.0, 2.0]}}
                       for number in range(2)))
    lab.open(name)
    lab.run_command("mlversion:show-metrics")
    lab.page.locator(f"{TAB} .main-svg").first.wait_for()
    for show in ("scatter", "parallel", "table", "logged", "lines"):
        choose(lab, "Show", show)
        if show == "scatter":
            choose(lab, "Group by", EVIL)
        if show in {"scatter", "parallel", "lines"}:
            lab.page.locator(f"{TAB} .main-svg").first.wait_for()
    assert lab.page.locator(f"{TAB} img").count() == 0
    assert lab.page.evaluate("() => window.hacked") is None


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"])
def test_everybody_can_use_it(lab: Lab, studied: list[str], theme: str) -> None:
    lab.run_command("apputils:change-theme", theme=theme)
    lab.page.wait_for_selector("#jupyterlab-splash", state="detached")
    try:
        for show in ("lines", "scatter", "parallel", "table", "logged"):
            choose(lab, "Show", show)
            lab.page.wait_for_function(f"() => !document.querySelector('{TAB} [aria-busy=true]')")
            assert lab.violations(TAB) == []
            lab.screenshot(f"metrics-{show}-{theme.rsplit(maxsplit=1)[-1].lower()}")
    finally:
        lab.run_command("apputils:change-theme", theme="JupyterLab Light")


def test_nothing_is_blank(lab: Lab, notebook: Notebook) -> None:
    name = notebook("1")
    lab.open(name)
    lab.run_command("mlversion:show-metrics")
    lab.page.locator(f"{TAB} .jp-mlversion-Empty", has_text="No metrics yet").wait_for()


def test_the_details_of_a_version_lead_to_its_charts(lab: Lab, studied: list[str]) -> None:
    lab.page.locator(".jp-mlversion-Row").nth(2).click()
    lab.page.locator(".jp-mlversion-Detail").get_by_role("button", name="Open in Metrics tab").click()
    (line,) = wait_for(lab, "loss", "data => data.length === 1")
    assert line["meta"]["version"] == studied[0]
    lab.page.locator(".jp-mlversion-Row").nth(1).click()
    (line,) = wait_for(lab, "loss", f"data => data.length === 1 && data[0].meta.version === '{studied[1]}'")
