"""Where a workspace stands."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, distribution
from typing import TYPE_CHECKING, Any

from tornado import web

from jupyter_mlversion.commands.answers import status_answer, version_answer
from jupyter_mlversion.config import Config, load_config
from jupyter_mlversion.repository import Status
from jupyter_mlversion.repository.place import is_writable
from jupyter_mlversion.server.access import authorized
from jupyter_mlversion.server.resource import RESOURCE, Query, Resource

if TYPE_CHECKING:
    from jupyter_mlversion.server.workspaces import Place

PACKAGE = "jupyter_mlversion"


class StatusHandler(Resource):
    """``/status``."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self) -> None:
        """The status of the command line, and what the panel must know of the workspace and the notebook's line."""
        place = await self.locate(self.query(Query))
        await self.answer(self.service.looks, lambda: _status(place))


HANDLERS = [("status", StatusHandler)]


def package_version() -> str:
    """The version of this package; empty when it runs without having been installed."""
    try:
        return distribution(PACKAGE).version
    except PackageNotFoundError:
        return ""


def kernel_install() -> str:
    """The line that, run in a cell, installs this very package into the environment of the cell's kernel."""
    try:
        origin = json.loads(distribution(PACKAGE).read_text("direct_url.json") or "{}").get("url", "")
    except (PackageNotFoundError, ValueError):
        origin = ""
    if origin.startswith("file://"):  # installed from a folder or a wheel: the index may not have this version
        return f'%pip install "{PACKAGE} @ {origin}"'
    return f"%pip install {PACKAGE}=={package_version()}"


def _status(place: Place) -> dict[str, Any]:
    repository, root = place.workspace.repository, place.workspace.root
    status = Status(root, (), (), 0, 0) if repository is None else repository.status()
    config: Config = load_config(root) if repository is None else repository.config
    return {**status_answer(status), "version": package_version(), "prefix": place.workspace.prefix,
            "writable": is_writable(root),
            "cell_tag": config.cell_tag, "kernel_install": kernel_install(), **_line(place)}


def _line(place: Place) -> dict[str, Any]:
    """Where the line of the notebook, or of the workspace itself, stands."""
    repository = place.workspace.repository
    line = None if repository is None else repository.line_of(place.notebook)
    if repository is None or line is None:
        return {"line": None, "head": None, "branch": None}
    head = repository.history.head(line)
    version = None if head.version is None else version_answer(repository.history.read(head.version))
    return {"line": line, "head": version, "branch": head.branch}
