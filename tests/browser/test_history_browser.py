"""The list of versions: choosing by mouse and keyboard, the menu of a row, what stays when versions come."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_mlversion.repository import Repository

if TYPE_CHECKING:
    from conftest import Lab, Notebook, Server

ROW = "#mlversion-panel .jp-mlversion-Row"


def write_versions(server: Server, path: str, count: int) -> None:
    """Make `count` versions of a notebook, called number 1, number 2 and so on."""
    file = server.root / path
    repository = Repository.open(file.parent, create=True)
    for number in range(1, count + 1):
        document = json.loads(file.read_text())
        document["cells"][0]["source"] = f"number = {number}"
        file.write_text(json.dumps(document))
        repository.checkpoint(file.name, f"number {number}")


@pytest.fixture
def long_history(server: Server) -> str:
    """A notebook with 1,200 versions on three branches."""
    sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
    import histories

    folder = server.root / f"long-{os.urandom(4).hex()}"
    histories.make(folder, 1200)
    return f"{folder.name}/{_with_kernel(folder / 'work.ipynb')}"


def _with_kernel(file: Path) -> str:
    """Say in a notebook which kernel is its own: Lab would ask."""
    document = json.loads(file.read_text())
    document["metadata"]["kernelspec"] = {"name": "python3", "display_name": "python3", "language": "python"}
    file.write_text(json.dumps(document))
    return file.name


def chosen(lab: Lab) -> list[str]:
    """The titles of the rows that are chosen, from above."""
    return lab.page.locator(f"{ROW}[aria-selected=true] .jp-mlversion-Row-title").all_inner_texts()


@pytest.fixture
def listed(lab: Lab, server: Server, notebook: Notebook) -> Lab:
    """The panel with eight versions."""
    path = notebook("number = 0")
    write_versions(server, path, 8)
    lab.open(path)
    lab.show_panel()
    lab.wait_for_rows(8)
    return lab


def test_several_are_chosen_by_mouse(listed: Lab) -> None:
    rows = listed.page.locator(ROW)
    rows.nth(1).click()
    listed.page.wait_for_selector(".jp-mlversion-Detail h3:text('number 7')")
    rows.nth(4).click(modifiers=["Shift"])
    assert chosen(listed) == ["number 7", "number 6", "number 5", "number 4"]
    assert listed.page.locator(".jp-mlversion-Detail").count() == 0
    rows.nth(2).click(modifiers=["Control"])
    rows.nth(7).click(modifiers=["Control"])
    assert chosen(listed) == ["number 7", "number 5", "number 4", "number 1"]
    assert "4 versions chosen" in listed.page.locator(".jp-mlversion-ChosenBar").inner_text()
    listed.page.get_by_role("button", name="Choose none").click()
    assert chosen(listed) == []
    rows.nth(0).click()
    assert chosen(listed) == ["number 8"]
    rows.nth(0).click()
    assert chosen(listed) == []


def test_several_are_chosen_by_keyboard(listed: Lab) -> None:
    page = listed.page
    page.get_by_role("listbox").focus()
    for key in ("Home", "ArrowDown", "Space", "Shift+ArrowDown", "Shift+ArrowDown"):
        page.keyboard.press(key)
    assert chosen(listed) == ["number 7", "number 6", "number 5"]
    page.keyboard.press("End")
    page.keyboard.press("Space")
    assert chosen(listed) == ["number 7", "number 6", "number 5", "number 1"]
    page.keyboard.press("Control+a")
    assert len(chosen(listed)) == 8
    page.keyboard.press("Escape")
    assert chosen(listed) == []
    page.keyboard.press("Enter")
    page.wait_for_selector(".jp-mlversion-Detail h3:text('number 1')")
    assert page.locator(f"{ROW}.jp-mod-active").get_attribute("aria-posinset") == "8"


def test_the_menu_of_a_row_is_about_that_row(listed: Lab) -> None:
    page, rows = listed.page, listed.page.locator(ROW)
    rows.nth(3).click(button="right")
    page.locator(".lm-Menu").wait_for()
    assert chosen(listed) == ["number 5"]
    page.keyboard.press("Escape")
    rows.nth(1).click()
    rows.nth(2).click(modifiers=["Shift"])
    rows.nth(1).click(button="right")
    page.locator(".lm-Menu").wait_for()
    assert chosen(listed) == ["number 7", "number 6"]
    page.keyboard.press("Escape")
    page.get_by_role("listbox").focus()
    page.keyboard.press("End")
    page.keyboard.press("Shift+F10")
    page.locator(".lm-Menu").wait_for()
    assert chosen(listed) == ["number 1"]
    page.keyboard.press("Escape")


def test_what_is_chosen_and_where_the_keyboard_is_stay_when_a_version_comes(listed: Lab) -> None:
    page = listed.page
    page.get_by_role("listbox").focus()
    page.keyboard.press("End")
    page.keyboard.press("Shift+ArrowUp")
    active = page.get_by_role("listbox").get_attribute("aria-activedescendant")
    listed.set_source(0, "another = True")
    listed.run_command("mlversion:checkpoint", message="the newest")
    listed.wait_for_rows(9)
    assert chosen(listed) == ["number 2", "number 1"]
    assert page.get_by_role("listbox").get_attribute("aria-activedescendant") == active
    assert page.evaluate("() => document.activeElement.getAttribute('role')") == "listbox"
    page.wait_for_selector("[role=status]:text('New version: the newest')", state="attached")


def test_safety_versions_are_folded_away(listed: Lab) -> None:
    page = listed.page
    page.locator(ROW).nth(5).click()
    page.get_by_role("button", name="Restore…").click()
    page.locator(".jp-Dialog .jp-mod-accept").click()
    page.get_by_role("button", name="Show 1 safety version").click()
    listed.wait_for_rows(9)
    assert page.locator(f"{ROW} .jp-mlversion-Graph-version.jp-mod-hollow").count() == 1
    page.get_by_role("button", name="Hide 1 safety version").click()
    listed.wait_for_rows(8)


def test_the_graph_shows_a_branch(listed: Lab) -> None:
    page = listed.page
    page.locator(ROW).nth(2).click()
    page.get_by_role("button", name="Restore…").click()
    page.locator(".jp-Dialog .jp-mod-accept").click()
    page.locator(f"{ROW}:nth-child(3) .jp-mod-ring").wait_for()
    listed.set_source(0, "another = 'way'")
    listed.run_command("mlversion:checkpoint", message="on a branch")
    listed.wait_for_rows(9)
    row = page.locator(ROW).first
    assert row.locator(".jp-mlversion-Graph-version.jp-mod-lane1").count() == 2  # with the ring of HEAD
    assert page.locator(f"{ROW} path.jp-mod-lane1").count() == 1
    listed.screenshot("history-branch-light")


def test_a_long_list_is_drawn_where_it_is_looked_at(lab: Lab, server: Server, long_history: str) -> None:
    page = lab.page
    lab.open(long_history)
    lab.show_panel()
    page.wait_for_selector(f"{ROW}[aria-setsize='1200']")
    assert page.locator(ROW).count() < 40
    nodes = page.locator("#mlversion-panel *").count()
    page.get_by_role("listbox").focus()
    page.keyboard.press("End")
    page.wait_for_selector(f"{ROW}.jp-mod-active[aria-posinset='1200']")
    page.keyboard.press("PageUp")
    page.wait_for_function(
        "row => Number(document.querySelector(row).getAttribute('aria-posinset')) < 1200", arg=f"{ROW}.jp-mod-active")
    page.evaluate("() => { document.querySelector('.jp-mlversion-History').scrollTop = 30000; }")
    page.wait_for_function(
        """row => {
            const frame = document.querySelector('.jp-mlversion-History').getBoundingClientRect();
            const seen = document.elementFromPoint(frame.left + 60, frame.top + 60).closest(row);
            return seen && Number(seen.getAttribute('aria-posinset')) > 200;
        }""", arg=".jp-mlversion-Row")
    page.keyboard.press("Home")
    page.wait_for_selector(f"{ROW}.jp-mod-active[aria-posinset='1']")
    assert page.locator("#mlversion-panel *").count() < nodes * 1.1


def test_rows_that_pass_quickly_show_their_titles_and_are_drawn_when_it_is_over(
    lab: Lab, server: Server, long_history: str
) -> None:
    page = lab.page
    lab.open(long_history)
    lab.show_panel()
    page.wait_for_selector(f"{ROW}[aria-setsize='1200']")
    passed = page.evaluate("""async () => {
        const frame = document.querySelector('.jp-mlversion-History');
        const titles = new Set();
        for (let turn = 0; turn < 40; turn += 1) {
            frame.scrollTop += 900;
            await new Promise(requestAnimationFrame);
            document.querySelectorAll('.jp-mlversion-Passing').forEach(row => titles.add(row.textContent));
        }
        return [...titles];
    }""")
    lab.screenshot("history-passing-light")
    messages = {version.message for version in Repository.open(server.root / long_history.partition("/")[0]).log()}
    assert passed
    assert set(passed) <= messages
    page.wait_for_function("() => !document.querySelector('.jp-mlversion-Passing, .jp-mlversion-Placeholder')")
    places = page.eval_on_selector_all(ROW, "rows => rows.map(row => Number(row.getAttribute('aria-posinset')))")
    assert places == list(range(places[0], places[0] + len(places)))


def test_a_version_far_down_is_shown_where_it_is(lab: Lab, server: Server, long_history: str) -> None:
    page = lab.page
    lab.open(long_history)
    lab.show_panel()
    page.wait_for_selector(f"{ROW}[aria-setsize='1200']")
    version = Repository.open(server.root / long_history.partition("/")[0]).log()[899]
    lab.run_command("mlversion:show-version", versions=[version.id])
    page.wait_for_selector(f"{ROW}[aria-posinset='900'][aria-selected=true]")
    page.wait_for_function("""row => {
        const frame = document.querySelector('.jp-mlversion-History').getBoundingClientRect();
        const { top, bottom } = document.querySelector(row).getBoundingClientRect();
        return top >= frame.top - 1 && bottom <= frame.bottom + 1;
    }""", arg=f"{ROW}[aria-posinset='900']")
    page.wait_for_selector(f".jp-mlversion-Detail h3:text-is({json.dumps(version.message)})")


def test_a_version_that_comes_moves_nothing_that_is_looked_at(lab: Lab, server: Server, long_history: str) -> None:
    page = lab.page
    lab.open(long_history)
    lab.show_panel()
    page.wait_for_selector(f"{ROW}[aria-setsize='1200']")
    page.evaluate("() => { document.querySelector('.jp-mlversion-History').scrollTop = 20000; }")
    top = """() => {
        const frame = document.querySelector('.jp-mlversion-History').getBoundingClientRect();
        const seen = document.elementFromPoint(frame.left + 60, frame.top + 60).closest('.jp-mlversion-Row');
        return seen && [seen.id, Math.round(seen.getBoundingClientRect().top)];
    }"""
    page.wait_for_function(f"() => ({top})() !== null && !document.querySelector('.jp-mlversion-Passing')")
    before = page.evaluate(top)
    lab.set_source(1, "another = True")
    lab.run_command("mlversion:checkpoint", message="the newest")
    page.wait_for_selector(f"{ROW}[aria-setsize='1201']")
    assert page.evaluate(top) == before


def test_all_notebooks_are_listed_with_their_names(listed: Lab, server: Server) -> None:
    page = listed.page
    path = page.evaluate("() => window.panel.context.path")
    other = path.replace("study", "other")
    (server.root / other).write_text((server.root / path).read_text())
    write_versions(server, other, 2)
    page.evaluate("() => window.app.commands.execute('mlversion:filter', {all: true})")
    listed.wait_for_rows(10)
    assert page.locator(f"{ROW} .jp-mlversion-Chip", has_text="other.ipynb").count() == 2
    page.evaluate("() => window.app.commands.execute('mlversion:filter', {all: false})")
    listed.wait_for_rows(8)
