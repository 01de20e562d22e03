"""The captured files of a version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tornado import web

from jupyter_mlversion.commands.answers import artifact_answer
from jupyter_mlversion.errors import UnknownPath
from jupyter_mlversion.server.access import authorized
from jupyter_mlversion.server.resource import RESOURCE, Query, Resource

if TYPE_CHECKING:
    from jupyter_mlversion.server.workspaces import Place


class ArtifactsHandler(Resource):
    """``/versions/ID/artifacts``."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self, version: str) -> None:
        """All of them, sorted by path."""
        place = await self.locate(self.query(Query))
        await self.answer(self.service.quick, lambda: _artifacts(place, version))


class ArtifactHandler(Resource):
    """``/versions/ID/artifacts/PATH``."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self, version: str, path: str) -> None:
        """What is known of the one at a workspace path."""
        place = await self.locate(self.query(Query))
        await self.answer(self.service.quick, lambda: _artifact(place, version, path))


HANDLERS = [
    (r"versions/([^/]+)/artifacts", ArtifactsHandler),
    (r"versions/([^/]+)/artifacts/(.+)", ArtifactHandler),
]


def _artifacts(place: Place, version: str) -> dict[str, Any]:
    snapshot = place.repository.show(version, notebook=place.notebook).snapshot
    return {"artifacts": [artifact_answer(artifact) for artifact in snapshot.artifacts]}


def _artifact(place: Place, version: str, path: str) -> dict[str, Any]:
    detail = place.repository.show(version, notebook=place.notebook)
    artifact = detail.snapshot.artifact(path)
    if artifact is None:
        message = f"The version {detail.version.short} has no file {path}."
        raise UnknownPath(message)
    return artifact_answer(artifact)
