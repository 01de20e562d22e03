"""Figures of versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from tornado import web

from jupyter_mlversion.figures import history_figures, metric_figures, split_figures
from jupyter_mlversion.server.access import authorized
from jupyter_mlversion.server.resource import RESOURCE, Query, Resource

if TYPE_CHECKING:
    from jupyter_mlversion.server.workspaces import Place

MOST_VERSIONS = 10_000


class HistoryQuery(Query, frozen=True):
    """How the versions stand."""

    order: Literal["order", "time"] = "order"


class MetricsHandler(Resource):
    """``/versions/ID/figures/metrics``."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self, version: str) -> None:
        """A line per run for each metric, over its steps."""
        place = await self.locate(self.query(Query))
        await self.answer(self.service.looks, lambda: _metrics(place, version))


class SplitsHandler(Resource):
    """``/versions/ID/figures/splits``."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self, version: str) -> None:
        """The class balance of each split."""
        place = await self.locate(self.query(Query))
        await self.answer(self.service.looks, lambda: _splits(place, version))


class HistoryHandler(Resource):
    """``/figures/history``."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self) -> None:
        """A line per metric over the versions of the notebook's line."""
        query = self.query(HistoryQuery)
        place = await self.locate(query)
        await self.answer(self.service.looks, lambda: _history(place, query))


HANDLERS = [
    (r"versions/([^/]+)/figures/metrics", MetricsHandler),
    (r"versions/([^/]+)/figures/splits", SplitsHandler),
    ("figures/history", HistoryHandler),
]


def _metrics(place: Place, version: str) -> dict[str, Any]:
    detail = place.repository.show(version, notebook=place.notebook)
    return {"figures": metric_figures(detail.snapshot.runs, place.repository.store.read)}


def _splits(place: Place, version: str) -> dict[str, Any]:
    return {"figures": split_figures(place.repository.show(version, notebook=place.notebook).snapshot.splits)}


def _history(place: Place, query: HistoryQuery) -> dict[str, Any]:
    repository = place.workspace.repository
    line = None if repository is None else repository.line_of(place.notebook)
    if repository is None or line is None:
        return {"figures": []}
    versions = repository.log(line=line, limit=MOST_VERSIONS, safety=False)
    return {"figures": history_figures(versions, query.order)}
