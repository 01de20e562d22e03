"""A restore that takes its time and is stopped from the panel."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from nbformat.v4 import new_code_cell, new_notebook, writes

from jupyter_mlversion.domain.version import Trigger
from jupyter_mlversion.repository import Repository

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Lab, Notebook

GIB = 2**30
FILES = 8
"""Of a quarter of a GiB each: what cannot be restored before a button is pressed."""

KERNEL = {"name": "python3", "display_name": "python3", "language": "python"}
JOB = "#mlversion-panel .jp-mlversion-Job"


def make_version(file: Path, number: int) -> None:
    """Save the notebook and make a version of it, without a server."""
    cells = [new_code_cell(f"x = {number}", id="cell-0")]
    file.write_text(writes(new_notebook(metadata={"kernelspec": KERNEL}, cells=cells)))
    Repository.open(file.parent, create=True).checkpoint(file, f"number {number}", trigger=Trigger.CLI)


@pytest.fixture
def home(lab: Lab, notebook: Notebook) -> Path:
    """The folder of an open notebook: the first version has huge files, the second one small ones."""
    path = notebook("x = 0")
    file = lab.server.root / path
    (file.parent / "mlversion.toml").write_text('track = ["*.bin"]\n')
    for number in range(FILES):
        with (file.parent / f"{number}.bin").open("wb") as large:
            large.truncate(GIB // 4)
            large.write(os.urandom(64))
    make_version(file, 1)
    for number in range(FILES):
        (file.parent / f"{number}.bin").write_text(f"small {number}")
    make_version(file, 2)
    lab.open(path)
    lab.show_panel()
    lab.wait_for_rows(2)
    return file.parent


def restore_first(lab: Lab) -> None:
    """Ask for the first version, and agree."""
    lab.page.evaluate("() => void window.app.commands.execute('mlversion:restore', { version: 'HEAD~1' })")
    lab.page.wait_for_selector(".jp-Dialog .jp-mlversion-Plan")
    lab.page.locator(".jp-Dialog button.jp-mod-accept").click()


def contents(home: Path) -> list[str]:
    """The text of the small files; a large one is told by its size."""
    files = [home / f"{number}.bin" for number in range(FILES)]
    return [str(file.stat().st_size) if file.stat().st_size > 100 else file.read_text() for file in files]


def small() -> list[str]:
    return [f"small {number}" for number in range(FILES)]


@pytest.mark.parametrize("where", ["panel", "toast"])
def test_a_restore_that_is_stopped_changes_nothing_and_the_next_one_works(lab: Lab, home: Path, where: str) -> None:
    lab.set_source(0, "x = 'not saved yet'")
    restore_first(lab)
    if where == "panel":
        lab.page.locator(JOB).get_by_role("button", name="Cancel: Restore").click()
    else:
        lab.page.locator(".Toastify__toast", has_text="Restore").get_by_role("button", name="Cancel").click()
    assert "Nothing was changed" in lab.toast("^Restore: stopped")
    lab.page.wait_for_selector(JOB, state="detached")
    assert contents(home) == small()
    assert lab.sources() == ["x = 'not saved yet'"]
    assert lab.page.evaluate("() => window.panel.node.inert") is False
    assert "number 2" in lab.rows()
    journal = home / ".mlversion" / "journal"
    assert not journal.exists() or list(journal.iterdir()) == []
    lab.dismiss_toasts()
    restore_first(lab)
    lab.toast("^Restored version", timeout=120_000)
    assert contents(home) == [str(GIB // 4)] * FILES
    assert lab.sources() == ["x = 1"]
