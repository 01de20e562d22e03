"""Runs that are in no version yet, and what those of versions logged besides numbers."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from tornado import web

from jupyter_mlversion.codec import json
from jupyter_mlversion.codec.record import to_plain
from jupyter_mlversion.errors import UnknownPath
from jupyter_mlversion.server.access import authorized
from jupyter_mlversion.server.resource import RESOURCE, Query, Resource

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_mlversion.domain.run import Logged, Run
    from jupyter_mlversion.server.workspaces import Place

LARGEST_SHOWN = 8 << 20
"""Bytes of a content that is shown; larger ones are told, not sent."""

SHOWN = ("figure", "image", "table", "text")


class RunsHandler(Resource):
    """``/runs``."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self) -> None:
        """What the notebook's kernel logged since its last checkpoint."""
        place = await self.locate(self.query(Query))
        live, root = self.service.live, place.workspace.root
        await self.answer(self.service.looks, lambda: {"runs": live.runs(root, place.notebook)})


class RunFiguresHandler(Resource):
    """``/figures/runs``."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self) -> None:
        """A line per run for each metric that the notebook's kernel logged since its last checkpoint."""
        place = await self.locate(self.query(Query))
        live, root = self.service.live, place.workspace.root
        await self.answer(self.service.looks, lambda: {"figures": live.figures(root, place.notebook)})


class LoggedListHandler(Resource):
    """``/versions/ID/logged``."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self, version: str) -> None:
        """What the runs of a version logged besides numbers."""
        place = await self.locate(self.query(Query))
        await self.answer(self.service.looks, lambda: {"logged": _listed(_runs(place, version))})


class LoggedHandler(Resource):
    """``/versions/ID/logged/N``."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self, version: str, number: str) -> None:
        """The content of the N-th of them, in a form that executes nothing."""
        place = await self.locate(self.query(Query))
        await self.answer(self.service.looks, lambda: _content(place, version, int(number)))


HANDLERS = [
    ("runs", RunsHandler),
    ("figures/runs", RunFiguresHandler),
    (r"versions/([^/]+)/logged", LoggedListHandler),
    (r"versions/([^/]+)/logged/([0-9]{1,9})", LoggedHandler),
]


def _runs(place: Place, version: str) -> tuple[Run, ...]:
    return place.repository.show(version, notebook=place.notebook).snapshot.runs


def _listed(runs: Iterable[Run]) -> list[dict[str, Any]]:
    return [{**to_plain(one), "run": run.id, "run_name": run.name} for run in runs for one in run.logged]


def _content(place: Place, version: str, number: int) -> dict[str, Any]:
    everything = [one for run in _runs(place, version) for one in run.logged]
    if number >= len(everything):
        message = f"Version {version} has logged {len(everything)} things; there is no number {number}."
        raise UnknownPath(message)
    one = everything[number]
    shown = one.kind in SHOWN and one.size <= LARGEST_SHOWN
    return {**to_plain(one), "content": _shown(one, place.repository.store.read(one.digest)) if shown else None}


def _shown(one: Logged, data: bytes) -> Any:
    """A figure or table as it is, a text as text, a picture in base 64."""
    if one.kind == "image":
        return base64.b64encode(data).decode()
    if one.kind == "text":
        return data.decode(errors="replace")
    try:
        return json.load(data)
    except ValueError:
        return None
