"""The dialog that shows what a restore would do: parts, single files, copies, and a kernel that works."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Lab, Notebook

TAGGED = ["checkpoint"]
WORK = """from pathlib import Path
word = {word!r}
_ = Path('table.csv').write_text(f'a,b\\n{{word}},1\\n')
_ = Path('more.csv').write_text(f'c,d\\n{{word}},2\\n')
_ = Path('model.safetensors').write_bytes(b'\\x02' + bytes(7) + b'{{}}' + word.encode())"""
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark", "contrast": "JupyterLab Dark High Contrast"}


@pytest.fixture
def home(lab: Lab, notebook: Notebook) -> Path:
    """The folder of an open notebook with two versions, whose data and model were `first`, then `second`."""
    path = notebook((WORK.format(word="first"), TAGGED))
    lab.open(path)
    lab.show_panel()
    lab.run_all()
    lab.wait_for_rows(1)
    lab.set_source(0, WORK.format(word="second"))
    lab.run_all()
    lab.wait_for_rows(2)
    lab.run_command("docmanager:save")
    lab.dismiss_toasts()
    return (lab.server.root / path).parent


def first(folder: Path) -> set[str]:
    """The files that are as in the first version."""
    return {path.name for path in folder.iterdir() if path.is_file() and b"first" in path.read_bytes()}


def ask(lab: Lab, **args: object) -> None:
    """See what a restore of the first version would do."""
    lab.page.evaluate(
        "args => void window.app.commands.execute('mlversion:restore', args)", {"version": "HEAD~1", **args}
    )
    lab.page.wait_for_selector(".jp-Dialog .jp-mlversion-Plan")


def accept(lab: Lab) -> None:
    lab.page.locator(".jp-Dialog button.jp-mod-accept").click()


def totals(lab: Lab) -> str:
    return lab.page.locator(".jp-mlversion-Plan-totals").inner_text()


def test_parts_are_chosen_and_only_these_come_back(lab: Lab, home: Path) -> None:
    ask(lab)
    groups = lab.page.locator(".jp-mlversion-Choice-name").all_inner_texts()
    assert groups == ["Notebook", "Data", "Models"]
    assert totals(lab).startswith("4 files written")
    lab.page.get_by_role("checkbox", name="Notebook", exact=True).uncheck()
    lab.page.get_by_role("checkbox", name="Models", exact=True).uncheck()
    assert re.fullmatch(r"2 files written \(\d+ B\), 0 removed\.", totals(lab))
    assert "The history goes on from where it is" in lab.page.locator(".jp-mlversion-Plan").inner_text()
    for width in (1280, 420):
        lab.page.set_viewport_size({"width": width, "height": 860})
        for name, theme in THEMES.items():
            lab.run_command("apputils:change-theme", theme=theme)
            lab.screenshot(f"restore-parts-{name}-{width}")
            assert lab.violations(".jp-mlversion-RestoreDialog") == []
    lab.page.set_viewport_size({"width": 1280, "height": 860})
    lab.run_command("apputils:change-theme", theme=THEMES["light"])
    accept(lab)
    lab.toast("^Restored version")
    assert first(home) == {"table.csv", "more.csv"}
    assert "second" in lab.sources()[0]
    lab.page.locator(".Toastify__toast", has_text="Restored version").locator("button", has_text="Undo").click()
    lab.toast("^The restore was undone")
    assert first(home) == set()


def test_a_single_file_is_taken_out_by_keyboard(lab: Lab, home: Path) -> None:
    ask(lab)
    data = lab.page.get_by_role("checkbox", name="Data", exact=True)
    box = lab.page.get_by_role("checkbox", name="more.csv")
    box.focus()
    lab.page.keyboard.press("Space")
    assert not box.is_checked()
    assert data.evaluate("box => box.indeterminate")
    lab.page.keyboard.press("Enter")
    lab.toast("^Restored version")
    assert first(home) == {"study.ipynb", "table.csv", "model.safetensors"}


def test_nothing_chosen_is_no_restore_and_escape_leaves(lab: Lab, home: Path) -> None:
    ask(lab)
    for name in ("Notebook", "Data", "Models"):
        lab.page.get_by_role("checkbox", name=name, exact=True).uncheck()
    assert totals(lab) == "Nothing is chosen."
    lab.page.keyboard.press("Enter")
    assert lab.dialogs() == 1
    fold = lab.page.get_by_role("button", name="Hide the files: Data")
    fold.focus()
    lab.page.keyboard.press("Enter")
    lab.page.get_by_role("button", name="Show the files: Data").wait_for()
    assert lab.dialogs() == 1
    lab.page.keyboard.press("Escape")
    lab.page.wait_for_selector(".jp-Dialog", state="detached")
    assert first(home) == set()


def test_one_file_alone_by_its_command(lab: Lab, home: Path) -> None:
    lab.page.evaluate(
        "void window.app.commands.execute('mlversion:restore-file', { version: 'HEAD~1', path: 'table.csv' })"
    )
    lab.page.wait_for_selector(".jp-Dialog .jp-mlversion-Plan")
    assert totals(lab).startswith("1 file written")
    accept(lab)
    lab.toast("^Restored version")
    assert first(home) == {"table.csv"}


def test_a_copy_lies_in_a_folder_of_its_own_and_can_be_opened(lab: Lab, home: Path) -> None:
    ask(lab)
    lab.page.locator(".jp-Dialog button", has_text="Restore as copy…").click()
    box = lab.page.locator(".jp-Dialog input[type=text], .jp-Dialog input.jp-mod-styled").first
    box.wait_for()
    assert box.input_value().startswith(f"{home.name}/study-")
    box.fill(f"{home.name}/then")
    accept(lab)
    lab.toast("files of version")
    assert first(home / "then") == {"study.ipynb", "table.csv", "more.csv", "model.safetensors"}
    assert first(home) == set()
    lab.page.locator(".Toastify__toast", has_text="files of version").locator("button", has_text="Open").click()
    lab.attend(f"{home.name}/then/study.ipynb")
    assert "first" in lab.sources()[0]


def test_the_menu_of_a_row_restores_that_version(lab: Lab, home: Path) -> None:
    lab.page.locator(".jp-mlversion-Row").nth(1).click(button="right")
    lab.page.locator(".lm-Menu-item", has_text=re.compile("^Restore…")).click()
    lab.page.wait_for_selector(".jp-Dialog .jp-mlversion-Plan")
    accept(lab)
    lab.toast("^Restored version")
    assert len(first(home)) == 4


def test_a_running_cell_has_to_be_confirmed(lab: Lab, home: Path) -> None:
    lab.page.evaluate(
        """() => {
            const kernel = window.panel.sessionContext.session.kernel;
            kernel.requestExecute({ code: 'import time; time.sleep(600)', store_history: false });
        }"""
    )
    lab.page.wait_for_function("() => window.panel.sessionContext.session.kernel.status === 'busy'")
    ask(lab)
    agree = lab.page.locator(".jp-Dialog button.jp-mod-accept")
    assert agree.get_attribute("aria-disabled") == "true"
    assert "The kernel is running a cell" in lab.page.locator(".jp-mlversion-Plan").inner_text()
    lab.page.get_by_label("Restore anyway").check()
    accept(lab)
    lab.toast("^Restored version")
    assert len(first(home)) == 4


def test_a_dialog_that_is_open_hears_when_the_cell_has_ended(lab: Lab, home: Path) -> None:
    lab.page.evaluate(
        """() => {
            window.kernel = window.panel.sessionContext.session.kernel;
            window.kernel.requestExecute({ code: 'import time; time.sleep(600)', store_history: false });
        }"""
    )
    lab.page.wait_for_function("() => window.kernel.status === 'busy'")
    ask(lab)
    lab.page.get_by_label("Restore anyway").wait_for()
    lab.page.evaluate("() => window.kernel.interrupt()")
    lab.page.get_by_label("Restore anyway").wait_for(state="detached")
    assert lab.page.locator(".jp-Dialog button.jp-mod-accept").get_attribute("aria-disabled") == "false"
    lab.page.keyboard.press("Escape")
