"""Windows that close, and windows that share a notebook, while a cell runs."""

from __future__ import annotations

import json
import time
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.repository import Repository

if TYPE_CHECKING:
    from conftest import Lab, Notebook
    from playwright.sync_api import Browser

TAGGED = ["checkpoint"]
WAIT = "import time\nfrom pathlib import Path\nwhile not Path('go').exists():\n    time.sleep(0.05)\nprint('done')"


def versions(lab: Lab, path: str) -> list[dict[str, Any]]:
    """The versions of a notebook, as the server has them."""
    query = urllib.parse.urlencode({"notebook": path, "token": "browser-tests"})
    with urllib.request.urlopen(f"{lab.server.url}/mlversion/api/versions?{query}") as response:
        return list(json.load(response)["versions"])


def test_a_window_closed_while_a_cell_runs_costs_no_version(lab: Lab, notebook: Notebook) -> None:
    path = notebook((WAIT, TAGGED))
    home = (lab.server.root / path).parent
    (home / "mlversion.toml").write_text("join_timeout = 1\n")
    lab.open(path)
    lab.page.evaluate("() => { void window.app.commands.execute('notebook:run-all-cells'); }")
    lab.page.wait_for_function("() => window.panel.sessionContext.session.kernel.status === 'busy'")
    lab.run_command("docmanager:save")
    lab.page.goto("about:blank")
    (home / "go").touch()
    deadline = time.monotonic() + 60
    while not (found := versions(lab, path)) and time.monotonic() < deadline:
        time.sleep(0.2)  # between two looks at the condition
    assert [version["document"] for version in found] == ["as-saved"]
    lab.go()


def test_only_the_window_that_ran_the_cell_sends_its_document(lab: Lab, notebook: Notebook, browser: Browser) -> None:
    path = notebook((WAIT, TAGGED))
    lab.open(path)
    lab.show_panel()
    other = type(lab)(browser.new_page(), lab.server)
    other.go(f"lab/workspaces/other/tree/{path}")
    other.attend(path)
    lab.page.evaluate("() => { void window.app.commands.execute('notebook:run-all-cells'); }")
    other.page.wait_for_function("() => window.panel.sessionContext.session.kernel.status === 'busy'")
    home = (lab.server.root / path).parent
    (home / "go").touch()
    lab.wait_for_rows(1)
    other.page.close()
    (version,) = versions(lab, path)
    assert version["document"] == "live"
    repository = Repository.open(home)
    artifact = repository.show(version["id"]).snapshot.artifact("study.ipynb")
    assert b"done" in repository.store.read(artifact.digest)


def test_closing_a_second_view_stops_no_join(lab: Lab, notebook: Notebook) -> None:
    path = notebook(("print('hello')", TAGGED))
    lab.open(path)
    lab.show_panel()
    lab.page.evaluate(
        """async path => {
            window.first = window.panel;
            await window.app.commands.execute('docmanager:clone');
            const views = [...window.app.shell.widgets('main')].filter(w => w.context && w.context.path === path);
            if (views.length !== 2 || views[0].context !== views[1].context) { throw new Error('No second view'); }
            const second = views.find(w => w !== window.first);
            await second.revealed;
            second.close();
            window.app.shell.activateById(window.first.id);
        }""",
        path,
    )
    lab.page.wait_for_function("() => window.app.shell.currentWidget === window.first")
    lab.run_all()
    lab.wait_for_rows(1)
    assert [version["document"] for version in versions(lab, path)] == ["live"]


def test_a_second_view_makes_live_versions_once_the_first_is_closed(lab: Lab, notebook: Notebook) -> None:
    path = notebook(("print('hello')", TAGGED))
    lab.open(path)
    lab.show_panel()
    lab.run_command("docmanager:clone")
    lab.page.evaluate(
        """async path => {
            const views = [...window.app.shell.widgets('main')].filter(w => w.context && w.context.path === path);
            const second = views.find(w => w !== window.panel);
            await second.revealed;
            window.panel.close();
            window.panel = second;
            window.app.shell.activateById(second.id);
        }""",
        path,
    )
    lab.page.wait_for_function("() => window.app.shell.currentWidget === window.panel")
    lab.run_all()
    lab.wait_for_rows(1)
    assert [version["document"] for version in versions(lab, path)] == ["live"]
