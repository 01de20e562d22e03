"""A notebook that is renamed in the file browser keeps its line."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.errors import MlversionError, OutsideWorkspace
from jupyter_mlversion.repository.workspace import find_root

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_events.logger import EventLogger

    from jupyter_mlversion.server.service import Service

log = logging.getLogger(__name__)

SCHEMA = "https://events.jupyter.org/jupyter_server/contents_service/v1"


class Renames:
    """Follows the contents manager's renames.

    Parameters
    ----------
    service : threads and workspaces.
    logger : the server's event logger.
    """

    def __init__(self, service: Service, logger: EventLogger) -> None:
        self._service = service
        logger.add_listener(schema_id=SCHEMA, listener=self._heard)

    async def _heard(self, logger: EventLogger, schema_id: str, data: dict[str, Any]) -> None:  # noqa: ARG002 - a listener's form
        if data.get("action") == "rename":
            self._service.announcer.bind()
            self._service.submit(self._service.quick, lambda: self._renamed(data["source_path"], data["path"]))

    def _renamed(self, old: str, new: str) -> None:
        try:
            contents = self._service.workspaces.contents
            before, after = contents.local(old), contents.local(new)
            workspace = self._service.workspaces.at(find_root(after.parent))
            if workspace.repository is not None:
                self._service.run(workspace.lane, lambda: self._move(workspace.root, before, after))
        except MlversionError as error:
            log.info("The renaming of %s to %s was not followed: %s", old, new, error)

    def _move(self, root: Path, before: Path, after: Path) -> None:
        workspace = self._service.workspaces.at(root)
        try:
            if workspace.repository is not None:
                workspace.repository.moved(before, after)
        except OutsideWorkspace:
            return  # it came from another workspace: its line there ends, and begins here
        except MlversionError as error:
            log.warning("The renaming of %s was not recorded: %s", before, error)
        self._service.announcer.announce("workspace-changed", workspace.where())
