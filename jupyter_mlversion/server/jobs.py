"""Long work: how far it is, and stopping it."""

from __future__ import annotations

import asyncio
from typing import Annotated

import msgspec
from tornado import web

from jupyter_mlversion.server.access import authorized
from jupyter_mlversion.server.resource import RESOURCE, Query, Resource


class WaitQuery(Query, frozen=True):
    """How long to wait for the end, in seconds."""

    wait: Annotated[float, msgspec.Meta(ge=0, le=30)] = 0.0


class JobsHandler(Resource):
    """``/jobs``."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self) -> None:
        """The jobs of the workspace, or of all where none is named, in the order posted."""
        query = self.query(Query)
        named = query.notebook is not None or query.folder is not None
        jobs = self.service.jobs.jobs((await self.locate(query)).workspace.lane if named else None)
        await self.answer(self.service.quick, lambda: {"jobs": [job.as_dict() for job in jobs]})


class JobHandler(Resource):
    """``/jobs/ID``."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self, job_id: str) -> None:
        """The job, at once or when it has ended."""
        job = self.service.jobs.find(job_id)
        wait = self.query(WaitQuery).wait
        if wait:
            await asyncio.wait([asyncio.wrap_future(job.ended)], timeout=wait)
        await self.answer(self.service.quick, job.as_dict)

    @web.authenticated
    @authorized(action="write", resource=RESOURCE)
    async def delete(self, job_id: str) -> None:
        """Cancel the job; what it had begun is left as it was before."""
        job = self.service.jobs.find(job_id)
        job.cancel()
        await self.answer(self.service.quick, job.as_dict)


HANDLERS = [("jobs", JobsHandler), (r"jobs/([^/]+)", JobHandler)]
