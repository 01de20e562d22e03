"""What is inside of the files of versions: their bytes, previews, and how two states of one differ."""

from __future__ import annotations

import asyncio
import re
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import quote

import msgspec
from tornado import web
from tornado.iostream import StreamClosedError

from jupyter_mlversion.codec.record import to_plain
from jupyter_mlversion.compare.inside import preview
from jupyter_mlversion.domain.version import WORKSPACE_SIDE
from jupyter_mlversion.server.access import authorized
from jupyter_mlversion.server.resource import RESOURCE, Query, Resource

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mlversion.compare.inside import Source
    from jupyter_mlversion.jobs import Job
    from jupyter_mlversion.repository.holdings import Held
    from jupyter_mlversion.server.workspaces import Place

_BLOCK = 1 << 20
"""Bytes that are sent at a time."""

_QUICK = 8 << 20
"""Bytes of both sides together that are compared at once; more is a job."""

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})$")


class PreviewQuery(Query, frozen=True):
    """Which part of a table or text."""

    first: Annotated[int, msgspec.Meta(ge=0)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 100
    last: bool = False
    form: Literal["text", "unknown"] | None = None


class DifferenceQuery(Query, frozen=True):
    """With what to compare, and how."""

    to: str | None = None
    key: str | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 100


class ContentsHandler(Resource):
    """``/versions/ID/contents/PATH``."""

    @property
    def content_security_policy(self) -> str:
        """Whoever gets a browser to show the bytes as a page gets one that can do nothing."""
        return "default-src 'none'; sandbox; frame-ancestors 'none'"

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self, version: str, path: str) -> None:
        """The bytes, whole or a range."""
        place = await self.locate(self.query(Query))
        held: Held = await self._soon(lambda: _held(place, version, path))
        size = held.source.size
        first, last = self._range(size)
        self.set_header("Content-Type", "application/octet-stream")
        name = quote(path.rpartition("/")[2], safe="")
        self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{name}")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("Accept-Ranges", "bytes")
        self.set_header("Content-Length", max(0, last - first))
        try:
            for offset in range(first, last, _BLOCK):
                self.write(await self._soon(partial(_bytes, held.source, offset, min(_BLOCK, last - offset))))
                await self.flush()
        except StreamClosedError:
            return
        await self.finish(set_content_type="application/octet-stream")

    async def _soon(self, work: Callable[[], Any]) -> Any:
        return await asyncio.wrap_future(self.service.looks.submit(work))

    def _range(self, size: int) -> tuple[int, int]:
        """First byte and the one behind the last; the status says which of it this is."""
        asked = _RANGE.match(self.request.headers.get("Range", ""))
        if asked is None or not (asked[1] or asked[2]):
            return 0, size
        first = int(asked[1]) if asked[1] else max(0, size - int(asked[2]))
        last = min(size, int(asked[2]) + 1) if asked[1] and asked[2] else size
        if first >= last:
            raise web.HTTPError(416, f"The range is not within the {size} bytes of the file.")
        self.set_status(206)
        self.set_header("Content-Range", f"bytes {first}-{last - 1}/{size}")
        return first, last


class PreviewHandler(Resource):
    """``/versions/ID/preview/PATH``."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self, version: str, path: str) -> None:
        """What the file holds, as far as a person sees at a time."""
        query = self.query(PreviewQuery)
        place = await self.locate(query)
        await self.answer(self.service.looks, lambda: _preview(place, version, path, query))


class ArtifactDifferenceHandler(Resource):
    """``/versions/ID/artifact-difference/PATH``."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self, version: str, path: str) -> None:
        """How the file in another version, or in the workspace, differs; of large files a job that finds out."""
        query = self.query(DifferenceQuery)
        place = await self.locate(query)
        if not await asyncio.wrap_future(self.service.looks.submit(lambda: _is_large(place, version, path, query))):
            await self.answer(self.service.looks, lambda: _difference(place, version, path, query))
            return

        def work(job: Job) -> dict[str, Any]:
            return _difference(place, version, path, query, job.progress)

        post = self.service.jobs.post
        await self.answer_job(post("compare", place.workspace.lane, work, notebook=place.named, beside="compare"))


HANDLERS = [
    (r"versions/([^/]+)/contents/(.+)", ContentsHandler),
    (r"versions/([^/]+)/preview/(.+)", PreviewHandler),
    (r"versions/([^/]+)/artifact-difference/(.+)", ArtifactDifferenceHandler),
]


def _held(place: Place, version: str, path: str) -> Held:
    """The file; of the workspace only what the server shows anyway."""
    if version == WORKSPACE_SIDE:
        place.workspace.check_served(path)
    return place.repository.held(version, path, notebook=place.notebook)


def _bytes(source: Source, offset: int, length: int) -> bytes:
    return bytes(source.read(offset, length))


def _preview(place: Place, version: str, path: str, query: PreviewQuery) -> dict[str, Any]:
    held = _held(place, version, path)
    found = preview(held.source, path, first=query.first, limit=query.limit, last=query.last,
                    form=query.form)
    return {"path": path, "size": held.size, "digest": held.digest, **found}


def _is_large(place: Place, version: str, path: str, query: DifferenceQuery) -> bool:
    """Whether finding out takes long; the sides are looked at again when it is done."""
    repository = place.repository
    sizes = repository.artifact_sizes(version, query.to, path, notebook=place.notebook)
    return sum(sizes) > _QUICK


def _difference(place: Place, version: str, path: str, query: DifferenceQuery, *progress: Any) -> dict[str, Any]:
    watch = {"progress": progress[0]} if progress else {}
    found = place.repository.artifact_difference(
        version, query.to, path, notebook=place.notebook, key=query.key, limit=query.limit, **watch)
    if found.before is None and query.to in {None, WORKSPACE_SIDE}:
        place.workspace.check_served(path)
    answer: dict[str, Any] = to_plain(found)
    return answer
