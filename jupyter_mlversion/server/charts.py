"""Charts of metrics: of versions, and of what is logged now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta
from tornado import web

from jupyter_mlversion.domain.direction import BY_NAME
from jupyter_mlversion.errors import UsageError
from jupyter_mlversion.figures.charts import Options, Source, chart, source_of, table
from jupyter_mlversion.figures.charts.ask import MOST_VERSIONS
from jupyter_mlversion.figures.charts.options import NARROWEST, WIDEST, Band, Kind, Log, X
from jupyter_mlversion.server.access import authorized
from jupyter_mlversion.server.resource import RESOURCE, Query, Resource

if TYPE_CHECKING:
    from jupyter_mlversion.domain.version import Version
    from jupyter_mlversion.server.service import Service
    from jupyter_mlversion.server.workspaces import Place


class SourceQuery(Query, frozen=True):
    """Of what; lists are JSON.

    Parameters
    ----------
    versions : full ids; empty: those of the notebook that fit `where`, newest first.
    all : the versions of all notebooks.
    live : what is in no version yet, too.
    metrics : names; empty: all.
    """

    versions: str = "[]"
    where: str = ""
    all: bool = False
    live: bool = False
    metrics: str = "[]"


class ChartQuery(SourceQuery, frozen=True):
    """What is drawn, and how: see `Options`; lists are JSON."""

    kind: Kind = "lines"
    x: X = "step"
    log: Log = ""
    smooth: Annotated[float, Meta(ge=0, lt=1)] = 0.0
    group: str = ""
    band: Band = "std"
    against: str = ""
    params: str = "[]"
    colour: str = ""
    width: Annotated[int, Meta(ge=NARROWEST, le=WIDEST)] = 1000
    first: float | None = None
    last: float | None = None


class ChartHandler(Resource):
    """``/figures/chart``."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self) -> None:
        """Figures of metrics, with as many points as their width can show."""
        query = self.query(ChartQuery)
        place = await self.locate(query)
        await self.answer(self.service.looks, lambda: _chart(self.service, place, query))


class TableHandler(Resource):
    """``/figures/table``."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self) -> None:
        """What charts can be drawn of: names, and the rows with what each metric came to."""
        query = self.query(SourceQuery)
        place = await self.locate(query)
        await self.answer(self.service.looks, lambda: _table(self.service, place, query))


HANDLERS = [("figures/chart", ChartHandler), ("figures/table", TableHandler)]


def _chart(service: Service, place: Place, query: ChartQuery) -> dict[str, Any]:
    options = Options(query.kind, _names(query.metrics), query.x, query.log, query.smooth, query.group, query.band,
                      query.against, _names(query.params), query.colour, query.width, query.first, query.last)
    source = _source(service, place, query)
    made = chart(source, options)
    return {"figures": made.figures, "left_out": made.left_out, "more": made.more, "metrics": source.metrics,
            "params": source.params}


def _table(service: Service, place: Place, query: SourceQuery) -> dict[str, Any]:
    repository = place.workspace.repository
    return table(_source(service, place, query), _names(query.metrics),
                 directions=BY_NAME if repository is None else repository.directions)


def _source(service: Service, place: Place, query: SourceQuery) -> Source:
    live = service.live.subjects(place.workspace.root, place.notebook) if query.live else []
    if place.workspace.repository is None:
        return Source((), tuple(live), tuple(live))
    return source_of(place.repository, _versions(place, query), service.shelf, live)


def _versions(place: Place, query: SourceQuery) -> list[Version]:
    """The versions that are asked for, newest first."""
    repository = place.repository
    if ids := _names(query.versions):
        repository.index.refresh(repository.history)
        found = [repository.index.version(id_) or repository.history.read(id_) for id_ in ids[:MOST_VERSIONS]]
        return sorted(found, key=lambda version: version.time, reverse=True)
    line = None if query.all else repository.line_of(place.notebook)
    if line is None and not query.all:
        return []
    if query.where:
        notebook = None if query.all else place.notebook
        return list(repository.find(query.where, notebook, limit=MOST_VERSIONS).versions)
    return repository.log(line=line, limit=MOST_VERSIONS, safety=False)


def _names(text: str) -> tuple[str, ...]:
    try:
        return msgspec.json.decode(text, type=tuple[str, ...])
    except msgspec.DecodeError as error:
        message = f"The query cannot be used: {text[:80]!r} is no JSON list of texts"
        raise UsageError(message) from error
