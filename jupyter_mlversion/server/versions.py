"""Versions: listing, making, showing, comparing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from tornado import web

from jupyter_mlversion.codec.record import encoded
from jupyter_mlversion.commands.answers import detail_answer, difference_answer, listed_answer, outcome_answer
from jupyter_mlversion.domain.version import Trigger
from jupyter_mlversion.server.access import authorized
from jupyter_mlversion.server.annotation import AnnotationsHandler, annotate_one
from jupyter_mlversion.server.document import bytes_of
from jupyter_mlversion.server.graph import draw
from jupyter_mlversion.server.resource import RESOURCE, Query, Resource

if TYPE_CHECKING:
    from jupyter_mlversion.jobs import Job
    from jupyter_mlversion.server.workspace import Workspace
    from jupyter_mlversion.server.workspaces import Place


class LogQuery(Query, frozen=True):
    """Which versions."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 100
    before: str | None = None
    safety: bool = False
    all: bool = False
    where: str = ""
    sort: str | None = None
    ascending: bool = False
    offset: Annotated[int, msgspec.Meta(ge=0)] = 0
    around: str | None = None
    graph: bool = False


class DifferenceQuery(Query, frozen=True):
    """With what to compare."""

    to: str | None = None


class CheckpointBody(Query, frozen=True):
    """What to make a version of."""

    message: str = ""
    document: msgspec.Raw = msgspec.Raw()


class VersionsHandler(AnnotationsHandler):
    """``/versions``; saying something of several is the parent's."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self) -> None:
        """The versions of the notebook's line, or of all lines, newest first."""
        query = self.query(LogQuery)
        place = await self.locate(query)
        await self.answer(self.service.quick, lambda: _log(place, query))

    @web.authenticated
    @authorized(action="write", resource=RESOURCE)
    async def post(self) -> None:
        """Begin to make a version of the present state."""
        body = await self.body(CheckpointBody)
        place = await self.locate(body)

        def work(job: Job, workspace: Workspace) -> dict[str, Any]:
            repository = workspace.opened()
            outcome = repository.checkpoint(place.notebook, body.message, trigger=Trigger.PANEL,
                                            document=bytes_of(body.document), progress=job.progress)
            return outcome_answer(outcome)

        await self.answer_job(self.service.post("checkpoint", place, work, create=True))


class VersionHandler(Resource):
    """``/versions/ID``."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self, version: str) -> None:
        """The version, whole."""
        place = await self.locate(self.query(Query))
        show = lambda: detail_answer(place.repository.show(version, notebook=place.notebook))  # noqa: E731
        await self.answer(self.service.quick, show)

    @web.authenticated
    @authorized(action="write", resource=RESOURCE)
    async def patch(self, version: str) -> None:
        """Say something of it."""
        await annotate_one(self, version)


class DifferenceHandler(Resource):
    """``/versions/ID/difference``."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self, version: str) -> None:
        """How another version, or the workspace, differs from the version."""
        query = self.query(DifferenceQuery)
        place = await self.locate(query)
        diff = lambda: difference_answer(place.repository.diff(version, query.to, notebook=place.notebook))  # noqa: E731
        await self.answer(self.service.looks, diff)


HANDLERS = [
    ("versions", VersionsHandler),
    (r"versions/([^/]+)", VersionHandler),
    (r"versions/([^/]+)/difference", DifferenceHandler),
]


def _log(place: Place, query: LogQuery) -> bytes:
    repository = place.workspace.repository
    line = None if repository is None else repository.line_of(place.notebook)
    if repository is None or (line is None and not query.all):
        drawn = {"ranges": {}, "safeties": 0} if query.graph else {}
        return encoded({"versions": [], "head": None, "line": None, "more": False, "total": 0, **drawn})
    if query.before is None:
        return encoded(_found(place, query, line))
    before = repository.resolve(query.before, notebook=place.notebook)
    found = repository.log(line=None if query.all else line, limit=query.limit + 1, before=before, safety=query.safety)
    return encoded({
        "versions": [listed_answer(version) for version in found[: query.limit]], "line": line,
        "head": None if line is None else repository.history.head(line).version, "more": len(found) > query.limit})


def _found(place: Place, query: LogQuery, line: str | None) -> dict[str, Any]:
    repository = place.repository
    of = None if query.all else line
    listings = repository.listings
    asked: dict[str, Any] = {"line": of, "sort": query.sort, "descending": not query.ascending, "safety": query.safety}
    listing = listings.of(query.where, **asked) if query.graph else None
    order = listings.order(query.where, **asked) if listing is None else listing.ids
    offset = query.offset
    if query.around is not None:
        offset = max(0, order.index(query.around) // query.limit * query.limit) if query.around in order else 0
    versions = repository.index.listed(order[offset : offset + query.limit])
    lacking = repository.lacking([version.id for version in versions])
    told = {id_: {"missing": len(what)} for id_, what in lacking.items()}
    listed = [listed_answer(version) | told.get(version.id, {}) for version in versions]
    answer = {"versions": listed, "line": line, "total": len(order),
              "head": None if line is None else repository.history.head(line).version,
              "more": offset + len(versions) < len(order), "offset": offset}
    if listing is not None:
        draw(answer, listing, listings, None if query.sort else offset)
    return answer
