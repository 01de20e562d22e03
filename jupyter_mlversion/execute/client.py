"""A kernel client and a notebook client that tell the kernel about the cell, as JupyterLab does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_async
from nbclient import NotebookClient

if TYPE_CHECKING:
    from nbformat import NotebookNode

COMM_TARGET = "jupyter_mlversion"
"""What the kernel extension names its comms."""


class CellClient(AsyncKernelClient):
    """Sends the metadata of the running cell with each execute request."""

    cell_metadata: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cell_metadata = {}

    def execute(
        self,
        code: str,
        silent: bool = False,  # noqa: FBT002
        store_history: bool = True,  # noqa: FBT002
        user_expressions: dict[str, Any] | None = None,
        allow_stdin: bool | None = None,
        stop_on_error: bool = True,  # noqa: FBT002
    ) -> str:
        """Send an execute request; its id."""
        content = {
            "code": code,
            "silent": silent,
            "store_history": store_history,
            "user_expressions": user_expressions or {},
            "allow_stdin": self.allow_stdin if allow_stdin is None else allow_stdin,
            "stop_on_error": stop_on_error,
        }
        message = self.session.msg("execute_request", content, metadata=self.cell_metadata)
        self.shell_channel.send(message)
        return str(message["header"]["msg_id"])


class CellByCell(NotebookClient):
    """Runs the cells of one notebook; passes on what the kernel extension tells.

    Parameters
    ----------
    node : the notebook; outputs are put into it.
    folder : where the kernel starts.
    told : called with the data of each comm of the kernel extension, as it arrives.
    """

    def __init__(self, node: NotebookNode, folder: str, told: Callable[[dict[str, Any]], None]) -> None:
        where = {"metadata": {"path": folder}}
        super().__init__(node, resources=where, record_timing=False, coalesce_streams=True)
        self._told = told
        self.comm_open_handlers[COMM_TARGET] = self._opened
        self.last_reply: dict[str, Any] = {}
        self.on_cell_executed = self._executed

    async def open(self, environment: dict[str, str]) -> str:
        """Start the kernel; the name of its language.

        Raises
        ------
        jupyter_client.kernelspec.NoSuchKernel : it is not installed.
        """
        name = self.nb.metadata.get("kernelspec", {}).get("name") or "python3"
        self.km = AsyncKernelManager(kernel_name=name, client_factory=CellClient)
        if self.km.has_trait("transport_encryption"):
            self.km.transport_encryption = "auto"  # else such kernels warn about it on the terminal
        await self.async_start_new_kernel(env=environment)
        await self.async_start_new_kernel_client()
        reply = await self.async_wait_for_reply(self._cells.kernel_info())
        language: dict[str, Any] = (reply or {}).get("content", {}).get("language_info", {})
        if language:
            self.nb.metadata["language_info"] = language
        return str(language.get("name", ""))

    async def run_silently(self, code: str) -> str:
        """Run `code` unseen; the name of the error that it raised, or nothing."""
        self._cells.cell_metadata = {}
        reply = await self.async_wait_for_reply(self._cells.execute(code, silent=True, store_history=False))
        return str(((reply or {}).get("content", {})).get("ename", ""))

    async def run_cell(self, cell: NotebookNode, place: int) -> bool:
        """Run one cell, the `place`-th; whether it finished well. Before nbformat 4.5 a cell has no id but its place.

        Raises
        ------
        nbclient.exceptions.CellExecutionError, DeadKernelError : it did not.
        """
        self.last_reply = {}
        self._cells.cell_metadata = {**cell.metadata, "cellId": cell.get("id") or f"#{place}"}
        await self.async_execute_cell(cell, place)
        content = self.last_reply.get("content", {})
        if content.get("execution_count") is not None:
            cell["execution_count"] = content["execution_count"]
        return bool(content.get("status") == "ok")

    async def interrupt(self) -> None:
        """Stop the running cell, as a person would."""
        if self.km is not None:
            await ensure_async(self.km.interrupt_kernel())

    @property
    def specification(self) -> Any:
        """The kernel's."""
        return self.km.kernel_spec if self.km is not None else None

    async def close(self) -> None:
        """Stop the kernel."""
        if self.km is not None:
            await self._async_cleanup_kernel()

    @property
    def _cells(self) -> CellClient:
        return cast("CellClient", self.kc)

    def _executed(self, execute_reply: dict[str, Any], **_: Any) -> None:
        self.last_reply = execute_reply or {}

    def _opened(self, message: dict[str, Any]) -> None:
        self._told(message["content"]["data"])
