"""What the handlers of all resources have in common."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, TypeVar, cast

import msgspec
from jupyter_server.base.handlers import APIHandler
from jupyter_server.extension.handler import ExtensionHandlerMixin
from tornado.web import HTTPError

from jupyter_mlversion.codec.json import dump, dump_quick
from jupyter_mlversion.errors import InvalidInput, MlversionError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import ThreadPoolExecutor
    from types import TracebackType

    from jupyter_mlversion.jobs import Job
    from jupyter_mlversion.server.extension import MlversionApp
    from jupyter_mlversion.server.service import Service
    from jupyter_mlversion.server.workspaces import Place

RESOURCE = "mlversion"
"""What an authorizer of the server knows this API as. Each handler method names it: on a base class it would leak."""

_REFUSALS = {401, 403}

S = TypeVar("S", bound=msgspec.Struct)

_KINDS = {400: "usage-error", 401: "unauthenticated", 403: "forbidden", 404: "not-found", 405: "not-allowed",
          413: "too-large"}


class Query(msgspec.Struct, frozen=True):
    """What every request may say: a notebook, or a folder, by contents path."""

    notebook: str | None = None
    folder: str | None = None


class Resource(ExtensionHandlerMixin, APIHandler):
    """Reads requests, writes answers and errors; knows nothing of versions."""

    auth_resource = RESOURCE

    @property
    def service(self) -> Service:
        """The threads, workspaces and events behind the API."""
        return cast("MlversionApp", self.extensionapp).service

    async def prepare(self) -> None:  # type: ignore[override]  # as APIHandler, which narrows its parent too
        """As every Jupyter handler; and the events learn which loop is the server's."""
        self.service.announcer.bind()
        await super().prepare()

    def query(self, form: type[S]) -> S:
        """The query of the URL.

        Raises
        ------
        UsageError : it does not have the form.
        """
        given = {name: values[-1].decode(errors="replace") for name, values in self.request.query_arguments.items()}
        try:
            return msgspec.convert(given, form, strict=False)
        except msgspec.ValidationError as error:
            message = f"The query cannot be used: {error}"
            raise UsageError(message) from error

    async def body(self, form: type[S]) -> S:
        """The JSON of the request's body, read by a worker thread: notebooks can be large.

        Raises
        ------
        UsageError : it is not JSON.
        InvalidInput : it does not have the form.
        """
        data = self.request.body or b"{}"
        return await asyncio.wrap_future(self.service.quick.submit(_decoded, data, form))

    async def locate(self, query: Query) -> Place:
        """The workspace that the request is about, in the order in which requests came."""
        work = self.service.workspaces.locate
        return await asyncio.wrap_future(self.service.locating.submit(work, query.notebook, query.folder))

    async def answer(self, threads: ThreadPoolExecutor, work: Callable[[], Any], status: int = 200) -> None:
        """Let one of `threads` do `work` and spell out what it returns, then send it; bytes are spelled out already."""

        def spelled() -> bytes:
            answer = work()
            return answer if isinstance(answer, bytes) else dump_quick(answer)

        data = await asyncio.wrap_future(threads.submit(spelled))
        self.set_status(status)
        await self.finish(data)

    async def answer_job(self, job: Job) -> None:
        """Say that the work has begun."""
        await self.answer(self.service.quick, lambda: {"job": job.as_dict()}, status=202)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Every error has the same form; an unexpected one says nothing of the inside."""
        failure = kwargs["exc_info"][1] if kwargs.get("exc_info") else None
        if isinstance(failure, MlversionError):
            self.set_status(failure.status)
            error = failure.as_dict()
        elif status_code in _REFUSALS and not self.current_user:
            error = {"kind": "unauthenticated", "message": "The server does not know who is asking.",
                     "hint": "Log in again, or reload the page."}
        elif isinstance(failure, HTTPError):
            message = failure.log_message or self._reason
            error = {"kind": _KINDS.get(status_code, "error"), "message": message, "hint": ""}
        else:
            error = {"kind": "internal", "message": "The request failed unexpectedly.",
                     "hint": "The server's log has the details."}
        self.finish(dump({"error": error, "message": error["message"]}))

    def log_exception(
        self, typ: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None
    ) -> None:
        """What was raised on purpose is an answer, nothing for the log."""
        if not isinstance(value, MlversionError):
            super().log_exception(typ, value, tb)


def _decoded(data: bytes, form: type[S]) -> S:
    try:
        try:
            return msgspec.json.decode(data, type=form)
        except msgspec.ValidationError:
            raise
        except msgspec.DecodeError:
            return _lenient(data, form)
    except msgspec.ValidationError as error:
        message = f"The request cannot be used: {error}"
        raise InvalidInput(message) from error
    except (ValueError, RecursionError) as error:
        message = f"The request is not JSON: {error}"
        raise UsageError(message) from error


def _lenient(data: bytes, form: type[S]) -> S:
    """As msgspec's decoding, but takes the halves of characters that a text cut in the middle of one has."""
    plain = json.loads(data)
    document = plain.pop("document", None) if isinstance(plain, dict) else None
    request = msgspec.convert(plain, form)
    if document is None:
        return request
    return msgspec.structs.replace(request, document=msgspec.Raw(json.dumps(document).encode()))
