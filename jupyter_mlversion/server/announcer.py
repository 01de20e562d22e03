"""The events of this package on the server's event system."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_events.logger import EventLogger

log = logging.getLogger(__name__)

NAMES = ("version-added", "restore-finished", "job-progress", "workspace-changed", "metrics-logged")


def schema_id(name: str) -> str:
    """The id of the schema of the event `name`."""
    return f"https://jupyter-mlversion.readthedocs.io/events/{name}/v1"


class Announcer:
    """Emits events from any thread; they leave on the server's loop.

    Parameters
    ----------
    logger : the server's.
    """

    def __init__(self, logger: EventLogger) -> None:
        self._logger = logger
        self._loop: asyncio.AbstractEventLoop | None = None
        for name in NAMES:
            if schema_id(name) not in logger.schemas:
                logger.register_event_schema(Path(__file__).parent / "events" / f"{name}.yaml")

    def bind(self) -> asyncio.AbstractEventLoop:
        """Emit on the loop that is running; the first request tells it."""
        self._loop = self._loop or asyncio.get_running_loop()
        return self._loop

    def announce(self, name: str, data: dict[str, Any]) -> None:
        """Emit an event soon; events keep their order."""
        self._call(lambda: self._emit(name, data))

    def later(self, seconds: float, work: Callable[[], object]) -> None:
        """Call `work` on the loop, `seconds` from now, from any thread; it must be quick."""
        self._call(lambda: self.bind().call_later(seconds, work))

    def _call(self, work: Callable[[], object]) -> None:
        """Call `work` on the loop soon; nothing happens when the server is ending."""
        if self._loop is None or self._loop.is_closed():
            return
        with contextlib.suppress(RuntimeError):  # closed since
            self._loop.call_soon_threadsafe(work)

    def _emit(self, name: str, data: dict[str, Any]) -> None:
        try:
            self._logger.emit(schema_id=schema_id(name), data=data)
        except Exception:  # an event that cannot be told must not harm what it tells of
            log.exception("The event %s could not be emitted", name)
