"""Restores: planning, starting, acknowledging."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec
from tornado import web

from jupyter_mlversion.codec.record import to_plain
from jupyter_mlversion.commands.answers import plan_answer
from jupyter_mlversion.domain.artifact import Role  # noqa: TC001 - msgspec reads the annotations at run time
from jupyter_mlversion.errors import MlversionError
from jupyter_mlversion.repository.mend import PENDING_AFTER
from jupyter_mlversion.restore.notebook import content_for_front_end
from jupyter_mlversion.server.access import authorized
from jupyter_mlversion.server.document import bytes_of
from jupyter_mlversion.server.kernels import refuse_while_busy
from jupyter_mlversion.server.news import GRACE
from jupyter_mlversion.server.resource import RESOURCE, Query, Resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_mlversion.jobs import Job
    from jupyter_mlversion.repository import Copied, Restored
    from jupyter_mlversion.server.workspace import Workspace
    from jupyter_mlversion.server.workspaces import Place


class PlanBody(Query, frozen=True, kw_only=True):
    """What is to be restored.

    Parameters
    ----------
    paths : workspace paths; none of them means all.
    parts : roles of the files; none of them means all.
    as_copy : workspace path of a new folder that the files are written to, where nothing is to be replaced.
    """

    version: str
    paths: tuple[str, ...] = ()
    parts: tuple[Role, ...] = ()
    all: bool = False
    keep_new: bool = False
    document: msgspec.Raw = msgspec.Raw()
    as_copy: str | None = None

    def wanted(self, place: Place) -> dict[str, Any]:
        """What of the version, in the words of `Repository`."""
        return {"version": self.version, "paths": self.paths, "parts": self.parts, "everything": self.all,
                "notebook": place.notebook}


class RestoreBody(PlanBody, frozen=True, kw_only=True):
    """And how.

    Parameters
    ----------
    open_documents : which documents the front end has open, by contents path.
    confirm_busy : restore although the notebook's kernel runs a cell.
    branch : to go on with, where several end at the version.
    """

    open_documents: tuple[str, ...] = ()
    confirm_busy: bool = False
    branch: str = ""


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
        if body.as_copy is None and not body.confirm_busy:
            await refuse_while_busy(self.settings["session_manager"], self.service.workspaces.contents, place.named)
        work = self._restore if body.as_copy is None else self._copy
        job = self.service.post("restore", place, lambda job, workspace: work(job, workspace, place, body))
        await self.answer_job(job)

    def _copy(self, job: Job, workspace: Workspace, place: Place, body: RestoreBody) -> dict[str, Any]:
        copied = workspace.opened().copy(folder=body.as_copy or "", progress=job.progress, **body.wanted(place))
        return _copy_result(workspace, copied)

    def _restore(self, job: Job, workspace: Workspace, place: Place, body: RestoreBody) -> dict[str, Any]:
        repository = workspace.opened()
        restored = repository.restore(
            keep_new=body.keep_new, document=bytes_of(body.document), branch=body.branch, progress=job.progress,
            open_documents=_open_notebooks(workspace, body.open_documents), **body.wanted(place),
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
    plan = place.repository.plan_restore(keep_new=body.keep_new, document=bytes_of(body.document),
                                         copy_to=body.as_copy, **body.wanted(place))
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


def _copy_result(workspace: Workspace, copied: Copied) -> dict[str, Any]:
    written = (workspace.contents_path(path) for path in copied.written)
    notebook = None if copied.notebook is None else workspace.contents_path(copied.notebook)
    return {
        "id": None, "restored": True, "safety_version": None, "plan": plan_answer(copied.plan), "kept": [],
        "written": [path for path in written if path is not None], "documents": [],
        "folder": workspace.contents_path(copied.folder), "notebook": notebook,
    }


def _result(workspace: Workspace, restored: Restored) -> dict[str, Any]:
    written = (workspace.contents_path(path) for path in restored.written)
    return {
        "id": restored.id, "restored": restored.restored, "safety_version": restored.safety_version,
        "plan": plan_answer(restored.plan), "kept": to_plain(restored.kept),
        "written": [path for path in written if path is not None],
        "documents": [{"path": workspace.contents_path(path), "content": content_for_front_end(data)}
                      for path, data in restored.documents.items()],
    }
