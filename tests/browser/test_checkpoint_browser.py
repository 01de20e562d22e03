"""Tagging, running, seeing versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Lab, Notebook

AGAIN = """\
from pathlib import Path
log = Path('log.txt')
_ = log.write_text((log.read_text() if log.exists() else '') + 'x')
print(log.read_text())
"""


def test_the_panel_says_what_to_do_without_a_notebook_and_without_a_version(lab: Lab, notebook: Notebook) -> None:
    lab.show_panel()
    lab.page.wait_for_selector("text=Open a notebook to see its versions.")
    lab.open(notebook("1 + 1"))
    lab.page.wait_for_selector("text=This notebook has no versions yet.")
    lab.screenshot("empty-light")


def test_the_flag_in_the_cell_toolbar_tags_and_marks_the_cell(lab: Lab, notebook: Notebook) -> None:
    lab.open(notebook("1 + 1", "2 + 2"))
    button = lab.page.locator(".jp-cell-toolbar [data-command='mlversion:toggle-cell']")
    button.click()
    marked = lab.page.locator(".jp-Cell.jp-mlversion-Tagged")
    assert marked.count() == 1
    assert marked.locator(".jp-mlversion-Badge").inner_text() == "checkpoint"
    tags = "() => window.panel.context.model.cells.get(0).getMetadata('tags')"
    assert lab.page.evaluate(tags) == ["checkpoint"]
    lab.screenshot("tagged-light")
    button.click()
    assert marked.count() == 0
    assert lab.page.evaluate(tags) is None


def test_a_tagged_cell_that_ran_makes_one_version(lab: Lab, notebook: Notebook) -> None:
    lab.open(notebook(("print('hello')", ["checkpoint"])))
    lab.show_panel()
    lab.run_all()
    lab.wait_for_rows(1)
    assert "added" in lab.toast(r"^Version [0-9a-f]+ in")
    assert lab.page.locator(".jp-mlversion-Chip.jp-mod-head").count() == 1
    assert lab.page.locator(".jp-mlversion-Row", has_text="as saved").count() == 0


def test_a_run_that_changes_nothing_says_so(lab: Lab, notebook: Notebook) -> None:
    lab.open(notebook(("print('hello')", ["checkpoint"])))
    lab.show_panel()
    lab.run_all()
    lab.wait_for_rows(1)
    lab.run_all()
    lab.toast("Nothing changed")
    assert len(lab.rows()) == 1


def test_a_failing_cell_makes_no_version_and_an_aborted_one_neither(lab: Lab, notebook: Notebook) -> None:
    tagged = ["checkpoint"]
    lab.open(notebook(("print('fine')", tagged), ("1 / 0", tagged), ("print('never')", tagged)))
    lab.show_panel()
    lab.run_all()
    lab.wait_for_rows(1)
    assert lab.rows() == ["print('fine')"]


def test_the_button_makes_a_version_with_its_message(lab: Lab, notebook: Notebook) -> None:
    lab.open(notebook("1 + 1"))
    lab.show_panel()
    lab.page.fill(".jp-mlversion-Message", "before lunch")
    lab.page.press(".jp-mlversion-Message", "Enter")
    lab.wait_for_rows(1)
    assert lab.rows() == ["before lunch"]
    lab.set_source(0, "1 + 2")
    lab.page.locator(".jp-NotebookPanel-toolbar [data-command='mlversion:checkpoint']").click()
    lab.wait_for_rows(2)


def test_run_all_keeps_the_bytes_of_each_tagged_cell(lab: Lab, notebook: Notebook) -> None:
    tagged = ["checkpoint"]
    path = notebook(
        ("from pathlib import Path\n_ = Path('model.bin').write_bytes(b'first')", tagged),
        ("_ = Path('model.bin').write_bytes(b'second, longer')", tagged),
    )
    lab.open(path)
    lab.show_panel()
    lab.run_all()
    lab.wait_for_rows(2)
    sizes = lab.page.evaluate(
        """async notebook => {
            const settings = window.app.serviceManager.serverSettings;
            const get = async path => (await fetch(settings.baseUrl + 'mlversion/api/' + path)).json();
            const query = '?notebook=' + encodeURIComponent(notebook);
            const { versions } = await get('versions' + query);
            const details = await Promise.all(versions.map(version => get(`versions/${version.id}${query}`)));
            return details.map(detail => detail.artifacts.find(file => file.path === 'model.bin').size);
        }""",
        path,
    )
    assert sizes == [len(b"second, longer"), len(b"first")]


def test_many_tagged_cells_run_at_once_make_one_live_version_each_in_order(lab: Lab, notebook: Notebook) -> None:
    count = 8
    lab.open(notebook(*[(f"# step {number}\nprint({number})", ["checkpoint"]) for number in range(count)]))
    lab.show_panel()
    lab.run_all()
    lab.wait_for_rows(count, timeout=60_000)
    assert lab.rows() == [f"step {number}" for number in reversed(range(count))]
    assert lab.page.locator(".jp-mlversion-Row", has_text="as saved").count() == 0


def test_a_cell_run_again_before_it_ended_makes_a_version_each_time(lab: Lab, notebook: Notebook) -> None:
    path = notebook((AGAIN, ["checkpoint"]))
    (lab.server.root / path).with_name("mlversion.toml").write_text("join_timeout = 2\n")
    lab.open(path)
    lab.show_panel()
    lab.page.evaluate(
        """async () => {
            const run = () => window.app.commands.execute('notebook:run-all-cells');
            await Promise.all([run(), run()]);
        }"""
    )
    lab.wait_for_rows(2)
    assert (lab.server.root / path).with_name("log.txt").read_text() == "xx"
    as_saved = lab.page.locator(".jp-mlversion-Row", has_text="as saved")
    assert as_saved.count() == 1
    assert lab.page.locator(".jp-mlversion-Row").last.inner_text() == as_saved.inner_text()
