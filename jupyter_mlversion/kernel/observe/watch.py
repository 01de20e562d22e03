"""What any process does to the files of the workspace, as hints: the OS's file events, through watchdog."""

from __future__ import annotations

import itertools
import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlversion.kernel.observe.marks import BEGIN, END, FLUSH, STAGED, STAGING, Marks

if TYPE_CHECKING:
    from watchdog.observers.inotify_c import InotifyEvent, InotifyFD, WatchDescriptor

    from jupyter_mlversion.kernel.observe.sightings import Sightings

MOST_FOLDERS = 2000
"""A workspace with more folders is looked through at each checkpoint instead of being watched."""

Prunes = Callable[[str, Sequence[str]], bool]
"""Whether no version can hold anything of a folder: its workspace path, and the names of what is in it."""

_OPENED, _READ_CLOSED, _WRITE_CLOSED = 0x20, 0x10, 0x08
_CREATED, _MOVED_TO, _OVERFLOW, _FOLDER = 0x100, 0x80, 0x4000, 0x40000000
_FILES = _OPENED | _READ_CLOSED | _WRITE_CLOSED | _CREATED | _MOVED_TO | 0x01000000  # IN_ONLYDIR
_MARKS = _CREATED | 0x01000000


class Watch:
    """Hints at the files that were opened or written while a cell of this kernel ran, by whatever process.

    watchdog's descriptor is used without its observers: those watch every folder of a virtual environment too, and hold
    events back for half a second to pair moves.

    Parameters
    ----------
    root : the workspace, all links followed.
    prunes : which folders are not watched.
    """

    def __init__(self, root: Path, sightings: Sightings, marks: Marks, prunes: Prunes) -> None:
        self._root = str(root)
        self._prunes = prunes
        self._sightings = sightings
        self._marks = marks
        self._folders: dict[int, str] = {}
        self._marks_wd = -1
        self._running = False
        self._staging: set[str] = set()
        self._opened: set[str] = set()
        self._waiting: dict[str, threading.Event] = {}
        self._descriptor: InotifyFD | None = None
        self._numbers = itertools.count()
        self._ready = threading.Event()
        self.complete = False

    def start(self) -> None:
        """Begin, in a thread: the first cell does not wait for it."""
        threading.Thread(target=self._start, name="mlversion-watch", daemon=True).start()

    def stop(self) -> None:
        """Hint at nothing more."""
        self.complete = False
        if self._descriptor is not None:
            self._descriptor.stop()
            self._descriptor = None

    def wait_ready(self, seconds: float) -> bool:
        """Wait until the folders are watched, or cannot be."""
        return self._ready.wait(seconds)

    def flush(self, seconds: float = 1.0) -> bool:
        """Wait until every earlier event is noted; False when that took too long or events were lost."""
        if self._descriptor is None:
            return False
        name = f"{self._marks.session}.{FLUSH}"
        arrived = self._waiting[name] = threading.Event()
        self._marks.mark(FLUSH)
        return arrived.wait(seconds) and self.complete

    def lingering(self) -> set[str]:
        """Files that were opened while a cell ran and are open, or mapped, still."""
        return set(self._opened)

    # -- called by watchdog, in its thread -------------------------------------------------------------------------

    def on_event(self, event: InotifyEvent) -> None:
        """One event of one folder."""
        with _survived():
            if event.wd == self._marks_wd:
                self._on_mark(os.fsdecode(event.name))
            elif event.mask & _FOLDER:
                self._on_folder(event)
            elif self._running and event.name:
                self._on_file(f"{self._folders[event.wd]}/{os.fsdecode(event.name)}", event.mask)

    def on_watch_deleted(self, wd: WatchDescriptor) -> None:
        """A watched folder is gone."""
        self._folders.pop(wd, None)

    def on_queue_overflow(self) -> None:
        """Events were lost: from here on, look through the workspace instead."""
        self.complete = False

    def _on_file(self, path: str, mask: int) -> None:
        if mask & (_WRITE_CLOSED | _MOVED_TO):
            self._sightings.hinted_written.add(path)
            self._opened.discard(path)
        elif self._staging:
            return  # a kernel reads files to store them, not to use them
        elif mask & _OPENED:
            self._opened.add(path)
        elif mask & _READ_CLOSED and path in self._opened:
            self._opened.discard(path)
            self._sightings.hinted_read.add(path)

    def _on_folder(self, event: InotifyEvent) -> None:
        if not event.mask & (_CREATED | _MOVED_TO) or not event.name:
            return
        folder = f"{self._folders[event.wd]}/{os.fsdecode(event.name)}"
        self._add_tree(folder)
        if self._running:  # what was written before the folder was watched
            for base, names in self._walk(folder):
                self._sightings.hinted_written.update(f"{base}/{name}" for name in names)

    def _on_mark(self, name: str) -> None:
        session, _, rest = name.partition(".")
        kind = rest.rpartition(".")[2]
        own = session == self._marks.session
        if kind == STAGING:
            self._staging.add(session)
        elif kind == STAGED:
            self._staging.discard(session)
        elif own and kind == BEGIN:
            self._running = True
            self._staging = {other for other in self._staging if self._marks.is_live(other)}
        elif own and kind == END:
            self._running = False
            self._opened.clear()
        elif own and kind == FLUSH and (waiting := self._waiting.pop(f"{session}.{FLUSH}", None)):
            waiting.set()

    # -- folders ---------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        try:
            from watchdog.observers.inotify_c import InotifyFD

            logging.getLogger("watchdog").setLevel(logging.ERROR)
            self._descriptor = InotifyFD()
            self._descriptor.start()
            self._marks_wd = self._descriptor.add_callback(os.fsencode(self._marks.folder), _MARKS, self, next(self._numbers))
            self.complete = self._add_tree(self._root)
        except (ImportError, OSError, AttributeError, TypeError):
            self.complete = False  # another OS, an older watchdog, no watches left: the workspace is looked through instead
        finally:
            self._ready.set()

    def _add_tree(self, folder: str) -> bool:
        for base, _ in self._walk(folder):
            if len(self._folders) >= MOST_FOLDERS or self._descriptor is None:
                self.complete = False
                return False
            try:
                # A folder that moved keeps its descriptor, so that the same one may come twice: the number tells them apart.
                wd = self._descriptor.add_callback(os.fsencode(base), _FILES, self, next(self._numbers))
            except FileNotFoundError:
                continue
            self._folders[wd] = base
        return True

    def _walk(self, folder: str) -> Iterator[tuple[str, list[str]]]:
        """Folders that matter and the names of their files, links not followed."""
        for base, folders, names in os.walk(folder):
            if base != self._root and self._prunes(base[len(self._root) + 1 :], [*folders, *names]):
                folders.clear()
                continue
            folders[:] = [name for name in folders if not os.path.islink(f"{base}/{name}")]
            yield base, names


@contextmanager
def _survived() -> Iterator[None]:
    """An error in one event must not end watchdog's thread: the other events still count."""
    try:
        yield
    except Exception:
        logging.getLogger(__name__).debug("file event", exc_info=True)
