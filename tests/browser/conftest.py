"""A real Jupyter server on a temporary folder, and one Chromium for all tests."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

OUTPUT = Path(__file__).parent / "output"
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
WINDOW: ViewportSize = {"width": 1280, "height": 860}
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]
PYTHON = os.environ.get("MLVERSION_TEST_PYTHON", sys.executable)  # of the environment whose server is tested
TOKEN = "browser-tests"  # of a server that listens on this machine only, for as long as the tests run
Notebook = Callable[..., str]


@dataclass(frozen=True)
class Server:
    """A running server: its folder and its address."""

    root: Path
    url: str


@dataclass
class Lab:
    """The one page, with the words of these tests."""

    page: Page
    server: Server

    def go(self, path: str = "lab", *, app: str = "jupyterapp") -> None:
        """Load a page of the server and wait for the application."""
        self.page.goto(f"{self.server.url}/{path}{'&' if '?' in path else '?'}token={TOKEN}")
        self.page.wait_for_function(f"() => window.{app} !== undefined")
        self.page.evaluate(f"async () => {{ await window.{app}.restored; window.app = window.{app}; }}")

    def run_command(self, command: str, **args: Any) -> None:
        """Run one of the application's commands and wait for its end."""
        self.page.evaluate("async ([id, args]) => { await window.app.commands.execute(id, args); }", [command, args])

    def open(self, name: str) -> None:
        """Open a notebook and wait until its kernel can take a request."""
        self.run_command("docmanager:open", path=name, factory="Notebook")
        self.attend(name)

    def attend(self, name: str) -> None:
        """Wait until the kernel of an open notebook can take a request."""
        self.page.wait_for_function(
            """name => {
                const panel = [...window.app.shell.widgets('main')].find(w => w.context && w.context.path === name);
                const kernel = panel && panel.sessionContext && panel.sessionContext.session
                    && panel.sessionContext.session.kernel;
                if (!kernel || kernel.connectionStatus !== 'connected' || kernel.status !== 'idle') { return false; }
                window.panel = panel;
                return true;
            }""",
            arg=name,
            timeout=60_000,
        )

    def show_panel(self) -> None:
        """Show the versions."""
        self.run_command("mlversion:show-panel")
        self.page.wait_for_selector("#mlversion-panel:visible")

    def widen_panel(self, width: int = 380) -> None:
        """Drag the edge of the panel until it has `width` pixels."""
        box = self.page.locator("#mlversion-panel").bounding_box()
        assert box
        edge, middle = box["x"] + box["width"] + 3, box["y"] + box["height"] / 2
        self.page.mouse.move(edge, middle)
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + width, middle, steps=4)
        self.page.mouse.up()

    def rows(self) -> list[str]:
        """The titles of the versions in the panel, newest first."""
        return self.page.locator("#mlversion-panel .jp-mlversion-Row-title").all_inner_texts()

    def wait_for_rows(self, count: int, timeout: float = 30_000) -> None:
        """Wait until the panel lists `count` versions; `timeout` in milliseconds."""
        self.page.wait_for_function(
            "count => document.querySelectorAll('#mlversion-panel .jp-mlversion-Row').length === count",
            arg=count, timeout=timeout,
        )

    def run_all(self) -> None:
        """Run all cells of the open notebook, to the end."""
        self.run_command("notebook:run-all-cells")

    def sources(self) -> list[str]:
        """The sources in the open notebook, unsaved edits included."""
        return self.page.evaluate("() => [...window.panel.context.model.cells].map(c => c.sharedModel.getSource())")

    def set_source(self, index: int, source: str) -> None:
        """Type into a cell, as an unsaved edit."""
        self.page.evaluate(
            "([index, source]) => window.panel.context.model.cells.get(index).sharedModel.setSource(source)",
            [index, source],
        )

    def toast(self, pattern: str, timeout: float = 30_000) -> str:
        """The text of the newest toast that matches; waits for it."""
        toast = self.page.locator(".Toastify__toast", has_text=re.compile(pattern)).last
        toast.wait_for(timeout=timeout)
        return toast.inner_text()

    def dismiss_toasts(self) -> None:
        """Remove all toasts."""
        self.run_command("apputils:dismiss-notification")

    def dialogs(self) -> int:
        """How many dialogs are open."""
        return self.page.locator(".jp-Dialog").count()

    def violations(self, *selectors: str) -> list[str]:
        """What keeps people from using the elements that `selectors` name, as far as axe-core sees it, in lines."""
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.add_script_tag(path=AXE)
        found = self.page.evaluate(
            "async names => (await window.axe.run({ include: names.map(name => [name]) })).violations", list(selectors)
        )
        return [f"{one['id']} ({one['impact']}), {node['html'][:200]}: {node['failureSummary']}"
                for one in found for node in one["nodes"]]

    def screenshot(self, name: str) -> None:
        """Keep a picture for people; not of the splash that a change of the theme shows."""
        self.page.wait_for_selector("#jupyterlab-splash", state="detached")
        OUTPUT.mkdir(exist_ok=True)
        self.page.screenshot(path=OUTPUT / f"{name}.png")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def _environment(base: Path) -> dict[str, str]:
    """An environment in which Jupyter and IPython read and write below `base` only."""
    names = ["JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR",
             "JUPYTERLAB_WORKSPACES_DIR", "JUPYTERLAB_SETTINGS_DIR"]
    return {**os.environ, "JUPYTER_NO_CONFIG": "", **{name: str(base / name.lower()) for name in names}}


