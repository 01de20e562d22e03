"""One kernel from its start to its end."""

from __future__ import annotations

import os
import sys
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlversion.config import FILE_NAME, FOLDER_NAME, Config, load_config
from jupyter_mlversion.domain.title import title_of
from jupyter_mlversion.domain.version import Trigger
from jupyter_mlversion.errors import CellFailed, MlversionError
from jupyter_mlversion.kernel.calls import Calls
from jupyter_mlversion.kernel.cell import Cell, request_of, running_cell
from jupyter_mlversion.kernel.late import Late
from jupyter_mlversion.kernel.observe import Observer
from jupyter_mlversion.kernel.observe.modules import Modules
from jupyter_mlversion.kernel.place import notebook_of, workspace_of
from jupyter_mlversion.kernel.tell import tell_failure, tell_staged
from jupyter_mlversion.splits import register
from jupyter_mlversion.splits.automatic import HOOKS, recording
from jupyter_mlversion.tracking import recorder

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult, InteractiveShell

    from jupyter_mlversion.repository import Staged

_SWALLOWED = "the cell raised an error, which did not stop it"


class Session:
    """Watches the cells of one kernel, and stages a checkpoint where one is asked for.

    Parameters
    ----------
    shell : IPython's.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        self.shell = shell
        self.id = uuid.uuid4().hex[:16]
        self.cell: Cell | None = None
        self.patterns: list[str] = []
        self.root: Path | None = None
        self.observer: Observer | None = None
        self._asked: str | None = None
        self._asked_by: Trigger | None = None
        self._started = 0.0
        self._count = 0
        self._calls = Calls()
        self._late = Late()
        self._splitters = Modules(HOOKS, lambda module: HOOKS[module.__name__](module))
        self._config = Config()
        self._config_stamp: tuple[int, int] | None = None

    @property
    def notebook(self) -> Path | None:
        """Absolute path of the notebook as the kernel knows it."""
        return notebook_of(self.shell)

    def start(self) -> None:
        """Observe the workspace, if there can be one, and listen to the cells."""
        try:
            self.observe(workspace_of(self.notebook))
        except (MlversionError, OSError):
            self.root = None  # said when a checkpoint is asked for, not in a notebook that never wants one
        recording().on = True
        self._splitters.start()
        self.shell.events.register("pre_run_cell", self.before)
        self.shell.events.register("post_run_cell", self.after)

    def stop(self) -> None:
        """Listen no more."""
        recording().on = False
        self._splitters.stop()
        self.shell.events.unregister("pre_run_cell", self.before)
        self.shell.events.unregister("post_run_cell", self.after)
        if self.observer is not None:
            self.observer.stop()

    def observe(self, root: Path) -> None:
        """Let `root` be the workspace whose files are watched."""
        from jupyter_mlversion.capture.ignore import Ignore

        if self.observer is not None:
            self.observer.stop()
        self.root = root
        self._config_stamp = None
        self.observer = Observer(root, self.id, Ignore(root, self.config()).prunes)
        self.observer.start()
        self._attach(root)

    def config(self) -> Config:
        """The workspace's settings, read again when the file changed; the last good ones where it cannot be used."""
        if self.root is None:
            return self._config
        try:
            status = os.stat(self.root / FILE_NAME)
            stamp = (status.st_mtime_ns, status.st_size)
        except OSError:
            stamp = (0, 0)
        if stamp != self._config_stamp:
            self._config_stamp = stamp
            with suppress(MlversionError):  # the checkpoint itself says what is wrong with it
                self._config = load_config(self.root) if stamp != (0, 0) else Config()
        return self._config

    def ask(self, message: str, trigger: Trigger) -> None:
        """Make a checkpoint when the running cell finishes."""
        self._asked = message
        self._asked_by = trigger

    def before(self, info: ExecutionInfo) -> None:
        """IPython is about to run a cell, or a cell within the one that runs."""
        if not self._calls.begin(info, request_of(self.shell)):
            return
        self._asked = self._asked_by = None
        self._started = time.monotonic()
        self.cell = cell = running_cell(self.shell, info)
        recorder().begin(cell.id)
        register().begin(cell.id)
        if self.observer is not None:
            self.observer.begin()

    def after(self, result: ExecutionResult | None) -> None:
        """IPython ran a cell; the next request is not read before this returns."""
        if not self._calls.end(result):
            return
        cell = self.cell or running_cell(self.shell, result.info if result else None)  # the cell itself loaded us
        recorder().end()
        try:
            trigger = self._asked_by or (Trigger.CELL if self.config().cell_tag in cell.tags else None)
            failed = self._calls.failed()
            if trigger is not None and result is not None and result.success:
                if failed:
                    tell_failure(CellFailed(_SWALLOWED, cell_id=cell.id), cell)
                else:
                    self._stage(cell, trigger, self._asked or "", "cell-finished")
        finally:
            self.cell = None
            if self.observer is not None:
                self.observer.end()

    def checkpoint_now(self, message: str) -> None:
        """Stage a checkpoint in the middle of the running cell."""
        cell = self.cell or Cell("", frozenset(), uuid.uuid4().hex, "")
        self._stage(cell, Trigger.API, message, "now")

    def settle(self, seconds: float) -> None:
        """Wait for the versions of cells that ran before, which the front end is making; `seconds` at most."""
        self._late.wait(seconds)

    def _stage(self, cell: Cell, trigger: Trigger, message: str, when: str) -> None:
        try:
            from jupyter_mlversion.kernel.stage import stage

            self._count += 1
            key = f"{self.id}.{cell.request}" + (f".{self._count}" if when == "now" else "")
            seconds = time.monotonic() - self._started
            repository, staged = stage(self, cell, key, trigger, message or title_of(cell.source), seconds)
            self._attach(repository.root)
            if when != "now":  # the cell goes on, and what it logs is followed from its beginning
                recorder().stored()
            if staged.checkpoint.notebook is None:
                repository.join(key)  # a console: there is no document to wait for
                return
            self._late.expect(repository, key)
            self._announce(staged, when)
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the user's cell never fails because of us
            tell_failure(error, cell)

    def _attach(self, root: Path) -> None:
        notebook = self.notebook
        path = None if notebook is None else os.path.relpath(notebook, root)
        segment = root / FOLDER_NAME / "metrics" / f"{self.id}.jsonl"
        recorder().attach(segment, makes=True, session=self.id, notebook=path)

    @staticmethod
    def _announce(staged: Staged, when: str) -> None:
        try:
            tell_staged(staged, when)
        except Exception as error:  # noqa: BLE001 - staged it is; without a front end the notebook as saved is taken
            print(f"jupyter_mlversion: the front end was not told: {error}", file=sys.stderr)  # noqa: T201
