"""What any process does to the files of the workspace, as hints: the OS's file events."""

from __future__ import annotations

import errno
import logging
import os
import select
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlversion.kernel.observe.marks import STAGED, STAGING, Marks

if TYPE_CHECKING:
    from jupyter_mlversion.kernel.observe.sightings import Sightings

MOST_FOLDERS = 2000
"""A workspace with more folders is looked through at each checkpoint instead of being watched."""

PERIOD = 0.05
"""Seconds for which events are collected before they are read while a cell runs."""

Prunes = Callable[[str, Sequence[str]], bool]
"""Whether no version can hold anything of a folder: its workspace path, and the names of what is in it."""

# From inotify(7).
_READ_CLOSED, _WRITE_CLOSED, _OPENED, _MOVED_TO, _CREATED = 0x10, 0x08, 0x20, 0x80, 0x100
_OVERFLOW, _GONE, _ONLY_FOLDERS, _FOLDER = 0x4000, 0x8000, 0x01000000, 0x40000000
_FILES = _READ_CLOSED | _WRITE_CLOSED | _OPENED | _MOVED_TO | _CREATED | _ONLY_FOLDERS
_HEAD = struct.Struct("iIII")


class Watch:
    """Hints at the files that were opened or written while a cell of this kernel ran, by whatever process.

    watchdog's binding of inotify is used without its observers: those watch every folder of a virtual environment too,
    hold events back for half a second, and wake a thread for each event, which costs a cell more than running it. Here
    the events are read when a cell begins and ends, which also says exactly what came before, within and after it; a
    thread reads in between, so that a long cell does not overflow the OS's queue.

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
        self._fd = -1
        self._wake: tuple[int, int] | None = None
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._complete = False

    @property
    def complete(self) -> bool:
        """Whether no event was missed since the folders are watched."""
        return self._complete

    def start(self) -> None:
        """Begin, in a thread: loading does not wait for it."""
        threading.Thread(target=self._run, name="mlversion-watch", daemon=True).start()

    def stop(self) -> None:
        """Hint at nothing more."""
        self._complete = False
        with self._lock:
            if self._fd >= 0 and self._wake is not None:
                os.write(self._wake[1], b"!")

    def wait_ready(self, seconds: float) -> bool:
        """Wait until the folders are watched; False when they are not, or cannot be."""
        return self._ready.wait(seconds) and self._complete

    def begin(self) -> None:
        """A cell starts: what happened before is not its doing."""
        self.read()
        self._running = True
        self._staging = {session for session in self._staging if self._marks.is_live(session)}

    def end(self) -> None:
        """The cell ended."""
        self.read()
        self._running = False
        self._sightings.hinted_read |= self.lingering()
        self._opened.clear()

    def read(self) -> None:
        """Note every event so far."""
        with self._lock:
            while self._fd >= 0:
                try:
                    data = os.read(self._fd, 1 << 18)
                except OSError as error:
                    if error.errno not in {errno.EAGAIN, errno.EINTR}:
                        self._complete = False
                    return
                self._note(data)

    def renew(self) -> None:
        """Watch again what may have been missed; the workspace was looked through just now."""
        with self._lock:
            if self._fd >= 0:
                self._complete = self._add_tree(self._root)

    def lingering(self) -> set[str]:
        """Files that were opened while a cell ran and are open, or mapped, still, and that nobody was seen to write."""
        return self._opened - self._sightings.written - self._sightings.hinted_written

    # -- events ----------------------------------------------------------------------------------------------------

    def _note(self, data: bytes) -> None:
        place = 0
        while place + _HEAD.size <= len(data):
            wd, mask, _, length = _HEAD.unpack_from(data, place)
            place += _HEAD.size + length
            name = os.fsdecode(data[place - length : place].rstrip(b"\0"))
            if mask & _OVERFLOW:
                self._complete = False
            elif mask & _GONE:
                self._folders.pop(wd, None)
            elif wd == self._marks_wd:
                self._on_mark(name)
            elif wd in self._folders and name:
                path = f"{self._folders[wd]}/{name}"
                if mask & _FOLDER:
                    self._on_folder(path, mask)
                elif self._running:
                    self._on_file(path, mask)

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

    def _on_folder(self, folder: str, mask: int) -> None:
        if not mask & (_CREATED | _MOVED_TO):
            return
        self._complete = self._add_tree(folder) and self._complete
        if self._running:  # what was written before the folder was watched
            for base, names in self._walk(folder):
                self._sightings.hinted_written.update(f"{base}/{name}" for name in names)

    def _on_mark(self, name: str) -> None:
        session, _, rest = name.partition(".")
        kind = rest.rpartition(".")[2]
        if kind == STAGING:
            self._staging.add(session)
        elif kind == STAGED:
            self._staging.discard(session)

    # -- folders ---------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._open()
        except (ImportError, OSError) as error:
            # Another OS, no watches left: the workspace is looked through at each checkpoint instead.
            logging.getLogger(__name__).debug("no file events: %s", error)
            return
        finally:
            self._ready.set()
        assert self._wake is not None  # noqa: S101 - `_open` made it
        poll = select.poll()
        poll.register(self._fd, select.POLLIN)
        poll.register(self._wake[0], select.POLLIN)
        while all(fd != self._wake[0] for fd, _ in poll.poll()):
            time.sleep(PERIOD)
            self.read()
        with self._lock:
            for fd in (self._fd, *self._wake):
                os.close(fd)
            self._fd = -1

    def _open(self) -> None:
        from watchdog.observers.inotify_c import inotify_init

        fd = inotify_init()
        if fd < 0:
            _refuse()
        os.set_blocking(fd, False)
        os.set_inheritable(fd, False)  # noqa: FBT003
        with self._lock:
            self._wake = os.pipe()
            self._fd = fd
            self._marks_wd = self._add(str(self._marks.folder), _CREATED | _ONLY_FOLDERS)
            self._complete = self._add_tree(self._root)

    def _add_tree(self, folder: str) -> bool:
        """Watch a folder and all below; False when there are too many."""
        for base, _ in self._walk(folder):
            if len(self._folders) >= MOST_FOLDERS:
                return False
            with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
                self._folders[self._add(base, _FILES)] = base
        return True

    def _add(self, folder: str, mask: int) -> int:
        from watchdog.observers.inotify_c import inotify_add_watch

        wd: int = inotify_add_watch(self._fd, os.fsencode(folder), mask)
        if wd < 0:
            _refuse()
        return wd

    def _walk(self, folder: str) -> Iterator[tuple[str, list[str]]]:
        """Folders that matter and the names of their files, links not followed."""
        for base, folders, names in os.walk(folder):
            if base != self._root and self._prunes(base[len(self._root) + 1 :], [*folders, *names]):
                folders.clear()
                continue
            folders[:] = [name for name in folders if not os.path.islink(f"{base}/{name}")]
            yield base, names


def _refuse() -> None:
    import ctypes

    number = ctypes.get_errno()
    raise OSError(number, os.strerror(number))
