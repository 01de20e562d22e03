"""Steps that turn the present file into the new one: only what differs is written.

The file is first moved off its path, to ``old/N.patch``, and back when it is whole: whatever happens in between, nobody
finds a mixture at the path. A write lease shows before that that nobody else has the file open or mapped. What cannot
be had so is made as a new file and put in place like others.
"""

from __future__ import annotations

import os
import stat
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from jupyter_mlversion.errors import FileFailure
from jupyter_mlversion.restore.failure import typed
from jupyter_mlversion.restore.files import Form, write_new
from jupyter_mlversion.restore.lease import is_wanted, take_lease
from jupyter_mlversion.restore.places import NOWHERE, Places, fresh_of, is_fresh
from jupyter_mlversion.restore.swap import rename_free
from jupyter_mlversion.restore.tree import status_at
from jupyter_mlversion.store import digest_of_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.domain.progress import Progress
    from jupyter_mlversion.restore.aside import Aside
    from jupyter_mlversion.restore.record import Patch, Step
    from jupyter_mlversion.store import Store

_AT_ONCE = 64
"""Files that are off their paths, and open, at the same time."""

_OPEN = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Patching:
    """Carries out and undoes steps with patches.

    Parameters
    ----------
    places : where the files of steps are.
    aside : keeps what has no place.
    store : where both contents are.
    known : the digest that a workspace path has when it looks like that, if the stat cache says so.
    """

    def __init__(
        self, places: Places, aside: Aside, store: Store, known: Callable[[str, os.stat_result], Digest | None]
    ) -> None:
        self._places = places
        self._aside = aside
        self._store = store
        self._known = known

    def forward(self, steps: Sequence[Step], progress: Progress, *, resumed: bool) -> list[Step]:
        """Patch the files; `resumed` after a crash, when some may be done or half done.

        Returns
        -------
        The steps that could not be patched: their ``new/N`` is there instead, and is still to be put in place.

        Raises
        ------
        FileFailure, DiskFull, CorruptChunk : some may be patched.
        """
        rest, ready = [], []
        for step in steps:
            if not (resumed and self._resume(step)):
                rest.append(step)
            elif self._places.waits(step):
                ready.append(step)
        for start in range(0, len(rest), _AT_ONCE):
            some = rest[start : start + _AT_ONCE]
            turns = [_Turn(step, _old(step).digest, _new(step), trusting=not resumed) for step in some]
            for turn in self._turn(turns, progress):
                with typed(turn.step.path):
                    self._make(turn.step, _new(turn.step), self._places.new(turn.step))
                ready.append(turn.step)
        return ready

    def back(self, step: Step) -> bool:
        """Undo one step; whether what was at the path is on a shelf and is to be put back from there.

        Raises
        ------
        OSError, DiskFull, FileFailure, CorruptChunk : the OS refused, or the store does not have what was there.
        """
        old = self._places.old(step)
        if status_at(old, _lifted(step)) is not None:
            if self._settle(step, _old(step)):
                if self._places.make_parents(step):
                    self._land(step)
                else:
                    self._aside.put(old, _lifted(step), step.path)
                return False
            self._make(step, _old(step), old)
        if self._places.waits(step):
            return True
        try:
            with self._places.parent(step) as (parent, name):
                if self._places.shelved(step) and not _rename_if_free(old, str(step.number), parent, name):
                    return True
                if not is_fresh(parent, name, fresh_of(step)):
                    return False  # not begun, or somebody's own since
        except OSError as error:
            if error.errno not in NOWHERE:
                raise
            return self._places.shelved(step)
        if not self._turn([_Turn(step, fresh_of(step).digest, _old(step), trusting=False)], _quiet):
            return False
        self._make(step, _old(step), old)
        return True

    def _resume(self, step: Step) -> bool:
        """Take up a step where it was left; whether nothing more is to be done, but for putting ``new/N``."""
        with typed(step.path):
            if self._places.waits(step):
                return True
            if status_at(self._places.old(step), _lifted(step)) is not None:
                if self._settle(step, _new(step)):
                    self._land(step)
                else:
                    self._make(step, _new(step), self._places.new(step))
                return True
            with self._places.parent(step) as (parent, name):
                if is_fresh(parent, name, fresh_of(step)):
                    return True
                if self._places.shelved(step):
                    _rename_if_free(self._places.old(step), str(step.number), parent, name)
            return False

    def _turn(self, turns: Sequence[_Turn], progress: Progress) -> list[_Turn]:
        """Patch files from one content to the other; those that could not be taken."""
        refused, taken = [], []
        with ExitStack() as stack:
            for turn in turns:
                with typed(turn.step.path):
                    fd = self._lift(turn)
                if fd is None:
                    refused.append(turn)
                else:
                    stack.callback(os.close, fd)
                    taken.append((turn, fd))
            # a power cut, too, must not leave a mixture at the path
            self._sync([turn.step for turn, _ in taken])
            for turn, fd in taken:
                with typed(turn.step.path):
                    self._write(turn.step, turn.form, fd, progress)
            for turn, fd in taken:
                with typed(turn.step.path):
                    os.fsync(fd)
                    self._land(turn.step)
        return refused

    def _lift(self, turn: _Turn) -> int | None:
        """Move the file off its path to ``old/N.patch``; a descriptor of it, or None and the file is where it was.

        What is no file that we may write is no error: it is replaced like any other.
        """
        try:
            return self._lifted_from_path(turn)
        except PermissionError:
            return None
        except OSError as error:
            if error.errno not in NOWHERE:
                raise
            return None

    def _lifted_from_path(self, turn: _Turn) -> int | None:
        step, old, number = turn.step, self._places.old(turn.step), str(turn.step.number)
        with self._places.parent(step) as (parent, name), ExitStack() as stack:
            fd = os.open(name, _OPEN, dir_fd=parent)
            stack.callback(os.close, fd)
            if not (take_lease(fd) and self._is(turn, fd)):
                return None
            rename_free(parent, name, old, number)
            if not _is_same(fd, old, number) or is_wanted(fd):
                _rename_if_free(old, number, parent, name)  # else it stays there, to be looked at
                return None
            rename_free(old, number, old, _lifted(step))
            stack.pop_all()
            return fd

    def _is(self, turn: _Turn, fd: int) -> bool:
        """Whether the file is what the turn is to begin from, and nothing is lost when it is written."""
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
            return False
        with suppress(FileFailure):  # what cannot be read cannot be patched
            if not turn.trusting:
                return digest_of_file(fd) == turn.begin
            if self._known(turn.step.path, status) == turn.begin:
                return self._store.holds(turn.begin, fd, _patch(turn.step).ranges)
        return False

    def _write(self, step: Step, form: Form, fd: int, progress: Progress) -> None:
        """Give the file the other content, permissions and time."""

        def tell(_phase: str, done: int, total: int, /) -> None:
            progress("switching files", done, total)

        if _patch(step).ranges:
            self._store.patch(form.digest, fd, _patch(step).ranges, tell)
        os.fchmod(fd, stat.S_IMODE(form.mode))
        os.utime(fd, ns=(form.mtime_ns, form.mtime_ns))

    def _settle(self, step: Step, form: Form) -> bool:
        """Turn a file that was left at ``old/N.patch`` into one of the contents.

        Returns
        -------
        False when it is none afterwards, because somebody wrote into it; it is then put aside.
        """
        old, name = self._places.old(step), _lifted(step)
        fd = os.open(name, _OPEN, dir_fd=old)
        try:
            self._write(step, form, fd, _quiet)
            os.fsync(fd)
            whole = digest_of_file(fd) == form.digest
        finally:
            os.close(fd)
        if not whole:
            self._aside.put(old, name, step.path)
        return whole

    def _land(self, step: Step) -> None:
        """Move the file from ``old/N.patch`` back to its path; what came there meanwhile is put aside."""
        with self._places.parent(step) as (parent, name):
            while not _rename_if_free(self._places.old(step), _lifted(step), parent, name):
                self._aside.put(parent, name, step.path)

    def _make(self, step: Step, form: Form, shelf: int) -> None:
        """Make a whole file of one of the contents on a shelf; it has its name when it is complete."""
        part = f"{step.number}.part"
        if status_at(shelf, part) is not None:
            os.unlink(part, dir_fd=shelf)
        write_new(self._store, form, shelf, part)
        rename_free(shelf, part, shelf, str(step.number))

    def _sync(self, steps: list[Step]) -> None:
        with typed("the journal"):
            self._places.sync_parents(steps)
            for folder in {self._places.old(step) for step in steps}:
                os.fsync(folder)


