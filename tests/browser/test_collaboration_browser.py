"""Restores while two people have the notebook open, with jupyter-collaboration."""

from __future__ import annotations

import importlib.util
import os
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Lab, Server
    from playwright.sync_api import Browser

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("jupyter_collaboration") is None and "MLVERSION_TEST_PYTHON" not in os.environ,
    reason="needs jupyter-collaboration: pip install 'jupyter_mlversion[test-collaboration]'",
)
NAME = "study.ipynb"
FIRST = ["from pathlib import Path\n_ = Path('model.bin').write_bytes(b'first')", "notes = 'first'"]
SECOND = ["from pathlib import Path\n_ = Path('model.bin').write_bytes(b'second')", "notes = 'second'"]


@pytest.fixture
def shared_server(tmp_path: Path, start_server: Callable[..., Any]) -> Iterator[Server]:
    """A server with real-time collaboration."""
    (tmp_path / "work").mkdir()
    cells = [new_code_cell(source, id=f"cell-{number}") for number, source in enumerate(FIRST)]
    spec = {"name": "python3", "display_name": "python3", "language": "python"}
    nbformat.write(new_notebook(metadata={"kernelspec": spec}, cells=cells), tmp_path / "work" / NAME)
    on = dict.fromkeys(["jupyter_mlversion", "jupyter_server_fileid", "jupyter_server_ydoc"], True)
    process, running = start_server(
        tmp_path, "--YDocExtension.disable_rtc=False", f"--ServerApp.jpserver_extensions={on}"
    )
    yield running
    process.terminate()
    process.wait(timeout=60)


@pytest.fixture
def two(browser: Browser, shared_server: Server, make_lab: Callable[..., Lab]) -> Iterator[tuple[Lab, Lab]]:
    """Two people's windows with the same notebook; it has two versions, and stands at the second."""
    contexts = [browser.new_context(viewport={"width": 1280, "height": 860}) for _ in range(2)]
    labs = [make_lab(context.new_page(), shared_server) for context in contexts]
    for one in labs:
        one.go(f"lab?reset&mine={id(one)}")
        one.open(NAME)
    ours, theirs = labs
    ours.show_panel()
    ours.run_all()
    ours.run_command("mlversion:checkpoint", message="first")
    ours.wait_for_rows(1)
    for place, source in enumerate(SECOND):
        ours.set_source(place, source)
    ours.run_all()
    ours.run_command("mlversion:checkpoint", message="second")
    ours.wait_for_rows(2)
    wait_for_sources(theirs, SECOND)
    ours.dismiss_toasts()
    yield ours, theirs
    for context in contexts:
        context.close()


def wait_for_sources(lab: Lab, sources: list[str]) -> None:
    """Wait until the window shows these cells, and no others."""
    shown = "() => [...window.panel.context.model.cells].map(cell => cell.sharedModel.getSource())"
    lab.page.wait_for_function(f"wanted => JSON.stringify(({shown})()) === JSON.stringify(wanted)", arg=sources)


def saved(server: Server) -> list[str]:
    """The sources in the file."""
    return [cell.source for cell in nbformat.read(server.root / NAME, as_version=4).cells]


def ask(lab: Lab) -> None:
    """See what a restore of the first version would do."""
    lab.page.locator(".jp-mlversion-Row").nth(1).click()
    lab.page.locator(".jp-mlversion-Detail button", has_text="Restore…").click()
    lab.page.wait_for_selector(".jp-Dialog .jp-mlversion-Plan")


def test_both_windows_show_what_one_restores_and_undoes(two: tuple[Lab, Lab]) -> None:
    ours, _ = two
    model = ours.server.root / "model.bin"
    ask(ours)
    ours.page.locator(".jp-Dialog button.jp-mod-accept").click()
    ours.toast("^Restored version")
    for one in two:
        wait_for_sources(one, FIRST)
    assert model.read_bytes() == b"first"
    assert saved(ours.server) == FIRST
    ours.page.locator(".Toastify__toast", has_text="Restored version").locator("button", has_text="Undo").click()
    ours.toast("^The restore was undone")
    for one in two:
        wait_for_sources(one, SECOND)
        assert one.dialogs() == 0
    assert model.read_bytes() == b"second"
    assert saved(ours.server) == SECOND


def test_a_restore_waits_until_it_is_confirmed_when_another_edits_and_loses_nothing(two: tuple[Lab, Lab]) -> None:
    ours, theirs = two
    theirs.set_source(1, "notes = 'typed by the other'")
    wait_for_sources(ours, [SECOND[0], "notes = 'typed by the other'"])
    ask(ours)
    agree = ours.page.locator(".jp-Dialog button.jp-mod-accept")
    assert agree.is_disabled()
    assert "edited this notebook in the last minute" in ours.page.locator(".jp-mlversion-Plan").inner_text()
    ours.page.keyboard.press("Enter")  # the button cannot be pressed, and Enter is no agreement
    assert ours.dialogs() == 1
    ours.screenshot("restore-others-edit")
    ours.page.get_by_label("Restore anyway").check()
    agree.click()
    ours.toast("^Restored version")
    for one in two:
        wait_for_sources(one, FIRST)
    ours.page.locator(".Toastify__toast", has_text="Restored version").locator("button", has_text="Undo").click()
    ours.page.locator(".jp-Dialog button", has_text="Undo anyway").click()
    ours.toast("^The restore was undone")
    for one in two:
        wait_for_sources(one, [SECOND[0], "notes = 'typed by the other'"])
