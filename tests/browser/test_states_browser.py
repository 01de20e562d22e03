"""What the panel shows where something is missing or in the way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conftest import Lab, Notebook
    from playwright.sync_api import Route

OUTPUT = Path(__file__).parent / "output"
TAGGED = ["checkpoint"]
API = "**/mlversion/api/**"
STATUS = "**/mlversion/api/status?*"
BANNER = ".jp-mlversion-Banner"
STATE = ".jp-mlversion-State"


def pictures(lab: Lab, name: str) -> None:
    """Keep pictures of the panel for people: light and dark, narrow and wide; everybody can use it in each theme."""
    OUTPUT.mkdir(exist_ok=True)
    panel = lab.page.locator("#mlversion-panel")
    for theme in ("Dark High Contrast", "Dark", "Light"):
        lab.run_command("apputils:change-theme", theme=f"JupyterLab {theme}")
        lab.page.wait_for_function(
            "name => document.body.dataset.jpThemeName === name", arg=f"JupyterLab {theme}"
        )
        lab.page.wait_for_selector("#jupyterlab-splash", state="detached")
        for width in (600, 300):
            lab.widen_panel(width)
            if theme != "Dark High Contrast":
                panel.screenshot(path=OUTPUT / f"state-{name}-{theme.lower()}-{width}.png")
        assert lab.violations("#mlversion-panel") == []


def one_version(lab: Lab, notebook: Notebook, **options: Any) -> str:
    """An open notebook with one version."""
    path = notebook(("print('one')", TAGGED), **options)
    lab.open(path)
    lab.show_panel()
    lab.run_all()
    lab.wait_for_rows(1)
    lab.dismiss_toasts()
    return path


def with_status(lab: Lab, **changes: object) -> None:
    """From here on the server says something else of itself."""

    def answer(route: Route) -> None:
        reply = route.fetch()
        route.fulfill(response=reply, body=json.dumps({**reply.json(), **changes}))

    lab.page.route(STATUS, answer)


def test_the_first_start_has_a_button_that_makes_the_first_version(lab: Lab, notebook: Notebook) -> None:
    lab.open(notebook("x = 1"))
    lab.show_panel()
    state = lab.page.locator(STATE)
    state.get_by_text("This notebook has no versions yet.").wait_for()
    assert "%mlversion checkpoint" in state.inner_text()
    pictures(lab, "first")
    state.get_by_role("button", name="Make the first version").click()
    lab.wait_for_rows(1)
    assert state.count() == 0


def test_without_a_notebook_the_panel_leads_to_one(lab: Lab) -> None:
    lab.show_panel()
    state = lab.page.locator(STATE)
    state.get_by_text("Open a notebook to see its versions.").wait_for()
    pictures(lab, "no-notebook")
    state.get_by_role("button", name="Show the files").click()
    lab.page.wait_for_selector(".jp-DirListing:visible")


def test_a_server_that_is_away_leaves_the_list_and_is_asked_again(lab: Lab, notebook: Notebook) -> None:
    one_version(lab, notebook)
    lab.page.route(API, lambda route: route.abort())
    try:
        lab.run_command("mlversion:refresh")
        lab.page.locator(BANNER).get_by_text("Offline").wait_for()
        assert len(lab.rows()) == 1
        pictures(lab, "offline")
    finally:
        lab.page.unroute(API)
    lab.page.evaluate("() => window.dispatchEvent(new Event('online'))")
    lab.page.wait_for_selector(BANNER, state="detached")
    assert len(lab.rows()) == 1


def test_a_server_that_was_never_there_is_a_state_with_a_way_on(lab: Lab, notebook: Notebook) -> None:
    lab.show_panel()
    lab.page.route(API, lambda route: route.abort())
    try:
        lab.open(notebook("x = 1"))
        lab.page.locator(STATE).get_by_text("Offline").wait_for()
        assert lab.page.locator(STATE).get_attribute("role") == "alert"
        pictures(lab, "never-online")
    finally:
        lab.page.unroute(API)
    lab.page.locator(STATE).get_by_role("button", name="Try again").click()
    lab.page.locator(STATE).get_by_text("This notebook has no versions yet.").wait_for()


def test_a_read_only_workspace_is_announced(lab: Lab, notebook: Notebook) -> None:
    one_version(lab, notebook)
    with_status(lab, writable=False)
    try:
        lab.run_command("mlversion:refresh")
        lab.page.locator(BANNER).get_by_text("is read-only").wait_for()
        assert len(lab.rows()) == 1
        pictures(lab, "read-only")
    finally:
        lab.page.unroute(STATUS)
    lab.run_command("mlversion:refresh")
    lab.page.wait_for_selector(BANNER, state="detached")


def test_parts_of_other_releases_say_which_to_update(lab: Lab, notebook: Notebook) -> None:
    one_version(lab, notebook)
    for release, advice in (("0.0.1", "environment of the server"), ("99.0.0", "Reload the page")):
        with_status(lab, version=release)
        try:
            lab.run_command("mlversion:refresh")
            lab.page.locator(BANNER).get_by_text(advice).first.wait_for()
            assert release in lab.page.locator(BANNER).inner_text()
            pictures(lab, f"release-{release}")
        finally:
            lab.page.unroute(STATUS)
    lab.run_command("mlversion:refresh")
    lab.page.wait_for_selector(BANNER, state="detached")


def test_no_room_is_said_until_there_is_some(lab: Lab, notebook: Notebook) -> None:
    path = one_version(lab, notebook)
    settings = (lab.server.root / path).with_name("mlversion.toml")
    settings.write_text('quota = "1 KB"\n')
    lab.set_source(0, f"x = {'1' * 4000}")
    lab.run_command("mlversion:checkpoint")
    lab.page.locator(BANNER).get_by_text("No version was made.").wait_for()
    pictures(lab, "no-room")
    settings.unlink()
    lab.run_command("mlversion:checkpoint")
    lab.wait_for_rows(2)
    lab.page.wait_for_selector(BANNER, state="detached")


def test_harmed_content_can_be_verified(lab: Lab, notebook: Notebook) -> None:
    path = one_version(lab, notebook)
    lab.set_source(0, "print('two')")
    lab.run_command("mlversion:checkpoint")
    lab.wait_for_rows(2)
    packs = sorted((lab.server.root / path).parent.glob(".mlversion/store/packs/**/*.pack"))
    assert packs
    for pack in packs:
        data = bytearray(pack.read_bytes())
        middle = slice(16, len(data) // 2)
        data[middle] = bytes(byte ^ 0xFF for byte in data[middle])
        pack.chmod(0o644)
        pack.write_bytes(data)
    # The server may have these chunks in memory still: what it says when it reads them again.
    error = {"kind": "corrupt-chunk", "message": "the chunk blake3:12 is damaged", "hint": "Run `mlversion verify`."}
    lab.page.route("**/restores/plan*", lambda route: route.fulfill(status=500, body=json.dumps({"error": error})))
    try:
        lab.run_command("mlversion:restore", version="HEAD~1")
    finally:
        lab.page.unroute("**/restores/plan*")
    lab.toast("is damaged")
    lab.dismiss_toasts()
    lab.page.locator(BANNER).get_by_text("Stored content is harmed").wait_for()
    pictures(lab, "damage")
    lab.page.locator(BANNER).get_by_role("button", name="Verify").click()
    lab.page.locator(".jp-Dialog").get_by_text("needed by version").first.wait_for()
    lab.screenshot("verify-dialog")
    chip = lab.page.locator("#mlversion-panel .jp-mlversion-Row .jp-mod-missing").first
    chip.wait_for()
    assert "missing" in chip.inner_text()
    lab.page.locator(".jp-Dialog button", has_text="Repair").click()
    lab.page.locator(".jp-Dialog").get_by_text("Nothing here has sound copies").or_(
        lab.page.locator(".Toastify__toast", has_text="unharmed")
    ).first.wait_for()
    lab.page.keyboard.press("Escape")


def test_a_kernel_of_another_language_says_what_is_not_seen(lab: Lab, notebook: Notebook) -> None:
    one_version(lab, notebook, kernel="other")
    lab.page.locator(BANNER).get_by_text("This kernel runs R").wait_for()
    pictures(lab, "other-language")
