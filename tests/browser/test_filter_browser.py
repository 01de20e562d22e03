"""The filter box: typing, completing, mistakes, sorting, what is remembered, hostile names."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from jupyter_mlversion.domain.run import Metric, Run
from jupyter_mlversion.domain.version import Checkpoint, Trigger
from jupyter_mlversion.repository import Repository
from jupyter_mlversion.repository.gather import Seen

if TYPE_CHECKING:
    from conftest import Lab, Notebook, Server
    from playwright.sync_api import Locator, Response

HOSTILE = '<img src=x onerror="window.hacked=1">'
TRIED = [("small", 0.5, "adam"), ("larger", 0.7, "sgd"), ("largest", 0.9, "adam w"), ("too large", 0.8, HOSTILE)]


def logged(number: int, acc: float, optimizer: str) -> Run:
    """What a training of the notebook logged."""
    values = {"acc": acc, "loss": 1 - acc, HOSTILE: 1.0} if number == 3 else {"acc": acc, "loss": 1 - acc}
    return Run("", "cell-0", 1.0 + number, params={"optimizer": optimizer, "lr": 10.0**-number},
               metrics={name: Metric(value, value, value, 1, 0) for name, value in values.items()})


@pytest.fixture
def study(lab: Lab, server: Server, notebook: Notebook) -> str:
    """A notebook with four versions, with metrics and parameters, open beside its panel."""
    path = notebook("print('fit')")
    repository = Repository.init((server.root / path).parent)
    for number, (message, acc, optimizer) in enumerate(TRIED):
        run = logged(number, acc, optimizer)
        key = f"session-{number}"
        repository.stage(Checkpoint(key, Trigger.CELL, datetime.now(UTC), message, "study.ipynb", "cell-0"),
                         Seen({}, runs=lambda _, run=run: (run,)))
        assert repository.join(key).version
    repository.index.close()
    lab.open(path)
    lab.show_panel()
    lab.wait_for_rows(len(TRIED))
    return path


def box(lab: Lab) -> Locator:
    return lab.page.get_by_role("combobox", name="Filter the versions by a query")


def kept(answer: Response) -> str:
    """What of Lab's state an answer says was saved."""
    return answer.request.post_data or "" if "/workspaces/" in answer.url else ""


def test_typing_filters_and_the_count_says_how_many(lab: Lab, study: str) -> None:
    box(lab).fill("acc > 0.6")
    lab.wait_for_rows(3)
    lab.page.wait_for_selector(".jp-mlversion-FilterBar-count >> text=3 of 4 versions")
    assert lab.page.locator(".jp-mlversion-FilterBar.jp-mod-filtered").count() == 1
    box(lab).fill("nothing like this")
    lab.page.wait_for_selector("text=No version fits.")
    lab.page.get_by_role("button", name="Clear the filter").click()
    lab.wait_for_rows(4)
    assert box(lab).input_value() == ""
    assert lab.page.locator(".jp-mlversion-FilterBar.jp-mod-filtered").count() == 0


def test_a_query_is_completed_by_keyboard(lab: Lab, study: str) -> None:
    lab.page.locator(".jp-mlversion-List").focus()
    lab.page.keyboard.press("/")
    assert lab.page.evaluate("() => document.activeElement.getAttribute('role')") == "combobox"
    lab.page.keyboard.type("opt")
    option = lab.page.locator(".jp-mlversion-FilterBar-options").get_by_role("option")
    option.first.wait_for()
    assert option.first.inner_text().split("\n")[0] == "optimizer"
    assert "parameter, 4 versions" in option.first.inner_text()
    lab.page.keyboard.press("ArrowDown")
    assert box(lab).get_attribute("aria-activedescendant") == option.first.get_attribute("id")
    assert option.first.get_attribute("aria-selected") == "true"
    lab.page.keyboard.press("Enter")
    assert box(lab).input_value() == "optimizer "
    lab.page.wait_for_selector(".jp-mlversion-FilterBar-options >> text=/^==$/")
    lab.page.keyboard.press("Tab")
    assert box(lab).input_value() == "optimizer == "
    option.filter(has_text='"adam w"').wait_for()
    assert option.count() == 4
    lab.page.keyboard.press("ArrowUp")
    lab.page.keyboard.press("Escape")
    assert option.count() == 0
    lab.page.keyboard.type('"adam w"')
    lab.page.keyboard.press("Enter")
    lab.wait_for_rows(1)
    assert lab.rows() == ["largest"]
    lab.page.keyboard.press("Escape")
    lab.wait_for_rows(4)
    lab.page.keyboard.press("ArrowDown")
    lab.page.wait_for_selector(".jp-mlversion-FilterBar-options >> text=asked before")
    lab.page.keyboard.press("ArrowDown")
    lab.page.keyboard.press("Enter")
    lab.wait_for_rows(1)


def test_a_mistake_is_told_in_place_and_changes_nothing(lab: Lab, study: str) -> None:
    box(lab).fill("acc > 0.6 and lr <")
    box(lab).press("Enter")
    mistake = lab.page.locator(".jp-mlversion-FilterBar-mistake")
    mistake.wait_for()
    assert mistake.locator("mark").inner_text() == "<"
    assert "a value is expected after '<'" in mistake.inner_text()
    assert box(lab).get_attribute("aria-invalid") == "true"
    assert len(lab.rows()) == 4
    lab.screenshot("filter-mistake-light")
    box(lab).fill("acc > 0.6 and lr < 1")
    lab.wait_for_rows(3)
    assert mistake.count() == 0