@dataclass(frozen=True, slots=True)
class _Turn:
    """One file from one content to another.

    Parameters
    ----------
    begin : the content that it must have.
    form : what it becomes.
    trusting : whether the stat cache is asked what it holds; otherwise all of it is read.
    """

    step: Step
    begin: Digest
    form: Form
    trusting: bool


def _new(step: Step) -> Form:
    fresh = fresh_of(step)
    return Form.restored(fresh.digest, fresh.mode, _patch(step).mtime_ns)


def _old(step: Step) -> Form:
    patch = _patch(step)
    return Form(cast("Digest", step.expected), patch.old_mode, patch.old_mtime_ns)


def _patch(step: Step) -> Patch:
    return cast("Patch", step.patch)  # records without are refused, see `record`


def _lifted(step: Step) -> str:
    return f"{step.number}.patch"


def _is_same(fd: int, folder: int, name: str) -> bool:
    status, here = status_at(folder, name), os.fstat(fd)
    return status is not None and (status.st_ino, status.st_dev) == (here.st_ino, here.st_dev)


def _rename_if_free(folder: int, name: str, other: int, other_name: str) -> bool:
    try:
        rename_free(folder, name, other, other_name)
    except FileExistsError:
        return False
    return True


def _quiet(_phase: str, _done: int, _total: int, /) -> None:
    """Undoing is not stopped."""
