"""What nobody looks at asks nothing; and a filter that no version fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlversion.repository import Repository

if TYPE_CHECKING:
    from conftest import Lab, Notebook


def test_hidden_tabs_and_the_hidden_panel_ask_nothing(lab: Lab, notebook: Notebook) -> None:
    path = notebook(("import jupyter_mlversion as m\nm.log(loss=1)", ["checkpoint"]))
    lab.open(path)
    lab.show_panel()
    lab.run_all()
    lab.wait_for_rows(1)
    lab.run_command("mlversion:show-metrics")
    lab.page.wait_for_selector("#mlversion-metrics .main-svg")
    lab.run_command("mlversion:show-storage")
    lab.page.wait_for_selector(".jp-mlversion-Storage .jp-mlversion-Bars")
    lab.page.evaluate("() => window.app.shell.activateById(window.panel.id)")
    lab.page.wait_for_selector("#mlversion-metrics", state="hidden")
    lab.run_command("filebrowser:activate")
    lab.toast("^Version")
    lab.dismiss_toasts()
    lab.page.wait_for_selector(".Toastify__toast", state="detached")
    asked: list[str] = []

    def note(request: object) -> None:
        asked.append(str(getattr(request, "url", "")))

    lab.page.on("request", note)
    try:
        lab.set_source(0, "import jupyter_mlversion as m\nm.log(loss=2)")
        lab.run_all()
        lab.toast("^Version")
    finally:
        lab.page.remove_listener("request", note)
    assert len(Repository.open((lab.server.root / path).parent).log(limit=5)) == 2
    ours = {url.split("/mlversion/api/")[1].split("?")[0].split("/")[0] for url in asked if "/mlversion/api/" in url}
    assert ours <= {"status", "staging", "jobs", "kernels"}
    lab.run_command("mlversion:show-metrics")
    lab.page.locator("#mlversion-metrics").wait_for()
    lab.show_panel()
    lab.wait_for_rows(2)


def test_a_filter_that_no_version_fits_is_cleared_with_a_button(lab: Lab, notebook: Notebook) -> None:
    lab.open(notebook(("print('one')", ["checkpoint"])))
    lab.show_panel()
    lab.run_all()
    lab.wait_for_rows(1)
    box = lab.page.locator("#mlversion-panel [role=combobox]")
    box.fill("nothing-is-called-so")
    box.press("Enter")
    state = lab.page.locator(".jp-mlversion-State", has_text="No version fits.")
    state.wait_for()
    assert lab.violations("#mlversion-panel") == []
    state.get_by_role("button", name="Clear the filter").click()
    lab.wait_for_rows(1)
    assert box.input_value() == ""