@pytest.mark.parametrize("theme", ["JupyterLab Dark High Contrast", "JupyterLab Dark", "JupyterLab Light"])
def test_everybody_can_use_it(lab: Lab, study: str, theme: str) -> None:
    lab.run_command("apputils:change-theme", theme=theme)
    lab.page.wait_for_selector("#jupyterlab-splash", state="detached")
    box(lab).fill("opt")
    lab.page.locator(".jp-mlversion-FilterBar-options").get_by_role("option").first.wait_for()
    assert lab.violations("#mlversion-panel") == []
    box(lab).fill("acc > 0.6 and lr <")
    box(lab).press("Enter")
    lab.page.wait_for_selector(".jp-mlversion-FilterBar-mistake")
    assert lab.violations("#mlversion-panel") == []
    box(lab).fill("nothing like this")
    lab.page.wait_for_selector("text=No version fits.")
    for name in ("What can be asked", "What the list shows"):
        button = lab.page.get_by_role("button", name=name)
        button.click()
        expect(button).to_have_attribute("aria-expanded", "true")
        assert lab.violations("#mlversion-panel") == []
        lab.screenshot(f"filter-{name[-5:].strip()}-{theme[-5:].strip().lower()}")
        button.click()
    lab.page.get_by_role("button", name="Clear the filter").click()


def test_sorting_and_choices_are_remembered_after_a_reload(lab: Lab, study: str) -> None:
    lab.page.get_by_label("Sort by").select_option("metric.acc")
    lab.page.wait_for_function("() => document.querySelector('.jp-mlversion-Row-title').innerText === 'largest'")
    assert lab.rows() == ["largest", "too large", "larger", "small"]
    lab.page.locator(".jp-mlversion-FilterBar-way").click()
    lab.page.wait_for_function("() => document.querySelector('.jp-mlversion-Row-title').innerText === 'small'")
    box(lab).fill("acc < 0.85")
    lab.wait_for_rows(3)
    lab.page.get_by_role("button", name="What the list shows").click()
    with lab.page.expect_response(lambda answer: "metrics" in kept(answer) and "acc < 0.85" in kept(answer)):
        lab.page.get_by_role("checkbox", name="loss").check()
    lab.page.wait_for_function(
        "() => document.querySelector('.jp-mlversion-Row-metrics').innerText.includes('loss')"
        " && !document.querySelector('.jp-mlversion-Row-metrics').innerText.includes('acc')")
    lab.go()
    lab.attend(study)
    lab.show_panel()
    lab.wait_for_rows(3)
    assert lab.rows() == ["small", "larger", "too large"]
    assert box(lab).input_value() == "acc < 0.85"
    assert "acc" not in lab.page.locator(".jp-mlversion-Row-metrics").first.inner_text()
    lab.page.get_by_role("button", name="Show all versions, newest first").click()
    lab.wait_for_rows(4)
    lab.page.get_by_role("button", name="What the list shows").click()
    lab.page.get_by_role("checkbox", name="The first ones").check()


def test_only_versions_like_this_one_and_commands(lab: Lab, study: str) -> None:
    lab.run_command("mlversion:filter", where="optimizer ~ adam", sort="acc", ascending=True)
    lab.wait_for_rows(2)
    assert lab.rows() == ["small", "largest"]
    lab.run_command("mlversion:filter", narrow="branch == main", sort=None)
    lab.page.wait_for_function("() => document.querySelector('.jp-mlversion-Row-title').innerText === 'largest'")
    assert box(lab).input_value() == "optimizer ~ adam and branch == main"
    lab.run_command("mlversion:filter", where="")
    lab.wait_for_rows(4)
    lab.page.locator(".jp-mlversion-Row").first.click(button="right")
    lab.page.locator(".lm-Menu-itemLabel", has_text="Filter by").hover()
    lab.page.locator(".lm-Menu-itemLabel", has_text="Branch “main”").click()
    expect(box(lab)).to_have_value("branch == main")
    lab.run_command("mlversion:filter", where="")


def test_hostile_names_are_texts(lab: Lab, study: str) -> None:
    box(lab).fill("<img")
    lab.page.wait_for_selector(".jp-mlversion-FilterBar-mistake, .jp-mlversion-FilterBar-options li")
    box(lab).fill("optimizer == ")
    lab.page.wait_for_selector(".jp-mlversion-FilterBar-options >> text=onerror")
    box(lab).press("Escape")
    lab.page.get_by_role("button", name="What can be asked").click()
    lab.page.get_by_role("button", name="What the list shows").click()
    lab.page.get_by_label("Sort by").select_option(f"metric.{HOSTILE}")
    lab.page.wait_for_selector(".jp-mlversion-FilterBar.jp-mod-filtered")
    box(lab).fill(HOSTILE)
    box(lab).press("Enter")
    lab.page.wait_for_selector(".jp-mlversion-FilterBar-mistake")
    assert lab.page.evaluate("() => window.hacked") is None
    assert lab.page.locator(".jp-mlversion-FilterBar img").count() == 0
    lab.page.get_by_role("button", name="Show all versions, newest first").click()
    lab.wait_for_rows(4)
