"""The splits of a version in the panel: sizes, checks, pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Lab, Notebook

EVIL = "<img src=x onerror=window.hacked=1>"
CELL = f"""\
# A split with faults
import jupyter_mlversion as mlversion
import numpy as np, pandas as pd
rng = np.random.default_rng(0)
data = pd.DataFrame(rng.normal(size=(600, 5)), columns=["height", "weight", {EVIL!r}, "age", "income"])
data["species"] = rng.choice(["setosa", {EVIL!r}, "virginica"], 600)
train, test = mlversion.split(data, target="species", seed=seed, name="flowers", checks=False)
data.loc[test, "weight"] += 1
data["code"] = pd.factorize(data["species"])[0]
data.iloc[test[:9]] = data.iloc[train[:9]].to_numpy()
train, test = mlversion.split(data, target="species", seed=seed, name="flowers")
folds = mlversion.split(data, target="species", strategy="stratified-k-fold", seed=seed, name={EVIL!r})
"""
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}


@pytest.fixture
def detail(lab: Lab, notebook: Notebook) -> Lab:
    """The details of the second of two versions with splits."""
    lab.open(notebook("seed = 1", (CELL, ["checkpoint"])))
    lab.show_panel()
    lab.run_all()
    lab.wait_for_rows(1, timeout=60_000)
    lab.set_source(0, "seed = 2")
    lab.run_all()
    lab.wait_for_rows(2, timeout=60_000)
    lab.page.locator(".jp-mlversion-Row").first.click()
    lab.page.wait_for_selector(".jp-mlversion-Detail .jp-mlversion-Check")
    lab.dismiss_toasts()
    return lab


def open_view(lab: Lab, title: str, number: int = 0) -> None:
    """Unfold a picture and wait until it is drawn."""
    view = lab.page.locator(".jp-mlversion-View", has_text=title).nth(number)
    view.locator("summary").click()
    view.locator(".jp-mlversion-Plot .main-svg").first.wait_for()
    view.scroll_into_view_if_needed()


def test_what_was_found_is_told_with_its_rows(detail: Lab) -> None:
    page = detail.page
    duplicates = page.locator(".jp-mlversion-Check", has_text="Exact duplicates").first
    assert duplicates.get_attribute("open") is not None
    assert "9 rows of one part have an equal one in another" in duplicates.inner_text()
    assert "problem" in duplicates.locator("summary").inner_text()
    leak = page.locator(".jp-mlversion-Check", has_text="Leakage of the target").first
    assert "code" in leak.inner_text()
    drift = page.locator(".jp-mlversion-Check", has_text="Drift of features").first
    assert "weight" in drift.locator("p").first.inner_text()
    quiet = page.locator(".jp-mlversion-Check", has_text="Rows in two parts").first
    assert quiet.get_attribute("open") is None
    assert quiet.locator(".jp-mlversion-Verdict.jp-mod-ok svg").count() == 1
    row = page.locator(".jp-mlversion-Row").first
    assert row.locator(".jp-mlversion-Strip").count() == 2
    assert row.locator(".jp-mlversion-Strip").first.get_attribute("aria-label") == "flowers: train 480, test 120"
    assert "problem" in row.inner_text()


def test_pictures_are_drawn_when_they_are_opened(detail: Lab) -> None:
    page = detail.page
    for title in ("Where the rows are", "Drift of features", "Leakage of the target", "Distributions"):
        open_view(detail, title)
    views = page.locator(".jp-mlversion-View", has_text="Distributions").first
    views.locator(".jp-mlversion-Plot .main-svg").nth(5).wait_for()
    assert views.locator("figcaption").all_inner_texts()[:2] == ["species", "weight"]
    views.locator("button", has_text="Show more").click()
    page.wait_for_function(
        "view => view.querySelectorAll('.jp-mlversion-Figure').length === 7", arg=views.element_handle())
    open_view(detail, "Where the rows are", 1)
    open_view(detail, "Against the version before")
    assert page.locator("#mlversion-panel img").count() == 0
    assert page.evaluate("() => window.hacked") is None


@pytest.mark.parametrize("width", [400, 300])
def test_it_can_be_read_in_light_and_dark_and_where_there_is_little_room(detail: Lab, width: int) -> None:
    detail.widen_panel(width)
    for title in ("Where the rows are", "Drift of features", "Distributions"):
        open_view(detail, title)
    open_view(detail, "Where the rows are", 1)
    wide = """() => [...document.querySelectorAll('#mlversion-panel .jp-mlversion-Detail, #mlversion-panel section')]
        .filter(node => node.scrollWidth > node.clientWidth + 1).map(node => node.className)"""
    assert detail.page.evaluate(wide) == []
    for name, theme in THEMES.items():
        detail.run_command("apputils:change-theme", theme=theme)
        detail.page.wait_for_function("name => document.body.dataset.jpThemeName === name", arg=theme)
        for number, top in enumerate((0, 560, 1120, 1680, 2240)):
            detail.page.evaluate("top => { document.querySelector('.jp-mlversion-Detail').scrollTop = top; }", top)
            detail.screenshot(f"splits-{name}-{width}-{number}")
    detail.run_command("apputils:change-theme", theme=THEMES["light"])
