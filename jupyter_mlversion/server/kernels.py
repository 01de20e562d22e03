"""What the kernels of a notebook do, whichever client started it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_mlversion.errors import KernelBusy, MlversionError

if TYPE_CHECKING:
    from jupyter_server.services.sessions.sessionmanager import SessionManager

    from jupyter_mlversion.server.contents import Contents


async def refuse_while_busy(sessions: SessionManager, contents: Contents, notebook: str) -> None:
    """Raise while a kernel runs a cell of the notebook at the contents path `notebook`.

    Raises
    ------
    KernelBusy : one does.
    """
    wanted = contents.local(notebook)
    for session in await sessions.list_sessions():  # type: ignore[no-untyped-call]
        with suppress(MlversionError):  # of something that is nothing of this server's folder
            if session["kernel"]["execution_state"] == "busy" and contents.local(session["path"]) == wanted:
                break
    else:
        return
    message = f"The kernel of {notebook} is running a cell, which may overwrite what is restored. Nothing was changed."
    raise KernelBusy(message, hint="Wait for the cell, interrupt it, or confirm the restore.")
