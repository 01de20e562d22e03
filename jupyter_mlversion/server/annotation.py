"""What is said of versions: messages, notes, labels, stars; tags and branches."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from tornado import web

from jupyter_mlversion.commands.answers import annotated_answer, branches_answer, tags_answer
from jupyter_mlversion.errors import NotFound
from jupyter_mlversion.repository import Branches
from jupyter_mlversion.server.access import authorized
from jupyter_mlversion.server.resource import RESOURCE, Query, Resource

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mlversion.repository import Repository
    from jupyter_mlversion.server.workspaces import Place


class AnnotationBody(Query, frozen=True, kw_only=True):
    """What to say; what is left out stays as it is."""

    versions: tuple[str, ...] = ()
    message: str | None = None
    note: str | None = None
    labels: tuple[str, ...] | None = None
    add_labels: tuple[str, ...] = ()
    remove_labels: tuple[str, ...] = ()
    starred: bool | None = None


class TagBody(Query, frozen=True):
    """Which version gets the tag, and whether another one may lose it."""

    version: str = "HEAD"
    move: bool = False


class BranchBody(Query, frozen=True):
    """Where the branch begins."""

    version: str = "HEAD"


class LineQuery(Query, frozen=True):
    """Which line, where it is not the notebook's."""

    line: str | None = None


class RenamingBody(LineQuery, frozen=True, kw_only=True):
    """What the branch is called from now on."""

    name: str


class AnnotationsHandler(Resource):
    """``PATCH /versions``: many at once."""

    @web.authenticated
    @authorized(action="write", resource=RESOURCE)
    async def patch(self) -> None:
        """Say something of versions."""
        await _annotate(self, await self.body(AnnotationBody))


class TagsHandler(Resource):
    """``/tags``."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self) -> None:
        """All tags."""
        place = await self.locate(self.query(Query))
        repository = place.workspace.repository
        empty: dict[str, Any] = {"tags": {}, "before": None}
        await self.answer(self.service.quick, lambda: tags_answer(repository.tags()) if repository else empty)


class TagHandler(Resource):
    """``/tags/NAME``."""

    @web.authenticated
    @authorized(action="write", resource=RESOURCE)
    async def put(self, name: str) -> None:
        """Name a version."""
        body = await self.body(TagBody)
        place = await self.locate(body)
        await self.answer(self.service.quick, lambda: _tag(place, name, body))
        self.service.tell(place.workspace)

    @web.authenticated
    @authorized(action="write", resource=RESOURCE)
    async def delete(self, name: str) -> None:
        """Take the tag away."""
        place = await self.locate(self.query(Query))
        await self.answer(self.service.quick, lambda: tags_answer(place.repository.untag(name)))
        self.service.tell(place.workspace)


class BranchesHandler(Resource):
    """``/branches``."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self) -> None:
        """The branches of a line, and where it stands."""
        query = self.query(LineQuery)
        place = await self.locate(query)
        await self.answer(self.service.quick, lambda: _branches(place, query))


class BranchHandler(Resource):
    """``/branches/NAME``. What moves a head waits for its turn, as checkpoints do."""

    @web.authenticated
    @authorized(action="write", resource=RESOURCE)
    async def put(self, name: str) -> None:
        """Begin a branch."""
        body = await self.body(BranchBody)
        place = await self.locate(body)
        await self._change(place, lambda repository: repository.open_branch(name, body.version,
                                                                            notebook=place.notebook))

    @web.authenticated
    @authorized(action="write", resource=RESOURCE)
    async def patch(self, name: str) -> None:
        """Call it otherwise."""
        body = await self.body(RenamingBody)
        place = await self.locate(body)
        await self._change(place, lambda repository: repository.rename_branch(_line(place, body), name, body.name))

    @web.authenticated
    @authorized(action="write", resource=RESOURCE)
    async def delete(self, name: str) -> None:
        """Take it away; its versions stay."""
        query = self.query(LineQuery)
        place = await self.locate(query)
        await self._change(place, lambda repository: repository.remove_branch(_line(place, query), name))

    async def _change(self, place: Place, work: Callable[[Repository], Branches]) -> None:
        root = place.workspace.root

        def change() -> Branches:
            return work(self.service.workspaces.at(root).opened())

        changed = await asyncio.wrap_future(self.service.jobs.run(place.workspace.lane, change))
        await self.answer(self.service.quick, lambda: branches_answer(changed))
        self.service.tell(place.workspace)


async def annotate_one(resource: Resource, version: str) -> None:
    """``PATCH /versions/ID``."""
    await _annotate(resource, await resource.body(AnnotationBody), version)


async def _annotate(resource: Resource, body: AnnotationBody, *more: str) -> None:
    place = await resource.locate(body)

    def annotate() -> dict[str, Any]:
        repository = place.repository
        ids = [repository.resolve(name, notebook=place.notebook) for name in (*body.versions, *more)]
        return annotated_answer(repository.annotate(
            ids, message=body.message, note=body.note, labels=body.labels, add_labels=body.add_labels,
            remove_labels=body.remove_labels, starred=body.starred))

    await resource.answer(resource.service.quick, annotate)
    resource.service.tell(place.workspace)


def _tag(place: Place, name: str, body: TagBody) -> dict[str, Any]:
    return tags_answer(place.repository.tag(name, body.version, move=body.move, notebook=place.notebook))


def _branches(place: Place, query: LineQuery) -> dict[str, Any]:
    try:
        branches = place.repository.branches(_line(place, query))
    except NotFound:
        branches = Branches("", None, {})
    return branches_answer(branches)


def _line(place: Place, query: LineQuery) -> str:
    line = query.line or place.repository.line_of(place.notebook)
    if line is None:
        message = f"{place.named} has no version yet"
        raise NotFound(message, hint="Tag a cell as checkpoint and run it.")
    return line


HANDLERS = [
    ("tags", TagsHandler),
    (r"tags/([^/]+)", TagHandler),
    ("branches", BranchesHandler),
    (r"branches/([^/]+)", BranchHandler),
]
