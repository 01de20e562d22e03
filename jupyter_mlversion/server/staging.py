"""Staged checkpoints: a front end brings the document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from tornado import web

from jupyter_mlversion.commands.answers import outcome_answer
from jupyter_mlversion.server.access import authorized
from jupyter_mlversion.server.document import bytes_of
from jupyter_mlversion.server.resource import RESOURCE, Query, Resource

if TYPE_CHECKING:
    from jupyter_mlversion.jobs import Job
    from jupyter_mlversion.server.workspace import Workspace


class JoinBody(Query, frozen=True):
    """The notebook with the outputs of the cell that staged the checkpoint."""

    document: msgspec.Raw = msgspec.Raw()


class StagingHandler(Resource):
    """``/staging/KEY``."""

    @web.authenticated
    @authorized(action="write", resource=RESOURCE)
    async def post(self, key: str) -> None:
        """Begin to make the version of the staged checkpoint; the same key again answers the same version."""
        body = await self.body(JoinBody)
        place = await self.locate(body)

        def work(job: Job, workspace: Workspace) -> dict[str, Any]:
            document = bytes_of(body.document)
            job.progress("joining", 0, 0)
            return outcome_answer(workspace.opened().join(key, document=document, notebook=place.notebook))

        await self.answer_job(self.service.post("join", place, work))


HANDLERS = [(r"staging/([^/]+)", StagingHandler)]
