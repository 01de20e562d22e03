"""The pictures of the guide to the panel: what they are of is there, at each width and in light and dark."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Lab, Notebook
    from playwright.sync_api import Locator

OUTPUT = Path(__file__).parent / "output"
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
WIDTHS = (300, 600)
PARAMETERS = "depth = {depth}\nrate = {rate}"
TRAINING = """\
# Train the forest
import jupyter_mlversion as mlversion
import sklearn.datasets
data = sklearn.datasets.load_iris(as_frame=True).frame
data.to_csv("iris.csv")
mlversion.split(data, target="target", strategy="stratified", name="iris")
mlversion.log_params(depth=depth, rate=rate)
for step in range(12):
    mlversion.log(loss=1 / (step * rate + depth), accuracy=1 - 1 / (step * rate + 2 * depth), step=step)
"""


@pytest.fixture
def study(lab: Lab, notebook: Notebook) -> Iterator[Lab]:
    """The panel of a notebook with three versions; light and as large as before afterwards."""
    before = lab.page.viewport_size
    lab.open(notebook(PARAMETERS.format(depth=2, rate=0.5), (TRAINING, ["checkpoint"]), name="forest.ipynb"))
    lab.show_panel()
    for number, (depth, rate) in enumerate([(2, 0.5), (3, 1.0), (2, 0.1)], start=1):
        lab.set_source(0, PARAMETERS.format(depth=depth, rate=rate))
        lab.run_all()
        lab.wait_for_rows(number)
    lab.toast("^Version")
    lab.dismiss_toasts()
    lab.page.wait_for_function("() => !document.querySelector('.Toastify__toast')")
    yield lab
    lab.page.set_viewport_size(before)
    lab.run_command("apputils:change-theme", theme=THEMES["light"])


def picture(lab: Lab, of: Locator, name: str) -> None:
    """Keep a small picture for people."""
    lab.page.wait_for_selector("#jupyterlab-splash", state="detached")
    OUTPUT.mkdir(exist_ok=True)
    of.screenshot(path=OUTPUT / f"guide-{name}.png", animations="disabled")


def dress(lab: Lab, theme: str) -> None:
    lab.run_command("apputils:change-theme", theme=THEMES[theme])
    lab.page.wait_for_function("name => document.body.dataset.jpThemeName === name", arg=THEMES[theme])


@pytest.mark.parametrize("theme", THEMES)
def test_the_panel_and_the_details(study: Lab, theme: str) -> None:
    dress(study, theme)
    panel = study.page.locator("#mlversion-panel")
    study.page.locator(".jp-mlversion-Row").first.click()
    study.page.wait_for_selector(".jp-mlversion-Detail .jp-mlversion-Plot .main-svg")
    for width in WIDTHS:
        study.widen_panel(width)
        buttons = panel.locator(".jp-mlversion-Detail-actions > button").all()
        assert len({round(box["y"]) for button in buttons if (box := button.bounding_box())}) == 1
        rows = panel.locator(".jp-mlversion-Row")
        assert rows.evaluate_all("rows => rows.filter(row => row.scrollWidth > row.clientWidth).length") == 0
        picture(study, panel, f"panel-{theme}-{width}")


@pytest.mark.parametrize("theme", THEMES)
def test_several_are_chosen_and_told_once(study: Lab, theme: str) -> None:
    dress(study, theme)
    study.widen_panel(300)
    rows = study.page.locator(".jp-mlversion-Row")
    rows.nth(0).click()
    rows.nth(2).click(modifiers=["Control"])
    panel = study.page.locator("#mlversion-panel")
    assert panel.get_by_text("2 versions chosen").count() == 1
    picture(study, panel, f"chosen-{theme}-300")
    panel.get_by_role("button", name="Choose none").click()
    assert panel.get_by_text("versions chosen").count() == 0


@pytest.mark.parametrize("theme", THEMES)
def test_a_comparison_and_the_plan_of_a_restore(study: Lab, theme: str) -> None:
    page = study.page
    page.locator(".jp-mlversion-Row").nth(0).click()
    page.locator(".jp-mlversion-Row").nth(2).click(modifiers=["Control"])
    study.run_command("mlversion:compare")
    page.wait_for_selector(".jp-mlversion-Compare [role=table]")
    dress(study, theme)
    study.run_command("application:toggle-left-area")
    for width in WIDTHS:
        page.set_viewport_size({"width": width + 90, "height": 720})
        picture(study, page.locator(".jp-mlversion-Compare"), f"compare-{theme}-{width}")
    study.run_command("application:toggle-left-area")
    page.evaluate("() => void window.app.commands.execute('mlversion:restore', {version: 'HEAD~1'})")
    page.wait_for_selector(".jp-Dialog .jp-mlversion-Plan")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 720})
        dialog = page.locator(".jp-Dialog-content")
        box = dialog.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        picture(study, dialog, f"restore-{theme}-{width}")
    page.keyboard.press("Escape")
