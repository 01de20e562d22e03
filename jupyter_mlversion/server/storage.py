"""What takes the room in the store, and making some."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from tornado import web

from jupyter_mlversion.commands.answers import (
    damage_answer,
    deleted_answer,
    gathered_answer,
    mended_answer,
    storage_answer,
)
from jupyter_mlversion.repository import Keep
from jupyter_mlversion.server.access import authorized
from jupyter_mlversion.server.resource import RESOURCE, Query, Resource

if TYPE_CHECKING:
    from jupyter_mlversion.jobs import Job
    from jupyter_mlversion.server.workspace import Workspace
    from jupyter_mlversion.server.workspaces import Place

_Count = Annotated[int, msgspec.Meta(ge=1)] | None


class GcBody(Query, frozen=True):
    """What to collect; as the command's options."""

    dry_run: bool = False
    now: bool = False
    repack: bool = False
    keep_last: _Count = None
    keep_daily: _Count = None
    keep_weekly: _Count = None


class VerifyBody(Query, frozen=True):
    """What to check; as the command's options."""

    read_data: bool = False
    repair: bool = False


class StorageHandler(Resource):
    """``/storage``."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self) -> None:
        """What takes the room."""
        place = await self.locate(self.query(Query))
        await self.answer(self.service.looks, lambda: storage_answer(place.repository.storage()))


class GcHandler(Resource):
    """``/gc``."""

    @web.authenticated
    @authorized(action="write", resource=RESOURCE)
    async def post(self) -> None:
        """Begin to free what no version needs any more."""
        body = await self.body(GcBody)
        place = await self.locate(body)

        def work(job: Job, workspace: Workspace) -> dict[str, Any]:
            repository = workspace.opened()
            keep = Keep.of(repository.config, last=body.keep_last, daily=body.keep_daily, weekly=body.keep_weekly)
            return gathered_answer(repository.gc(keep, dry_run=body.dry_run, at_once=body.now, repack=body.repack,
                                                 progress=job.progress))

        await self.answer_job(self.service.post("gc", place, work))


class VerifyHandler(Resource):
    """``/verify``."""

    @web.authenticated
    @authorized(action="write", resource=RESOURCE)
    async def post(self) -> None:
        """Begin to check that the bytes of every version are there and unharmed."""
        body = await self.body(VerifyBody)
        place = await self.locate(body)

        def work(job: Job, workspace: Workspace) -> dict[str, Any]:
            repository = workspace.opened()
            try:
                if body.repair:
                    return mended_answer(repository.repair(progress=job.progress))
                return damage_answer(repository.verify(read_data=body.read_data, progress=job.progress))
            finally:  # lists tell what is missing
                self.service.announcer.announce("workspace-changed", workspace.where())

        # A checkpoint never waits until every byte was read.
        await self.answer_job(self.service.post("verify", place, work, beside="" if body.repair else "verify"))


class DeletionHandler(Resource):
    """``/versions/ID/deletion``."""

    @web.authenticated
    @authorized(action="write", resource=RESOURCE)
    async def put(self, version: str) -> None:
        """Hide the version."""
        place = await self.locate(await self.body(Query))
        await self.answer(self.service.looks, lambda: deleted_answer(place.repository.delete([_named(place, version)])))
        self.service.tell(place.workspace)

    @web.authenticated
    @authorized(action="write", resource=RESOURCE)
    async def delete(self, version: str) -> None:
        """Show the version again."""
        place = await self.locate(self.query(Query))
        show = lambda: deleted_answer(place.repository.undelete([_named(place, version)]))  # noqa: E731
        await self.answer(self.service.looks, show)
        self.service.tell(place.workspace)


def _named(place: Place, version: str) -> str:
    return place.repository.resolve(version, notebook=place.notebook)


HANDLERS = [
    ("storage", StorageHandler),
    ("gc", GcHandler),
    ("verify", VerifyHandler),
    (r"versions/([^/]+)/deletion", DeletionHandler),
]
