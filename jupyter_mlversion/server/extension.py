"""The point where the Jupyter server takes hold of this package."""

from __future__ import annotations

import asyncio

from jupyter_server.extension.application import ExtensionApp

from jupyter_mlversion.server import (
    annotation,
    artifacts,
    charts,
    comparisons,
    deletions,
    figures,
    inside,
    jobs,
    queries,
    restores,
    runs,
    staging,
    status,
    storage,
    versions,
)
from jupyter_mlversion.server.service import Service

PREFIX = "/mlversion/api"


class MlversionApp(ExtensionApp):
    """Routes, and the service behind them."""

    name = "jupyter_mlversion"
    extension_url = PREFIX
    service: Service

    def initialize_settings(self) -> None:
        """Make the service; nothing is opened and no thread runs before the first request."""
        self.service = Service(self.settings["contents_manager"], self.settings["event_logger"])

    def initialize_handlers(self) -> None:
        """One module per resource."""
        for module in (status, versions, queries, annotation, deletions, artifacts, inside, comparisons, charts,
                       figures, runs, restores, staging, storage, jobs):
            self.handlers.extend((f"{PREFIX}/{path}", handler) for path, handler in module.HANDLERS)

    async def stop_extension(self) -> None:
        """Cancel what runs, wait for the threads, close the repositories."""
        await asyncio.to_thread(self.service.close)
