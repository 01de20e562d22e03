"""The same panel and tabs in Notebook 7, which has no main area for them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Lab, Notebook

WORK = "_ = open('table.csv', 'w').write('a,b\\n{word},1\\n')\nimport jupyter_mlversion as m\nm.log(loss={number})"


@pytest.fixture
def home(lab: Lab, notebook: Notebook) -> Path:
    """The folder of a notebook in Notebook 7, with two versions whose table was `first`, then `second`."""
    path = notebook((WORK.format(word="first", number=1), ["checkpoint"]))
    lab.go(f"notebooks/{path}")
    lab.attend(path)
    lab.show_panel()
    lab.run_all()
    lab.wait_for_rows(1)
    lab.set_source(0, WORK.format(word="second", number=2))
    lab.run_all()
    lab.wait_for_rows(2)
    lab.run_command("docmanager:save")
    lab.dismiss_toasts()
    return (lab.server.root / path).parent


def shown(lab: Lab, selector: str) -> None:
    """Wait for something that can be seen, and that is large enough to be of use."""
    box = lab.page.locator(f"{selector}:visible").first
    box.wait_for()
    lab.page.wait_for_function(
        "selector => [...document.querySelectorAll(selector)].some(node => node.getBoundingClientRect().height > 150)",
        arg=selector)


def test_details_and_restore(lab: Lab, home: Path) -> None:
    page = lab.page
    page.locator(".jp-mlversion-Row").nth(1).click()
    page.wait_for_selector(".jp-mlversion-Detail h3")
    page.locator(".jp-mlversion-Detail button", has_text="Restore…").first.click()
    page.wait_for_selector(".jp-Dialog .jp-mlversion-Plan")
    lab.screenshot("notebook-7-restore")
    assert lab.violations(".jp-mlversion-RestoreDialog") == []
    page.locator(".jp-Dialog button.jp-mod-accept").click()
    lab.toast("^Restored version")
    assert "first" in (home / "table.csv").read_text()
    assert "first" in lab.sources()[0]
    lab.dismiss_toasts()
    lab.run_command("mlversion:undo-restore")
    lab.toast("undone|Restored|back")
    page.wait_for_function("() => window.panel.context.model.cells.get(0).sharedModel.getSource().includes('second')")


def test_tabs_open_below_the_notebook(lab: Lab, home: Path) -> None:
    page = lab.page
    newest = page.locator(".jp-mlversion-Row").first
    newest.click(button="right")
    page.locator(".lm-Menu-item", has_text="Compare with Version Before").click()
    page.wait_for_selector(".jp-mlversion-Compare [role=table]")
    lab.screenshot("notebook-7-compare")
    shown(lab, ".jp-mlversion-Compare")
    newest.click()
    page.locator(".jp-mlversion-Artifact-open", has_text="table.csv").click()
    shown(lab, ".jp-mlversion-InsideTab")
    page.locator(".jp-mlversion-InsideTab td", has_text="second").wait_for()
    lab.screenshot("notebook-7-file")
    lab.run_command("mlversion:show-metrics")
    shown(lab, "#mlversion-metrics")
    page.wait_for_selector("#mlversion-metrics .main-svg")
    lab.screenshot("notebook-7-metrics")
    lab.run_command("mlversion:show-storage")
    shown(lab, ".jp-mlversion-Storage")
    lab.screenshot("notebook-7-storage")
    lab.run_command("mlversion:show-metrics")
    shown(lab, "#mlversion-metrics")


def test_the_commands_are_in_the_palette(lab: Lab, home: Path) -> None:
    lab.run_command("apputils:activate-command-palette")
    box = lab.page.locator(".lm-CommandPalette-input:visible")
    box.fill("ml versions")
    for label in ("Checkpoint", "Show Versions", "Show Metrics", "Show Storage of Versions"):
        lab.page.locator(".lm-CommandPalette-itemLabel:visible", has_text=label).first.wait_for()
    lab.page.keyboard.press("Escape")


def test_states_and_the_page_of_files(lab: Lab, home: Path) -> None:
    page = lab.page
    page.route("**/mlversion/api/**", lambda route: route.abort())
    try:
        lab.run_command("mlversion:refresh")
        page.locator(".jp-mlversion-Banner").get_by_text("Offline").wait_for()
    finally:
        page.unroute("**/mlversion/api/**")
    page.wait_for_selector(".jp-mlversion-Banner", state="detached")
    assert len(lab.rows()) == 2
    lab.go(f"tree/{home.name}")
    page.wait_for_selector(".jp-DirListing-item >> text=study.ipynb")
    assert page.evaluate("() => window.app.commands.isEnabled('mlversion:checkpoint')") is False
