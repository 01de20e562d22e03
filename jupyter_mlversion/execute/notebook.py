"""Execute a notebook headless."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.capture.notebook import document_bytes, saved_bytes
from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.errors import CellFailed, InvalidNotebook, UnknownPath
from jupyter_mlversion.execute.executed import Executed
from jupyter_mlversion.execute.install import missing_extension, missing_kernel
from jupyter_mlversion.execute.parameters import inject, tags_of
from jupyter_mlversion.execute.target import Target
from jupyter_mlversion.execute.versions import Versions

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from jupyter_mlversion.domain.run import Value
    from jupyter_mlversion.execute.client import CellByCell
    from jupyter_mlversion.repository import Repository

PERIOD = 0.5
"""Seconds between two calls of the progress while a cell runs."""

_PATIENCE = 5.0
_LOAD = "__import__('jupyter_mlversion.kernel', fromlist=['load']).load()"


def execute_notebook(
    repository: Repository,
    path: Path | str,
    *,
    output: Path | str | None = None,
    parameters: Mapping[str, Value] | None = None,
    progress: Progress = silent,
) -> Executed:
    """Run all cells in the notebook's own kernel; every tagged cell that finishes well makes a version.

    The notebook is written after every cell, in place or to `output`. A failing cell stops it; earlier versions stay.

    Parameters
    ----------
    path : the notebook.
    output : where the executed notebook goes; None: in place. A version has what is there first.
    parameters : for the cell below the one tagged ``parameters``.
    progress : called at every cell and every half second; raising `Cancelled` there interrupts the kernel.

    Raises
    ------
    UnknownPath, InvalidNotebook, OutsideWorkspace : there is no such notebook in the workspace, or it is none.
    MissingKernel : its kernel is not installed; the hint is the install line.
    UsageError : the parameters cannot be used.
    Cancelled, KeyboardInterrupt : the kernel was stopped; the written notebook is valid and has what ran.
    """
    notebook = repository.root / repository.path_of(Path(path).absolute())
    node = _read(notebook)
    target = Target(repository, Path(output).absolute() if output is not None else notebook)
    execution = _Execution(repository, notebook, node, target, progress)
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(execution.run(parameters or {}))
    else:  # called from within Jupyter
        from jupyter_core.utils import run_sync

        run_sync(execution.run)(parameters or {})
    return execution.executed


class _Execution:
    """One notebook on its way through its kernel."""

    def __init__(
        self, repository: Repository, notebook: Path, node: NotebookNode, target: Target, progress: Progress
    ) -> None:
        from jupyter_mlversion.execute.client import CellByCell

        self.executed = Executed()
        self._node = node
        self._notebook = notebook
        self._target = target
        self._progress = progress
        self._tag = repository.config.cell_tag
        self._versions = Versions(repository, notebook, lambda: document_bytes(node), self.executed)
        self._client: CellByCell = CellByCell(node, str(notebook.parent), self._versions.told)
        self._staging = False

    async def run(self, parameters: Mapping[str, Value]) -> None:
        """All of it; the kernel is stopped at the end, whatever happens."""
        try:
            language = await self._open()
            inject(self._node, parameters, language)
            await self._load(language)
            self._target.preserve()
            await self._cells()
        finally:
            await self._client.close()

    async def _open(self) -> str:
        from jupyter_client.kernelspec import NoSuchKernel

        specification = self._node.metadata.get("kernelspec", {})
        try:
            return await self._client.open({**os.environ, "JPY_SESSION_NAME": str(self._notebook)})
        except NoSuchKernel as error:
            raise missing_kernel(error.name, specification.get("language", "")) from error

    async def _load(self, language: str) -> None:
        if language != "python":
            return
        failure = await self._client.run_silently(_LOAD)
        self._staging = not failure
        if failure:
            self.executed.notes.append(missing_extension(self._client.specification))

    async def _cells(self) -> None:
        cells = self._node.cells
        for place, cell in enumerate(cells):
            self._progress("cells", place, len(cells))
            if cell.cell_type == "code" and not await self._cell(cell, place):
                return
        self._client.set_widgets_metadata()
        self._write()
        self._progress("cells", len(cells), len(cells))

    async def _cell(self, cell: NotebookNode, place: int) -> bool:
        """Run a cell, write the notebook, make its version; False when it failed."""
        task = asyncio.ensure_future(self._client.run_cell(cell, place))
        try:
            await self._watched(task, place)
        except BaseException:
            await self._interrupt(task)
            self._write()
            raise
        error = task.exception()
        self._write()
        if error is not None:
            self.executed.failed = _failed(error, cell)
            return False
        self._versions.cell_finished()
        if task.result() and not self._staging and self._tag in tags_of(cell) and cell.source.strip():
            self._versions.without_kernel(cell.source)
        return True

    async def _watched(self, task: asyncio.Future[Any], place: int) -> None:
        while not task.done():
            await asyncio.wait({task}, timeout=PERIOD)
            self._progress("cells", place, len(self._node.cells))

    async def _interrupt(self, task: asyncio.Future[Any]) -> None:
        """Stop the cell as a person would, and give it a moment to say so."""
        if not task.done():
            await self._client.interrupt()
            await asyncio.wait({task}, timeout=_PATIENCE)
            task.cancel()
        if task.done() and not task.cancelled():
            task.exception()  # seen; it is the interrupt

    def _write(self) -> None:
        self._target.write(document_bytes(self._node))


def _read(notebook: Path) -> NotebookNode:
    import nbformat

    try:
        node: NotebookNode = nbformat.reads(saved_bytes(notebook).decode(), as_version=4)  # type: ignore[no-untyped-call]
    except FileNotFoundError as error:
        message = f"there is no notebook {notebook}"
        raise UnknownPath(message) from error
    except (nbformat.ValidationError, nbformat.reader.NotJSONError, AttributeError, KeyError, ValueError) as error:
        message = f"{notebook} is not a notebook that can be executed: {error}"
        raise InvalidNotebook(message) from error
    return node


def _failed(error: BaseException, cell: NotebookNode) -> CellFailed:
    from nbclient.exceptions import CellExecutionError, DeadKernelError

    identity = cell.get("id", "")
    if isinstance(error, CellExecutionError):
        return CellFailed(f"{error.ename}: {error.evalue}", cell_id=identity, traceback=error.traceback)
    if isinstance(error, DeadKernelError):
        return CellFailed("the kernel died", cell_id=identity, hint="It may have run out of memory.")
    raise error