def _write_kernels(data: Path) -> None:
    """Two more kernels: one that lacks the package, and one that says that it speaks another language."""
    launch = "from ipykernel.kernelapp import launch_new_instance; launch_new_instance()"
    bare = f"import sys; sys.modules['jupyter_mlversion'] = None; {launch}"
    for name, language, code in [("bare", "python", bare), ("other", "R", launch)]:
        folder = data / "kernels" / name
        folder.mkdir(parents=True, exist_ok=True)
        spec = {"argv": [PYTHON, "-c", code, "-f", "{connection_file}"], "display_name": name,
                "language": language}
        (folder / "kernel.json").write_text(json.dumps(spec))


def start(
    base: Path, *options: str, ready_within: float = 90, port: int | None = None, token: str = TOKEN
) -> tuple[subprocess.Popen[bytes], Server]:
    """Start a server whose root is `base`/work, with `options`; `ready_within` seconds; `port`: else a free one."""
    root, port, log = base / "work", port or _free_port(), base / "server.log"
    root.mkdir(parents=True, exist_ok=True)
    environment = _environment(base)
    settings = Path(environment["JUPYTERLAB_SETTINGS_DIR"]) / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True, exist_ok=True)
    quiet = {"fetchNews": "false", "checkForUpdates": False}
    (settings / "notification.jupyterlab-settings").write_text(json.dumps(quiet))
    _write_kernels(Path(environment["JUPYTER_DATA_DIR"]))
    command = [
        PYTHON, "-m", "jupyter", "lab", "--no-browser", "--allow-root", f"--ServerApp.root_dir={root}",
        f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}",
        "--LabApp.expose_app_in_browser=True", "--JupyterNotebookApp.expose_app_in_browser=True",
        # Real-time collaboration, where it is installed, is for the tests that are about it. The last one counts.
        "--YDocExtension.disable_rtc=True",
        *options,
    ]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=root, env=environment, stdout=output, stderr=subprocess.STDOUT)
    server = Server(root, f"http://127.0.0.1:{port}")
    deadline = time.monotonic() + ready_within
    while not _answers(f"{server.url}/api/status?token={token}"):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            pytest.fail(f"The server did not start:\n{log.read_text()}")
        time.sleep(0.1)  # between two looks at the condition
    return process, server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    process, running = start(tmp_path_factory.mktemp("lab"))
    yield running
    process.terminate()
    process.wait(timeout=30)


@pytest.fixture
def start_server() -> Callable[..., tuple[subprocess.Popen[bytes], Server]]:
    """`start`, for tests that need a server of their own."""
    return start


@pytest.fixture
def make_lab() -> Callable[[Page, Server], Lab]:
    """`Lab`, for tests with several windows."""
    return Lab


@pytest.fixture
def bare_server(tmp_path: Path) -> Iterator[Server]:
    """A server without our server part."""
    off = "--ServerApp.jpserver_extensions={'jupyter_mlversion': False}"
    process, running = start(tmp_path, off)
    yield running
    process.terminate()
    process.wait(timeout=30)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def page(browser: Browser) -> Iterator[Page]:
    made = browser.new_page(viewport=WINDOW)
    yield made
    made.close()


@pytest.fixture(scope="session")
def shared_lab(page: Page, server: Server) -> Lab:
    lab = Lab(page, server)
    lab.go()
    return lab


@pytest.fixture
def lab(shared_lab: Lab) -> Iterator[Lab]:
    """The page with nothing open; an error in our scripts fails the test."""
    if "/lab" not in shared_lab.page.url:
        shared_lab.go()
    shared_lab.page.set_viewport_size(WINDOW)
    while shared_lab.dialogs():  # of Lab's own, which came when the test before had ended
        shared_lab.page.keyboard.press("Escape")
        shared_lab.page.locator(".jp-Dialog").last.wait_for(state="detached")
    panel = shared_lab.page.locator("#mlversion-panel")
    box = panel.bounding_box() if panel.is_visible() else None
    if box and box["width"] > 400:  # a test made it wide, and left others little room
        shared_lab.widen_panel(300)
    problems: list[str] = []

    def note(problem: Any) -> None:
        stack = str(getattr(problem, "stack", problem))
        if "jupyter-mlversion" in stack:  # not one of Jupyter's own: Notebook 7 has one at each start
            problems.append(stack)

    shared_lab.page.on("pageerror", note)
    yield shared_lab
    shared_lab.page.remove_listener("pageerror", note)
    shared_lab.page.evaluate(
        """async () => {
            for (const widget of [...window.app.shell.widgets('main')]) {
                if (widget.sessionContext) { await widget.sessionContext.shutdown(); }
                // Not closed: what comes while the kernel is shut down makes it dirty again, and Lab would ask.
                if (widget.context) { widget.dispose(); } else { widget.close(); }
            }
        }"""
    )
    shared_lab.dismiss_toasts()
    assert not problems


@pytest.fixture
def notebook(server: Server) -> Notebook:
    """Writes a notebook in a folder of its own; every cell is code, or (code, tags). Its contents path."""
    made = 0

    def write(*cells: str | tuple[str, list[str]], name: str = "study.ipynb", kernel: str = "python3") -> str:
        nonlocal made
        made += 1
        home = server.root / f"{os.urandom(4).hex()}-{made}"
        home.mkdir()
        pairs = [(cell, []) if isinstance(cell, str) else cell for cell in cells]
        spec = {"name": kernel, "display_name": kernel, "language": "python"}
        document = new_notebook(metadata={"kernelspec": spec}, cells=[
            new_code_cell(source, metadata={"tags": tags} if tags else {}, id=f"cell-{number}")
            for number, (source, tags) in enumerate(pairs)
        ])
        nbformat.write(document, home / name)
        return f"{home.name}/{name}"

    return write
