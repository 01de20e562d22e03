"""Nothing keeps a person who sees badly, or uses no mouse, from what the panel shows: checked in each theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Lab, Notebook

THEMES = ["JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"]
STUDY = """\
import jupyter_mlversion as mlversion
import sklearn.datasets
for step in range(5):
    mlversion.log(loss=1 / (step + {number}), acc=0.5 + step / 10, step=step)
mlversion.log_params(rate=0.1 * {number}, model="forest")
data = sklearn.datasets.load_iris(as_frame=True).frame
mlversion.split(data, target="target", strategy="stratified", name="iris")
data.to_csv("iris.csv")
"""


@pytest.fixture
def study(lab: Lab, notebook: Notebook) -> Lab:
    """The panel of a notebook with two versions that have something of everything."""
    lab.open(notebook((STUDY.format(number=1), ["checkpoint"])))
    lab.show_panel()
    lab.run_all()
    lab.wait_for_rows(1)
    lab.set_source(0, STUDY.format(number=2))
    lab.run_all()
    lab.wait_for_rows(2)
    lab.toast("^Version")
    lab.dismiss_toasts()
    return lab


@pytest.fixture(params=THEMES)
def theme(request: pytest.FixtureRequest, lab: Lab) -> Iterator[str]:
    """Each theme in turn; the first one afterwards."""
    lab.run_command("apputils:change-theme", theme=request.param)
    lab.page.wait_for_selector("#jupyterlab-splash", state="detached")
    yield str(request.param)
    lab.run_command("apputils:change-theme", theme=THEMES[0])


def test_the_panel(study: Lab, theme: str) -> None:
    study.page.locator(".jp-mlversion-Row").first.click()
    study.page.wait_for_selector(".jp-mlversion-Detail .jp-mlversion-Plot .main-svg")
    study.screenshot(f"axe-panel-{theme.split()[1]}-{len(theme)}")
    assert study.violations("#mlversion-panel") == []
