"""The panel by keyboard, in Notebook 7, and where something is missing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Lab, Notebook, Server

TAGGED = ["checkpoint"]


def test_the_list_is_used_by_keyboard_and_keeps_its_place(lab: Lab, notebook: Notebook) -> None:
    lab.open(notebook(("print('one')", TAGGED), ("print('two')", TAGGED)))
    lab.show_panel()
    lab.run_all()
    lab.wait_for_rows(2)
    options = lab.page.get_by_role("listbox").get_by_role("option")
    lab.page.get_by_role("listbox").focus()
    lab.page.keyboard.press("End")
    lab.page.keyboard.press("Enter")
    lab.page.wait_for_selector(".jp-mlversion-Detail h3")
    assert lab.page.locator(".jp-mlversion-Detail h3").inner_text() == "print('one')"
    assert options.nth(1).get_attribute("aria-selected") == "true"
    active = lab.page.get_by_role("listbox").get_attribute("aria-activedescendant")
    assert active == options.nth(1).get_attribute("id")
    lab.set_source(0, "print('three')")
    lab.run_command("mlversion:checkpoint", message="from the palette")
    lab.wait_for_rows(3)
    assert lab.page.get_by_role("listbox").get_attribute("aria-activedescendant") == active
    assert lab.page.evaluate("() => document.activeElement.getAttribute('role')") == "listbox"
    lab.page.keyboard.press("Escape")
    assert lab.page.locator(".jp-mlversion-Detail").count() == 0


def test_the_hidden_panel_asks_nothing_and_catches_up(lab: Lab, notebook: Notebook) -> None:
    lab.open(notebook(("print('one')", TAGGED)))
    lab.show_panel()
    lab.page.wait_for_selector("text=This notebook has no versions yet.")
    lab.run_command("filebrowser:activate")
    asked: list[str] = []

    def note(request: object) -> None:
        asked.append(str(getattr(request, "url", "")))

    lab.page.on("request", note)
    lab.run_all()
    lab.toast("^Version")
    lab.page.remove_listener("request", note)
    assert not [url for url in asked if "/mlversion/api/versions?" in url]
    lab.show_panel()
    lab.wait_for_rows(1)


def test_a_kernel_without_the_package_shows_the_line_that_installs_it(lab: Lab, notebook: Notebook) -> None:
    lab.open(notebook(("print('seen all the same')", TAGGED), kernel="bare"))
    lab.show_panel()
    lab.run_all()
    line = lab.page.locator(".jp-mlversion-Warning code").inner_text()
    assert line.startswith(f"{sys.executable} -m pip install")
    assert "jupyter_mlversion" in line
    lab.wait_for_rows(1)
    lab.screenshot("kernel-without-package-light")


def test_a_kernel_of_another_language_gets_a_version_of_the_notebook(lab: Lab, notebook: Notebook) -> None:
    lab.open(notebook(("print('not R, but nobody looks')", TAGGED), kernel="other"))
    lab.show_panel()
    lab.run_all()
    lab.wait_for_rows(1)
    assert lab.page.locator(".jp-mlversion-Warning code").count() == 0  # nothing is to be installed there


def test_a_restarted_kernel_is_loaded_again(lab: Lab, notebook: Notebook) -> None:
    lab.open(notebook(("import os\nprint(os.getpid())", TAGGED)))
    lab.show_panel()
    lab.run_all()
    lab.wait_for_rows(1)
    lab.page.evaluate("async () => { await window.panel.sessionContext.session.kernel.restart(); }")
    lab.run_all()
    lab.wait_for_rows(2)
    assert lab.page.locator(".jp-mlversion-Row", has_text="as saved").count() == 0


def test_notebook_7_shows_the_panel(lab: Lab, notebook: Notebook) -> None:
    path = notebook(("print('in Notebook 7')", TAGGED))
    lab.go(f"notebooks/{path}")
    lab.page.wait_for_selector(".jp-Cell.jp-mlversion-Tagged .jp-mlversion-Badge")
    lab.attend(path)
    lab.show_panel()
    lab.run_all()
    lab.wait_for_rows(1)
    lab.screenshot("notebook-7")
    assert lab.rows() == ["print('in Notebook 7')"]


def test_without_the_server_part_the_panel_says_how_to_install_it(lab: Lab, bare_server: Server) -> None:
    empty = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    (bare_server.root / "Untitled.ipynb").write_text(empty)
    elsewhere = type(lab)(lab.page, bare_server)
    elsewhere.go("lab")
    elsewhere.show_panel()
    elsewhere.run_command("docmanager:open", path="Untitled.ipynb", factory="Notebook")
    elsewhere.page.wait_for_selector("text=does not have the server part of jupyter_mlversion")
    assert "python -m pip install jupyter_mlversion" in elsewhere.page.locator("#mlversion-panel").inner_text()
    elsewhere.screenshot("server-part-missing-light")
    lab.go()


def test_the_settings_switch_off_toasts_and_the_loading_of_the_kernel_extension(lab: Lab, notebook: Notebook) -> None:
    save = "raw => window.app.serviceManager.settings.save('jupyter-mlversion:service', raw)"
    lab.page.evaluate(save, '{"loadKernelExtension": false, "toasts": "errors"}')
    try:
        lab.go()
        lab.open(notebook(("import sys\nprint('jupyter_mlversion.kernel' in sys.modules)", TAGGED)))
        lab.show_panel()
        lab.run_all()
        printed = "() => window.panel.context.model.cells.get(0).sharedModel.getOutputs()[0].text"
        assert lab.page.evaluate(printed) == "False\n"
        lab.run_command("mlversion:checkpoint", message="by hand")
        lab.wait_for_rows(1)
        assert lab.rows() == ["by hand"]
        assert lab.page.locator(".Toastify__toast").count() == 0
    finally:
        lab.page.evaluate(save, "{}")
        lab.go()
