"""The page about storage, and long work that is seen and cancelled, after a reload too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from jupyter_mlversion.repository import Repository

if TYPE_CHECKING:
    from conftest import Lab, Notebook, Server

PAGE = ".jp-mlversion-Storage"
EVIL = "<img src=x onerror=window.hacked=1>"


def write_versions(server: Server, path: str, count: int) -> list[str]:
    """Make `count` versions of a notebook and a model; their ids."""
    file = server.root / path
    (file.parent / "mlversion.toml").write_text('track = ["*.bin"]\n')
    repository = Repository.open(file.parent, create=True)
    made = []
    for number in range(1, count + 1):
        (file.parent / "model.bin").write_bytes(bytes(range(256)) * 400 * number + f"{number}".encode())
        outcome = repository.checkpoint(file.name, f"number {number} {EVIL}")
        assert outcome.version
        made.append(outcome.version.id)
    return made


def button(lab: Lab, name: str) -> None:
    lab.page.locator(PAGE).get_by_role("button", name=name, exact=True).click()


@pytest.fixture
def stored(lab: Lab, server: Server, notebook: Notebook) -> tuple[Lab, Repository, list[str]]:
    """An open notebook with four versions of which the first two are deleted, and the page about storage."""
    path = notebook("number = 0")
    ids = write_versions(server, path, 4)
    repository = Repository.open(server.root / path)
    repository.delete(ids[:2])
    lab.open(path)
    lab.show_panel()
    lab.wait_for_rows(2)
    lab.page.locator("#mlversion-panel").get_by_role("button", name="Storage…").click()
    lab.page.wait_for_selector(f"{PAGE} .jp-mlversion-Bars")
    return lab, repository, ids


def test_what_takes_the_room_and_what_would_be_freed(stored: tuple[Lab, Repository, list[str]]) -> None:
    lab, repository, _ = stored
    text = lab.page.locator(PAGE).inner_text()
    for word in ("2 versions", "2 deleted", "By kind", "Notebooks", "Nothing needs it", "By notebook", "study.ipynb"):
        assert word in text
    for theme in ("JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"):
        lab.run_command("apputils:change-theme", theme=theme)
        lab.screenshot(f"storage-{theme.split()[-1].lower()}")
        assert lab.violations(PAGE) == []
    lab.run_command("apputils:change-theme", theme="JupyterLab Light")
    button(lab, "What Would Be Freed")
    lab.page.wait_for_selector(f"{PAGE} .jp-mlversion-Outcome >> text=Collecting garbage would free")
    assert "model.bin" in lab.page.locator(f"{PAGE} .jp-mlversion-Outcome").inner_text()
    assert repository.storage().quarantine == 0
    assert lab.page.evaluate("() => window.hacked") is None


def test_collecting_verifying_and_undeleting(stored: tuple[Lab, Repository, list[str]]) -> None:
    lab, repository, ids = stored
    page = lab.page
    button(lab, "Collect Garbage…")
    page.wait_for_selector(".jp-Dialog .jp-mlversion-Collect")
    lab.screenshot("storage-collect")
    page.locator(".jp-Dialog button.jp-mod-accept").click()
    page.wait_for_selector(f"{PAGE} .jp-mlversion-Outcome >> text=wait in the quarantine")
    page.wait_for_selector(f"{PAGE} .jp-mlversion-Bars >> text=Quarantine")
    assert repository.storage().quarantine > 0
    page.locator(PAGE).get_by_role("button", name=f"Undelete version {ids[0][:8]}").click()
    lab.toast("1 version is listed again")
    lab.wait_for_rows(3)
    button(lab, "Verify")
    page.wait_for_selector(f"{PAGE} .jp-mlversion-Outcome >> text=No damage")
    button(lab, "Collect Garbage…")
    page.locator(".jp-Dialog .jp-mlversion-Collect input").check()
    page.locator(".jp-Dialog button.jp-mod-accept").click()
    page.wait_for_selector(f"{PAGE} .jp-mlversion-Outcome >> text=Freed")
    assert repository.storage().quarantine == 0
    button(lab, "Repack")
    page.wait_for_function(
        f"() => !document.querySelector('{PAGE} .jp-mlversion-Job')"
        f" && document.querySelector('{PAGE} .jp-mlversion-Outcome')")
    assert repository.verify(read_data=True) == []


def test_damage_is_told_and_repaired(stored: tuple[Lab, Repository, list[str]]) -> None:
    lab, repository, _ = stored
    for pack in (repository.folder / "store" / "packs").glob("*.pack"):
        data = bytearray(pack.read_bytes())
        data[20] ^= 0xFF
        pack.chmod(0o600)
        pack.write_bytes(bytes(data))
    lab.page.locator(f"{PAGE} input[type=checkbox]").check()
    button(lab, "Verify")
    lab.page.wait_for_selector(f"{PAGE} .jp-mlversion-Outcome.jp-mod-bad")
    lab.screenshot("storage-damage")
    button(lab, "Repair")
    lab.page.wait_for_function(
        f"() => /put right|stores them again/.test(document.querySelector('{PAGE} .jp-mlversion-Outcome')?.innerText)")


def test_a_workspace_without_versions_says_so(lab: Lab, notebook: Notebook) -> None:
    path = notebook("number = 0")
    lab.run_command("mlversion:show-storage", path=path)
    lab.page.wait_for_selector(f"{PAGE} [role=alert] >> text=There are no versions")
    lab.screenshot("storage-none")


def test_notebook_7_shows_it_beside_the_notebook(lab: Lab, server: Server, notebook: Notebook) -> None:
    path = notebook("number = 0")
    write_versions(server, path, 2)
    lab.go(f"notebooks/{path}")
    lab.attend(path)
    lab.show_panel()
    lab.wait_for_rows(2)
    lab.page.locator("#mlversion-panel").get_by_role("button", name="Storage…").click()
    lab.page.wait_for_selector(f"{PAGE} .jp-mlversion-Bars >> visible=true")
    lab.screenshot("storage-notebook-7")
    lab.page.locator("#mlversion-panel .jp-mlversion-Row").first.click(button="right")
    lab.page.locator(".lm-Menu-item", has_text="Star").first.click()
    lab.page.wait_for_selector("#mlversion-panel .jp-mlversion-Row .jp-mlversion-Star")


def test_long_work_is_seen_and_cancelled_after_a_reload(lab: Lab, server: Server, notebook: Notebook) -> None:
    path = notebook("number = 0")
    write_versions(server, path, 2)
    lab.open(path)
    lab.show_panel()
    lab.wait_for_rows(2)
    (server.root / path).with_name("model.bin").write_bytes(b"changed")
    with Repository.open(server.root / path).writing():  # another process that takes its time
        lab.page.evaluate("() => { void window.app.commands.execute('mlversion:checkpoint'); }")
        lab.page.wait_for_selector("#mlversion-panel .jp-mlversion-Job >> text=Checkpoint")
        lab.page.evaluate(
            """async path => {
                const settings = window.app.serviceManager.serverSettings;
                const xsrf = /_xsrf=([^;]+)/.exec(document.cookie)?.[1] ?? '';
                await fetch(`${settings.baseUrl}mlversion/api/gc`, { method: 'POST',
                    headers: { Authorization: `token ${settings.token}`, 'X-XSRFToken': xsrf },
                    body: JSON.stringify({ notebook: path }) });
            }""", path)
        lab.page.wait_for_selector("#mlversion-panel .jp-mlversion-Job >> nth=1")
        lab.go(f"lab/tree/{path}")
        lab.attend(path)
        lab.show_panel()
        lab.page.wait_for_selector("#mlversion-panel .jp-mlversion-Job >> nth=1")
        assert "2 jobs" in lab.page.locator(".jp-mlversion-JobStatus").inner_text()
        lab.screenshot("jobs")
        lab.page.get_by_role("button", name="Cancel: Collecting garbage").click()
        lab.page.wait_for_selector("#mlversion-panel .jp-mlversion-Job >> nth=1", state="detached")
        assert re.search("Checkpoint", lab.page.locator(".jp-mlversion-JobStatus").inner_text())
    lab.page.wait_for_selector("#mlversion-panel .jp-mlversion-Job", state="detached")
    lab.wait_for_rows(3)
