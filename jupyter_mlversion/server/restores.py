"""Restores: planning, starting, acknowledging."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec
from tornado import web

from jupyter_mlversion.codec.record import to_plain
from jupyter_mlversion.commands.answers import plan_answer
from jupyter_mlversion.errors import MlversionError
from jupyter_mlversion.repository.mend import PENDING_AFTER
from jupyter_mlversion.restore.notebook import content_for_front_end
from jupyter_mlversion.server.access import authorized
from jupyter_mlversion.server.document import bytes_of
from jupyter_mlversion.server.news import GRACE
from jupyter_mlversion.server.resource import RESOURCE, Query, Resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_mlversion.jobs import Job
    from jupyter_mlversion.repository import Restored
    from jupyter_mlversion.server.workspace import Workspace
    from jupyter_mlversion.server.workspaces import Place


class PlanBody(Query, frozen=True, kw_only=True):
    """What is to be restored; `paths` are workspace paths, none of them means all."""

    version: str
    paths: tuple[str, ...] = ()
    all: bool = False
    keep_new: bool = False
    document: msgspec.Raw = msgspec.Raw()


class RestoreBody(PlanBody, frozen=True, kw_only=True):
    """And which documents the front end has open, by contents path."""

    open_documents: tuple[str, ...] = ()


class PlanHandler(Resource):
    """``/restores/plan``."""

    @web.authenticated
    @authorized(action="write", resource=RESOURCE)
    async def post(self) -> None:
        """What a restore would do; nothing is changed."""
        body = await self.body(PlanBody)
        place = await self.locate(body)
        await self.answer(self.service.looks, lambda: _plan(place, body))


class RestoresHandler(Resource):
    """``/restores``."""

    @web.authenticated
    @authorized(action="write", resource=RESOURCE)
    async def post(self) -> None:
        """Begin a restore."""
        body = await self.body(RestoreBody)
        place = await self.locate(body)
        job = self.service.post("restore", place, lambda job, workspace: self._restore(job, workspace, place, body))
        await self.answer_job(job)

    def _restore(self, job: Job, workspace: Workspace, place: Place, body: RestoreBody) -> dict[str, Any]:
        repository = workspace.opened()
        restored = repository.restore(
            body.version, body.paths, everything=body.all, keep_new=body.keep_new, document=bytes_of(body.document),
            open_documents=_open_notebooks(workspace, body.open_documents), notebook=place.notebook,
            progress=job.progress,
        )
        finished = {**workspace.where(), "line": repository.history.read(restored.plan.version).line, "id": restored.id,
                    "version": restored.plan.version, "safety_version": restored.safety_version}
        if restored.documents:
            workspace.restores[restored.id] = finished
            self.service.news.settle_later(workspace, PENDING_AFTER + GRACE)
        else:
            self.service.announcer.announce("restore-finished", finished)
        return _result(workspace, restored)


class AcknowledgementHandler(Resource):
    """``/restores/ID/acknowledgement``."""

    @web.authenticated
    @authorized(action="write", resource=RESOURCE)
    async def post(self, restore: str) -> None:
        """The front end applied and saved every document: the restore is finished."""
        root = (await self.locate(await self.body(Query))).workspace.root

        def acknowledge() -> dict[str, Any]:
            workspace = self.service.workspaces.at(root)
            workspace.opened().acknowledge(restore)
            self.service.news.finish_restore(workspace, restore)
            self.service.news.tell(workspace)
            return {"finished": True}

        done = await asyncio.wrap_future(self.service.jobs.run(str(root), acknowledge))
        await self.answer(self.service.quick, lambda: done)


HANDLERS = [
    ("restores", RestoresHandler),
    ("restores/plan", PlanHandler),
    (r"restores/([^/]+)/acknowledgement", AcknowledgementHandler),
]


def _plan(place: Place, body: PlanBody) -> dict[str, Any]:
    plan = place.repository.plan_restore(body.version, body.paths, everything=body.all, keep_new=body.keep_new,
                                         document=bytes_of(body.document), notebook=place.notebook)
    return {"plan": plan_answer(plan)}


def _open_notebooks(workspace: Workspace, paths: tuple[str, ...]) -> Iterator[str]:
    """The workspace paths of open notebooks; files that other editors show are written by us, and reverted there."""
    for path in paths:
        try:
            local = workspace.contents.local(path)
        except MlversionError:
            continue  # open, but nothing of this workspace
        if path.endswith(".ipynb") and local.is_relative_to(workspace.root):
            yield local.relative_to(workspace.root).as_posix()


def _result(workspace: Workspace, restored: Restored) -> dict[str, Any]:
    written = (workspace.contents_path(path) for path in restored.written)
    return {
        "id": restored.id, "restored": restored.restored, "safety_version": restored.safety_version,
        "plan": plan_answer(restored.plan), "kept": to_plain(restored.kept),
        "written": [path for path in written if path is not None],
        "documents": [{"path": workspace.contents_path(path), "content": content_for_front_end(data)}
                      for path, data in restored.documents.items()],
    }
