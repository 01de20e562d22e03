"""Staged checkpoints whose document never came become versions with the notebook as saved."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from typing import TYPE_CHECKING

from jupyter_mlversion.errors import MlversionError, UnknownKey

if TYPE_CHECKING:
    from jupyter_mlversion.repository import Repository


_POLL = 0.02
"""Seconds between two looks at what is staged."""


class Late:
    """Waits, in a thread of its own, and joins what nobody else joined in time."""

    def __init__(self) -> None:
        self._due: deque[tuple[float, Repository, str]] = deque()
        self._hoped: list[tuple[Repository, str]] = []
        self._more = threading.Event()
        self._thread: threading.Thread | None = None

    def expect(self, repository: Repository, key: str) -> None:
        """Somebody should join `key` within the configured time."""
        self._due.append((time.monotonic() + repository.config.join_timeout, repository, key))
        self._hoped.append((repository, key))
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="mlversion-late", daemon=True)
            self._thread.start()
        self._more.set()

    def wait(self, seconds: float) -> None:
        """Until all that was expected is joined, for `seconds` at most; what did not come is not waited for again."""
        end = time.monotonic() + seconds
        for repository, key in self._hoped:
            while repository.staging.holds(key) and time.monotonic() < end:
                time.sleep(_POLL)
        self._hoped.clear()

    def _run(self) -> None:
        while True:
            self._more.wait()
            self._more.clear()
            while self._due:
                due, repository, key = self._due.popleft()
                time.sleep(max(0.0, due - time.monotonic()))
                _join(repository, key)


def _join(repository: Repository, key: str) -> None:
    try:
        if any(staged.checkpoint.key == key for staged in repository.staged()):
            repository.join(key)
    except UnknownKey:
        return  # joined a moment ago
    except (MlversionError, OSError) as error:
        # The record stays: whoever opens the repository next tries again, and shows what is wrong.
        logging.getLogger(__name__).warning("checkpoint %s waits for its version: %s", key, error)
