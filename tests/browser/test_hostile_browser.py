"""Names and messages that try to be scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
from nbformat.v4 import new_output

from jupyter_mlversion.domain.version import Trigger
from jupyter_mlversion.repository import Repository

if TYPE_CHECKING:
    from conftest import Lab, Notebook

EVIL = "<img src=x onerror=window.hacked=1>"
CELL = f"""\
# {EVIL}
import jupyter_mlversion as mlversion
from pathlib import Path
for step in range(3):
    mlversion.log({{{EVIL!r}: step * 0.5}}, step=step)
mlversion.log_params(**{{{EVIL!r}: {EVIL!r}}})
mlversion.split([[0]] * 20, target=[{EVIL!r}, "b"] * 10, name={EVIL!r}, sizes={{{EVIL!r}: 0.5, "test": 0.5}})
_ = Path({EVIL!r} + '.csv').write_text('a,b')
"""


def test_hostile_names_are_shown_and_run_nothing(lab: Lab, notebook: Notebook) -> None:
    lab.open(notebook((CELL, ["checkpoint"]), name=f"{EVIL}.ipynb"))
    lab.show_panel()
    lab.run_all()
    lab.wait_for_rows(1)
    lab.toast("^Version")
    assert EVIL in lab.rows()[0]
    lab.page.locator(".jp-mlversion-Overview summary", has_text="Metrics over versions").click()
    lab.page.locator(".jp-mlversion-Row").click()
    lab.page.wait_for_selector(".jp-mlversion-Detail .jp-mlversion-Plot .main-svg")
    lab.page.wait_for_selector(".jp-mlversion-Overview .jp-mlversion-Plot .main-svg")
    assert lab.page.locator(".jp-mlversion-Detail .jp-mlversion-path", has_text=EVIL).count() > 0
    (lab.server.root / lab.page.evaluate("() => window.panel.context.path")).with_name(f"{EVIL}.csv").write_text("c")
    lab.screenshot("hostile-light")
    lab.page.locator(".jp-mlversion-Detail button", has_text="Restore…").click()
    lab.page.wait_for_selector(".jp-Dialog .jp-mlversion-Plan")
    assert EVIL in lab.page.locator(".jp-mlversion-Plan").inner_text()
    lab.page.locator(".jp-Dialog button.jp-mod-accept").click()
    lab.toast("^Restored version")
    assert lab.page.locator("#mlversion-panel img, .jp-Dialog img, .Toastify img").count() == 0
    assert lab.page.evaluate("() => window.hacked") is None


def test_outputs_that_nobody_here_made_are_restored_without_trust(lab: Lab, notebook: Notebook) -> None:
    path = notebook("1 + 1", "2 + 2")
    file = lab.server.root / path
    clean = file.read_bytes()
    document = nbformat.read(file, as_version=4)
    evil = new_output("display_data", data={"text/html": f"{EVIL}<script>window.hacked = 2</script>"})
    document.cells[0].outputs = [evil]
    document.cells[0].metadata.trusted = True
    nbformat.write(document, file)
    Repository.open(file.parent, create=True).checkpoint(file, "evil", trigger=Trigger.CLI)
    file.write_bytes(clean)
    lab.open(path)
    lab.run_all()
    lab.show_panel()
    lab.wait_for_rows(1)
    trusted = "() => [...window.panel.context.model.cells].map(cell => cell.trusted)"
    assert lab.page.evaluate(trusted) == [True, True]
    lab.page.locator(".jp-mlversion-Row").click()
    lab.page.locator(".jp-mlversion-Detail button", has_text="Restore…").click()
    lab.page.locator(".jp-Dialog button.jp-mod-accept").click()
    lab.toast("^Restored version")
    lab.page.wait_for_selector(".jp-OutputArea-output[data-mime-type='text/html']")
    assert lab.page.evaluate(trusted) == [False, True]
    assert lab.page.evaluate("() => window.hacked") is None
    # The save did not sign it: the server does not call the cell trusted either.
    saved = """async path => (await window.app.serviceManager.contents.get(path)).content.cells[0].metadata.trusted"""
    assert lab.page.evaluate(saved, path) is False
