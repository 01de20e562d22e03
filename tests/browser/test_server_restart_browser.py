"""A server that goes away and comes back under a page that stays open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from nbformat.v4 import new_code_cell, new_notebook, writes

from jupyter_mlversion.domain.version import Trigger
from jupyter_mlversion.repository import Repository

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Lab, Server
    from playwright.sync_api import Browser, Page

    Start = Callable[..., tuple[subprocess.Popen[bytes], Server]]

BANNER = ".jp-mlversion-Banner"
KERNEL = {"name": "python3", "display_name": "python3", "language": "python"}


@pytest.fixture
def window(browser: Browser) -> Iterator[Page]:
    made = browser.new_page(viewport={"width": 1280, "height": 860})
    yield made
    made.close()


def make_version(file: Path, source: str, message: str) -> None:
    """Save the notebook and make a version of it, without a server."""
    cells = [new_code_cell(source, id="cell-0")]
    file.write_text(writes(new_notebook(metadata={"kernelspec": KERNEL}, cells=cells)))
    Repository.open(file.parent, create=True).checkpoint(file, message, trigger=Trigger.CLI)


def test_a_server_that_was_restarted_is_found_again_without_a_reload(
    tmp_path: Path, window: Page, start_server: Start, make_lab: Callable[[Page, Server], Lab]
) -> None:
    process, server = start_server(tmp_path)
    port = int(server.url.rsplit(":", 1)[1])
    try:
        file = server.root / "study.ipynb"
        make_version(file, "print('one')", "before")
        lab = make_lab(window, server)
        lab.go()
        lab.open("study.ipynb")
        lab.show_panel()
        lab.wait_for_rows(1)
        window.evaluate("() => { window.samePage = true; }")
        process.terminate()
        process.wait(timeout=30)
        # Nobody does anything: the panel says so by itself.
        window.locator(BANNER).get_by_text("Offline").wait_for(timeout=60_000)
        assert lab.rows() == ["before"]
        make_version(file, "print('two')", "while the server was away")
        process, _ = start_server(tmp_path, port=port)
        window.wait_for_selector(BANNER, state="detached", timeout=60_000)
        lab.wait_for_rows(2)
        # Lab's stream of events may come back later than the panel.
        make_version(file, "print('three')", "afterwards")
        lab.wait_for_rows(3, timeout=90_000)
        assert lab.rows() == ["afterwards", "while the server was away", "before"]
        assert window.evaluate("() => window.samePage") is True
    finally:
        process.terminate()
        process.wait(timeout=30)


def test_a_server_with_a_new_token_asks_for_a_login_and_keeps_what_is_open(
    tmp_path: Path, window: Page, start_server: Start, make_lab: Callable[[Page, Server], Lab]
) -> None:
    process, server = start_server(tmp_path)
    port = int(server.url.rsplit(":", 1)[1])
    try:
        make_version(server.root / "study.ipynb", "print('one')", "before")
        lab = make_lab(window, server)
        lab.go()
        lab.open("study.ipynb")
        lab.show_panel()
        lab.wait_for_rows(1)
        lab.set_source(0, "print('not saved yet')")
        process.terminate()
        process.wait(timeout=30)
        window.locator(BANNER).get_by_text("Offline").wait_for(timeout=60_000)
        # Lab says so too when the server stays away for longer, and whoever sits there agrees.
        dialog = window.locator(".jp-Dialog", has_text="Server Connection Error")
        window.add_locator_handler(dialog, lambda: window.keyboard.press("Escape"))
        # As in a new container: neither the token nor the secret of the session cookies is what it was.
        (tmp_path / "jupyter_runtime_dir" / "jupyter_cookie_secret").unlink()
        process, _ = start_server(tmp_path, port=port, token="another")
        state = window.locator(".jp-mlversion-State")
        state.get_by_text("You are logged out").wait_for(timeout=60_000)
        assert "403" not in state.inner_text()
        with window.context.expect_page() as opened:
            state.get_by_role("button", name="Log in in a new tab").click()
        tab = opened.value
        tab.locator("#password_input").fill("another")
        tab.locator("#login_submit").click()
        tab.wait_for_url("**/lab**")
        tab.close()
        window.evaluate("() => window.dispatchEvent(new Event('focus'))")
        lab.wait_for_rows(1)
        assert lab.sources() == ["print('not saved yet')"]
        lab.run_command("mlversion:checkpoint")  # what writes needs more than what reads
        lab.wait_for_rows(2)
    finally:
        process.terminate()
        process.wait(timeout=30)
