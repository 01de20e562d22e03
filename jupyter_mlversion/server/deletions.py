"""Deleting versions, several at once, and showing them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tornado import web

from jupyter_mlversion.commands.answers import annotated_answer, deleted_answer
from jupyter_mlversion.server.access import authorized
from jupyter_mlversion.server.resource import RESOURCE, Query, Resource

if TYPE_CHECKING:
    from jupyter_mlversion.server.workspaces import Place


class DeletionBody(Query, frozen=True, kw_only=True):
    """Which versions; whether only to say what would be done."""

    versions: tuple[str, ...]
    dry_run: bool = False


class UndeletionBody(Query, frozen=True, kw_only=True):
    """Which versions."""

    versions: tuple[str, ...]


class DeletionsHandler(Resource):
    """``/deletions``."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self) -> None:
        """The deleted versions of the workspace, newest first."""
        place = await self.locate(self.query(Query))
        await self.answer(self.service.looks, lambda: _deleted(place))

    @web.authenticated
    @authorized(action="write", resource=RESOURCE)
    async def post(self) -> None:
        """Hide versions, or say what that would free."""
        body = await self.body(DeletionBody)
        place = await self.locate(body)
        await self.answer(self.service.looks, lambda: _delete(place, body))
        self.service.tell(place.workspace)


class UndeletionsHandler(Resource):
    """``/undeletions``."""

    @web.authenticated
    @authorized(action="write", resource=RESOURCE)
    async def post(self) -> None:
        """Show versions again."""
        body = await self.body(UndeletionBody)
        place = await self.locate(body)
        show = lambda: deleted_answer(place.repository.undelete(_ids(place, body.versions)))  # noqa: E731
        await self.answer(self.service.looks, show)
        self.service.tell(place.workspace)


def _ids(place: Place, versions: tuple[str, ...]) -> list[str]:
    return [place.repository.resolve(version, notebook=place.notebook) for version in versions]


def _delete(place: Place, body: DeletionBody) -> dict[str, Any]:
    return deleted_answer(place.repository.delete(_ids(place, body.versions), dry_run=body.dry_run))


def _deleted(place: Place) -> dict[str, Any]:
    repository = place.workspace.repository
    versions = [] if repository is None else repository.log(hidden=True)
    return annotated_answer(version for version in versions if version.hidden)


HANDLERS = [("deletions", DeletionsHandler), ("undeletions", UndeletionsHandler)]
