"""What a new user can do, on the demo."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Lab

DEMO = Path(__file__).parents[2] / "binder" / "demo" / "digits.ipynb"
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark", "contrast": "JupyterLab Dark High Contrast"}


@pytest.fixture
def demo(lab: Lab) -> Path:
    """The demo, open, in a workspace of its own."""
    home = lab.server.root / "demo"
    (home / ".mlversion").mkdir(parents=True)
    shutil.copy(DEMO, home)
    lab.open("demo/digits.ipynb")
    lab.show_panel()
    return home


def cell_index(lab: Lab, cell_id: str) -> int:
    return lab.page.evaluate("id => [...window.panel.context.model.cells].findIndex(cell => cell.id === id)", cell_id)


def test_the_demo_trains_gets_worse_and_comes_back(lab: Lab, demo: Path) -> None:
    lab.run_all()
    lab.wait_for_rows(2, timeout=120_000)
    good = (demo / "models" / "digits.joblib").read_bytes()
    parameters = cell_index(lab, "parameters")
    better = lab.sources()[parameters]
    lab.set_source(parameters, better.replace("learning_rate = 0.01", "learning_rate = 3"))
    lab.run_all()
    lab.wait_for_rows(4, timeout=120_000)
    assert (demo / "models" / "digits.joblib").read_bytes() != good

    lab.page.locator(".jp-mlversion-Row").nth(3).click()
    lab.page.wait_for_selector(".jp-mlversion-Detail .jp-mlversion-Plot .bars", state="attached")
    detail = lab.page.locator(".jp-mlversion-Detail").inner_text()
    for words in ("data/digits.csv", "models/digits.joblib", "accuracy", "learning_rate", "stratified"):
        assert words in detail
    lab.page.locator(".jp-mlversion-Overview summary", has_text="Metrics over versions").click()
    lab.page.wait_for_selector(".jp-mlversion-Overview .jp-mlversion-Plot .scatterlayer", state="attached")
    lab.dismiss_toasts()
    lab.page.locator(".jp-mlversion-Overview summary", has_text="Metrics over versions").click()
    lab.page.wait_for_function("() => !document.querySelector('.Toastify__toast')")  # they leave slowly
    lab.widen_panel()
    lab.page.wait_for_function(  # the figures follow the panel
        """() => [...document.querySelectorAll('.jp-mlversion-Detail .jp-mlversion-Plot')].every(plot => {
            const drawn = plot.querySelector('.main-svg').getBoundingClientRect().width;
            return Math.abs(drawn - plot.clientWidth) < 2 && drawn > 320;
        })"""
    )
    for name, theme in THEMES.items():
        lab.run_command("apputils:change-theme", theme=theme)
        lab.page.wait_for_function("name => document.body.dataset.jpThemeName === name", arg=theme)
        lab.screenshot(f"demo-{name}")
    lab.run_command("apputils:change-theme", theme=THEMES["light"])
    lab.page.locator(".jp-mlversion-Detail .jp-mlversion-Fold", has_text="Splits").scroll_into_view_if_needed()
    lab.page.evaluate("() => { document.querySelector('.jp-mlversion-Detail').scrollTop = 640; }")
    lab.screenshot("demo-splits-light")

    lab.page.locator(".jp-mlversion-Detail button", has_text="Restore…").click()
    lab.page.wait_for_selector(".jp-Dialog .jp-mlversion-Plan")
    lab.screenshot("demo-plan-light")
    lab.page.locator(".jp-Dialog button.jp-mod-accept").click()
    lab.toast("^Restored version")
    assert (demo / "models" / "digits.joblib").read_bytes() == good
    assert lab.sources()[parameters] == better
    lab.page.locator(".Toastify__toast", has_text="Restored version").locator("button", has_text="Undo").click()
    lab.toast("^The restore was undone")
    assert "learning_rate = 3" in lab.sources()[parameters]
    assert (demo / "models" / "digits.joblib").read_bytes() != good
    assert lab.dialogs() == 0
