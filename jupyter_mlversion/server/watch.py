"""Notices that another process changed a history: the kernel's timer, the command line."""

from __future__ import annotations

import contextlib
import logging
import threading
from typing import TYPE_CHECKING

from watchdog.events import (
    DirCreatedEvent,
    DirMovedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

from jupyter_mlversion.config import FOLDER_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from watchdog.observers.api import ObservedWatch

log = logging.getLogger(__name__)

_FOLDERS: list[type[FileSystemEvent]] = [DirCreatedEvent, DirMovedEvent]
_FILES: list[type[FileSystemEvent]] = [DirCreatedEvent, FileCreatedEvent, FileMovedEvent, FileDeletedEvent]
_SEGMENTS: list[type[FileSystemEvent]] = [FileCreatedEvent, FileModifiedEvent, FileDeletedEvent]


class Watch:
    """Watches the places of workspaces where a new version shows, and where kernels log.

    Parameters
    ----------
    changed, logged : called in the watching thread with the root of a workspace where something happened, or was
        logged, perhaps often.
    """

    def __init__(self, changed: Callable[[Path], None], logged: Callable[[Path], None]) -> None:
        self._changed = changed
        self._logged = logged
        self._observer = Observer()
        self._watched: dict[Path, dict[Path, ObservedWatch]] = {}
        self._lock = threading.Lock()

    def add(self, root: Path) -> None:
        """Watch what there is of the workspace at `root`; call it again when more has come to be."""
        with self._lock:
            if not self._observer.is_alive():
                self._observer.start()
            watched = self._watched.setdefault(root, {})
            for path, recursive, kinds in _places(root):
                if path not in watched and (watch := self._schedule(root, path, kinds, recursive=recursive)):
                    watched[path] = watch

    def renew(self, root: Path) -> None:
        """Watch the workspace at `root`, whose folders are others than before though their names are the same."""
        with self._lock:
            for watch in self._watched.pop(root, {}).values():
                with contextlib.suppress(KeyError, OSError):  # it ended with the folder that it watched
                    self._observer.unschedule(watch)
        self.add(root)

    def close(self) -> None:
        """Stop watching."""
        with self._lock:
            if self._observer.is_alive():
                self._observer.stop()
                self._observer.join()

    def _schedule(
        self, root: Path, path: Path, kinds: list[type[FileSystemEvent]], *, recursive: bool
    ) -> ObservedWatch | None:
        if not path.is_dir():
            return None
        told = _Told(root, self._logged if kinds is _SEGMENTS else self._changed)
        try:
            return self._observer.schedule(told, str(path), recursive=recursive, event_filter=kinds)
        except OSError as error:  # gone again, or the limit of inotify watches
            log.warning("%s cannot be watched, versions of other processes will show late: %s", path, error)
            return None


class _Told(FileSystemEventHandler):
    def __init__(self, root: Path, changed: Callable[[Path], None]) -> None:
        self._root = root
        self._changed = changed

    def on_any_event(self, event: FileSystemEvent) -> None:  # noqa: ARG002 - an event is a hint to look, never more
        self._changed(self._root)


def _places(root: Path) -> Iterator[tuple[Path, bool, list[type[FileSystemEvent]]]]:
    ours = root / FOLDER_NAME
    yield (ours if ours.is_dir() else root), False, _FOLDERS
    yield ours / "history.git", False, _FILES
    yield ours / "history.git" / "refs", True, _FILES
    yield ours / "staging", False, _FILES
    yield ours / "metrics", False, _SEGMENTS
