"""A real Jupyter server with the extension, and a client that speaks the API."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from tornado.httpclient import HTTPClientError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EXTENSION = "jupyter_mlversion.server"
EVENTS = "https://jupyter-mlversion.readthedocs.io/events/"


@dataclass
class Failure:
    """What the server said when it refused."""

    status: int
    error: dict[str, str]


class Client:
    """Requests of the API; answers are parsed JSON, refusals a `Failure`."""

    def __init__(self, fetch: Callable[..., Any]) -> None:
        self._fetch = fetch

    async def get(self, *path: str, **query: object) -> Any:
        return await self._ask("GET", path, params=query)

    async def post(self, *path: str, **body: object) -> Any:
        return await self._ask("POST", path, body=json.dumps(body))

    async def put(self, *path: str, **body: object) -> Any:
        return await self._ask("PUT", path, body=json.dumps(body))

    async def patch(self, *path: str, **body: object) -> Any:
        return await self._ask("PATCH", path, body=json.dumps(body))

    async def delete(self, *path: str, **query: object) -> Any:
        return await self._ask("DELETE", path, params=query)

    async def ended(self, answer: dict[str, Any]) -> dict[str, Any]:
        """The job of a 202 answer, when it has ended."""
        job = answer["job"]
        while job["state"] == "running":
            job = await self.get("jobs", job["id"], wait=30)
        return job

    async def result(self, answer: dict[str, Any]) -> dict[str, Any]:
        """What the job of a 202 answer came to; it must be done."""
        job = await self.ended(answer)
        assert job["state"] == "done", job["error"]
        return job["result"]

    async def checkpoint(
        self, notebook: str, document: dict[str, Any] | None = None, message: str = ""
    ) -> dict[str, Any]:
        """The version of a checkpoint."""
        posted = await self.post("versions", notebook=notebook, message=message, document=document)
        return (await self.result(posted))["version"]

    async def _ask(self, method: str, path: tuple[str, ...], **request: Any) -> Any:
        try:
            reply = await self._fetch("mlversion", "api", *path, method=method, request_timeout=60, **request)
        except HTTPClientError as failure:
            return Failure(failure.code, json.loads(failure.response.body)["error"])
        assert reply.headers["Content-Type"].startswith("application/json")
        return json.loads(reply.body)


@pytest.fixture
def jp_server_config() -> dict[str, Any]:
    """As the configuration file of the wheel."""
    return {"ServerApp": {"jpserver_extensions": {EXTENSION: True}}}


@pytest.fixture
def client(jp_fetch: Callable[..., Any]) -> Client:
    """The API of the server."""
    return Client(jp_fetch)


class Heard(list[tuple[str, dict[str, Any]]]):
    """The events of this package, as (name, data), in the order emitted."""

    def __init__(self) -> None:
        super().__init__()
        self._more = asyncio.Event()

    def of(self, name: str) -> list[dict[str, Any]]:
        return [data for heard, data in self if heard == name]

    async def wait_for(self, name: str, count: int = 1) -> list[dict[str, Any]]:
        """The first `count` events of that name, when they have come."""
        async with asyncio.timeout(30):
            while len(self.of(name)) < count:
                self._more.clear()
                await self._more.wait()
        return self.of(name)

    def add(self, name: str, data: dict[str, Any]) -> None:
        self.append((name, data))
        self._more.set()


@pytest.fixture
def heard(jp_serverapp: Any) -> Heard:
    """What a listener of the server's event system hears."""
    events = Heard()

    async def listen(logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        events.add(schema_id.removeprefix(EVENTS).removesuffix("/v1"), data)

    listen.__annotations__ = {"logger": "EventLogger", "schema_id": "str", "data": "dict[str, Any]", "return": "None"}
    for name in ("version-added", "restore-finished", "job-progress", "workspace-changed", "metrics-logged"):
        jp_serverapp.event_logger.add_listener(schema_id=f"{EVENTS}{name}/v1", listener=listen)
    return events


def notebook(*sources: str, ids: str = "cell") -> dict[str, Any]:
    """A document with a code cell for each source, each with an output."""
    def cell(number: int, source: str) -> Any:
        return new_code_cell(source, id=f"{ids}-{number}", outputs=[new_output("stream", text=f"ran {source}\n")])

    return new_notebook(cells=[cell(number, source) for number, source in enumerate(sources)])


@pytest.fixture
def make_notebook() -> Callable[..., dict[str, Any]]:
    """`notebook`."""
    return notebook


@pytest.fixture
def project(jp_root_dir: Path) -> Path:
    """A workspace in the server's folder: a notebook that reads a table and writes a model."""
    folder = jp_root_dir / "my project"
    folder.mkdir()
    (folder / "train.csv").write_text("a,b\n1,2\n")
    (folder / "model.bin").write_bytes(b"weights one")
    nbformat.write(notebook("read('train.csv')", "save('model.bin')"), folder / "n.ipynb")
    return folder
