"""Notices that another process changed a history: the kernel's timer, the command line."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from watchdog.events import (
    DirCreatedEvent,
    DirMovedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

from jupyter_mlversion.config import FOLDER_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

log = logging.getLogger(__name__)

_FOLDERS: list[type[FileSystemEvent]] = [DirCreatedEvent, DirMovedEvent]
_FILES: list[type[FileSystemEvent]] = [DirCreatedEvent, FileCreatedEvent, FileMovedEvent, FileDeletedEvent]


class Watch:
    """Watches the places of workspaces where a new version shows.

    Parameters
    ----------
    changed : called in the watching thread with the root of a workspace where something happened, perhaps often.
    """

    def __init__(self, changed: Callable[[Path], None]) -> None:
        self._changed = changed
        self._observer = Observer()
        self._watched: set[tuple[Path, int]] = set()
        self._lock = threading.Lock()

    def add(self, root: Path) -> None:
        """Watch what there is of the workspace at `root`; call it again when more has come to be."""
        with self._lock:
            if not self._observer.is_alive():
                self._observer.start()
            for path, recursive, kinds in _places(root):
                self._schedule(root, path, kinds, recursive=recursive)

    def close(self) -> None:
        """Stop watching."""
        with self._lock:
            if self._observer.is_alive():
                self._observer.stop()
                self._observer.join()

    def _schedule(self, root: Path, path: Path, kinds: list[type[FileSystemEvent]], *, recursive: bool) -> None:
        try:
            mark = (path, path.stat().st_ino)
            if mark not in self._watched:
                self._observer.schedule(_Told(root, self._changed), str(path), recursive=recursive, event_filter=kinds)
                self._watched.add(mark)
        except FileNotFoundError:
            return
        except OSError as error:  # most likely the limit of inotify watches
            log.warning("%s cannot be watched, versions of other processes will show late: %s", path, error)


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
