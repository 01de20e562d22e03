"""Claim: while 2 GB are checkpointed and restored over HTTP, 99 % of the loop's turns are less than 50 ms late.

    python benchmarks/event_loop.py [GB] [ROUNDS]

A Jupyter server in a process of its own; a probe in its loop asks for 5 ms and notes how much later it is woken.
Peers in the same run: the idle server, and the server's own contents API while it copies one file in twenty.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import nbformat
from harness import machine, median, percentile, table

FILES = 20
LIMIT = 0.050


class Server:
    """A Jupyter server on `folder`."""

    def __init__(self, folder: Path, config: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        config.mkdir()
        unneeded = dict.fromkeys(["jupyterlab", "jupyter_lsp", "nbdime", "notebook", "notebook_shim"], False)
        extensions = {**unneeded, "jupyter_mlversion": False, "jupyter_mlversion.server": True, "probe": True}
        settings = {"ServerApp": {"jpserver_extensions": extensions, "root_dir": str(folder), "port": self.port,
                                  "open_browser": False, "allow_root": True}, "IdentityProvider": {"token": "secret"}}
        (config / "jupyter_server_config.json").write_text(json.dumps(settings))
        environment = {**os.environ, "JUPYTER_CONFIG_DIR": str(config), "JUPYTER_RUNTIME_DIR": str(config / "runtime"),
                       "PYTHONPATH": str(Path(__file__).parent)}
        self.process = subprocess.Popen([sys.executable, "-m", "jupyter_server"], env=environment,
                                        stdout=subprocess.DEVNULL, stderr=(config / "log").open("w"))
        while not self._answers():
            if self.process.poll() is not None:
                sys.exit((config / "log").read_text())
            time.sleep(0.2)

    def ask(self, path: str, body: object = None) -> Any:
        """The answer to a request; with a body it is a POST."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/{path}", headers={"Authorization": "token secret"},
            data=None if body is None else json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=600) as reply:
            data = reply.read()
        return json.loads(data) if data else None

    def work(self, path: str, body: object) -> Any:
        """Post, and wait for the job."""
        job = self.ask(f"mlversion/api/{path}", body)["job"]
        while job["state"] == "running":
            job = self.ask(f"mlversion/api/jobs/{job['id']}?wait=1")
        if job["state"] != "done":
            sys.exit(str(job["error"]))
        return job["result"]

    def _answers(self) -> bool:
        try:
            return self.ask("probe") is not None
        except urllib.error.URLError:
            return False


def main(gigabytes: float, rounds: int) -> None:
    print(machine(), file=sys.stderr)
    where = machine()
    lags: dict[str, list[list[float]]] = {}
    seconds: dict[str, list[float]] = {}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(prefix="mlversion-benchmark-") as place:
            one_round(Path(place), int(gigabytes * 10**9), lags, seconds)
    rows = [row(name, lags[name], seconds[name]) for name in lags]
    print(f"{where}; {gigabytes:g} GB in {FILES} files, {rounds} rounds, medians of the rounds\n")
    print(table(["while", "seconds", "median lag, ms", "p99 lag, ms", "largest, ms", "under 50 ms"], rows))


def one_round(place: Path, size: int, lags: dict[str, list[list[float]]], seconds: dict[str, list[float]]) -> None:
    folder = place / "work"
    folder.mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("train()")]), folder / "n.ipynb")
    (folder / "mlversion.toml").write_text('track = ["*.bin"]\n')
    server = Server(folder, place / "config")

    def measure(name: str, action: Any) -> Any:
        server.ask("probe")
        began = time.monotonic()
        result = action()
        seconds.setdefault(name, []).append(time.monotonic() - began)
        lags.setdefault(name, []).append(server.ask("probe"))
        return result

    try:
        measure("idle", lambda: time.sleep(3))
        base = server.work("versions", {"notebook": "n.ipynb", "message": "empty"})["version"]["id"]
        for number in range(FILES):
            with (folder / f"{number}.bin").open("wb") as file:
                for _ in range(size // FILES // 10**6):
                    file.write(os.urandom(10**6))
        made = measure("checkpoint", lambda: server.work("versions", {"notebook": "n.ipynb", "message": "full"}))
        measure("restore, files removed", lambda: server.work("restores", {"notebook": "n.ipynb", "version": base}))
        body = {"notebook": "n.ipynb", "version": made["version"]["id"]}
        measure("restore, files written", lambda: server.work("restores", body))
        measure("contents API copies 1 of the files", lambda: server.ask("api/contents/", {"copy_from": "0.bin"}))
    finally:
        server.process.terminate()
        server.process.wait(60)


def row(name: str, lags: list[list[float]], seconds: list[float]) -> list[str]:
    def middle(value: Any) -> float:
        return median([value(samples) for samples in lags if samples])

    p99 = middle(lambda samples: percentile(samples, 99))
    return [name, f"{median(seconds):.1f}", *(f"{1000 * number:.1f}" for number in (middle(median), p99, middle(max))),
            "yes" if p99 < LIMIT else "NO"]


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 2.0, int(sys.argv[2]) if len(sys.argv) > 2 else 3)
