"""Several trainings in one cell: ``with run("lr sweep"):``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import time
from types import TracebackType
from typing import Any, Self

from jupyter_mlversion.errors import UsageError
from jupyter_mlversion.tracking.number import checked_name
from jupyter_mlversion.tracking.recorder import recorder
from jupyter_mlversion.tracking.run import OpenRun
from jupyter_mlversion.tracking.system import Watch


class Block:
    """A run of its own, from ``with`` to the end of the block; nested ones belong to the outer one.

    Parameters
    ----------
    name : what the run is called.
    params : configuration values.
    system : seconds between two looks at CPU, memory and GPU; 0: none.
    """

    def __init__(self, name: str, params: Mapping[str, Any], system: float = 0) -> None:
        self._name = checked_name(name, "run") if name else ""
        self._params = dict(params)
        self._system = system
        self._run: OpenRun | None = None
        self._leave: list[Callable[[], None]] = []

    @property
    def id(self) -> str:
        """The id of the run, which its version has too.

        Raises
        ------
        UsageError : the block has not begun.
        """
        return self._begun().id

    def log(self, metrics: Mapping[str, Any] | None = None, /, step: int | None = None, **keywords: Any) -> None:
        """As `jupyter_mlversion.log`, of this run, from whatever thread."""
        recorder().add({**(metrics or {}), **keywords}, step, self._begun())

    def log_params(self, params: Mapping[str, Any] | None = None, /, **keywords: Any) -> None:
        """As `jupyter_mlversion.log_params`, of this run, from whatever thread."""
        recorder().add_params({**(params or {}), **keywords}, self._begun())

    def __enter__(self) -> Self:
        if self._run is not None:
            message = f"run {self._name!r}: a block is entered once"
            raise UsageError(message, hint="Write with mlversion.run(…) again for another run.")
        outer = recorder().enclosing()
        run = self._run = recorder().start(OpenRun("", name=self._name, parent=outer.id if outer else "",
                                                   status="running"))
        self._leave.append(recorder().enter(run))
        recorder().add_params(self._params, run)
        if self._system:
            watch = Watch(self._system, run)
            self._leave.append(watch.stop)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        while self._leave:
            self._leave.pop()()
        killed = kind is not None and issubclass(kind, KeyboardInterrupt)
        recorder().finish(self._begun(), "killed" if killed else "failed" if kind else "finished", time())

    def _begun(self) -> OpenRun:
        if self._run is None:
            message = f"run {self._name!r} has not begun"
            raise UsageError(message, hint="Write with mlversion.run(…) as run: and log inside of the block.")
        return self._run
