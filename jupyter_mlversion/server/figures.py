"""Figures of versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta
from tornado import web

from jupyter_mlversion.compare import splits as split_changes
from jupyter_mlversion.errors import NotFound
from jupyter_mlversion.figures import history_figures, metric_figures, split_figures
from jupyter_mlversion.figures.flows import flow_figures
from jupyter_mlversion.figures.views import VIEWS, summary_from, view_figures
from jupyter_mlversion.server.access import authorized
from jupyter_mlversion.server.resource import RESOURCE, Query, Resource

if TYPE_CHECKING:
    from jupyter_mlversion.server.workspaces import Place

MOST_VERSIONS = 10_000
MOST_FIGURES = 200


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


class ViewQuery(Query, frozen=True):
    """Which of many figures."""

    first: Annotated[int, Meta(ge=0)] = 0
    limit: Annotated[int, Meta(ge=1, le=MOST_FIGURES)] = MOST_FIGURES


class SplitHandler(Resource):
    """``/versions/ID/figures/splits/N/VIEW``."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self, version: str, number: str, view: str) -> None:
        """One view of one split; N counts from 0."""
        query = self.query(ViewQuery)
        place = await self.locate(query)
        await self.answer(self.service.looks, lambda: _view(place, version, int(number), view, query))


class ToQuery(Query, frozen=True):
    """The other version."""

    to: str = "HEAD"


class FlowsHandler(Resource):
    """``/versions/ID/figures/splits-compared``."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self, version: str) -> None:
        """Where the rows of each part went, from the version to another one."""
        query = self.query(ToQuery)
        place = await self.locate(query)
        await self.answer(self.service.looks, lambda: _flows(place, version, query.to))


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
    (r"versions/([^/]+)/figures/splits/(\d{1,4})/([^/]+)", SplitHandler),
    (r"versions/([^/]+)/figures/splits-compared", FlowsHandler),
    ("figures/history", HistoryHandler),
]


def _metrics(place: Place, version: str) -> dict[str, Any]:
    detail = place.repository.show(version, notebook=place.notebook)
    return {"figures": metric_figures(detail.snapshot.runs, place.repository.store.read)}


def _splits(place: Place, version: str) -> dict[str, Any]:
    return {"figures": split_figures(place.repository.show(version, notebook=place.notebook).snapshot.splits)}


def _view(place: Place, version: str, number: int, view: str, query: ViewQuery) -> dict[str, Any]:
    splits = place.repository.show(version, notebook=place.notebook).snapshot.splits
    if number >= len(splits) or view not in VIEWS:
        message = f"version {version[:12]} has {len(splits)} splits, none with number {number} and view {view!r}"
        raise NotFound(message, hint=f"Views are {', '.join(VIEWS)}.")
    split = splits[number]
    figures = view_figures(split, view, summary_from(split, place.repository.store.read))
    return {"figures": figures[query.first : query.first + query.limit], "total": len(figures)}


def _flows(place: Place, version: str, other: str) -> dict[str, Any]:
    one, two = (place.repository.show(which, notebook=place.notebook).snapshot.splits for which in (version, other))
    return {"figures": flow_figures(split_changes.changes(one, two, place.repository.store.read))}


def _history(place: Place, query: HistoryQuery) -> dict[str, Any]:
    repository = place.workspace.repository
    line = None if repository is None else repository.line_of(place.notebook)
    if repository is None or line is None:
        return {"figures": []}
    versions = repository.log(line=line, limit=MOST_VERSIONS, safety=False)
    return {"figures": history_figures(versions, query.order)}
