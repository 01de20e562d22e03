"""What a box for queries asks: what could be written, what there is to ask for, how many versions fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from tornado import web

from jupyter_mlversion.codec.record import to_plain
from jupyter_mlversion.query import FIELDS, parse
from jupyter_mlversion.server.access import authorized
from jupyter_mlversion.server.resource import RESOURCE, Query, Resource

if TYPE_CHECKING:
    from jupyter_mlversion.server.workspaces import Place


class CompletionQuery(Query, frozen=True):
    """A query that is being written."""

    where: str = ""
    place: Annotated[int, msgspec.Meta(ge=0)] = 0


class CountQuery(Query, frozen=True):
    """Which versions; as in a listing."""

    where: str = ""
    safety: bool = False
    all: bool = False


class CompletionsHandler(Resource):
    """``/completions``."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self) -> None:
        """What could be written at a place of a query."""
        query = self.query(CompletionQuery)
        place = await self.locate(query)
        await self.answer(self.service.quick, lambda: _completions(place, query))


class NamesHandler(Resource):
    """``/names``."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self) -> None:
        """The metrics and parameters of the workspace's versions, and the fields that all have."""
        place = await self.locate(self.query(Query))
        await self.answer(self.service.quick, lambda: _names(place))


class CountHandler(Resource):
    """``/versions-count``."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self) -> None:
        """How many versions fit a query, and how many there are."""
        query = self.query(CountQuery)
        place = await self.locate(query)
        await self.answer(self.service.quick, lambda: _count(place, query))


HANDLERS = [
    ("completions", CompletionsHandler),
    ("names", NamesHandler),
    ("versions-count", CountHandler),
]


def _completions(place: Place, query: CompletionQuery) -> dict[str, Any]:
    repository = place.workspace.repository
    if repository is None:
        return {"start": query.place, "end": query.place, "options": []}
    answer: dict[str, Any] = to_plain(repository.finder.complete(query.where, query.place))
    return answer


def _names(place: Place) -> dict[str, Any]:
    repository = place.workspace.repository
    found = [] if repository is None else repository.finder.names()
    return {
        "metrics": [{"name": name, "count": count} for name, kind, count in found if kind == "metric"],
        "params": [{"name": name, "count": count} for name, kind, count in found if kind == "param"],
        "fields": [{"name": name, "kind": field.kind, "meaning": field.meaning} for name, field in FIELDS.items()],
    }


def _count(place: Place, query: CountQuery) -> dict[str, Any]:
    parse(query.where)  # an error is one, versions or not
    repository = place.workspace.repository
    line = None if repository is None else repository.line_of(place.notebook)
    if repository is None or (line is None and not query.all):
        return {"fitting": 0, "total": 0}
    finder, whose = repository.finder, None if query.all else line
    total = finder.count("", line=whose, safety=query.safety)
    if not query.where.strip():
        return {"fitting": total, "total": total}
    return {"fitting": finder.count(query.where, line=whose, safety=query.safety), "total": total}
