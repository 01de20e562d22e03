"""Bringing versions back into the open notebook, and undoing it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Lab, Notebook

TAGGED = ["checkpoint"]
TRAIN = "from pathlib import Path\n_ = Path('model.bin').write_bytes({content!r})\nprint({content!r})"


@pytest.fixture
def two_versions(lab: Lab, notebook: Notebook) -> str:
    """An open notebook with two versions: the model was `first`, then `second`."""
    path = notebook((TRAIN.format(content=b"first"), TAGGED), "notes = 'first'")
    lab.open(path)
    lab.show_panel()
    lab.run_all()
    lab.wait_for_rows(1)
    lab.set_source(0, TRAIN.format(content=b"second, longer"))
    lab.set_source(1, "notes = 'second'")
    lab.run_all()
    lab.wait_for_rows(2)
    lab.dismiss_toasts()
    return path


def choose(lab: Lab, row: int) -> None:
    """Press Restore… in the details of a row, counted from the newest."""
    lab.page.locator(".jp-mlversion-Row").nth(row).click()
    lab.page.locator(".jp-mlversion-Detail button", has_text="Restore…").click()
    lab.page.wait_for_selector(".jp-Dialog .jp-mlversion-Plan")


def accept(lab: Lab) -> None:
    """Agree to the plan."""
    lab.page.locator(".jp-Dialog button.jp-mod-accept").click()


def wait_for_output(lab: Lab, text: str) -> None:
    """Wait until the page shows that one output, and no other."""
    shown = "() => [...document.querySelectorAll('.jp-Notebook .jp-OutputArea')].map(o => o.innerText.trim()).join('')"
    lab.page.wait_for_function(f"text => ({shown})() === text", arg=text)


def test_restore_and_undo_bring_back_notebook_and_model_with_unsaved_edits(lab: Lab, two_versions: str) -> None:
    model = (lab.server.root / two_versions).with_name("model.bin")
    lab.set_source(1, "notes = 'not saved yet'")
    choose(lab, 1)
    plan = lab.page.locator(".jp-mlversion-Plan").inner_text()
    assert "model.bin" in plan
    assert "your unsaved edits included" in plan
    lab.screenshot("plan-light")
    accept(lab)
    lab.toast("^Restored version")
    assert model.read_bytes() == b"first"
    assert lab.sources() == [TRAIN.format(content=b"first"), "notes = 'first'"]
    wait_for_output(lab, "b'first'")
    assert lab.page.locator(".jp-Notebook .jp-Cell.jp-mod-dirty").count() == 0
    lab.screenshot("restored-light")
    assert lab.page.evaluate("() => window.panel.context.model.dirty") is False
    saved = json.loads((lab.server.root / two_versions).read_text())
    assert "".join(saved["cells"][1]["source"]) == "notes = 'first'"
    assert lab.dialogs() == 0

    lab.page.locator(".Toastify__toast", has_text="Restored version").locator("button", has_text="Undo").click()
    lab.toast("^The restore was undone")
    assert model.read_bytes() == b"second, longer"
    assert lab.sources() == [TRAIN.format(content=b"second, longer"), "notes = 'not saved yet'"]
    wait_for_output(lab, "b'second, longer'")
    assert lab.dialogs() == 0


def test_a_save_after_a_restore_raises_no_dialog(lab: Lab, two_versions: str) -> None:
    choose(lab, 1)
    accept(lab)
    lab.toast("^Restored version")
    lab.set_source(1, "notes = 'after'")
    lab.run_command("docmanager:save")
    assert lab.dialogs() == 0
    assert "notes = 'after'" in (lab.server.root / two_versions).read_text()


def test_cancelling_the_plan_changes_nothing(lab: Lab, two_versions: str) -> None:
    choose(lab, 1)
    lab.page.locator(".jp-Dialog button.jp-mod-reject").click()
    assert (lab.server.root / two_versions).with_name("model.bin").read_bytes() == b"second, longer"
    assert lab.sources()[1] == "notes = 'second'"


def test_a_restore_is_one_undoable_edit_that_keeps_cells(lab: Lab, two_versions: str) -> None:
    lab.page.evaluate("() => { window.kept = window.panel.content.widgets[0]; }")
    choose(lab, 1)
    accept(lab)
    lab.toast("^Restored version")
    assert lab.page.evaluate("() => window.kept === window.panel.content.widgets[0]")
    wait_for_output(lab, "b'first'")
    lab.page.evaluate("() => window.panel.context.model.sharedModel.undo()")
    wait_for_output(lab, "b'second, longer'")
    assert lab.sources() == [TRAIN.format(content=b"second, longer"), "notes = 'second'"]


def test_outputs_made_here_stay_trusted_and_others_do_not_become_so(lab: Lab, two_versions: str) -> None:
    trusted = "() => [...window.panel.context.model.cells].map(cell => cell.trusted)"
    choose(lab, 1)
    accept(lab)
    lab.toast("^Restored version")
    assert lab.page.evaluate(trusted) == [True, True]
    # A window that has not seen the outputs does not trust them.
    lab.dismiss_toasts()
    lab.page.reload()
    lab.go(f"lab/tree/{two_versions}")
    lab.open(two_versions)
    lab.show_panel()
    lab.wait_for_rows(2)
    choose(lab, 0)
    accept(lab)
    lab.toast("^Restored version")
    assert lab.page.evaluate(trusted) == [False, True]


def test_an_open_text_editor_shows_the_restored_file(lab: Lab, notebook: Notebook) -> None:
    path = notebook(("from pathlib import Path\n_ = Path('report.csv').write_text('a,b\\n1,2\\n')", TAGGED))
    lab.open(path)
    lab.show_panel()
    lab.run_all()
    lab.wait_for_rows(1)
    report = (lab.server.root / path).with_name("report.csv")
    report.write_text("a,b\n3,4\n")
    editor = path.replace("study.ipynb", "report.csv")
    lab.run_command("docmanager:open", path=editor, factory="Editor", options={"mode": "split-right"})
    text = """path => {
        const editor = [...window.app.shell.widgets('main')].find(w => w.context && w.context.path === path);
        return editor && editor.context.isReady ? editor.context.model.toString() : null;
    }"""
    lab.page.wait_for_function(f"path => ({text})(path) === 'a,b\\n3,4\\n'", arg=editor)
    lab.page.evaluate("() => window.app.shell.activateById(window.panel.id)")
    lab.dismiss_toasts()
    choose(lab, 0)
    accept(lab)
    lab.toast("^Restored version")
    assert lab.page.evaluate(text, editor) == "a,b\n1,2\n"
    assert lab.dialogs() == 0


def test_a_version_of_another_notebook_is_refused(lab: Lab, two_versions: str, notebook: Notebook) -> None:
    (first,) = lab.page.evaluate(
        "() => [document.querySelectorAll('.jp-mlversion-Row code')[1].textContent]"
    )
    home = two_versions.rpartition("/")[0]
    other = f"{home}/other.ipynb"
    (lab.server.root / other).write_bytes((lab.server.root / notebook("unrelated = True")).read_bytes())
    lab.open(other)
    lab.run_command("mlversion:restore", version=first)
    assert "belongs to" in lab.toast("^Restore: Version")
    assert lab.dialogs() == 0
    assert lab.sources() == ["unrelated = True"]
    assert (lab.server.root / home / "model.bin").read_bytes() == b"second, longer"


def test_a_notebook_takes_no_input_while_it_is_restored(lab: Lab, two_versions: str) -> None:
    lab.page.evaluate(
        """() => {
            const { node } = window.panel;
            window.states = [];
            new MutationObserver(() => {
                node.querySelector('.cm-content').focus();
                window.states.push([node.inert, node.getAttribute('aria-busy'), node.contains(document.activeElement)]);
            }).observe(node, { attributeFilter: ['inert'] });
        }"""
    )
    choose(lab, 1)
    accept(lab)
    lab.toast("^Restored version")
    assert lab.page.evaluate("() => window.states") == [[True, "true", False], [False, None, True]]
    assert (lab.server.root / two_versions).with_name("model.bin").read_bytes() == b"first"


def test_a_restore_that_succeeded_says_so_though_the_server_was_not_told(lab: Lab, two_versions: str) -> None:
    lab.page.route("**/acknowledgement*", lambda route: route.fulfill(status=500, body="{}"))
    try:
        choose(lab, 1)
        accept(lab)
        lab.toast("was not told")
        toast = lab.toast("^Restored version")
    finally:
        lab.page.unroute("**/acknowledgement*")
    assert "Undo" in toast
    assert (lab.server.root / two_versions).with_name("model.bin").read_bytes() == b"first"
    assert lab.sources()[1] == "notes = 'first'"
    assert lab.page.evaluate("() => window.panel.node.inert") is False


def test_undo_after_closing_says_how(lab: Lab, two_versions: str) -> None:
    choose(lab, 1)
    accept(lab)
    lab.toast("^Restored version")
    lab.page.evaluate("() => { window.panel.close(); }")
    lab.page.locator(".Toastify__toast", has_text="Restored version").locator("button", has_text="Undo").click()
    assert two_versions in lab.toast("then restore the safety version")
