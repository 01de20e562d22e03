"""Writing, after what a writer before left behind was mended."""

from __future__ import annotations

import logging
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from jupyter_mlversion.errors import Busy
from jupyter_mlversion.history import keeping
from jupyter_mlversion.repository.lock import WAIT, WriterLock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyter_mlversion.history import History
    from jupyter_mlversion.repository.restoring import Restorer
    from jupyter_mlversion.store import Store

log = logging.getLogger(__name__)

PENDING_AFTER = 120.0
"""Seconds after which a document that no front end acknowledged is written by us."""


class Mender:
    """Gives the writer lock, to one at a time, of a repository that is whole.

    Parameters
    ----------
    folder : ``.mlversion``.
    restorer : who restores; asked for only when a restore may be half way.
    """

    def __init__(self, folder: Path, store: Store, history: History, restorer: Callable[[], Restorer]) -> None:
        self._lock = WriterLock(folder / "locks")
        self._journal = folder / "journal"
        self._store = store
        self._history = history
        self._restorer = restorer

    @contextmanager
    def writing(self, wait: float = WAIT) -> Iterator[None]:
        """Hold the writer lock; several changes inside are one unit for other processes.

        Raises
        ------
        Busy : another process held it for longer than `wait` seconds.
        """
        with keeping(), self._lock.hold(self._mend, wait=wait):
            if self._is_pending():  # an error, not a death, may have left one half way
                self._finish_restores()
            yield

    def recover(self) -> None:
        """Finish or undo a restore that was interrupted, and remove leftovers; cheap when there is nothing to do."""
        if self._lock.interrupted or self._is_pending():
            with suppress(Busy), self.writing(wait=0):  # a live writer is at work: nothing died
                pass

    def _mend(self) -> None:
        self._store.recover()
        self._history.recover()
        self._finish_restores()

    def _is_pending(self) -> bool:
        """Whether a restore is not finished."""
        try:
            used = any(self._journal.iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return False
        return used and bool(self._restorer().journal.pending())

    def _finish_restores(self) -> None:
        restorer = self._restorer()
        for sentence in restorer.journal.recover(restorer.move_head, older_than=PENDING_AFTER):
            log.warning(sentence)  # a terminal shows it, a server keeps it in its log
