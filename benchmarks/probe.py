"""A server extension that measures how late the server's event loop is; loaded by event_loop.py only."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

PERIOD = 0.005
"""Seconds between two looks at the clock."""

samples: list[float] = []


async def sample() -> None:
    """Note, again and again, how much later than asked for the loop came back."""
    loop = asyncio.get_running_loop()
    while True:
        before = loop.time()
        await asyncio.sleep(PERIOD)
        samples.append(max(0.0, loop.time() - before - PERIOD))


class ProbeHandler(APIHandler):
    """The samples since the last question."""

    task: asyncio.Task[None] | None = None

    @web.authenticated
    @authorized(action="read", resource="probe")
    async def get(self) -> None:
        """Answer, and begin anew."""
        if ProbeHandler.task is None:
            ProbeHandler.task = asyncio.create_task(sample())
        taken = samples.copy()
        samples.clear()
        await self.finish(json.dumps(taken))


def _load_jupyter_server_extension(app: Any) -> None:
    app.web_app.add_handlers(".*$", [(url_path_join(app.web_app.settings["base_url"], "probe"), ProbeHandler)])
