"""Calls of IPython's ``run_cell`` within each other: ``%%capture`` and others run a cell inside of the cell."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult


class Calls:
    """The calls that run now, outermost first, and whether one of them went wrong.

    An error of an inner call, and one whose traceback a magic only shows (``%run``), does not fail the outer call.
    """

    def __init__(self) -> None:
        self._running: list[ExecutionInfo] = []
        self._request = ""
        self._raised = False
        self._shown = _last_shown()

    def begin(self, info: ExecutionInfo, request: str) -> bool:
        """A call begins, for the front end's `request`; whether it is an outermost one."""
        if self._running and request == self._request:
            self._running.append(info)
            return False
        self._running = [info]  # another request: IPython did not tell the end of the last one
        self._request = request
        self._raised = False
        self._shown = _last_shown()
        return True

    def end(self, result: ExecutionResult | None) -> bool:
        """A call ended (None: it was cut off); whether it was an outermost one."""
        self._raised |= result is None or not result.success
        if result is None:
            del self._running[-1:]
            return not self._running
        # IPython tells the end of a call that it cut off with a new description, and that of an empty cell without
        # having told its beginning.
        same = [at for at, info in enumerate(self._running) if info is result.info or _is_like(info, result.info)]
        del self._running[same[-1] if same else len(self._running) :]
        return not self._running

    def failed(self) -> bool:
        """Whether any of the calls since the outermost began raised, or showed a traceback."""
        failed = self._raised or _last_shown() is not self._shown
        self._raised, self._shown = False, _last_shown()
        return failed


def _is_like(one: ExecutionInfo, other: ExecutionInfo | None) -> bool:
    return bool(other and one.raw_cell == other.raw_cell and one.cell_id == other.cell_id)


def _last_shown() -> Any:
    """The last exception whose traceback was shown, in whatever way."""
    return getattr(sys, "last_value", None)
